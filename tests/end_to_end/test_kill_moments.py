"""kill -9 at random moments, restarts included, against the practice portal; 50 of them by the benchmark's command."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.kill_moments import kill

pytestmark = pytest.mark.browser

KILLS = 5


def test_no_occurrence_is_lost_or_doubled_and_nothing_syncs_for_ever(own_home: Path, browser_path: Path) -> None:
    """A sample; `benchmarks/kill_moments.py` does 50. The run's own seed decides, and a failure names it."""
    home = own_home / "victim"
    home.mkdir(mode=0o700)
    result = kill(KILLS, random.randrange(1_000_000), home, browser_path)
    assert result.faults == [], result.text()
    assert result.moments.total() == KILLS
    assert result.totals.total() > 0
