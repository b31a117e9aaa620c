"""The limits of a run: its minutes are a setting, what the scrape writes is counted, standard error included."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fossatray.core.commands import SaveSettings
from fossatray.core.errors import InvalidInput
from fossatray.core.runs import Outcome
from tests.unit.engine.world import World, beginning, run, success


@pytest.mark.parametrize("minutes", ["1", "15", "120"])
def test_the_minutes_of_a_run_are_a_setting(minutes: str, world: World) -> None:
    out = world.home / "request.json"

    async def story() -> None:
        async with world.life(monotonic=lambda: 0.0) as life:
            await life.add_account()
            await life.do(SaveSettings({"run_minutes": minutes}))
            assert (await life.sync([{"request": str(out)}, *success(1)[1:]])).outcome is Outcome.SUCCEEDED

    run(story())
    assert json.loads(out.read_text())["run_limit"] == 60.0 * int(minutes)


@pytest.mark.parametrize("minutes", ["0", "121", "", "1.5", "ten"])
def test_other_minutes_are_refused(minutes: str, world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            with pytest.raises(InvalidInput):
                await life.do(SaveSettings({"run_minutes": minutes}))

    run(story())


@pytest.mark.parametrize("flood", [{"errors": "x" * 400_000}, {"raw": "x" * 400_000 + "\n"}])
def test_a_scrape_that_writes_too_much_is_ended(flood: dict[str, str], world: World) -> None:
    world.limits = replace(world.limits, output_bytes=300_000)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            ended = await life.sync([*beginning(), flood, {"browser": "stopped"}, {"hang": True}])
            assert ended.error is not None
            assert ended.error.kind == "scrape_process_died"
            if "errors" in flood:
                assert ended.error.message == "The reading process sent more than it may."

    run(story())
    assert world.left() == []
