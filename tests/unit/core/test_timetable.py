"""Timetables: what is refused, what is put in order, and the form they are kept in."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.errors import InvalidInput
from fossatray.core.timetable import (
    EVERY_DAY,
    ActiveHours,
    Cron,
    Every,
    HolidayCalendar,
    Rule,
    Times,
    Timetable,
    timetable_from_json,
    to_json,
)

FULL = Timetable(
    Times((time(18), time(6, 30))),
    frozenset({0, 4}),
    ActiveHours(22, 0),
    HolidayCalendar("US", "TX", (date(2026, 12, 24), date(2026, 11, 27))),
)


@pytest.mark.parametrize("minutes", [-15, 0, 14, 20, 1455])
def test_an_interval_out_of_range_is_refused(minutes: int) -> None:
    with pytest.raises(InvalidInput, match="15 minutes to 24 hours"):
        Every(minutes)


@pytest.mark.parametrize("minutes", range(15, 1441, 15))
def test_every_interval_in_range_is_taken(minutes: int) -> None:
    assert Every(minutes).minutes == minutes


@pytest.mark.parametrize("minute", [-1, 60])
def test_an_anchor_that_is_no_minute_is_refused(minute: int) -> None:
    with pytest.raises(InvalidInput, match="0 to 59"):
        Every(60, minute)


def test_times_are_put_in_order_each_once() -> None:
    assert Times((time(18), time(0), time(18), time(9, 30))).times == (time(0), time(9, 30), time(18))
    assert Times((time(1, 30, fold=1), time(1, 30))).times == (time(1, 30),)


@pytest.mark.parametrize(
    "times",
    [
        (),
        (time(6, 0, 1),),
        (time(6, 0, 0, 1),),
        (time(6, tzinfo=UTC),),
        tuple(time(minute // 60, minute % 60) for minute in range(97)),
    ],
)
def test_times_that_cannot_be_used_are_refused(times: tuple[time, ...]) -> None:
    with pytest.raises(InvalidInput):
        Times(times)


def test_a_cron_expression_is_checked_and_its_blanks_put_in_order() -> None:
    assert Cron("  0\t6 * *  1-5 ").expression == "0 6 * * 1-5"
    with pytest.raises(InvalidInput, match='The hour "24" cannot be used'):
        Cron("0 24 * * *")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (6, 6), (-1, 5), (24, 5), (5, 25)])
def test_hours_that_are_no_window_are_refused(start: int, end: int) -> None:
    with pytest.raises(InvalidInput):
        ActiveHours(start, end)


@pytest.mark.parametrize("days", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_weekdays_that_are_none_are_refused(days: frozenset[int]) -> None:
    with pytest.raises(InvalidInput):
        Timetable(Every(), days)


@pytest.mark.parametrize(
    ("country", "subdivision"), [(None, None), (None, "TX"), ("usa", None), ("us", None), ("U1", None), ("US", "")]
)
def test_a_holiday_calendar_that_says_nothing_is_refused(country: str | None, subdivision: str | None) -> None:
    with pytest.raises(InvalidInput):
        HolidayCalendar(country, subdivision)


def test_own_days_are_put_in_order_and_are_a_calendar_alone() -> None:
    days = (date(2026, 12, 24), date(2026, 11, 27), date(2026, 12, 24))
    assert HolidayCalendar(None, None, days).extra == (date(2026, 11, 27), date(2026, 12, 24))


# --- the form it is kept in -----------------------------------------------------------------------------------------


def test_the_form_it_is_kept_in() -> None:
    assert to_json(FULL) == {
        "rule": {"kind": "times", "times": ["06:30", "18:00"]},
        "weekdays": [0, 4],
        "active_hours": {"start": 22, "end": 0},
        "holidays": {"country": "US", "subdivision": "TX", "extra": ["2026-11-27", "2026-12-24"]},
    }
    assert to_json(Timetable(Every())) == {
        "rule": {"kind": "every", "minutes": 60, "anchor_minute": 0},
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "active_hours": None,
        "holidays": None,
    }


RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Every, st.integers(1, 96).map(lambda steps: steps * 15), st.integers(0, 59)),
    st.lists(st.builds(time, st.integers(0, 23), st.integers(0, 59)), min_size=1, max_size=5).map(
        lambda times: Times(tuple(times))
    ),
    st.sampled_from([Cron("*/5 * * * *"), Cron("0 6,18 * * mon-fri"), Cron("0 0 L * *")]),
)


@given(
    rule=RULES,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    hours=st.sampled_from([None, ActiveHours(0, 24), ActiveHours(22, 6), ActiveHours(23, 0)]),
    extra=st.lists(st.dates(), max_size=3),
    country=st.sampled_from([None, "US", "DE"]),
)
def test_it_comes_back_as_it_was(
    rule: Rule, weekdays: frozenset[int], hours: ActiveHours | None, extra: list[date], country: str | None
) -> None:
    calendar = HolidayCalendar(country, None, tuple(extra)) if country or extra else None
    timetable = Timetable(rule, weekdays, hours, calendar)
    again = timetable_from_json(json.loads(json.dumps(to_json(timetable))))
    assert again == timetable
    assert hash(again) == hash(timetable)


def changed(place: str, value: Any) -> Any:
    """The kept form of FULL with one value changed: "holidays.country"."""
    data = copy.deepcopy(to_json(FULL))
    *way, last = place.split(".")
    inner = data
    for key in way:
        inner = inner[key]
    inner[last] = value
    return data


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "every",
        {},
        {**to_json(FULL), "zone": "UTC"},
        changed("rule", None),
        changed("rule", {"kind": "never"}),
        changed("rule", {"kind": "every", "minutes": 60}),
        changed("rule", {"kind": "every", "minutes": True, "anchor_minute": 0}),
        changed("rule", {"kind": "every", "minutes": 60.0, "anchor_minute": 0}),
        changed("rule", {"kind": "every", "minutes": 60, "anchor_minute": 0, "seconds": 1}),
        changed("rule", {"kind": "cron", "expression": 5}),
        changed("rule", {"kind": ["cron"], "expression": "* * * * *"}),
        changed("rule.times", "06:30"),
        changed("rule.times", ["6:30"]),
        changed("rule.times", ["06:30:00"]),
        changed("rule.times", ["06:30Z"]),
        changed("weekdays", None),
        changed("weekdays", [4, 0]),
        changed("weekdays", [0, 0]),
        changed("weekdays", ["0"]),
        changed("active_hours", 6),
        changed("active_hours.start", None),
        changed("active_hours.start", "6"),
        changed("holidays", "US"),
        changed("holidays.country", 1),
        changed("holidays.extra", ["20261224"]),
        changed("holidays.extra", [None]),
    ],
)
def test_another_form_is_refused(data: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (which one is no promise)
        timetable_from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        changed("weekdays", []),
        changed("weekdays", [7]),
        changed("active_hours.end", 22),
        changed("rule", {"kind": "every", "minutes": 20, "anchor_minute": 0}),
        changed("rule", {"kind": "cron", "expression": "* * * *"}),
        changed("holidays.country", "Texas"),
    ],
)
def test_values_out_of_range_are_refused_in_words(data: object) -> None:
    with pytest.raises(InvalidInput):
        timetable_from_json(data)


def test_libraries_are_loaded_when_used_and_not_before() -> None:
    """cronsim and holidays cost time and memory, which most people's schedules need not pay."""
    program = """
import sys
from datetime import UTC, datetime
from fossatray.core import cron, cron_words, holiday_calendar, plan, timetable, timetable_words
from fossatray.core.words import Words
every = timetable.Timetable(timetable.Every())
assert plan.next_run(every, datetime(2026, 11, 21, tzinfo=UTC), UTC)
assert timetable_words.describe(every, Words(UTC))
assert not {"cronsim", "holidays", "dateutil"} & set(sys.modules), sorted(sys.modules)
timetable.Cron("0 6 * * *")
assert "cronsim" in sys.modules and "holidays" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_usual_timetable_is_hourly_every_day() -> None:
    usual = Timetable(Every())
    assert usual.weekdays == EVERY_DAY
    assert datetime(2026, 11, 23).weekday() in usual.weekdays
