"""A timetable in one or two sentences, and why it has no run at a moment, in the words that every face shares."""

from __future__ import annotations

from datetime import time

from fossatray.core.cron_words import describe_cron, listed, weekdays
from fossatray.core.holiday_calendar import OWN_DAY, place_name
from fossatray.core.plan import NotPlanned, Reason
from fossatray.core.timetable import ActiveHours, Every, HolidayCalendar, Times, Timetable
from fossatray.core.words import Words


def describe(timetable: Timetable, words: Words) -> str:
    """Return "Every hour from 6:00 AM to 10:00 PM, Monday to Friday, not on holidays (US, Texas)"."""
    rule, hours = timetable.rule, timetable.active_hours
    days = weekdays(timetable.weekdays, words)
    if isinstance(rule, Every):
        parts = [_every(rule, hours, words)]
    elif isinstance(rule, Times):
        times = [words.clock(moment) for moment in rule.times]
        parts = [words.tr("At {times}").format(times=listed(times, words))]
        parts += [_only(hours, words)] if hours else []
    else:
        parts = [describe_cron(rule.expression, words)]
        parts += [_only(hours, words)] if hours else []
        days = words.tr("only on {days}").format(days=days) if days else ""  # the expression may name days itself
    parts.append(days)
    parts.append(_holidays(timetable.holidays, words) if timetable.holidays else "")
    return ", ".join(part for part in parts if part)


def explain(found: NotPlanned, timetable: Timetable, words: Words) -> str:
    """Return the sentence for why nothing was planned: "Nothing was planned: it is a holiday (Christmas Day)."."""
    if found.reason is Reason.WEEKDAY:
        return words.tr("Nothing was planned: the schedule does not run on this weekday.")
    if found.reason is Reason.HOLIDAY and found.detail == OWN_DAY:
        return words.tr("Nothing was planned: it is one of your own days off.")
    if found.reason is Reason.HOLIDAY:
        return words.tr("Nothing was planned: it is a holiday ({name}).").format(name=found.detail)
    if found.reason is Reason.ACTIVE_HOURS and timetable.active_hours is not None:
        hours = _window(timetable.active_hours, words)
        return words.tr("Nothing was planned: it is outside the active hours, {hours}.").format(hours=hours)
    if found.reason is Reason.SECOND_PASS:
        return words.tr("Nothing was planned: the clocks went back, and the schedule ran in the hour's first pass.")
    return words.tr("Nothing was planned: it is not one of the schedule's times ({times}).").format(
        times=describe(timetable, words)
    )


def _every(rule: Every, hours: ActiveHours | None, words: Words) -> str:
    often = _often(rule.minutes, words)
    if rule.minutes == 24 * 60:
        anchor = time(hours.start) if hours else time(0, rule.anchor_minute)
        return words.tr("{often} at {time}").format(often=often, time=words.clock(anchor))
    if hours and not (hours.start == 0 and hours.end in (0, 24)):
        return words.tr("{often} {hours}").format(often=often, hours=_window(hours, words))
    anchor_minute = 0 if hours else rule.anchor_minute
    if rule.minutes == 60:
        if not anchor_minute:
            return often
        return words.tr("{often} at {minute} minutes past").format(often=often, minute=anchor_minute)
    even = 24 * 60 % rule.minutes == 0
    if even and anchor_minute % rule.minutes == 0 and rule.minutes < 60:
        return often
    shown = words.clock(time(0, anchor_minute))
    return words.tr("{often}, counted from {time}").format(often=often, time=shown)


def _often(minutes: int, words: Words) -> str:
    whole, rest = divmod(minutes, 60)
    if minutes == 24 * 60:
        return words.tr("Once a day")
    if minutes == 60:
        return words.tr("Every hour")
    if not whole:
        return words.tr("Every {count} minutes").format(count=rest)
    if not rest:
        return words.tr("Every {count} hours").format(count=whole)
    if whole == 1:
        return words.tr("Every hour and {minutes} minutes").format(minutes=rest)
    return words.tr("Every {hours} hours and {minutes} minutes").format(hours=whole, minutes=rest)


def _window(hours: ActiveHours, words: Words) -> str:
    """Return "from 6:00 AM to 10:00 PM"; the end of the day is said to be midnight."""
    end = words.clock(time(hours.end)) if 0 < hours.end < 24 else words.tr("midnight")
    return words.tr("from {start} to {end}").format(start=words.clock(time(hours.start)), end=end)


def _only(hours: ActiveHours, words: Words) -> str:
    return words.tr("only {hours}").format(hours=_window(hours, words))


def _holidays(calendar: HolidayCalendar, words: Words) -> str:
    own = len(calendar.extra)
    if calendar.country is None:
        if own == 1:
            return words.tr("not on 1 day of your own")
        return words.tr("not on {count} days of your own").format(count=own)
    place = place_name(calendar)
    if not own:
        return words.tr("not on holidays ({place})").format(place=place)
    if own == 1:
        return words.tr("not on holidays ({place}) or 1 day of your own").format(place=place)
    return words.tr("not on holidays ({place}) or {count} days of your own").format(place=place, count=own)
