"""Holidays: their names, own days, and the lists that a dialog offers."""

from __future__ import annotations

from datetime import date

import pytest

from fossatray.core.errors import InvalidInput
from fossatray.core.holiday_calendar import OWN_DAY, check, countries, holiday_name, place_name, subdivisions
from fossatray.core.timetable import HolidayCalendar

TEXAS = HolidayCalendar("US", "TX", (date(2026, 12, 31), date(2026, 12, 25)))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2026, 11, 27), "Friday After Thanksgiving"),
        (date(2026, 7, 3), "Independence Day (observed)"),
        (date(2027, 12, 31), "New Year's Day (observed)"),
        (date(2026, 12, 31), OWN_DAY),
        (date(2026, 12, 25), OWN_DAY),
        (date(2026, 11, 25), None),
    ],
)
def test_the_name_of_a_holiday(day: date, name: str | None) -> None:
    assert holiday_name(TEXAS, day) == name


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    day = date(2026, 3, 2)
    assert holiday_name(HolidayCalendar("US", "TX"), day) == "Texas Independence Day"
    assert holiday_name(HolidayCalendar("US"), day) is None


def test_own_days_alone_need_no_country() -> None:
    own = HolidayCalendar(None, None, (date(2026, 8, 3),))
    check(own)
    assert holiday_name(own, date(2026, 8, 3)) == OWN_DAY
    assert holiday_name(own, date(2026, 12, 25)) is None
    assert place_name(own) == ""


@pytest.mark.parametrize(
    ("country", "part", "reason"),
    [("ZZ", None, 'the country "ZZ"'), ("ZZ", "TX", 'the country "ZZ"'), ("US", "Atlantis", '"Atlantis" in US')],
)
def test_a_place_that_is_not_known_is_refused(country: str, part: str | None, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        check(HolidayCalendar(country, part))
    with pytest.raises(InvalidInput, match=reason):
        holiday_name(HolidayCalendar(country, part), date(2026, 1, 1))


def test_the_lists_of_a_dialog() -> None:
    known = countries()
    assert known["US"] == "United States"
    assert known["BA"] == "Bosnia and Herzegovina"
    assert list(known.values()) == sorted(known.values())
    assert len(known) > 200
    states = subdivisions("US")
    assert (states["TX"], states["FL"]) == ("Texas", "Florida")
    assert list(states.values()) == sorted(states.values())
    assert subdivisions("DE")["BY"] == "Bayern"
    with pytest.raises(InvalidInput):
        subdivisions("ZZ")


def test_every_country_of_the_list_makes_a_calendar() -> None:
    assert all(HolidayCalendar(code).country == code for code in countries())


def test_whose_holidays_they_are() -> None:
    assert place_name(TEXAS) == "US, Texas"
    assert place_name(HolidayCalendar("US")) == "US"
