"""How many runs are under way at the same time: in turn, and a number that may change."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fossatray.core.commands import Cancel, SaveSettings, SyncNow
from fossatray.core.errors import PortalTimeout
from fossatray.core.status import AccountState
from fossatray.core.words import Words
from fossatray.engine.parts import Limits
from fossatray.engine.places import Places
from tests.unit.engine.plans import SLOT, hour
from tests.unit.engine.world import START, ZONE, Gate, Life, World, beginning, failing, run, success


class Guest:
    """Wants a place, and stays in it until it is told to go."""

    def __init__(self, places: Places, name: str, inside: list[str]) -> None:
        self.go = asyncio.Event()
        self.name = name
        self.inside = inside
        self.task = asyncio.create_task(self._stay(places))

    async def _stay(self, places: Places) -> None:
        async with places:
            self.inside.append(self.name)
            await self.go.wait()
        self.inside.remove(self.name)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_places_are_given_in_turn_and_more_of_them_at_once() -> None:
    async def story() -> None:
        places, inside = Places(1), list[str]()
        first, second, third, fourth = (Guest(places, name, inside) for name in "abcd")
        await settle()
        assert inside == ["a"]
        first.go.set()
        await settle()
        assert inside == ["b"]
        places.resize(2)
        await settle()
        assert inside == ["b", "c"]
        places.resize(1)  # who has a place keeps it
        second.go.set()
        await settle()
        assert inside == ["c"]
        third.go.set()
        await settle()
        assert inside == ["d"]
        fourth.go.set()
        await asyncio.gather(first.task, second.task, third.task, fourth.task)

    run(story())


def test_whoever_goes_away_leaves_the_place_to_the_next() -> None:
    async def story() -> None:
        places, inside = Places(1), list[str]()
        first, second, third = (Guest(places, name, inside) for name in "abc")
        await settle()
        second.task.cancel()
        first.task.cancel()
        await asyncio.gather(first.task, second.task, return_exceptions=True)
        await settle()
        assert inside[-1:] == ["c"]
        third.go.set()
        await third.task

    run(story())


def test_a_place_that_comes_with_the_cancellation_is_given_back() -> None:
    async def story() -> None:
        places, inside = Places(1), list[str]()
        first = Guest(places, "a", inside)
        await settle()
        second, third = Guest(places, "b", inside), Guest(places, "c", inside)
        await asyncio.sleep(0)
        first.go.set()
        await asyncio.sleep(0)  # the place is the second's by now, who has not noticed yet
        second.task.cancel()
        await settle()
        assert inside == ["c"]
        third.go.set()
        await asyncio.gather(first.task, third.task)

    run(story())


def test_the_setting_says_how_many_accounts_sync_at_once(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            await life.do(SaveSettings({"at_once": "1"}))
            for name in ("Work", "Home"):
                await life.add_account(name)
            world.scripts += [[*beginning(), {"wait": str(gate.path)}, *success(1)[1:]], success(2)]
            runs = await life.do(SyncNow())
            await gate.reached()
            assert world.started == 1
            await gate.open()
            assert [(await life.ended(one)).outcome for one in runs] == ["succeeded", "succeeded"]

    run(story())


# --- runs in line -----------------------------------------------------------------------------------------------------


async def two_accounts(life: Life) -> tuple[int, int]:
    """Add two accounts of which one syncs at a time; returns the ids of their schedules."""
    await life.do(SaveSettings({"at_once": "1"}))
    for name in ("Work", "Home"):
        await life.add_account(name)
    first, second = (life.store.schedules.of_account(one.account.id)[0].id for one in life.state.accounts)
    return first, second


async def one_syncs_and_one_waits(life: Life, gate: Gate) -> AccountState:
    """Sync both accounts; the first waits at the gate. Returns the state of the second, which is in line."""
    await two_accounts(life)
    life.world.scripts += [[*beginning(), {"wait": str(gate.path)}, *success(1)[1:]], success(2)]
    await life.do(SyncNow())
    await gate.reached()
    first, second = life.state.accounts
    assert not first.in_line
    return second


def test_a_run_in_line_says_so_and_starts_when_its_turn_comes(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            second = await one_syncs_and_one_waits(life, gate)
            words = Words(ZONE)
            assert second.in_line
            assert words.doing(second) == "Waiting for another sync to end…"
            assert words.account_sentence(second, START) == "waiting for another sync to end"
            world.clock.forward(minutes=20)
            await gate.open()
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            ended = life.ear.ended[1]
            assert ended.account_id == second.account.id
            assert ended.started_at == ended.finished_at == START + timedelta(minutes=20)
            assert life.store.runs.get(ended.id) == ended
            begun = [one for state in life.ear.states for one in state.accounts if one.run and not one.in_line]
            assert {one.run.started_at for one in begun if one.run and one.run.id == ended.id} >= {ended.started_at}
            assert not life.state.accounts[1].in_line

    run(story())


def test_a_run_in_line_can_be_cancelled(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            second = await one_syncs_and_one_waits(life, gate)
            assert await life.do(Cancel(second.account.id)) == 1
            assert (life.state.accounts[1].run, life.state.accounts[1].in_line) == (None, False)
            await gate.open()
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            assert [one.outcome for one in life.ear.ended] == ["cancelled", "succeeded"]
            assert world.started == 1

    run(story())


def test_the_time_in_line_is_not_taken_from_the_tries(world: World) -> None:
    async def sleep(seconds: float) -> None:
        world.clock.forward(seconds=seconds)

    async def story() -> None:
        gate = await world.gate()
        async with world.life(sleep=sleep, limits=Limits(), chance=lambda: 0.5) as life:
            first, second = await two_accounts(life)
            world.scripts += [
                [*beginning(), {"wait": str(gate.path)}, *success(1)[1:]],
                failing(PortalTimeout()),
                success(2),
            ]
            world.clock.now = SLOT
            await world.alarm.ring(first)
            await gate.reached()
            await world.alarm.ring(second)
            world.clock.now = SLOT + timedelta(minutes=31)  # half the interval is over
            await gate.open()
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            ended = life.ear.ended[1]
            assert (ended.outcome, ended.attempts, ended.planned_at) == ("succeeded", 2, SLOT)
            assert ended.started_at == SLOT + timedelta(minutes=31) < hour(1)

    run(story())
