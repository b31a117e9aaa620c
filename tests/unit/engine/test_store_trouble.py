"""A full disk, a data folder in use: the engine says so, keeps the data, and goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from fossatray.core.commands import Pause
from fossatray.core.errors import StoreBusy
from fossatray.core.health import Health
from fossatray.core.runs import Fate, Occurrence, Outcome
from fossatray.core.schedules import SWITCHED_OFF_AFTER
from fossatray.store.store import Store
from tests.unit.engine.plans import SLOT, history, hour, newest_ended, ring, the_account, the_schedule, the_state
from tests.unit.engine.world import START, Life, World, beginning, listing, orders, run, signed_in, success


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


def test_a_failure_to_save_counts(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            fill_the_disk(life)
            for count in range(SWITCHED_OFF_AFTER):
                world.scripts.append(success(*range(1, 500)))
                world.clock.now = hour(count)
                await ring(life)
                failed = await newest_ended(life)
                assert (failed.outcome, failed.error and failed.error.kind) == (Outcome.FAILED, "store_full")
                assert the_account(life).failures == count + 1
            assert the_state(life).held == "switched_off"
            assert life.store.orders.count_open(account.id) == 0
            assert [notice.kind for notice, _ in life.ear.notices] == ["failure", "failure"]  # the first; switched off

    run(story())


def test_a_failure_whose_end_cannot_be_written_is_shown_told_and_counted_later(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await cannot_write_its_end(life, world)
            state, tick = the_account(life), life.conductor._tick
            assert (state.run, state.health(), state.failures) == (None, Health.FAILED, 1)
            assert [(notice.kind, notice.id) for notice, _ in life.ear.notices] == [("failure", "1")]
            for _ in range(26 * 6):  # a day and more in which nothing can be written
                world.clock.forward(minutes=10)
                tick()
            assert [notice.id.split()[0] for notice, _ in life.ear.notices] == ["1", "silence"]
            assert (the_account(life).failures, the_schedule(life).failures) == (1, 0)
            life.store._database.execute("PRAGMA query_only = OFF")
            tick()
            assert (the_account(life).failures, the_account(life).health()) == (1, Health.FAILED)
            (ended,) = life.ear.ended
            kept = life.store.runs.get(ended.id)
            assert kept is not None
            assert (kept.outcome, kept.finished_at, kept.error) == (ended.outcome, SLOT, ended.error)
            tick()
            assert (the_account(life).failures, len(life.ear.notices)) == (1, 2)
            assert life.ear.crashes == []
        async with world.life() as life:
            assert [notice for notice, _ in life.ear.notices if not notice.is_in_doubt] == []

    run(story())


def test_the_end_is_written_when_the_program_ends_if_not_before(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await cannot_write_its_end(life, world)
            life.store._database.execute("PRAGMA query_only = OFF")
        async with world.life() as life:
            (ended,) = [life.store.runs.get(1)]
            assert ended is not None
            assert (ended.outcome, ended.finished_at) == (Outcome.FAILED, SLOT)
            assert the_account(life).failures == 1

    run(lives())


async def cannot_write_its_end(life: Life, world: World) -> None:
    """Let a planned run end, in the database, after which nothing can be written."""
    gate = await world.gate()
    world.scripts.append([*beginning(), *signed_in(), {"wait": str(gate.path)}, *listing(orders(1, 2))])
    world.clock.now = SLOT
    await ring(life)
    await gate.reached()
    life.store._database.execute("PRAGMA query_only = ON")
    await gate.open()
    await life.ear.until(lambda: life.ear.ended)


def test_an_old_failure_that_is_written_after_a_success_does_not_count(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            life.store.schedules.set_result(1, SWITCHED_OFF_AFTER - 1, False)
            await cannot_write_its_end(life, world)
            life.store._database.execute("PRAGMA query_only = OFF")
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED
            life.conductor._tick()
            kept = life.store.runs.get(1)
            assert kept is not None
            assert kept.outcome is Outcome.FAILED
            assert (the_schedule(life).failures, the_state(life).held, the_account(life).failures) == (0, None, 0)

    run(story())


def missed(world: World) -> int:
    return sum(row[0] == "missed" for row in history(world))


def test_old_rows_are_folded_though_nothing_syncs(world: World) -> None:
    old = START - timedelta(days=400)

    async def story() -> None:
        async with world.life(monotonic=lambda: world.clock().timestamp(), zone_mark=lambda: "same") as life:
            await life.add_account()
            await life.do(Pause())
            tick = life.conductor._watch._look  # type: ignore[union-attr]
            for count in (1, 2):
                rows = [Occurrence(1, old + timedelta(hours=n), Fate.MISSED) for n in (count, count + 1, 24 * 300)]
                life.store.schedules.add_occurrences(rows)
                if count == 2:
                    tick()
                assert missed(world) == 3, "not twice a day"
                world.clock.forward(days=count - 1)
                tick()
                assert missed(world) == 1
                tick()

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
