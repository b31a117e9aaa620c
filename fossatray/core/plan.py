"""When a timetable runs: the plan of its slots, daylight saving included. Everything here is a pure function.

The next run follows from this plan alone, never from when the last run happened to end. A slot in the hour that spring
skips moves to the moment the clocks have changed, and two that land there are one. A slot in the hour that autumn
repeats runs in both passes when the step is an hour or less, else in the first; a fixed time of day runs once. Cron
expressions go by Debian's rules (`fossatray.core.cron`). Moments come in and go out aware; those returned are UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

from fossatray.core.cron import CronPlan, parse
from fossatray.core.errors import InvalidInput
from fossatray.core.holiday_calendar import holiday_name
from fossatray.core.timetable import EVERY_DAY, Cron, Every, Times, Timetable
from fossatray.core.wall_clock import earliest, instants, plain_midnight

DAYS_TO_RUN_ONCE = 60
"""A timetable that would not run once in so many days is refused."""

DAYS_SEARCHED = 366 * 8 + 1
"""After so many days without a slot none is looked for: February 29 is at most 8 years away."""

_DAY = timedelta(days=1)
_MINUTES_OF_A_DAY = 24 * 60
_LAST_DAY = date.max - 3 * _DAY


class Reason(StrEnum):
    """Why nothing is planned at a moment."""

    WEEKDAY = "weekday"
    HOLIDAY = "holiday"
    ACTIVE_HOURS = "outside active hours"
    SLOT = "not a slot"
    SECOND_PASS = "second pass"  # noqa: S105 (of the hour that autumn repeats)


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """Why nothing is planned at a moment; `detail` is the name of the holiday, else empty."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Day:
    """What every day of a timetable has: its slots as distances from midnight, and how they meet a clock change."""

    slots: tuple[timedelta, ...]
    both_passes: bool
    move: bool
    cron: CronPlan | None


def next_run(timetable: Timetable, after: datetime, zone: tzinfo) -> datetime | None:
    """Return the first slot after a moment, or None if none comes within 8 years.

    Raises InvalidInput for a holiday calendar that is not known.
    """
    return next(occurrences(timetable, after, zone), None)


def missed_runs(timetable: Timetable, since: datetime, until: datetime, zone: tzinfo) -> list[datetime]:
    """Return the slots in (since, until], ascending: those that were due while nobody looked."""
    return list(_slots(timetable, since, until, zone))


