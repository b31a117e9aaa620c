"""What is typed of a timetable: what it means, and what is refused."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.errors import InvalidInput
from fossatray.core.timetable import EVERY_DAY, ActiveHours, HolidayCalendar
from fossatray.core.timetable_text import (
    WEEKDAYS,
    calendar_from,
    day_from,
    days_from,
    hours_from,
    minutes_from,
    times_from,
    weekdays_from,
)


@pytest.mark.parametrize(
    ("text", "minutes"), [("1", 60), ("0.25", 15), (" 1.5 ", 90), (".75", 45), ("24", 1440), ("48", 2880), ("-1", -60)]
)
def test_hours_are_minutes(text: str, minutes: int) -> None:
    assert minutes_from(text) == minutes


@pytest.mark.parametrize("text", ["", "an hour", "0.26", "1,5", "1h", "inf", "nan", "1e999999", "1/4", "9" * 9, "١"])
def test_what_is_no_number_of_whole_minutes_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no interval in hours"):
        minutes_from(text)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("6:00,18:30", [time(6), time(18, 30)]),
        (" 6:00 , 18:30, ", [time(6), time(18, 30)]),
        ("00:00,23:59", [time(0), time(23, 59)]),
        ("6 am, 12 am, 12:30 PM, 6pm", [time(6), time(0), time(12, 30), time(18)]),
        ("6:05 p.m.", [time(18, 5)]),
        ("", []),
    ],
)
def test_times_in_both_habits(text: str, times: list[time]) -> None:
    assert list(times_from(text)) == times


@pytest.mark.parametrize("text", ["24:00", "6:60", "6", "13 pm", "0 am", "6:5", "noon", "6:00-7:00", "٦:٠٠", "-6:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no time of day"):
        times_from(f"8:00,{text}")


@given(st.times())
def test_what_the_24_hour_habit_writes_is_read_again(moment: time) -> None:
    assert times_from(f"{moment:%H:%M}") == (moment.replace(second=0, microsecond=0),)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Sat, SUN", {5, 6}),
        ("fri-mon", {4, 5, 6, 0}),
        ("wed", {2}),
        ("monday-wednesday,saturday", {0, 1, 2, 5}),
        ("tue-tue", {1}),
        ("all", EVERY_DAY),
        ("", set()),
    ],
)
def test_weekdays_and_ranges_of_them(text: str, days: set[int]) -> None:
    assert weekdays_from(text) == days


@pytest.mark.parametrize("text", ["mo", "weekday", "1-5", "mon-", "-fri", "mon--fri", "mon fri"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no weekday"):
        weekdays_from(text)


@given(st.frozensets(st.integers(0, 6)))
def test_every_set_of_weekdays_can_be_said(days: frozenset[int]) -> None:
    assert weekdays_from(",".join(WEEKDAYS[day] for day in days)) == days


@pytest.mark.parametrize(
    ("text", "hours"),
    [("6-22", (6, 22)), (" 22 - 6 ", (22, 6)), ("0-24", (0, 24)), ("08-17", (8, 17)), ("22-0", (22, 0))],
)
def test_active_hours(text: str, hours: tuple[int, int]) -> None:
    assert hours_from(text) == ActiveHours(*hours)


@pytest.mark.parametrize("text", ["", "6", "6:00-22:00", "6-", "6 to 22", "a-b", "6-222"])
def test_what_are_no_active_hours_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no active hours"):
        hours_from(text)


@pytest.mark.parametrize("text", ["6-6", "0-0", "6-25", "24-6"])
def test_hours_that_cannot_be_are_refused_as_everywhere(text: str) -> None:
    with pytest.raises(InvalidInput, match="Active hours"):
        hours_from(text)


def test_days() -> None:
    assert days_from("2026-12-31, 2026-12-24,") == (date(2026, 12, 31), date(2026, 12, 24))
    assert days_from(" ") == ()
    assert day_from(" 2028-02-29 ") == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["", "24.12.2026", "20261224", "2026-13-01", "2027-02-29", "2026-W52-4", "tomorrow"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no date"):
        day_from(text)


@pytest.mark.parametrize(
    ("text", "country", "part"),
    [
        ("US", "US", None),
        ("us-tx", "US", "TX"),
        (" DE - by ", "DE", "BY"),
        ("FR-Zone A", "FR", "Zone A"),
        ("US-", "US", None),
    ],
)
def test_places_whose_holidays_count(text: str, country: str, part: str | None) -> None:
    assert calendar_from(text) == HolidayCalendar(country, part)


def test_days_of_ones_own_do_without_a_place() -> None:
    day = date(2026, 12, 24)
    assert calendar_from(None, (day,)) == HolidayCalendar(None, None, (day,))
    assert calendar_from(None) is None


@pytest.mark.parametrize("text", ["", "Texas", "-TX", "U", "12"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="two letters"):
        calendar_from(text)
