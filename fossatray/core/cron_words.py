"""A cron expression said back in words: "At 6:00 AM and 6:00 PM, Monday to Friday".

What is usual gets a sentence; anything else is read out field by field, never guessed at.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from fossatray.core.cron import CronPlan, parse
from fossatray.core.words import Words

MOST_TIMES = 6
"""So many times of day are read out one by one."""

_NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_ALL_MINUTES = tuple(range(60))
_ALL_HOURS = tuple(range(24))
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 (a weekday's name has no zone)
_WORKING_DAYS = frozenset(range(5))


def describe_cron(expression: str, words: Words) -> str:
    """Return what an expression means, without a full stop. Raises InvalidInput for one that cannot be used."""
    plan = parse(expression)
    fields = expression.upper().split()
    days = _days(fields, words)
    times = _times(plan, fields, words)
    if days is None or times is None:
        return _field_by_field(expression.split(), words)
    return f"{times}, {days}" if days else times


def weekdays(days: frozenset[int], words: Words) -> str:
    """Return "Monday to Friday", "Saturday and Sunday", …; empty for all seven. Monday is 0."""
    ordered = sorted(days)
    if len(ordered) == 7:
        return ""
    names = [words.weekday(_MONDAY + timedelta(days=day)) for day in ordered]
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return words.tr("{first} to {last}").format(first=names[0], last=names[-1])
    return listed(names, words)


def listed(items: list[str], words: Words) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return words.tr("{items} and {last}").format(items=", ".join(items[:-1]), last=items[-1])


def _times(plan: CronPlan, fields: list[str], words: Words) -> str | None:
    minutes, hours = plan.minutes, plan.hours
    if len(minutes) * len(hours) <= MOST_TIMES:
        named = [words.clock(time(hour, minute)) for hour in hours for minute in minutes]
        return words.tr("At {times}").format(times=listed(named, words))
    step = _step(minutes, 60)
    often = None
    if minutes == _ALL_MINUTES:
        often = words.tr("Every minute")
    elif step is not None:
        often = words.tr("Every {count} minutes").format(count=step)
    elif len(minutes) == 1:
        often = _hourly(minutes[0], hours, words)
        hours = _ALL_HOURS if _step(hours, 24) is not None else hours
    if often is None or hours == _ALL_HOURS:
        return often
    if hours[-1] - hours[0] != len(hours) - 1:
        return None
    last = words.clock(time(hours[-1], minutes[-1]))
    return words.tr("{often} from {first} to {last}").format(
        often=often, first=words.clock(time(hours[0], minutes[0])), last=last
    )


def _hourly(minute: int, hours: tuple[int, ...], words: Words) -> str | None:
    """Return "Every hour", "Every 2 hours" or, where the minute is not 0, with it."""
    step = _step(hours, 24)
    if step is not None and step > 1:
        shown = words.clock(time(0, minute))
        return words.tr("Every {count} hours, counted from {time}").format(count=step, time=shown)
    if minute == 0:
        return words.tr("Every hour")
    return words.tr("Every hour at {minute} minutes past").format(minute=minute)


def _step(values: tuple[int, ...], whole: int) -> int | None:
    """Return the step of values that begin at 0 and go evenly around, else None."""
    if len(values) < 2 or whole % len(values):
        return None
    step = whole // len(values)
    return step if values == tuple(range(0, whole, step)) else None


def _days(fields: list[str], words: Words) -> str | None:
    """Return which days in words, empty for every day, or None for what has no short words."""
    _, _, month_days, months, names = fields
    chosen = None if names == "*" else _weekday_numbers(names)
    if names != "*" and (chosen is None or month_days != "*"):
        return None
    month = "" if months == "*" else _months(months, words)
    if month is None:
        return None
    if names != "*" and chosen is not None:
        day = weekdays(chosen, words)
    elif month_days == "*":
        day = ""
    elif all(part.isdigit() for part in month_days.split(",")):
        numbers = sorted({int(part) for part in month_days.split(",")})
        text = words.tr("on day {days} of the month") if len(numbers) == 1 else words.tr("on days {days} of the month")
        day = text.format(days=listed([str(number) for number in numbers], words))
    elif month_days == "L":
        day = words.tr("on the last day of the month")
    else:
        return None
    return ", ".join(part for part in (day, month) if part)


def _weekday_numbers(text: str) -> frozenset[int] | None:
    """Return the weekdays (Monday 0) of a field of numbers, names, lists and ranges; None for anything else."""
    found: set[int] = set()
    for term in text.split(","):
        ends = [_NAMES.index(end) if end in _NAMES else int(end) if end.isdigit() else None for end in term.split("-")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2:
            return None
        found.update((day - 1) % 7 for day in range(first, last + 1))
    return frozenset(found)


def _months(text: str, words: Words) -> str | None:
    if not all(part.isdigit() for part in text.split(",")):
        return None
    numbers = sorted({int(part) for part in text.split(",")})
    names = [f"{date(2024, number, 1):%B}" for number in numbers]
    return words.tr("in {months}").format(months=listed(names, words))


def _field_by_field(parts: list[str], words: Words) -> str:
    """Read the five fields out as they stand; where both kinds of days are named, one of them is enough."""
    minute, hour, month_day, month, weekday = ("" if part == "*" else part for part in parts)
    day = words.tr("day of the month {value}").format(value=month_day)
    name = words.tr("weekday {value}").format(value=weekday)
    if month_day and weekday:
        either = not (month_day.startswith("*") or weekday.startswith("*"))
        both = words.tr("{day} or {weekday}") if either else words.tr("{day} and {weekday}")
        days = both.format(day=day, weekday=name)
    else:
        days = day if month_day else name if weekday else words.tr("every day")
    return "; ".join(
        [
            words.tr("minute {value}").format(value=minute) if minute else words.tr("every minute"),
            words.tr("hour {value}").format(value=hour) if hour else words.tr("every hour"),
            days,
            words.tr("month {value}").format(value=month) if month else words.tr("every month"),
        ]
    )
