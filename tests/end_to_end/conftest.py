"""What the tests with a canary share: the canary, and a data folder with everything that a run leaves or says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.canary import Canary
from tests.harness.canary_engine import TALKATIVE, Scene


@pytest.fixture
def canary() -> Canary:
    return Canary()


@pytest.fixture
def scene(own_home: Path, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name, value in TALKATIVE.items():
        monkeypatch.setenv(name, value.format(home=own_home))
    made = Scene(own_home, canary)
    with made.logging():
        yield made
