"""Public holidays, from the `holidays` library, which this module alone imports, and late (half a second, 17 MB).

Names of holidays come in the language of their country, as the library has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from fossatray.core.errors import InvalidInput
from fossatray.core.timetable import HolidayCalendar

OWN_DAY = "a day of your own"
_SMALL_WORDS = frozenset({"and", "of", "the"})


def holiday_name(calendar: HolidayCalendar, day: date) -> str | None:
    """Return the name of the holiday on a date, or None on an ordinary day.

    Raises InvalidInput for a country or a part of it that the library does not have.
    """
    if day in calendar.extra:
        return OWN_DAY
    if calendar.country is None:
        return None
    return _holidays_of(calendar.country, calendar.subdivision, day.year).get(day)


def check(calendar: HolidayCalendar) -> None:
    """Check that the library has the country and its part. Raises InvalidInput."""
    if calendar.country is not None:
        _holidays_of(calendar.country, calendar.subdivision, 2026)


def countries() -> dict[str, str]:
    """Return the countries with holidays by their code: {"US": "United States", …}, in the order of their names."""
    from holidays.registry import COUNTRIES

    found = {str(codes[1]): _title(name) for name, codes in COUNTRIES.items()}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def subdivisions(country: str) -> dict[str, str]:
    """Return a country's parts by their code: {"TX": "Texas", …}, in the order of their names; often none.

    Raises InvalidInput for a country that the library does not have.
    """
    return dict(_subdivisions(country))


def place_name(calendar: HolidayCalendar) -> str:
    """Return whose holidays they are: "US, Texas", "US", or "" for own days alone. Raises InvalidInput."""
    if calendar.country is None:
        return ""
    if calendar.subdivision is None:
        return calendar.country
    part = _subdivisions(calendar.country).get(calendar.subdivision, calendar.subdivision)
    return f"{calendar.country}, {part}"


@lru_cache(maxsize=64)
def _holidays_of(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    from holidays.utils import country_holidays

    try:
        found = country_holidays(country, subdiv=subdivision, years=year, expand=False)
    except NotImplementedError:
        _check_country(country)
        raise InvalidInput(
            f'No holidays are known for "{subdivision}" in {country}.',
            advice="Choose another state or region, or the whole country.",
        ) from None
    return dict(found)


@lru_cache(maxsize=8)
def _subdivisions(country: str) -> Mapping[str, str]:
    from holidays.utils import country_holidays

    _check_country(country)
    known = country_holidays(country)
    names = {str(code): str(name) for name, code in known.subdivisions_aliases.items()}
    found = {str(code): names.get(str(code), str(code)) for code in known.subdivisions}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _check_country(country: str) -> None:
    if country not in countries():
        raise InvalidInput(f'No holidays are known for the country "{country}".', advice="Choose another country.")


def _title(name: str) -> str:
    """Return "Bosnia and Herzegovina" for "bosnia_and_herzegovina"."""
    return " ".join(word if word in _SMALL_WORDS else word.capitalize() for word in name.split("_"))
