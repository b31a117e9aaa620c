"""A timetable: at which wall-clock times, on which days. What follows from it is in `fossatray.core.plan`.

A timetable speaks of the person's wall clock alone and carries no zone. Its slots are dates and times of that clock:
whether a slot's weekday, holiday or hour is one to run at is judged by the slot's own date and time as the timetable
names them. Overnight hours from 22 to 6 on Mondays are therefore Monday 0 to 6 and Monday 22 to 24; and a slot at 2:30
that spring moves to 3:00 still counts as one at 2:30.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from fossatray.core.errors import InvalidInput

MIN_MINUTES = 15
MAX_MINUTES = 24 * 60
STEP_MINUTES = 15
MOST_TIMES = 96
MOST_EXTRA_DAYS = 366
EVERY_DAY = frozenset(range(7))
"""Monday is 0, Sunday 6."""

Json = dict[str, Any]


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
class Every:
    """A slot every so many `minutes` (15 to 1440 in steps of 15), beginning anew each day at the anchor.

    The anchor is `anchor_minute` (0 to 59) minutes after midnight or, where there are active hours, their start: every
    5 hours from 6 means 6, 11, 16, 21 and 2.
    """

    minutes: int = 60
    anchor_minute: int = 0

    def __post_init__(self) -> None:
        """Refuse what is out of range. Raises InvalidInput."""
        if not MIN_MINUTES <= self.minutes <= MAX_MINUTES or self.minutes % STEP_MINUTES:
            raise InvalidInput("The interval must be 15 minutes to 24 hours, in steps of 15 minutes.")
        if not 0 <= self.anchor_minute <= 59:
            raise InvalidInput("The minute must be 0 to 59.")


@dataclass(frozen=True, slots=True)
class Times:
    """Fixed times of day, whole minutes; kept ascending, each once."""

    times: tuple[time, ...]

    def __post_init__(self) -> None:
        """Put the times in order. Raises InvalidInput."""
        if not self.times:
            raise InvalidInput("Enter at least one time of day.")
        if any(moment.tzinfo is not None for moment in self.times):
            raise InvalidInput("A time of day is one of the wall clock, without a time zone.")
        if any(moment.second or moment.microsecond for moment in self.times):
            raise InvalidInput("A time of day is a whole minute.")
        ordered = tuple(sorted({moment.replace(fold=0) for moment in self.times}))
        if len(ordered) > MOST_TIMES:
            raise InvalidInput(f"Enter at most {MOST_TIMES} times of day.")
        object.__setattr__(self, "times", ordered)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression of five fields by Debian's rules; blanks are put in order."""

    expression: str

    def __post_init__(self) -> None:
        """Check every field. Raises InvalidInput, which names the field."""
        from fossatray.core.cron import parse

        text = " ".join(self.expression.split())
        parse(text)
        object.__setattr__(self, "expression", text)


