"""What was tried again within a run is counted in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.core.runs import Outcome
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.store.reader import Reader
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import run

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("mishap", "outcome", "attempts"),
    [
        (None, Outcome.SUCCEEDED, 1),
        (Mishap.UNCLEAR_SIGN_IN_ONCE, Outcome.SUCCEEDED, 2),
        (Mishap.UNCLEAR_SIGN_IN, Outcome.FAILED, 2),
        (Mishap.EXPIRED_SESSION, Outcome.SUCCEEDED, 2),
        (Mishap.SHIFTING_ONCE, Outcome.SUCCEEDED, 2),
    ],
)
def test_what_was_tried_again_is_counted(
    mishap: Mishap | None, outcome: Outcome, attempts: int, own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=120) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                await real.add_account(life)
                portal.mishaps = [] if mishap is None else [mishap]
                ended = await life.sync()
                assert (ended.outcome, ended.attempts) == (outcome, attempts)

        run(story())
        reader = Reader(real.world.database())
        (entry,) = reader.history()
        reader.close()
        assert entry.to_json()["attempts"] == attempts
