"""The child's ending is never cut short, and the child knows only what it may."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from fossatray.core.commands import Cancel
from fossatray.core.runs import Outcome
from fossatray.engine import scrape_process
from fossatray.engine.scrape_process import new_run_folder, uninterrupted
from fossatray.system.processes import end_tree
from tests.unit.engine.test_cancel import alive
from tests.unit.engine.world import PATIENCE_S, World, beginning, listing, orders, run, signed_in, success


def test_what_must_not_be_cut_short_ends_first_and_the_cancellation_comes_after() -> None:
    async def story() -> None:
        go_on, done = asyncio.Event(), []

        async def work() -> None:
            await go_on.wait()
            done.append(1)

        task = asyncio.create_task(uninterrupted(work()))
        for _ in range(3):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == [1]

    run(story())


@pytest.mark.parametrize(("busy", "gone"), [(2, True), (100, False)])
def test_a_folder_that_cannot_be_removed_yet_is_tried_again(
    busy: int, gone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def remove(folder: Path, *, runs: Path) -> bool:
        asked.append(folder)
        return len(asked) > busy

    monkeypatch.setattr(scrape_process, "remove_run_folder", remove)
    monkeypatch.setattr(scrape_process, "_REMOVAL_PAUSE_S", 0.0)
    assert run(scrape_process.end_everything(None, tmp_path / "r1", tmp_path, 1.0)) is gone
    assert len(asked) == min(busy + 1, 6)


def test_what_was_read_is_saved_while_the_processes_are_ended_and_a_cancel_comes_too_late(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = threading.Event()

    def slowly(pid: int | None, *, run_folder: Path | None = None, deadline_s: float = 3.0) -> list[int]:
        assert may_end.wait(PATIENCE_S)
        return end_tree(pid, run_folder=run_folder, deadline_s=deadline_s)

    monkeypatch.setattr(scrape_process, "end_tree", slowly)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            run_id = await life.begin([*beginning(), {"browser": "running"}, *signed_in(), *listing(orders(1, 2))])
            await life.ear.until(
                lambda: any(one.progress and one.progress.percentage == 100 for one in life.state.accounts)
            )
            saved = life.store.runs.get(run_id)
            assert saved is not None
            assert (saved.outcome, saved.counts.found) == (Outcome.SUCCEEDED, 2)
            (pid_file,) = world.runs.glob("*/browser.pid")  # the browser is still there
            pid = int(pid_file.read_text())
            assert not life.ear.ended
            cancelling = asyncio.ensure_future(life.do(Cancel()))
            await asyncio.sleep(0)
            may_end.set()
            await cancelling
            assert [one.outcome for one in life.ear.ended] == [Outcome.SUCCEEDED]
            assert (world.left(), alive(pid)) == ([], False)
            assert life.store.runs.get(run_id) == saved

    run(story())


def test_what_is_saved_stays_a_success_where_the_processes_cannot_be_ended(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(pid: int | None, *, run_folder: Path | None = None, deadline_s: float = 3.0) -> list[int]:
        raise OSError("too many open files")

    monkeypatch.setattr(scrape_process, "end_tree", fail)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            ended = await life.sync(success(1, 2))
            assert (ended.outcome, ended.counts.found) == (Outcome.SUCCEEDED, 2)
            assert life.store.runs.get(ended.id) == ended

    run(story())
    assert "was saved, and its processes could not be ended" in caplog.text


def test_its_error_comes_out() -> None:
    async def fail() -> None:
        raise OSError("gone")

    async def story() -> None:
        with pytest.raises(OSError, match="gone"):
            await uninterrupted(fail())

    run(story())


def test_a_run_folder_has_a_short_name_of_its_own() -> None:
    runs = Path("/runs")
    names = {new_run_folder(runs).name for _ in range(20)}
    assert len(names) == 20
    assert {len(name) for name in names} == {8}


def test_the_child_gets_the_run_folder_as_temporary_folder_and_an_allow_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", "pw:api")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    seen: list[tuple[dict[str, str], Path | None]] = []

    async def story() -> None:
        from fossatray.system.processes import child_environment

        def watched(extra: object = None, *, run_folder: Path | None = None) -> dict[str, str]:
            chosen = child_environment(run_folder=run_folder)
            seen.append((chosen, run_folder))
            return chosen

        async with world.life(child_environment=watched) as life:
            await life.add_account()
            await life.sync(success(1))

    run(story())
    ((environment, folder),) = seen
    assert folder is not None
    assert environment["TMPDIR"] == str(folder)
    assert not {"DEBUG", "PYTHONPATH"} & environment.keys()
