"""Planned runs start when they are planned; how late they are is measured by `benchmarks/timer.py`."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from benchmarks.timer import Lateness, measure, percentile
from fossatray.core.ledger import ON_TIME

FIRINGS = 3


def test_planned_runs_start_when_they_are_planned(own_home: Path) -> None:
    found = asyncio.run(measure(own_home, "idle", FIRINGS, random.Random(1)))
    assert len(found.ours) == len(found.bare) == FIRINGS
    assert min(found.ours) >= 0  # none before its time
    assert max(found.ours) < ON_TIME.total_seconds() * 1000  # this machine may be busy with anything


def test_the_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, percent) for percent in (50, 99, 100)] == [50, 99, 100]
    assert percentile([7.0], 99) == 7


@pytest.mark.parametrize(
    ("load", "ours", "met"),
    [
        ("idle", [5.0] * 99 + [20.0], True),
        ("idle", [5.1] * 100, False),
        ("idle", [1.0] * 98 + [20.1] * 2, False),
        ("busy", [100.0] * 100, True),
        ("busy", [1.0] * 98 + [100.1] * 2, False),
    ],
)
def test_a_budget_is_judged(load: str, ours: list[float], *, met: bool) -> None:
    lateness = Lateness(load, tuple(ours), (1.0,))
    assert lateness.met is met
    assert ("MISSED" in lateness.lines()[0]) is not met
