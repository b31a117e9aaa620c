"""A full disk, a data folder in use: the engine says so, keeps the data, and goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from fossatray.core.errors import StoreBusy
from fossatray.core.runs import Outcome
from fossatray.store.store import Store
from tests.unit.engine.plans import SLOT
from tests.unit.engine.world import Life, World, run, success


def fill_the_disk(life: Life) -> None:
    """Let SQLite have not one page more."""
    pages = life.store._database.execute("PRAGMA page_count").fetchone()[0]
    life.store._database.execute(f"PRAGMA max_page_count = {pages}")


def free_the_disk(life: Life) -> None:
    life.store._database.execute("PRAGMA max_page_count = 1000000")


def test_a_full_disk_fails_the_run_and_keeps_the_data(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(success(1, 2))
            fill_the_disk(life)
            failed = await life.sync(success(*range(1, 500)))
            assert failed.outcome is Outcome.FAILED
            assert failed.error is not None
            assert failed.error.kind == "store_full"
            assert life.store.orders.count_open(account.id) == 2
            assert life.ear.crashes == []
            free_the_disk(life)
            assert (await life.sync(success(*range(1, 500)))).outcome is Outcome.SUCCEEDED

    run(story())


def test_a_slot_that_cannot_be_written_down_is_tried_again_after_a_pause(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            store = life.store

            def full(*told: object) -> None:
                life.store._database.execute("INSERT INTO no_such_table VALUES (1)")

            world.clock.now = SLOT
            original, store.runs.start = store.runs.start, full  # type: ignore[method-assign, assignment]
            await world.alarm.ring()
            assert world.alarm.at == SLOT + timedelta(minutes=1)
            store.runs.start = original  # type: ignore[method-assign]
            world.scripts.append(success(1))
            world.clock.now = SLOT + timedelta(minutes=1)
            await world.alarm.ring()
            await life.ear.until(lambda: life.ear.ended)
            assert life.ear.ended[0].planned_at == SLOT

    run(story())


def test_a_data_folder_in_use_is_waited_for(world: World) -> None:
    async def story() -> None:
        other = world.open_store()

        def impatient() -> Store:
            data = world.home / "data"
            return Store.open(data / "db.sqlite3", data / "db.lock", world.home / "backups")

        with pytest.raises(StoreBusy):
            async with world.life(open_store=impatient):
                pass
        asyncio.get_running_loop().call_later(0.2, other.close)
        async with world.life(open_store=impatient, lock_wait_s=20.0) as life:
            assert life.state.accounts == ()

    run(story())


def test_a_backup_is_made_when_one_is_due(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1))
            before = len(list((world.home / "backups").iterdir()))
            world.clock.forward(days=2)
            await life.sync(success(1))
            assert len(list((world.home / "backups").iterdir())) == before + 1

    run(story())
