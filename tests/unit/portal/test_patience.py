"""Asking for the same again after the portal wanted to be left alone."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from fossatray.core.errors import AskedTooOften, PortalTimeout
from fossatray.portal import patience
from fossatray.portal.patience import patiently
from fossatray.portal.portal_page import PortalPage

RUN_S = 100.0


def asked(errors: list[Exception], retry_after: float | None, tries: int = 3) -> int:
    """Return how often the step was taken until it was done."""
    taken = 0

    async def step() -> int:
        nonlocal taken
        taken += 1
        if errors:
            raise errors.pop(0)
        return taken

    async def story() -> int:
        page = cast("PortalPage", SimpleNamespace(retry_after=retry_after))
        return await patiently(page, step, tries, asyncio.get_running_loop().time() + RUN_S, lambda level, text: None)

    return asyncio.run(story())


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SHORTEST_WAIT_S", 0.001)


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_step_is_taken_again_after_the_wait(times: int) -> None:
    assert asked([AskedTooOften() for _ in range(times)], 0.001) == times + 1


@pytest.mark.parametrize(
    ("errors", "retry_after"),
    [
        ([AskedTooOften() for _ in range(3)], 0.001),
        ([AskedTooOften()], None),
        ([AskedTooOften()], RUN_S + 1),
        ([PortalTimeout()], 0.001),
    ],
    ids=["too often", "no time named", "longer than the run", "another error"],
)
def test_it_is_not_taken_for_ever(errors: list[Exception], retry_after: float | None) -> None:
    with pytest.raises(type(errors[0])):
        asked(errors, retry_after)
