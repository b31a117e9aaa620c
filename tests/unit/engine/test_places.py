"""How many runs are under way at the same time: in turn, and a number that may change."""

from __future__ import annotations

import asyncio

from fossatray.core.commands import SaveSettings, SyncNow
from fossatray.engine.places import Places
from tests.unit.engine.world import World, beginning, run, success


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