Rule = Every | Times | Cron


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """Days without a run: the public holidays of a country or of a part of it, and days of one's own.

    `country` is a code of two letters ("US"), `subdivision` one of that country's codes ("TX"); `country` None is the
    own days alone. `extra` is kept ascending, each day once. Whether such a country is known is checked by
    `fossatray.core.holiday_calendar`, which loads the library.
    """

    country: str | None
    subdivision: str | None = None
    extra: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Put the own days in order. Raises InvalidInput."""
        country = self.country
        if country is None and (self.subdivision is not None or not self.extra):
            raise InvalidInput("Choose the country whose holidays count, or enter days of your own.")
        if country is not None and not (
            len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()
        ):
            raise InvalidInput("A country is a code of two letters, such as US.")
        if self.subdivision is not None and not 1 <= len(self.subdivision) <= 100:
            raise InvalidInput("A state or region is a code, such as TX.")
        if len(self.extra) > MOST_EXTRA_DAYS:
            raise InvalidInput(f"Enter at most {MOST_EXTRA_DAYS} days of your own.")
        object.__setattr__(self, "extra", tuple(sorted(set(self.extra))))


@dataclass(frozen=True, slots=True)
class Timetable:
    """A rule, and what narrows it: weekdays (Monday 0 to Sunday 6), active hours, holidays."""

    rule: Rule = Every()
    weekdays: frozenset[int] = EVERY_DAY
    active_hours: ActiveHours | None = None
    holidays: HolidayCalendar | None = None

    def __post_init__(self) -> None:
        """Refuse days that are none. Raises InvalidInput."""
        if not self.weekdays:
            raise InvalidInput("Choose at least one weekday.")
        if not self.weekdays <= EVERY_DAY:
            raise InvalidInput("Weekdays go from 0 (Monday) to 6 (Sunday).")


# --- the form it is kept in -----------------------------------------------------------------------------------------


def to_json(timetable: Timetable) -> Json:
    """Return a timetable as JSON data: rule, weekdays (ascending), active_hours and holidays (each may be None)."""
    hours, holidays = timetable.active_hours, timetable.holidays
    return {
        "rule": _rule_json(timetable.rule),
        "weekdays": sorted(timetable.weekdays),
        "active_hours": {"start": hours.start, "end": hours.end} if hours else None,
        "holidays": {
            "country": holidays.country,
            "subdivision": holidays.subdivision,
            "extra": [day.isoformat() for day in holidays.extra],
        }
        if holidays
        else None,
    }


def _rule_json(rule: Rule) -> Json:
    if isinstance(rule, Every):
        return {"kind": "every", "minutes": rule.minutes, "anchor_minute": rule.anchor_minute}
    if isinstance(rule, Times):
        return {"kind": "times", "times": [f"{moment:%H:%M}" for moment in rule.times]}
    return {"kind": "cron", "expression": rule.expression}


def timetable_from_json(data: object) -> Timetable:
    """Rebuild a timetable from its JSON data.

    Raises ValueError for another shape (a missing or unknown key, a wrong type), InvalidInput for values out of range.
    """
    found = _keys(data, "rule", "weekdays", "active_hours", "holidays")
    weekdays = [_number(item) for item in _list(found["weekdays"])]
    if weekdays != sorted(set(weekdays)):
        raise ValueError("the weekdays are not ascending, each once")
    hours = None
    if found["active_hours"] is not None:
        window = _keys(found["active_hours"], "start", "end")
        hours = ActiveHours(_number(window["start"]), _number(window["end"]))
    return Timetable(_rule_from(found["rule"]), frozenset(weekdays), hours, _holidays_from(found["holidays"]))


def _rule_from(data: object) -> Rule:
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind == "every":
        found = _keys(data, "kind", "minutes", "anchor_minute")
        return Every(_number(found["minutes"]), _number(found["anchor_minute"]))
    if kind == "times":
        found = _keys(data, "kind", "times")
        return Times(tuple(_time(item) for item in _list(found["times"])))
    if kind == "cron":
        return Cron(_text(_keys(data, "kind", "expression")["expression"]))
    raise ValueError("an unknown kind of rule")


def _holidays_from(data: object) -> HolidayCalendar | None:
    if data is None:
        return None
    found = _keys(data, "country", "subdivision", "extra")
    country, subdivision = found["country"], found["subdivision"]
    return HolidayCalendar(
        None if country is None else _text(country),
        None if subdivision is None else _text(subdivision),
        tuple(_date(item) for item in _list(found["extra"])),
    )


def _keys(data: object, *names: str) -> Json:
    if not isinstance(data, dict) or set(data) != set(names):
        raise ValueError(f"an object with exactly {', '.join(names)} was expected")
    return data


def _list(data: object) -> Iterable[object]:
    if not isinstance(data, list):
        raise ValueError("a list was expected")
    return data


def _number(data: object) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise ValueError("a whole number was expected")
    return data


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise ValueError("a text was expected")
    return data


def _time(data: object) -> time:
    found = time.fromisoformat(_text(data))
    if f"{found:%H:%M}" != data:
        raise ValueError("a time such as 06:30 was expected")
    return found


def _date(data: object) -> date:
    found = date.fromisoformat(_text(data))
    if found.isoformat() != data:
        raise ValueError("a date such as 2026-12-24 was expected")
    return found
