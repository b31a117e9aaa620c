"""What a timetable means, minute by minute: the slow and plain truth that `fossatray.core.plan` is compared with.

It shares no code with the plan. A wall clock is watched through every minute of UTC: what it shows, whether it shows it
for the second time, and what it jumps over. Each time shown or jumped over is held against the timetable's words.
"""

from __future__ import annotations

import random
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays.utils import country_holidays

from fossatray.core.plan import missed_runs, next_run
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
NO_CHANGE = datetime(2025, 12, 31, 15, tzinfo=UTC)

Change = tuple[datetime, timedelta, timedelta]
"""A moment (UTC) at which a zone's distance from UTC changes, the distance before, and the one after."""


# --- the zones ------------------------------------------------------------------------------------------------------


def changes(zone: ZoneInfo) -> tuple[Change, ...]:
    """Return the changes of a zone's distance from UTC from 2020 to 2030."""
    found = []
    moment, before = FIRST, distance(FIRST, zone)
    while moment < LAST:
        after = distance(moment + DAY, zone)
        if after != before:
            found.append((_change_within(moment, zone), before, after))
        moment, before = moment + DAY, after
    return tuple(found)


def distance(moment: datetime, zone: ZoneInfo) -> timedelta:
    """Return a zone's distance from UTC at a moment."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change_within(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the first minute of the day after a moment with another distance."""
    minutes = range(1, 24 * 60 + 1)
    before = distance(moment, zone)
    return next(moment + n * MINUTE for n in minutes if distance(moment + n * MINUTE, zone) != before)


