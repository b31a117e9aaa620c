"""A clock that was ahead and is set back: what was written of the time to come hides nothing, and is told no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from fossatray.core.errors import LayoutChanged, SignInLocked
from fossatray.core.health import Health
from fossatray.core.runs import Fate, Occurrence, Outcome, Reason
from fossatray.store.reader import Reader
from tests.unit.engine.plans import SLOT, history, hour, newest_ended, ring, the_account, the_schedule
from tests.unit.engine.world import START, ZONE, Life, World, failing, run, success

BROKEN = failing(LayoutChanged())


async def ahead(life: Life, hours: float) -> None:
    """Sync well while the clock is ahead, and set it back."""
    world = life.world
    world.clock.now = START + timedelta(hours=hours)
    assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED
    world.clock.now = START


def test_the_newest_run_is_the_one_begun_last_and_its_failure_is_shown_and_told(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await ahead(life, 5)
            world.clock.forward(minutes=10)
            failed = await life.sync(BROKEN)
            state = the_account(life)
            assert (state.last_run, state.judged, state.health()) == (failed, failed, Health.FAILED)
            assert [notice.kind for notice, _ in life.ear.notices] == ["batch", "failure"]
            assert life.store.runs.last_success(account.id, "work_orders") != failed
            world.clock.forward(minutes=10)
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED
            world.clock.forward(minutes=10)
            again = await life.sync(BROKEN)
            assert [notice.kind for notice, _ in life.ear.notices] == ["batch", "failure", "recovery", "failure"]
            assert the_account(life).failures == 1
        reader = Reader(world.database())
        try:
            (stored,) = reader.state(world.clock(), ZONE).accounts
        finally:
            reader.close()
        assert (stored.last_run, stored.judged, stored.failures) == (again, again, 1)
        async with world.life() as life:
            assert (the_account(life).judged, the_account(life).health()) == (again, Health.FAILED)

    run(lives())


def test_a_lock_of_the_sign_in_that_lies_in_the_future_holds_nothing_back(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.clock.now = START + timedelta(days=30)
            await life.sync(failing(SignInLocked()))
            world.clock.now = SLOT
            world.scripts.append(success(1))
            await ring(life)
            assert (await newest_ended(life)).planned_at == SLOT

    run(story())


def test_what_was_skipped_and_missed_in_a_false_future_is_forgotten(world: World) -> None:
    async def online(_origin: str) -> bool:
        return False

    async def story() -> None:
        async with world.life(wait_for_network=online) as life:
            await life.add_account()
            world.clock.now = hour(4)
            life.conductor.wake_up()
            await life.ear.until(lambda: len(history(world)) == 5)
            world.clock.now = START
            life.conductor.wake_up()
            assert history(world) == []
            world.clock.now = SLOT
            await ring(life)
            await life.ear.until(lambda: history(world))
            assert history(world) == [("skipped", "scheduled", SLOT, Reason.OFFLINE)]

    run(story())


def test_nothing_is_folded_by_a_clock_that_has_just_jumped(world: World) -> None:
    old = [Occurrence(1, START - timedelta(days=100, hours=n), Fate.MISSED) for n in (0, 1)]
    awake = [0.0]

    def kept(life: Life) -> int:
        return len(life.store.schedules.occurrences(1, START - timedelta(days=101), START))

    def minute(life: Life) -> None:
        awake[0] += 60
        world.clock.forward(seconds=60)
        look: Callable[[], None] = life.conductor._watch._look  # type: ignore[union-attr]
        look()

    async def story() -> None:
        async with world.life(monotonic=lambda: awake[0], zone_mark=lambda: "same") as life:
            await life.add_account()
            life.store.schedules.set_result(1, 5, switched_off=True)
            life.store.schedules.add_occurrences(old)
            minute(life)
            assert kept(life) == 2
            world.clock.forward(days=365)
            await life.sync(success(1))
            assert kept(life) == 2, "no watch has looked yet"
            minute(life)
            assert kept(life) == 2, "it has found that the clock jumped"
            minute(life)
            assert kept(life) == 0, "the clock has kept to that"
            assert the_schedule(life).switched_off
            await asyncio.sleep(0)

    run(story())
