"""Orders that left the open list: what the scrape is told of them, and what its answer means."""

from __future__ import annotations

from datetime import date

from fossatray.core.changes import is_not_completed
from fossatray.core.commands import SaveSettings
from fossatray.core.messages import CompletedRead, Finished, OrderRead
from fossatray.core.runs import Counts, Run
from fossatray.core.wire import decode_request
from fossatray.store.reader import Reader
from tests.unit.engine.world import Life, Step, World, beginning, order, run, say, signed_in, success

DAY = date(2025, 6, 13)


def left_with(completed: CompletedRead, *numbers: int) -> list[Step]:
    """A list with these orders, and what was found of the others."""
    orders = [say(OrderRead(order(number))) for number in numbers]
    return [*beginning(), *signed_in(), *orders, say(completed), say(Finished(len(numbers), "proof"))]


def told(life: Life, ended: Run) -> dict[str, tuple[str, bool]]:
    """What is told by number: the kind, and whether it is known not to be completed."""
    reader = Reader(life.world.database())
    changes = [one.change for one in reader.changes(run_id=ended.id)]
    reader.close()
    return {change.number: (change.kind.value, is_not_completed(change)) for change in changes}


def test_the_scrape_is_told_which_orders_are_known(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            file = world.home / "request"
            await life.sync([{"request": str(file)}, *success(1, 2)[1:]])
            request = decode_request(file.read_bytes())
            assert (request.known, request.parallel) == ((), 3)
            await life.do(SaveSettings({"pages_at_once": "1"}))
            await life.sync([{"request": str(file)}, *success(2)[1:]])
            request = decode_request(file.read_bytes())
            assert (request.known, request.parallel) == (("1", "2"), 1)
            await life.sync([{"request": str(file)}, *success(2)[1:]])
            assert decode_request(file.read_bytes()).known == ("2",)

    run(story())


def test_orders_held_back_were_not_seen_in_the_list(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            file, many = world.home / "request", range(1, 21)
            for numbers, listed in ((many, True), (range(1, 3), True), (many, False), (many, True)):
                await life.sync([{"request": str(file)}, *success(*numbers)[1:]])
                assert decode_request(file.read_bytes()).known_listed is listed
            assert decode_request(file.read_bytes()).known == tuple(map(str, many))

    run(story())


def test_what_left_is_looked_for_in_the_next_sync_and_then_once_a_day_for_a_month(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            file = world.home / "request"

            async def asked(*script: Step) -> tuple[tuple[str, ...], bool]:
                ended = await life.sync([{"request": str(file)}, *script])
                assert ended.error is None
                request = decode_request(file.read_bytes())
                return request.departed, request.departed_wanted

            await life.sync(success(1, 2, 3))
            world.clock.forward(minutes=1)
            assert await asked(*left_with(CompletedRead((), whole=False), 3)[1:]) == ((), False)
            world.clock.forward(minutes=1)
            departed, wanted = await asked(*left_with(CompletedRead((), whole=False), 3)[1:])
            assert (set(departed), wanted) == ({"1", "2"}, True)
            world.clock.forward(minutes=1)
            assert (await asked(*success(3)[1:]))[1] is False
            world.clock.forward(days=1)
            ended = await life.sync(left_with(CompletedRead(("1",), whole=True, days=(("1", DAY),)), 3))
            assert told(life, ended) == {"1": ("completed", False)}
            assert ended.counts == Counts(found=1, changed=1), "so that whoever shows it reads it anew"
            assert life.store.orders.archived(account.id)["1"].completed_on == DAY
            assert await asked(*success(3)[1:]) == (("2",), False)
            world.clock.forward(days=30)
            assert (await asked(*success(3)[1:]))[0] == ()

    run(story())


def test_what_is_completed_is_told_so_and_the_rest_as_far_as_it_is_known(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(success(1, 2, 3, 4, 5))
            ended = await life.sync(left_with(CompletedRead(("1",), whole=True, days=(("1", DAY),)), 3, 4, 5))
            assert told(life, ended) == {"1": ("completed", False), "2": ("removed", True)}
            assert ended.counts == Counts(found=3, archived=2)
            ended = await life.sync(left_with(CompletedRead(("3",), whole=False), 5))
            assert told(life, ended) == {"3": ("completed", False), "4": ("removed", False)}
            ended = await life.sync(success(3, 5))
            assert told(life, ended) == {"3": ("back", False)}
            archived = life.store.orders.archived(account.id)
            assert {number: order.completed_on for number, order in archived.items()} == {
                "1": DAY,
                "2": None,
                "4": None,
            }
            assert [notice.body for notice, _ in life.ear.notices][1:] == [
                "1 completed work order, 1 removed from your list",
                "1 completed work order, 1 no longer in your open list",
                "1 back in your list",
            ]

    run(story())
