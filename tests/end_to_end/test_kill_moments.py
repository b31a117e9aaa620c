"""kill -9 at random moments, restarts included, against the practice portal; 50 of them by the benchmark's command."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_moments import kill

pytestmark = pytest.mark.browser

KILLS = 5


@pytest.mark.timeout(900)
def test_no_occurrence_is_lost_or_doubled_and_nothing_syncs_for_ever(
    own_home: Path, browser_path: Path, seed: int
) -> None:
    """A sample; `benchmarks/kill_moments.py` does 50. A failure names the seed, and how to repeat it."""
    home = own_home / "victim"
    home.mkdir(mode=0o700)
    result = kill(KILLS, seed, home, browser_path)
    assert result.faults == [], result.text()
    assert result.moments.total() == KILLS
    assert result.totals.total() > 0
