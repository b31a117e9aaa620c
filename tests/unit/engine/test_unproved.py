"""What a scrape tells of orders before its list is proved complete: none of it is kept, told or counted."""

from __future__ import annotations

import signal

import pytest

from fossatray.core.errors import ListIncomplete
from fossatray.core.health import Health
from fossatray.core.messages import Finished, OrderRead, PageProgress
from fossatray.core.runs import Counts, Outcome, Phase
from fossatray.core.wire import failure
from fossatray.store.reader import Reader
from tests.unit.engine.plans import the_account
from tests.unit.engine.world import Step, World, beginning, order, run, say, signed_in, success


def page(number: int, *numbers: int, found: int = 0) -> list[Step]:
    """One page of two, with its orders as they are sent while the next one is read."""
    begins = say(PageProgress(Phase.SCRAPING, found=found, page=number, pages=2, done=found / 4))
    return [begins, *(say(OrderRead(order(one))) for one in numbers)]


def kept(world: World) -> tuple[list[str], int]:
    """The numbers of the open orders, and how many changes there are."""
    reader = Reader(world.database())
    try:
        return sorted(one.order.number for one in reader.orders()), len(reader.changes())
    finally:
        reader.close()


@pytest.mark.parametrize(
    "end",
    [
        {"die": signal.SIGKILL},
        {"exit": 0},
        say(failure(ListIncomplete())),
        say(Finished(4, "")),
        say(Finished(3, "4 matches")),
    ],
    ids=["killed", "ended", "failed", "without a proof", "another count"],
)
def test_orders_of_a_list_without_its_proof_are_neither_kept_nor_told(world: World, end: Step) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1, 2))
            life.ear.notices.clear()
            life.ear.states.clear()
            unproved = [*page(1, 2, 3), *page(2, 4, 5, found=2)]
            ended = await life.sync([*beginning(), *signed_in(), *unproved, end])
            assert (ended.outcome, ended.counts) == (Outcome.FAILED, Counts())
            state = the_account(life)
            assert (state.open_orders, state.health(), state.progress) == (2, Health.FAILED, None)
            assert [notice.kind for notice, _ in life.ear.notices] == ["failure"]
            shown = [one.accounts[0].progress for one in life.ear.states if one.accounts]
            assert 100 not in [one.percentage for one in shown if one is not None]
        assert kept(world) == (["1", "2"], 0)

    run(story())


def test_of_a_list_that_is_read_again_the_proved_reading_alone_counts(world: World) -> None:
    """Order 1 leaves while page 2 is read: the first reading found four, the second one three."""

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1, 2))
            first = [*page(1, 1, 2), *page(2, 3, 4, found=2), *page(2, found=4)]
            again = [*page(1, 2, 3), *page(2, 4, found=2)]
            script = [*beginning(), *signed_in(), *first, *again, say(Finished(3, "3 matches"))]
            ended = await life.sync(script)
            assert (ended.outcome, ended.attempts) == (Outcome.SUCCEEDED, 2)
            assert ended.counts == Counts(found=3, new=2, archived=1)
            shown = [state.accounts[0].progress for state in life.ear.states if state.accounts]
            assert [one.found for one in shown if one is not None and one.percentage == 100] == [2, 3]
            assert life.ear.notices[-1][0].body == "2 new work orders, 1 no longer in your open list"
        assert kept(world) == (["2", "3", "4"], 3)

    run(story())
