"""Several schedules of an account that are due together: one of another job waits for the end of the first run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fossatray.core.commands import RemoveSchedule, SaveSchedule
from fossatray.core.runs import DISPENSERS, WORK_ORDERS, Outcome, Reason, Trigger
from fossatray.core.schedules import Schedule
from tests.unit.engine.plans import SLOT, history, hour, the_account, the_schedule
from tests.unit.engine.test_chains import add, runs_ended
from tests.unit.engine.test_dispensers import ONE, reading, with_service
from tests.unit.engine.world import Life, World, beginning, listing, orders, run, signed_in, success


async def one_of_another_job(life: Life) -> Schedule:
    """Keep a second schedule with the same times, for dispensers."""
    other = await life.do(SaveSchedule(replace(the_schedule(life), id=0, name="Other", job=DISPENSERS)))
    assert isinstance(other, Schedule)
    return other


def test_both_are_caught_up_one_after_the_other(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            other = await one_of_another_job(life)
        world.clock.now = hour(4) + timedelta(minutes=20)
        listed = [*beginning(), *signed_in(), *listing([with_service(1)])]
        world.scripts += [listed, reading({1: [ONE]})]
        async with world.life() as life:
            ended = await runs_ended(life, 2)
            assert [(one.schedule_id, one.job, one.trigger, one.planned_at) for one in ended] == [
                (1, WORK_ORDERS, Trigger.CATCH_UP, hour(4)),
                (other.id, DISPENSERS, Trigger.CATCH_UP, hour(4)),
            ]
            assert [one.outcome for one in ended] == [Outcome.SUCCEEDED] * 2
            assert ended[1].counts.found == 1, "the orders that it follows from were there"
            assert sum(row[0] == "missed" for row in history(world)) == 8
            assert not [row for row in history(world) if row[0] == "skipped"]

    run(lives())


def test_of_the_same_job_one_run_stands_for_both(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await add(life, "Same")
        world.clock.now = SLOT + timedelta(minutes=20)
        world.scripts.append(success(1))
        async with world.life() as life:
            await runs_ended(life, 1)
            assert [row[::3] for row in history(world)] == [("succeeded", None), ("skipped", Reason.STILL_RUNNING)]

    run(lives())


def test_one_in_line_that_is_removed_starts_nothing(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            other = await one_of_another_job(life)
            gate = await world.gate()
            world.scripts.append([*beginning(), *signed_in(), {"wait": str(gate.path)}, *listing(orders(1))])
            world.clock.now = SLOT
            await world.alarm.ring(1)
            life.conductor.wake_up()
            assert history(world) == [(None, "scheduled", SLOT, None)]
            house = life.conductor._house
            assert house is not None
            assert house.planner._departures.waits_since(other.id) == SLOT
            await life.do(RemoveSchedule(other.id))
            await gate.open()
            await runs_ended(life, 1)
            assert [one.schedule.id for one in the_account(life).schedules] == [1]
            assert life.store.runs.running() == []

    run(story())
