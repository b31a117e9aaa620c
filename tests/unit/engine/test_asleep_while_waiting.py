"""A slot that waits for the network when the computer falls asleep: it is as late as it is when it wakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fossatray.core.commands import SaveSchedule
from fossatray.core.runs import Reason, Trigger
from fossatray.core.schedules import Lateness
from tests.unit.engine.plans import SLOT, history, hour, ring, the_schedule
from tests.unit.engine.test_gates import Line, online_life, waits
from tests.unit.engine.world import World, run, success


@pytest.mark.parametrize("policy", [Lateness.SKIP, Lateness.RUN_ONCE])
def test_it_is_decided_upon_anew(world: World, policy: Lateness) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            await life.conductor.execute(SaveSchedule(replace(the_schedule(life), lateness=policy)))
            world.scripts.append(success(1))
            world.clock.now = SLOT
            line.goes()
            await ring(life)
            await waits(life)
            world.clock.now = hour(8) + timedelta(minutes=30)
            line.answer = True
            life.conductor.wake_up()
            await life.ear.until(lambda: len(history(world)) >= 9)
            newest = history(world)[0]
            if policy is Lateness.SKIP:
                assert newest == ("skipped", "scheduled", hour(8), Reason.TOO_LATE)
            else:
                await life.ear.until(lambda: life.ear.ended)
                assert (life.ear.ended[0].trigger, life.ear.ended[0].planned_at) == (Trigger.CATCH_UP, hour(8))

    run(story())
