"""The child's ending is never cut short, and the child knows only what it may."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fossatray.engine import scrape_process
from fossatray.engine.scrape_process import new_run_folder, uninterrupted
from tests.unit.engine.world import World, run, success


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
