"""When a schedule runs: the plan of its slots by the person's wall clock, daylight saving included.

The slots of a day start at an anchor (midnight plus a chosen minute, or the start of the active hours) and begin anew
each day: every 5 h from 6 means 6, 11, 16, 21 and 2. The next run follows from this plan alone, never from when the
last run happened to end. Time and zone are passed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from fossatray.core.errors import InvalidInput

MIN_MINUTES = 15
MAX_MINUTES = 24 * 60
STEP_MINUTES = 15
HORIZON = timedelta(days=60)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ActiveHours:
    """A window [start, end) in hours of the local wall clock; start 22, end 6 is overnight. 0 and 24 are hours too."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what is no window. Raises InvalidInput."""
        if not (0 <= self.start <= 23 and 0 <= self.end <= 24):
            raise InvalidInput("Active hours go from 0 to 24.")
        if self.start == self.end % 24 and not (self.start == 0 and self.end == 24):
            raise InvalidInput("Active hours must not start and end at the same hour.")

    def contains(self, moment: time) -> bool:
        """Tell whether a wall-clock time lies in the window."""
        end = self.end or 24
        if self.start < end:
            return self.start <= moment.hour < end
        return moment.hour >= self.start or moment.hour < end


@dataclass(frozen=True, slots=True)
class Schedule:
    """One account's schedule for one kind of job.

    `interval_minutes` is 15 to 1440 in steps of 15; `anchor_minute` (0 to 59) is the minute after midnight at which the
    day's slots start when there are no active hours; with them the slots start with the window.
    """

    id: int
    account_id: str
    job: str = "work_orders"
    interval_minutes: int = 60
    anchor_minute: int = 0
    active_hours: ActiveHours | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse intervals that are out of range. Raises InvalidInput."""
        if not MIN_MINUTES <= self.interval_minutes <= MAX_MINUTES or self.interval_minutes % STEP_MINUTES:
            raise InvalidInput("The interval must be 15 minutes to 24 hours, in steps of 15 minutes.")
        if not 0 <= self.anchor_minute <= 59:
            raise InvalidInput("The minute must be 0 to 59.")


def next_run(schedule: Schedule, after: datetime, zone: tzinfo) -> datetime | None:
    """Return the first slot after a moment (aware), in UTC, or None if there is none within 60 days or it is off."""
    if not schedule.enabled:
        return None
    return next(occurrences(schedule, after, zone), None)


def missed_runs(schedule: Schedule, since: datetime, until: datetime, zone: tzinfo) -> list[datetime]:
    """Return the slots in (since, until], in UTC, ascending: those that were due while nobody looked."""
    found: list[datetime] = []
    cursor = since
    while cursor < until:
        for slot in occurrences(schedule, cursor, zone):
            if slot > until:
                return found
            found.append(slot)
        cursor = cursor + HORIZON
    return found


def occurrences(schedule: Schedule, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the slots after a moment in UTC, ascending, for 60 days."""
    start = after.astimezone(UTC)
    window = datetime.combine(start.date(), time(), UTC)
    while window < start + HORIZON:
        for slot in sorted(_slots_in(schedule, window, zone)):
            if start < slot <= start + HORIZON:
                yield slot
        window += _DAY


def _slots_in(schedule: Schedule, window: datetime, zone: tzinfo) -> set[datetime]:
    """Return the slots of one UTC day, gathered from the local days that can reach into it."""
    found: set[datetime] = set()
    for offset in range(-2, 2):  # a zone is at most 14 h ahead, a local day's slots reach into the next
        for slot in _local_day(schedule, window.date() + timedelta(days=offset), zone):
            if window <= slot < window + _DAY:
                found.add(slot)
    return found


def _local_day(schedule: Schedule, day: date, zone: tzinfo) -> Iterator[datetime]:
    hours = schedule.active_hours
    anchor = timedelta(hours=hours.start) if hours else timedelta(minutes=schedule.anchor_minute)
    step = timedelta(minutes=schedule.interval_minutes)
    repeat = schedule.interval_minutes <= 60
    midnight = datetime.combine(day, time())
    at = timedelta()
    while at < _DAY:
        for slot in wall_instants(midnight + anchor + at, zone, both_passes=repeat):
            if hours is None or hours.contains(slot.astimezone(zone).time()):
                yield slot
        at += step


def wall_instants(wall: datetime, zone: tzinfo, *, both_passes: bool) -> list[datetime]:
    """Return the UTC instants of a naive wall-clock time.

    In the hour that spring skips: the gap's end. In the hour that autumn repeats: both, or the first alone.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return [first]
    if first < second:
        return [first, second] if both_passes else [first]
    return [_gap_end(second, first, zone)]


def _gap_end(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """Return the instant between two UTC moments at which the zone's offset changes, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
