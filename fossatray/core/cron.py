"""Cron expressions, checked and read by the cronsim library, which this module alone imports, and late.

The rules are those of Debian's cron: five fields; where neither day field begins with a star, one of the two is enough.
An expression whose minute and hour are fixed runs once at each of its times, also where clocks change; one whose minute
or hour begins with a star goes by the time that passes: what spring skips does not run, what autumn repeats runs twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from fossatray.core.errors import InvalidInput

LONGEST = 200
FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
_ALLOWED = (
    "0 to 59",
    "0 to 23",
    "1 to 31, and a day that the months chosen have",
    "1 to 12, or JAN to DEC",
    "0 to 7 (0 and 7 are Sunday), or SUN to SAT",
)
_ADVICE = "Each field is *, a number, a list (1,15), a range (8-17) or a step (*/15)."


@dataclass(frozen=True, slots=True)
class CronPlan:
    """What an expression means: minutes and hours of the wall clock, ascending, and which dates.

    `by_elapsed_time` tells that its minute or hour begins with a star.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    by_elapsed_time: bool
    runs_on: Callable[[date], bool]


@lru_cache(maxsize=64)
def parse(expression: str) -> CronPlan:
    """Read a cron expression. Raises InvalidInput, which names the field that cannot be used."""
    from cronsim import CronSim, CronSimError

    parts = expression.split()
    if len(expression) > LONGEST or not expression.isascii():
        raise InvalidInput(f"A cron expression has at most {LONGEST} plain characters.", advice=_ADVICE)
    if len(parts) != len(FIELDS):
        raise InvalidInput(
            f"A cron expression has five fields (minute, hour, day of the month, month, day of the week); "
            f"this one has {len(parts)}.",
            advice="An example: 0 6,18 * * 1-5 runs at 6:00 and 18:00 from Monday to Friday.",
        )
    try:
        found = CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise InvalidInput(_reason(str(error), parts), advice=_ADVICE) from None
    months = frozenset(found.months)

    def runs_on(day: date) -> bool:
        return day.month in months and found.match_day(day)

    by_elapsed_time = parts[0].startswith("*") or parts[1].startswith("*")
    return CronPlan(tuple(sorted(found.minutes)), tuple(sorted(found.hours)), by_elapsed_time, runs_on)


def _reason(message: str, parts: list[str]) -> str:
    """Turn cronsim's "Bad day-of-month" into a sentence."""
    named = ("minute", "hour", "day-of-month", "month", "day-of-week")
    place = next((place for place, name in enumerate(named) if message == f"Bad {name}"), None)
    if place is None:
        return "This cron expression cannot be used."
    return f'The {FIELDS[place]} "{parts[place]}" cannot be used: it goes from {_ALLOWED[place]}.'
