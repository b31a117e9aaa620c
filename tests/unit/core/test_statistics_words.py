"""Statistics in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fossatray.core.runs import Counts
from fossatray.core.statistics import Statistics
from fossatray.core.statistics_words import span_words, statistics_lines
from fossatray.core.words import Words

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
WORDS = Words(UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (8.24, "8.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599.4, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (5 * 3600 + 719, "5 h 12 min"),
        (24 * 3600 - 1, "1 d 0 h"),
        (51 * 3600, "2 d 3 h"),
    ],
)
def test_spans(seconds: float, text: str) -> None:
    assert span_words(seconds, WORDS) == text


def test_each_figure_has_its_line() -> None:
    found = Statistics(
        succeeded=9,
        failed=1,
        cancelled=2,
        skipped=3,
        missed=4,
        counts=Counts(90, 5, 6, 7),
        median_seconds=8.24,
        p95_seconds=70.0,
        portal_seconds=80.0,
        own_seconds=12.5,
        longest_gap=timedelta(hours=30),
        last_success=NOW - timedelta(hours=4),
    )
    assert statistics_lines(found, WORDS, NOW) == [
        ("Runs", "12 (9 succeeded, 1 failed, 2 cancelled, 0 interrupted)"),
        ("Success rate", "90.0 %"),
        ("Did not run", "3 skipped, 4 missed"),
        ("Work orders", "90 found, 5 new, 6 changed, 7 no longer in your open list"),
        ("Duration", "8.2 s in the middle, 95 of 100 within 1 min 10 s"),
        ("Time spent", "1 min 20 s waiting for the portal, 12.5 s our own"),
        ("Longest gap", "1 d 6 h between two successes"),
        ("Last success", "Today at 2:00 PM"),
    ]


def test_of_nothing_nothing_is_invented() -> None:
    said = dict(statistics_lines(Statistics(), WORDS, NOW))
    assert {said[name] for name in ("Runs", "Success rate", "Duration", "Longest gap", "Last success")} == {"none yet"}


def test_dispensers_have_a_line_of_their_own_where_some_were_read() -> None:
    found = Statistics(succeeded=2, counts=Counts(60, 1, 0, 0), dispensers=Counts(400, 40, 4, 2))
    said = dict(statistics_lines(found, WORDS, NOW))
    assert said["Work orders"].startswith("60 found, 1 new")
    assert said["Dispensers"] == "400 found, 40 new, 4 changed, 2 no longer there"
    assert "Dispensers" not in dict(statistics_lines(Statistics(succeeded=1), WORDS, NOW))


def test_large_figures_are_grouped_by_the_words_they_are_said_in() -> None:
    found = Statistics(succeeded=1200, counts=Counts(18406, 5, 1006, 7))
    lines = dict(statistics_lines(found, Words(UTC, number=lambda count: f"{count:,}"), NOW))
    assert lines["Work orders"].startswith("18,406 found, 5 new, 1,006 changed, 7 ")
    assert lines["Runs"].startswith("1,200 (1,200 succeeded")
    assert dict(statistics_lines(found, WORDS, NOW))["Work orders"].startswith("18406 found")
