from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.engine.world import World


@pytest.fixture
def world(own_home: Path) -> World:
    """An engine's surroundings, in a short path."""
    return World(own_home)
