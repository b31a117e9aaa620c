"""One run from start to ledger."""

from __future__ import annotations

from fossatray.core.runs import Counts, Outcome, Trigger
from tests.unit.engine.world import World, run, success


def test_a_sync_ends_in_the_ledger_with_its_orders(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            ended = await life.sync(success(1, 2, 3))
            assert ended.outcome is Outcome.SUCCEEDED
            assert ended.trigger is Trigger.MANUAL
            assert ended.counts == Counts(found=3, new=3)
            assert sorted(life.store.orders.open(account.id)) == ["1", "2", "3"]
            assert life.ear.ended == [ended]
            assert life.ear.changed == [account.id]
            assert life.ear.crashes == []
        assert world.left() == []

    run(story())