def behaviours() -> dict[str, tuple[Change, ...]]:
    """Return every distinct behaviour of the zones of zoneinfo from 2020 to 2030, by the name of one that has it."""
    found: dict[tuple[timedelta, tuple[Change, ...]], str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        zone = ZoneInfo(name)
        found.setdefault((distance(FIRST, zone), changes(zone)), name)
    return {name: those for (_, those), name in found.items()}


def moments_to_watch(those: tuple[Change, ...]) -> list[datetime]:
    """Return the moments of the changes or, for a zone that never changes, one of them all."""
    return [moment for moment, _, _ in those] or [NO_CHANGE]


# --- the truth ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """One minute of UTC: what the wall clock shows (without a zone), whether again, and what it has jumped over."""

    moment: datetime
    wall: datetime
    again: bool
    jumped: tuple[datetime, ...]


def watch(zone: ZoneInfo, since: datetime, until: datetime) -> list[Shown]:
    """Watch the wall clock through (since, until], remembering what it showed on the day before."""
    found: list[Shown] = []
    seen: set[datetime] = set()
    moment = since - DAY
    last = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    while moment < until:
        moment += MINUTE
        wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
        missing = (wall - last) // MINUTE - 1
        jumped = tuple(last + MINUTE * n for n in range(1, missing + 1))
        if moment > since:
            found.append(Shown(moment, wall, wall in seen, jumped))
        seen.add(wall)
        last = wall
    return found


def truth(timetable: Timetable, shown: list[Shown]) -> list[datetime]:
    """Return the moments at which a timetable has to run."""
    rule = timetable.rule
    clock, fits = _clock(timetable), _days(timetable)
    by_elapsed_time = isinstance(rule, Cron) and any(field[0] == "*" for field in rule.expression.split()[:2])
    both = by_elapsed_time or (isinstance(rule, Every) and rule.minutes <= 60)

    def named(wall: datetime) -> bool:
        return clock[wall.hour][wall.minute] and fits(wall.date())

    return [
        minute.moment
        for minute in shown
        if ((both or not minute.again) and named(minute.wall))
        or (minute.jumped and not by_elapsed_time and any(named(wall) for wall in minute.jumped))
    ]


def _clock(timetable: Timetable) -> list[list[bool]]:
    """Return, for each hour and minute of a day, whether the timetable names it."""
    return [
        [active and _minute_fits(timetable, hour * 60 + minute) for minute in range(60)]
        for hour, active in ((hour, _hour_fits(timetable, hour)) for hour in range(24))
    ]


def _hour_fits(timetable: Timetable, hour: int) -> bool:
    window = timetable.active_hours
    if window is None:
        return True
    inside: set[int] = set()
    at = window.start
    while at != (window.end % 24) or not inside:
        inside.add(at)
        at = (at + 1) % 24
    return hour in inside


def _minute_fits(timetable: Timetable, minute: int) -> bool:
    rule = timetable.rule
    if isinstance(rule, Times):
        return any(moment == time(minute // 60, minute % 60) for moment in rule.times)
    if isinstance(rule, Cron):
        fields = rule.expression.split()
        return _cron_fits(fields[0], minute % 60, 0, 59) and _cron_fits(fields[1], minute // 60, 0, 23)
    anchor = rule.anchor_minute if timetable.active_hours is None else timetable.active_hours.start * 60
    past = minute - anchor if minute >= anchor else minute - anchor + 24 * 60
    return past % rule.minutes == 0


def _days(timetable: Timetable) -> Callable[[date], bool]:
    """Return whether the timetable names a date."""

    @cache
    def fits(day: date) -> bool:
        calendar = timetable.holidays
        if day.isoweekday() - 1 not in timetable.weekdays:
            return False
        if calendar is not None and (day in calendar.extra or _is_public_holiday(calendar, day)):
            return False
        return not isinstance(timetable.rule, Cron) or _cron_day_fits(timetable.rule.expression, day)

    return fits


@cache
def _public_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    return frozenset(country_holidays(country, subdiv=subdivision, years=range(2010, 2033)))


def _is_public_holiday(calendar: HolidayCalendar, day: date) -> bool:
    return calendar.country is not None and day in _public_holidays(calendar.country, calendar.subdivision)


def _cron_day_fits(expression: str, day: date) -> bool:
    _, _, month_day, month, weekday = expression.split()
    if not _cron_fits(month, day.month, 1, 12):
        return False
    fits = (
        _cron_fits(month_day, day.day, 1, 31),
        any(_cron_fits(weekday, number, 0, 7) for number in {day.isoweekday(), day.isoweekday() % 7}),
    )
    return all(fits) if month_day[0] == "*" or weekday[0] == "*" else any(fits)


def _cron_fits(field: str, value: int, low: int, high: int) -> bool:
    """Tell whether a value fits a cron field of numbers, lists, ranges and steps."""
    for term in field.split(","):
        span, _, step = term.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (step and not last) else int(last or first)
        if begin <= value <= end and (value - begin) % int(step or 1) == 0:
            return True
    return False


# --- the comparison -------------------------------------------------------------------------------------------------


KINDS = ("every", "times", "cron")
CRONS = (
    "*/15 * * * *",
    "*/30 1-3 * * *",
    "5 */2 * * *",
    "0 0 * * *",
    "30 1 * * *",
    "30 2 * * *",
    "0,20,40 0-3 * * *",
    "15 2,3,23 * * 0",
    "* 2 * * 6,7",
    "0 3 1-7 * 1",
    "45 23 */2 * 0-6",
    "59 23 * 3,10,11 *",
    "10-50/20 0,1,22,23 * * 5-7",
)
WINDOWS = ((0, 24), (0, 3), (2, 3), (22, 6), (23, 2), (1, 0), (6, 22), (3, 2), (21, 0), (12, 11))


def random_timetable(chance: random.Random, kind: str, near: date) -> Timetable:
    """Return a timetable of a kind whose own days off lie near a date, and whose times lie where clocks change."""
    rule: Every | Times | Cron
    if kind == "every":
        rule = Every(chance.choice([15, 15, 30, 45, 60, 60, 75, 90, 120, 300, 720, 1440]), chance.choice([0, 0, 7, 59]))
    elif kind == "times":
        rule = Times(tuple(time(*_wall(chance)) for _ in range(chance.randint(1, 6))))
    else:
        rule = Cron(chance.choice(CRONS))
    weekdays = frozenset(range(7))
    if chance.random() < 0.5:
        weekdays = frozenset(chance.sample(range(7), chance.randint(2, 6)))
    hours = None
    if chance.random() < 0.5:
        hours = ActiveHours(*chance.choice(WINDOWS))
    holidays = None
    if chance.random() < 0.4:
        own = tuple(near + chance.randint(-2, 2) * DAY for _ in range(chance.randint(1, 2)))
        country, part = chance.choice([(None, None), ("US", "TX"), ("US", None), ("DE", "BY")])
        holidays = HolidayCalendar(country, part, own)
    return Timetable(rule, weekdays, hours, holidays)


def _wall(chance: random.Random) -> tuple[int, int]:
    hour = chance.choice([0, 0, 1, 1, 2, 2, 3, 23, chance.randint(4, 22)])
    return hour, chance.choice([0, 1, 15, 29, 30, 31, 45, 59])


@dataclass
class Tally:
    """What was compared, and what differed."""

    cases: int = 0
    occurrences: int = 0
    moments: int = 0
    mismatches: list[str] | None = None

    def differ(self, text: str) -> None:
        """Note a difference."""
        self.mismatches = [*(self.mismatches or []), text]


def compare_around(name: str, change: datetime, chance: random.Random, of_each_kind: int, tally: Tally) -> None:
    """Compare the plan with the truth for three days around a change of a zone's clocks."""
    zone = ZoneInfo(name)
    since, until = change - 1.5 * DAY, change + 1.5 * DAY
    shown = watch(zone, since, until)
    for kind in KINDS:
        for _ in range(of_each_kind):
            timetable = random_timetable(chance, kind, change.astimezone(zone).date())
            expected = truth(timetable, shown)
            found = missed_runs(timetable, since, until, zone)
            tally.cases += 1
            tally.occurrences += len(expected)
            if found != expected:
                wrong = [str(slot) for slot in sorted(set(found) ^ set(expected))] or ["another order, or doubled"]
                tally.differ(f"{name} {change} {timetable}: {wrong[:4]}")
            for moment in _moments(chance, change, since):
                tally.moments += 1
                first = next((slot for slot in expected if slot > moment), None)
                answer = next_run(timetable, moment, zone)
                if answer != first and not (first is None and (answer is None or answer > until)):
                    tally.differ(f"{name} after {moment} {timetable}: {answer} instead of {first}")


def _moments(chance: random.Random, change: datetime, since: datetime) -> Iterator[datetime]:
    yield change
    yield change + chance.randint(-7200, 7200) * timedelta(seconds=1)
    yield since + chance.randint(0, 2 * 24 * 60) * MINUTE
