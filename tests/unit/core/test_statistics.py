"""Median, percentile and the histogram of durations; what the public form says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median as plain_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.runs import Counts
from fossatray.core.statistics import Statistics, bucket_value, histogram, median, percentile

DURATIONS = st.lists(st.integers(1, 15 * 60 * 1000), min_size=1, max_size=200)


@given(values=DURATIONS)
def test_the_median_of_single_values_is_the_plain_one(values: list[int]) -> None:
    assert median((value, 1) for value in values) == plain_median(values)


def test_the_95th_percentile_is_the_value_that_95_of_100_do_not_exceed() -> None:
    assert percentile(((float(n), 1) for n in range(100, 0, -1)), 95) == 95
    assert percentile([(7.0, 3), (9.0, 1)], 95) == 9
    assert percentile([(7.0, 19), (9.0, 1)], 95) == 7
    assert percentile([(4.0, 1)], 95) == 4


def test_nothing_has_no_median() -> None:
    assert (median([]), percentile([], 95)) == (None, None)


@given(values=DURATIONS)
def test_what_the_histogram_says_is_at_most_2_5_percent_off(values: list[int]) -> None:
    kept = [(bucket_value(number), count) for number, count in histogram(values).items()]
    exact = [(float(value), 1) for value in values]
    for percent in (50, 95):
        approximate, true = percentile(kept, percent), percentile(exact, percent)
        assert approximate is not None
        assert approximate == pytest.approx(true, rel=0.025)


@given(values=DURATIONS, more=DURATIONS)
def test_histograms_add_up(values: list[int], more: list[int]) -> None:
    assert histogram(more, histogram(values)) == histogram([*values, *more])


def test_the_public_form() -> None:
    moment = datetime(2026, 11, 21, 12, tzinfo=UTC)
    found = Statistics(
        None,
        moment,
        succeeded=2,
        failed=1,
        cancelled=1,
        interrupted=1,
        skipped=4,
        missed=5,
        counts=Counts(9, 8, 7, 6),
        median_seconds=12.34567,
        p95_seconds=20.0,
        portal_seconds=20.00049,
        own_seconds=1.5,
        longest_gap=timedelta(hours=1),
        last_success=moment,
        dispensers=Counts(400, 40, 4, 0),
    )
    assert found.to_json() == {
        "since": None,
        "until": "2026-11-21T12:00:00Z",
        "runs": 5,
        "succeeded": 2,
        "failed": 1,
        "cancelled": 1,
        "interrupted": 1,
        "success_rate": 0.6667,
        "skipped": 4,
        "missed": 5,
        "found": 9,
        "new": 8,
        "changed": 7,
        "archived": 6,
        "median_seconds": 12.346,
        "p95_seconds": 20.0,
        "portal_seconds": 20.0,
        "own_seconds": 1.5,
        "longest_gap_seconds": 3600.0,
        "last_success": "2026-11-21T12:00:00Z",
        "dispensers": {"found": 400, "new": 40, "changed": 4, "archived": 0},
    }
    empty = Statistics().to_json()
    assert [empty[name] for name in ("success_rate", "median_seconds", "longest_gap_seconds", "last_success")] == [
        None
    ] * 4