def occurrences(timetable: Timetable, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the slots after a moment, ascending, until none comes within 8 years of the one before."""
    return _slots(timetable, after, None, zone)


def plain_day(local: datetime, today: date) -> str:
    """Return a day of the wall clock as "Nov 23, 2026", whatever year today is of."""
    return f"{local:%b} {local.day}, {local.year}"


def refuse_if_never(
    timetable: Timetable, now: datetime, zone: tzinfo, day: Callable[[datetime, date], str] = plain_day
) -> None:
    """Refuse a timetable that would not run once in 60 days. Raises InvalidInput with the reason.

    `day` says a day of the wall clock as the person does, given what today is (`Words.day`).
    """
    if _runs_soon(timetable, now, zone):
        return
    raise InvalidInput(
        f"It would not run once in the next {DAYS_TO_RUN_ONCE} days: {_never(timetable, now, zone, day)}"
    )


def why_not_planned(timetable: Timetable, moment: datetime, zone: tzinfo) -> NotPlanned | None:
    """Return why nothing is planned at a moment (to the minute), or None if a run is planned there."""
    at = _utc(moment).replace(second=0, microsecond=0)
    if missed_runs(timetable, at - timedelta(minutes=1), at, zone):
        return None
    local = at.astimezone(zone)
    excluded = _excluded_day(timetable, local.date())
    if excluded is not None:
        return excluded
    hours = timetable.active_hours
    if hours is not None and not hours.contains(local.time()):
        return NotPlanned(Reason.ACTIVE_HOURS)
    return NotPlanned(Reason.SECOND_PASS if _is_slot(timetable, local) else Reason.SLOT)


# --- the slots ------------------------------------------------------------------------------------------------------


def _slots(timetable: Timetable, after: datetime, until: datetime | None, zone: tzinfo) -> Iterator[datetime]:
    """Yield the slots in (after, until], ascending.

    Local days are taken one by one, and a day's slots are given when no later day can have an earlier one: autumn can
    repeat the hour around midnight, and spring move a slot into the next day.
    """
    start, end = _utc(after), None if until is None else _utc(until)
    pattern = _day(timetable)
    if not pattern.slots or (end is not None and end <= start):
        return
    day = start.astimezone(zone).date() - _DAY
    last_day = _LAST_DAY if end is None else min(end.astimezone(zone).date() + _DAY, _LAST_DAY)
    waiting: set[datetime] = set()
    empty_days = 0
    while day <= last_day and empty_days < DAYS_SEARCHED:
        empty_days += 1
        if _runs_on(timetable, pattern, day):
            waiting.update(_of_day(pattern, day, zone, start))
            empty_days = 0
        day += _DAY
        if waiting:
            border = earliest(day, zone)
            for slot in sorted(slot for slot in waiting if slot < border):
                if end is not None and slot > end:
                    return
                if slot > start:
                    yield slot
            waiting = {slot for slot in waiting if slot >= border}


@lru_cache(maxsize=64)  # asked at every planned run, of the same few timetables
def _day(timetable: Timetable) -> _Day:
    rule, hours = timetable.rule, timetable.active_hours
    cron: CronPlan | None = None
    both_passes, move = False, True
    if isinstance(rule, Every):
        anchor = hours.start * 60 if hours else rule.anchor_minute
        minutes = {(anchor + past) % _MINUTES_OF_A_DAY for past in range(0, _MINUTES_OF_A_DAY, rule.minutes)}
        both_passes = rule.minutes <= 60
    elif isinstance(rule, Times):
        minutes = {moment.hour * 60 + moment.minute for moment in rule.times}
    else:
        cron = parse(rule.expression)
        minutes = {hour * 60 + minute for hour in cron.hours for minute in cron.minutes}
        both_passes, move = cron.by_elapsed_time, not cron.by_elapsed_time
    active = (minute for minute in sorted(minutes) if hours is None or hours.contains(_time(minute)))
    return _Day(tuple(timedelta(minutes=minute) for minute in active), both_passes, move, cron)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _of_day(pattern: _Day, day: date, zone: tzinfo, start: datetime) -> Iterator[datetime]:
    """Yield a day's slots; those up to `start` may be left out."""
    midnight = plain_midnight(day, zone)
    if midnight is not None:
        for slot in pattern.slots[bisect_right(pattern.slots, start - midnight) :]:
            yield midnight + slot
        return
    begins = datetime.combine(day, time())
    for slot in pattern.slots:
        yield from instants(begins + slot, zone, both_passes=pattern.both_passes, move=pattern.move)


def _runs_on(timetable: Timetable, pattern: _Day, day: date) -> bool:
    if pattern.cron is not None and not pattern.cron.runs_on(day):
        return False
    return _excluded_day(timetable, day) is None


def _excluded_day(timetable: Timetable, day: date) -> NotPlanned | None:
    if day.weekday() not in timetable.weekdays:
        return NotPlanned(Reason.WEEKDAY)
    name = holiday_name(timetable.holidays, day) if timetable.holidays else None
    return NotPlanned(Reason.HOLIDAY, name) if name else None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment with a time zone was expected")
    return moment.astimezone(UTC)


# --- the reasons ----------------------------------------------------------------------------------------------------


def _is_slot(timetable: Timetable, local: datetime) -> bool:
    """Tell whether the rule names this wall-clock time of this date."""
    pattern = _day(timetable)
    at = timedelta(hours=local.hour, minutes=local.minute)
    return at in pattern.slots and (pattern.cron is None or pattern.cron.runs_on(local.date()))


def _runs_soon(timetable: Timetable, now: datetime, zone: tzinfo) -> bool:
    until = now + timedelta(days=DAYS_TO_RUN_ONCE)
    return next(_slots(timetable, now, until, zone), None) is not None


def _never(timetable: Timetable, now: datetime, zone: tzinfo, day: Callable[[datetime, date], str]) -> str:
    """Return why a timetable does not run soon: the one limit without which it would, if there is such a one."""
    without = {
        "none of its times lies within the active hours.": replace(timetable, active_hours=None),
        "its dates do not fall on the weekdays chosen.": replace(timetable, weekdays=EVERY_DAY),
        "every day it could run on is a holiday.": replace(timetable, holidays=None),
    }
    for reason, wider in without.items():
        if wider != timetable and _runs_soon(wider, now, zone):
            return reason
    found = next_run(timetable, now, zone)
    if found is not None:
        return f"its next run would be on {day(found.astimezone(zone), now.astimezone(zone).date())}."
    if isinstance(timetable.rule, Cron):
        return "its dates, weekdays, active hours and holidays leave no day."
    return "its weekdays, active hours and holidays leave no day."
