"""What a person types of a timetable, read: "6:00, 18:30", "mon-fri", "6-22", "US-TX", "2026-12-24".

Whatever takes such entries reads them here, so that all refuse the same ones in the same words.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

from fossatray.core.errors import InvalidInput
from fossatray.core.timetable import EVERY_DAY, ActiveHours, HolidayCalendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT_PART = 3
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?\s*(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_INTERVAL = re.compile(r"-?(?:[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_HOURS = re.compile(r"([0-9]{1,2})\s*-\s*([0-9]{1,2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def minutes_from(text: str) -> int:
    """Return the minutes of an interval in hours: "0.25" is 15. Raises InvalidInput; the range is not checked here."""
    found = _INTERVAL.fullmatch(text.strip())
    minutes = Decimal(found[0]) * 60 if found else Decimal("NaN")
    if not minutes.is_finite() or minutes != minutes.to_integral_value():
        raise InvalidInput(
            f'"{text}" is no interval in hours.', advice="Write hours, such as 1, 1.5 or 0.25 (15 minutes)."
        )
    return int(minutes)


def times_from(text: str) -> tuple[time, ...]:
    """Return the times of day of "6:00, 18:30" or "6 am, 6:30 pm", as they are written. Raises InvalidInput."""
    return tuple(_time(item) for item in _items(text))


def _time(text: str) -> time:
    found = _TIME.fullmatch(text)
    if found is not None and (found["minute"] or found["half"]):
        hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise InvalidInput(f'"{text}" is no time of day.', advice="Write times such as 6:00, 18:30, divided by commas.")


def weekdays_from(text: str) -> frozenset[int]:
    """Return the weekdays of "mon-fri", "sat,sun" or "all"; Monday is 0. Raises InvalidInput."""
    if text.strip().lower() == "all":
        return EVERY_DAY
    found: set[int] = set()
    for item in _items(text):
        first, dash, last = item.partition("-")
        start = _weekday(first, item)
        end = _weekday(last, item) if dash else start
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(found)


def _weekday(text: str, shown: str) -> int:
    name = text.strip().lower()
    for names in (WEEKDAYS, _FULL_WEEKDAYS):
        if name in names:
            return names.index(name)
    raise InvalidInput(f'"{shown}" is no weekday.', advice=f"Write mon-fri, all, or some of {','.join(WEEKDAYS)}.")


def hours_from(text: str) -> ActiveHours:
    """Return the active hours of "6-22"; "22-6" is overnight. Raises InvalidInput."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(f'"{text}" are no active hours.', advice="Write the first and the last hour, such as 6-22.")
    return ActiveHours(int(found[1]), int(found[2]))


def days_from(text: str) -> tuple[date, ...]:
    """Return the dates of "2026-12-24, 2026-12-31", as they are written. Raises InvalidInput."""
    return tuple(day_from(item) for item in _items(text))


def day_from(text: str) -> date:
    """Return the date of "2026-12-24". Raises InvalidInput."""
    try:
        return date.fromisoformat(text.strip() if _DATE.fullmatch(text.strip()) else "")
    except ValueError:
        raise InvalidInput(f'"{text}" is no date.', advice="Write year, month and day: 2026-12-24.") from None


def calendar_from(place: str | None, extra: tuple[date, ...] = ()) -> HolidayCalendar | None:
    """Return the calendar of "US-TX", or "US", and days of one's own; None for neither. Raises InvalidInput.

    Whether such a country is known is not checked here (see `fossatray.core.holiday_calendar.check`).
    """
    if place is None:
        return HolidayCalendar(None, None, extra) if extra else None
    country, _, part = (item.strip() for item in place.partition("-"))
    if len(part) <= _SHORT_PART:  # longer ones are names, such as "Zone A" of France
        part = part.upper()
    return HolidayCalendar(country.upper(), part or None, extra)


def _items(text: str) -> list[str]:
    items = [item.strip() for item in text.split(",")]
    return [item for item in items if item]
