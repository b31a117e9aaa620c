"""The options of `schedules add` and `schedules edit`, put on a schedule: what is not given stays as it is."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from fossatray.core.errors import InvalidInput
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.timetable import Cron, Every, HolidayCalendar, Rule, Times, Timetable
from fossatray.core.timetable_text import (
    calendar_from,
    day_from,
    days_from,
    hours_from,
    minutes_from,
    times_from,
    weekdays_from,
)

OFF = "off"
_FIRST_YEAR, _LAST_YEAR = 1971, 2999  # others cannot be reckoned with in every zone
_DAY = len("2026-11-22")
_TIME_ADVICE = 'Write a time such as 14:00, or "2026-11-22 14:00".'
_TIMETABLE = ("every", "minute", "times", "cron", "weekdays", "active", "holidays", "extra_days")
_OTHERS = ("name", "job", "after", "late", "until")


def nothing_given(given: argparse.Namespace) -> bool:
    """Tell whether there is no option that changes anything."""
    return not _given(given, *_TIMETABLE, *_OTHERS)


def with_options(schedule: Schedule, given: argparse.Namespace, now: datetime, zone: tzinfo) -> Schedule:
    """Return the schedule with what is given changed; `zone` is the person's. Raises InvalidInput.

    A pause that is given an end, or lifted, is no longer one until somebody resumes it.
    """
    after = schedule.after if given.after is None else _after(given.after)
    changed = _given(given, *_TIMETABLE)
    if after is not None and changed:
        raise InvalidInput(
            f"A schedule that runs after another one has no times of its own: leave {_option(changed[0])} out.",
            advice="Or add --after none, for times of its own.",
        )
    lateness, late_hours = schedule.lateness, schedule.late_hours
    if given.late is not None:
        lateness, late_hours = _lateness(given.late)
    return replace(
        schedule,
        job=schedule.job if given.job is None else given.job,
        name=schedule.name if given.name is None else given.name.strip(),
        timetable=_timetable(schedule.timetable, given),
        lateness=lateness,
        late_hours=late_hours,
        after=after,
        paused_until=schedule.paused_until if given.until is None else _until_or_off(given.until, now, zone),
        enabled=schedule.enabled or given.until is not None,
    )


def until_from(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Return the moment of "2026-12-27 14:00", or the beginning of the day of "2026-12-27", in a zone, as UTC.

    Raises InvalidInput, also for a past one.
    """
    typed = text.strip()
    day, clock = day_from(typed[:_DAY] if len(typed) > _DAY else text), typed[_DAY:].lstrip(" T")
    if day.year > _LAST_YEAR:
        raise InvalidInput(f'"{text}" is too far away.', advice=f"Give a day before the year {_LAST_YEAR + 1}.")
    if clock:
        return _moment_to_come(text, datetime.combine(day, _one_time(clock, text), zone), now)
    if day <= now.astimezone(zone).date():
        raise InvalidInput(
            f'A pause ends as a day to come begins: "{text}" has begun already.',
            advice=f"Give a later day, such as {now.astimezone(zone).date() + timedelta(days=1)}.",
        )
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _until_or_off(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    return None if _is(text, OFF) else until_from(text, now, zone)


def _moment_to_come(text: str, moment: datetime, now: datetime) -> datetime:
    if moment <= now:
        raise InvalidInput(f'"{text}" has passed already.', advice="Give a moment that is still to come.")
    return moment.astimezone(UTC)


def _one_time(clock: str, text: str) -> time:
    times = times_from(clock)
    if len(times) != 1:
        raise InvalidInput(f'"{text}" is no time.', advice=_TIME_ADVICE)
    return times[0]


def past_moment_from(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Return the moment (aware) of "2026-11-22 14:00", or the last one of "14:00", in a zone. Raises InvalidInput."""
    typed = text.strip()
    day, clock = (typed[:_DAY], typed[_DAY:].lstrip(" T")) if "-" in typed else ("", typed)
    at = _one_time(clock, text)
    if day:
        if day_from(day).year < _FIRST_YEAR:
            raise InvalidInput(f'"{text}" is too long ago.', advice="Give a moment of the last 90 days.")
        found = datetime.combine(day_from(day), at, zone)
    else:
        found = datetime.combine(now.astimezone(zone).date(), at, zone)
        if found > now:
            found = datetime.combine(found.date() - timedelta(days=1), at, zone)
    if found > now:
        raise InvalidInput("This moment has not come yet.", advice="When runs come: fossatray schedules next")
    return found


def _timetable(timetable: Timetable, given: argparse.Namespace) -> Timetable:
    hours = timetable.active_hours
    if given.active is not None:
        hours = None if _is(given.active, OFF) else hours_from(given.active)
    rule = _rule(timetable.rule, given)
    if given.minute is not None and hours is not None:
        raise InvalidInput(
            "--minute does not go with active hours: the runs of a day are counted from the hour these begin at.",
            advice="Leave --minute out, or add --active off.",
        )
    return Timetable(
        rule,
        timetable.weekdays if given.weekdays is None else weekdays_from(given.weekdays),
        hours,
        _holidays(timetable.holidays, given),
    )


def _rule(rule: Rule, given: argparse.Namespace) -> Rule:
    chosen = _given(given, "every", "times", "cron")
    if len(chosen) > 1:
        raise InvalidInput("Give only one of --every, --times and --cron.")
    every = rule if isinstance(rule, Every) else None
    if given.minute is not None and (chosen != ["every"] if chosen else every is None):
        raise InvalidInput("--minute goes with --every alone.", advice="Add --every HOURS, or leave --minute out.")
    if given.times is not None:
        return Times(times_from(given.times))
    if given.cron is not None:
        return Cron(given.cron)
    if given.every is None and given.minute is None:
        return rule
    before = every or Every()
    return Every(
        before.minutes if given.every is None else minutes_from(given.every),
        before.anchor_minute if given.minute is None else _minute(given.minute),
    )


def _minute(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 2:
        raise InvalidInput("The minute must be 0 to 59.")
    return int(text)


def _holidays(calendar: HolidayCalendar | None, given: argparse.Namespace) -> HolidayCalendar | None:
    place = None
    if calendar is not None and calendar.country is not None:
        place = "-".join(part for part in (calendar.country, calendar.subdivision) if part)
    if given.holidays is not None:
        place = None if _is(given.holidays, OFF) else given.holidays
    extra = calendar.extra if calendar else ()
    if given.extra_days is not None:
        extra = () if _is(given.extra_days, OFF) else days_from(given.extra_days)
    return calendar_from(place, extra)


def _lateness(text: str) -> tuple[Lateness, float | None]:
    if _is(text, "run"):
        return Lateness.RUN_ONCE, None
    if _is(text, "skip"):
        return Lateness.SKIP, None
    try:
        hours = minutes_from(text) / 60
    except InvalidInput:
        raise InvalidInput(f'"{text}" says nothing of late runs.', advice="Write run, skip, or hours.") from None
    return Lateness.WITHIN, hours


def _after(text: str) -> int | None:
    if _is(text, "none"):
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 9:
        raise InvalidInput(f'"{text}" is no schedule.', advice="List them: fossatray schedules list")
    return int(text)


def _given(given: argparse.Namespace, *names: str) -> list[str]:
    return [name for name in names if getattr(given, name) is not None]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _is(text: str, word: str) -> bool:
    return text.strip().lower() == word
