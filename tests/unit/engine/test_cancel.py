"""Cancelling, quitting, joining, and what a killed program left behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from fossatray.core.commands import SESSION_ENDED, Cancel, RemoveAccount, SaveAccount, SyncNow, TestSignIn
from fossatray.core.errors import Busy, FossaError, LayoutChanged, RunCancelled
from fossatray.core.health import Health
from fossatray.core.messages import PageProgress
from fossatray.core.runs import Outcome, Phase, Trigger
from fossatray.core.secret import Secret
from fossatray.engine.desk import BY_CHANGE
from fossatray.engine.runner import BY_PERSON, BY_QUIT
from fossatray.store.reader import Reader
from tests.unit.engine.world import ORIGIN, Life, Step, World, beginning, failing, run, say, signed_in, success

IN_MID_RUN = say(PageProgress(Phase.SCRAPING, found=7, page=1))


def alive(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


async def in_mid_run(life: Life, browser: str = "running") -> tuple[int, int]:
    """Start a run that hangs with its browser; returns the run's id and the browser's process id."""
    run_id = await life.begin([*beginning(), {"browser": browser}, IN_MID_RUN, {"hang": True}])
    await life.ear.until(lambda: any(one.progress and one.progress.found == 7 for one in life.state.accounts))
    (file,) = life.world.runs.glob("*/browser.pid")
    pid = int(file.read_text())
    assert alive(pid)
    return run_id, pid


@pytest.mark.parametrize("browser", ["running", "stopped"])
def test_cancel_ends_every_process_and_the_folder_within_five_seconds(world: World, browser: str) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            run_id, pid = await in_mid_run(life, browser)
            begun = time.monotonic()
            assert await life.do(Cancel()) == 1
            assert time.monotonic() - begun < 5
            assert not alive(pid)
            assert world.left() == []
            ended = life.store.runs.get(run_id)
            assert ended is not None
            assert (ended.outcome, ended.reason, ended.error) == (Outcome.CANCELLED, BY_PERSON, None)
            assert [one.run for one in life.state.accounts] == [None]
            assert await life.do(Cancel()) == 0

    run(story())


@pytest.mark.parametrize("browser", ["running", "stopped"])
def test_quitting_in_mid_run_records_it_as_cancelled_within_five_seconds(world: World, browser: str) -> None:
    async def story() -> tuple[int, float]:
        async with world.life() as life:
            await life.add_account()
            _, pid = await in_mid_run(life, browser)
            begun = time.monotonic()
        return pid, time.monotonic() - begun

    pid, took = run(story())
    assert took < 5
    assert not alive(pid)
    assert world.left() == []
    reader = Reader(world.database())
    assert [(one.outcome, one.reason) for one in reader.history()] == [("cancelled", BY_QUIT)]
    reader.close()


def test_a_cancel_says_why_where_it_was_not_the_person(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            run_id, _ = await in_mid_run(life)
            assert await life.do(Cancel(reason=SESSION_ENDED)) == 1
            ended = life.store.runs.get(run_id)
            assert ended is not None
            assert (ended.outcome, ended.reason) == (Outcome.CANCELLED, SESSION_ENDED)

    run(story())


def test_a_run_cancelled_before_its_first_step_is_recorded(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(success(1))
            (run_id,), count = await asyncio.gather(life.do(SyncNow()), life.do(Cancel()))
            assert count == 1
            ended = await life.ended(run_id)
            assert ended.outcome is Outcome.CANCELLED
        assert world.started == 0

    run(story())
    assert world.left() == []


def test_two_cancels_at_once_are_one(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await in_mid_run(life, "stopped")
            both = await asyncio.gather(life.do(Cancel()), life.do(Cancel(account.id)))
            assert list(both) == [1, 1]
            assert len(life.ear.ended) == 1

    run(story())
    assert world.left() == []


def test_a_request_after_a_cancel_begins_anew_when_the_cancelled_run_has_ended(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            first, pid = await in_mid_run(life, "stopped")
            world.scripts.append(success(1))
            cancelling = asyncio.create_task(life.do(Cancel(account.id)))
            await asyncio.sleep(0)
            (second,) = await life.do(SyncNow(account.id))
            assert second != first
            assert await life.do(SyncNow(account.id)) == [second]
            assert await cancelling == 1
            assert not alive(pid)
            (state,) = life.state.accounts
            assert state.run is not None
            assert state.run.id == second  # the end of the first has not ended it
            assert state.last_run is not None
            assert state.last_run.id == first
            assert (await life.ended(second)).outcome is Outcome.SUCCEEDED
            assert [one.run for one in life.state.accounts] == [None]
            assert [(one.id, one.outcome) for one in life.ear.ended] == [
                (first, Outcome.CANCELLED),
                (second, Outcome.SUCCEEDED),
            ]

    run(story())
    assert world.left() == []


def test_a_cancelled_run_does_not_make_good_the_failed_one_before_it(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            failed = await life.sync(failing(LayoutChanged()))
            await in_mid_run(life)
            await life.do(Cancel())
            (state,) = life.state.accounts
            assert state.last_run is not None
            assert state.last_run.outcome is Outcome.CANCELLED
            assert state.last_judged == failed
            assert life.state.health() is Health.FAILED
            await life.sync(success(1))
            assert life.state.health() is Health.HEALTHY

    run(story())


def test_quitting_ends_a_run_that_waits_for_a_cancelled_one(world: World) -> None:
    async def story() -> tuple[int, int]:
        async with world.life() as life:
            await life.add_account()
            first, _ = await in_mid_run(life, "stopped")
            cancelling = asyncio.create_task(life.do(Cancel()))
            await asyncio.sleep(0)
            second = await life.begin()
            await life.conductor.close()
            await cancelling
            return first, second

    first, second = run(story())
    reader = Reader(world.database())
    assert [(one.id, one.outcome, one.reason) for one in reader.history()] == [
        (second, "cancelled", BY_QUIT),
        (first, "cancelled", BY_PERSON),
    ]
    reader.close()
    assert world.left() == []


def test_a_second_request_joins_the_first(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            account = await life.add_account()
            first = await life.begin([*beginning(), {"wait": str(gate.path)}, *signed_in(), *success(1)[5:]])
            assert await life.do(SyncNow(account.id, Trigger.MANUAL)) == [first]
            await gate.open()
            await life.ended(first)
            reader = Reader(world.database())
            assert len(reader.history()) == 1
            reader.close()
        assert world.started == 1

    run(story())


def test_at_most_three_accounts_sync_at_once(world: World) -> None:
    async def story() -> None:
        gates = [await world.gate() for _ in range(4)]
        async with world.life() as life:
            for name in ("A", "B", "C", "D"):
                await life.add_account(name)
            for gate in gates:
                world.scripts.append([*beginning(), {"wait": str(gate.path)}, *success(1)[1:]])
            ids = await life.do(SyncNow())
            for gate in gates[:3]:
                await gate.open()  # only a child that has started opens the other end
                if gate == gates[0]:
                    assert world.started == 3
            await gates[3].open()
            ended = [await life.ended(run_id) for run_id in ids]
            assert [one.outcome for one in ended] == [Outcome.SUCCEEDED] * 4

    run(story())


def test_cancelling_one_account_leaves_the_other(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            first = await life.add_account("A")
            await life.add_account("B")
            hanging: list[Step] = [{"hang": True}]
            world.scripts += [hanging, [{"wait": str(gate.path)}, *success(1)]]
            ids = await life.do(SyncNow())
            await gate.reached()
            assert await life.do(Cancel(first.id)) == 1
            await gate.open()
            ended = [await life.ended(run_id) for run_id in ids]
            assert [one.outcome for one in ended] == [Outcome.CANCELLED, Outcome.SUCCEEDED]

    run(story())


def test_removing_an_account_ends_its_run(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            _, pid = await in_mid_run(life)
            await life.do(RemoveAccount(account.id))
            assert not alive(pid)
            assert life.state.accounts == ()
            assert life.ear.crashes == []

    run(story())
    assert world.left() == []


def test_new_credentials_end_a_run_with_the_old_ones_and_a_new_name_does_not(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            run_id, _ = await in_mid_run(life)
            await life.do(SaveAccount("Renamed", ORIGIN, account.username, account.id))
            assert [one.id for one in life.store.runs.running()] == [run_id]
            await life.do(SaveAccount("Renamed", ORIGIN, account.username, account.id, Secret("another")))
            assert [one.run for one in life.state.accounts] == [None]
            ended = life.store.runs.get(run_id)
            assert ended is not None
            assert (ended.outcome, ended.reason) == (Outcome.CANCELLED, BY_CHANGE)

    run(story())
    assert world.left() == []


def test_a_sign_in_test_can_be_cancelled_and_waits_for_nobody_s_run(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            gate = await world.gate()
            world.scripts.append([*beginning(), {"wait": str(gate.path)}, {"hang": True}])
            testing = asyncio.create_task(life.do(TestSignIn(account.id)))
            await gate.open()
            with pytest.raises(Busy):
                await life.do(TestSignIn(account.id))
            assert await life.do(Cancel(account.id)) == 1
            with pytest.raises(RunCancelled):
                await testing

    run(story())
    assert world.left() == []


# --- what a kill of the whole program leaves --------------------------------------------------------------------------


@contextmanager
def orphan(world: World) -> Iterator[subprocess.Popen[bytes]]:
    """A process that an earlier life's run left: found by the run's folder, which is its temporary folder."""
    folder = world.runs / "0123abcd"
    (folder / "profile").mkdir(parents=True)
    (folder / "profile" / "Cookies").write_text("session")
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", "import signal; print(flush=True); signal.pause()"],
        env={**os.environ, "TMPDIR": str(folder)},
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_next_start_sweeps_processes_and_folders_and_marks_the_run(world: World) -> None:
    async def first_life() -> int:
        async with world.life() as life:
            account = await life.add_account()
            died = life.store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, world.clock())
            return died.id

    async def second_life() -> None:
        async with world.life() as life:
            assert world.left() == []
            ended = life.store.runs.get(died)
            assert ended is not None
            assert ended.outcome is Outcome.INTERRUPTED
            assert life.state.accounts[0].last_run == ended
            assert life.state.accounts[0].last_judged is None
            assert life.ear.notices == []
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    died = run(first_life())
    with orphan(world) as process:
        run(second_life())
        assert process.wait(1) == -9


def test_a_foreign_folder_name_among_the_runs_is_swept_but_nothing_outside(world: World) -> None:
    outside = world.home / "precious"
    outside.mkdir()
    (outside / "file").write_text("kept")
    world.runs.mkdir()
    (world.runs / "link").symlink_to(outside)

    async def story() -> None:
        async with world.life():
            assert world.left() == []

    run(story())
    assert (outside / "file").read_text() == "kept"


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(world: World) -> None:
    async def story() -> None:
        async with world.life(runs_folder=Path("/proc/nowhere")) as life:
            await life.add_account()
            ended = await life.sync()
            assert ended.error is not None
            assert ended.error.kind == "store_unsuitable"

    run(story())


def test_waiting_for_a_run_that_is_not_there_is_an_error(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            with pytest.raises(FossaError):
                await life.ended(7)

    run(story())
