"""Which day of a job of several an order is."""

from __future__ import annotations

import pytest

from fossatray.core.multi_day import DayOf, day_of
from fossatray.core.orders import WorkOrder


@pytest.mark.parametrize(
    ("instructions", "day"),
    [
        ("Day 2 of 2\n\nCalibrate all dispensers.", DayOf(2, 2)),
        ("\n  day 1 OF 3: start", DayOf(1, 3)),
        ("Calibrate all dispensers.\nDay 2 of 2", None),
        ("Day 3 of 2", None),
        ("Day 0 of 2", None),
        ("Day 1 of 1", None),
        ("Sunday 2 of 2", None),
        ("Day 2 of 2000", None),
        ("", None),
        (None, None),
    ],
)
def test_the_first_line_tells(instructions: str | None, day: DayOf | None) -> None:
    assert day_of(WorkOrder("1", instructions=instructions)) == day


def test_what_follows_the_first_day() -> None:
    assert [DayOf(day, 2).follows for day in (1, 2)] == [False, True]
