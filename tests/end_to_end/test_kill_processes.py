"""kill -9 of any process of a run, and a stopped browser: the run ends in the ledger and nothing is left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from fossatray.core.commands import Cancel
from fossatray.core.runs import Outcome, Phase, Progress
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

pytestmark = pytest.mark.browser


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_browser(line: list[str]) -> bool:
    """Tell whether this is the browser itself: not its shell script, and none of its helpers."""
    return "--remote-debugging-pipe" in line and "sh" not in line[0].split("/")[-1:] and not has_type(line)


def has_type(line: list[str]) -> bool:
    return any(part.startswith("--type=") for part in line)


def line_of(process: psutil.Process) -> list[str]:
    """Return a process's command line; none for one that has ended (the test desktop's parts are children, too)."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def of_the_run() -> dict[str, psutil.Process]:
    """The run's processes under us: scrape, driver, browser, and each further one by its id."""
    found: dict[str, psutil.Process] = {}
    (scrape,) = (one for one in psutil.Process().children() if "scrape" in line_of(one)[-1:])
    found["scrape"] = scrape
    for process in scrape.children(recursive=True):
        line = line_of(process)
        if "run-driver" in line:
            found["driver"] = process
        elif is_browser(line):
            found["browser"] = process
        else:
            found[str(process.pid)] = process
    return found


def progress(life: Life) -> list[Progress]:
    return [one.progress for one in life.state.accounts if one.progress]


def phases(life: Life) -> set[Phase]:
    return {one.phase for one in progress(life)}


async def in_mid_run(life: Life) -> tuple[int, dict[str, psutil.Process]]:
    """Start a sync at a portal that hangs, and wait until the browser waits for the list."""
    run_id = await life.begin()
    await life.ear.until(lambda: life.ear.ended or Phase.SCRAPING in phases(life))
    assert [one.error for one in life.ear.ended] == []
    processes = of_the_run()
    assert {"scrape", "driver", "browser"} <= processes.keys()
    return run_id, processes


@pytest.mark.parametrize(
    ("victim", "kinds"),
    [
        ("browser", {"browser_crashed"}),
        ("driver", {"browser_crashed", "scrape_process_died"}),
        ("scrape", {"scrape_process_died"}),
    ],
)
def test_a_killed_process_fails_the_run_and_the_next_sync_is_well(
    victim: str, kinds: set[str], own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=10, mishaps=[Mishap.HANGING]) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                await real.add_account(life)
                run_id, processes = await in_mid_run(life)
                processes[victim].kill()
                ended = await life.ended(run_id)
                assert ended.outcome is Outcome.FAILED
                assert ended.error is not None
                assert ended.error.kind in kinds
                assert [name for name, process in processes.items() if is_alive(process)] == []
                assert real.world.left() == []
                portal.mishaps = []
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(story())
        assert real.world.left() == []


@pytest.mark.parametrize("stopped", ["browser", "driver", "scrape"])
def test_a_stopped_process_does_not_outlive_a_cancel(stopped: str, own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=10, mishaps=[Mishap.HANGING]) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                await real.add_account(life)
                run_id, processes = await in_mid_run(life)
                os.kill(processes[stopped].pid, signal.SIGSTOP)
                begun = time.monotonic()
                assert await life.do(Cancel()) == 1
                assert time.monotonic() - begun < 5
                assert (await life.ended(run_id)).outcome is Outcome.CANCELLED
                assert [name for name, process in processes.items() if is_alive(process)] == []
                assert real.world.left() == []

        run(story())


def test_quitting_with_a_stopped_browser_takes_less_than_five_seconds(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=10, mishaps=[Mishap.HANGING]) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> tuple[float, dict[str, psutil.Process]]:
            async with real.life() as life:
                await real.add_account(life)
                _, processes = await in_mid_run(life)
                os.kill(processes["browser"].pid, signal.SIGSTOP)
                begun = time.monotonic()
            return time.monotonic() - begun, processes

        took, processes = run(story())
        assert took < 5
        assert [name for name, process in processes.items() if is_alive(process)] == []
        assert real.world.left() == []
