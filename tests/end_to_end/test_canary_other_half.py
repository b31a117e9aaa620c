"""A canary password and cookie through every failure mode at debug level: the other half of them."""

from __future__ import annotations

import sys

import pytest

from tests.harness.canary_engine import Scene
from tests.harness.canary_mishaps import HALVES, assert_none_gives_it_away

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform == "win32", reason="records the child's output with sh and tee"),
]


def test_no_failure_mode_gives_the_password_away(scene: Scene) -> None:
    assert_none_gives_it_away(HALVES[1], scene)
