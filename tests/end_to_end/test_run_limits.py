"""What a run may cost this computer, and what becomes of it when its processes or the clock are meddled with."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fossatray.core.runs import Outcome, Phase
from fossatray.demo.changes import Change
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.system.clock import utc_now
from tests.end_to_end.test_kill_processes import in_mid_run, is_alive, line_of, phases, progress
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.test_store_trouble import fill_the_disk, free_the_disk
from tests.unit.engine.world import run

pytestmark = pytest.mark.browser

MB = 1024 * 1024


@pytest.mark.parametrize("mishap", [Mishap.MEMORY_EATER, Mishap.GZIP_BOMB])
def test_a_browser_that_takes_too_much_memory_is_ended(mishap: Mishap, own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12) as portal:
        portal.most_memory = 1500 * MB
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(memory_bytes=900 * MB, memory_look_s=0.1) as life:
                account = await real.add_account(life)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                kept = life.store.orders.open(account.id)
                portal.mishaps = [mishap]
                failed = await life.sync()
                assert failed.error is not None
                assert failed.error.kind == "browser_too_large"
                assert "900 MB" in failed.error.message
                assert life.store.orders.open(account.id) == kept
                assert real.world.left() == []
                portal.mishaps = []
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(story())
    assert real.world.left() == []


def test_a_scrape_that_says_too_much_is_ended(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(output_bytes=30_000) as life:
                account = await real.add_account(life)
                failed = await life.sync()
                assert failed.error is not None
                assert (failed.error.kind, failed.error.message) == (
                    "scrape_process_died",
                    "The reading process sent more than it may.",
                )
                assert life.store.orders.count_open(account.id) == 0

        run(story())
    assert real.world.left() == []


def test_a_full_disk_fails_the_run_and_keeps_the_data(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                account = await real.add_account(life)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                kept = life.store.orders.open(account.id)
                assert len(kept) == 60
                portal.change(Change.EDITED, Change.REMOVED, Change.COMPLETED, *[Change.NEW] * 240)
                fill_the_disk(life)
                failed = await life.sync()
                assert failed.error is not None
                assert failed.error.kind == "store_full"
                assert life.store.orders.open(account.id) == kept
                assert life.ear.crashes == []
                free_the_disk(life)
                counts = (await life.sync()).counts
                assert (counts.found, counts.new, counts.changed, counts.archived) == (298, 240, 1, 2)

        run(story())
    assert real.world.left() == []


def test_a_stopped_browser_fails_the_run_in_time(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=600, latency=0.3) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                await real.add_account(life)
                run_id, processes = await in_mid_run(life)
                await life.ear.until(lambda: life.ear.ended or any(one.page == 2 for one in progress(life)))
                os.kill(processes["browser"].pid, signal.SIGSTOP)
                ended = await life.ended(run_id)
                assert ended.error is not None
                assert ended.error.kind == "browser_stuck"
                assert ended.counts.found == 0
                assert [name for name, process in processes.items() if is_alive(process)] == []
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(story())
    assert real.world.left() == []


def test_a_crashed_renderer_fails_the_run(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=10, mishaps=[Mishap.HANGING]) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                await real.add_account(life)
                run_id, processes = await in_mid_run(life)
                renderers = [one for one in processes.values() if "--type=renderer" in line_of(one)]
                assert renderers
                for renderer in renderers:
                    renderer.kill()
                ended = await life.ended(run_id)
                assert ended.error is not None
                assert ended.error.kind == "browser_crashed"
                portal.mishaps = []
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(story())
    assert real.world.left() == []


@dataclass
class SetClock:
    """This computer's clock, which somebody sets."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_set_in_mid_run_does_not_end_the_run(hours: int, own_home: Path, browser_path: Path) -> None:
    clock = SetClock()
    with PracticePortal(orders=12, mishaps=[Mishap.SLOW]) as portal:
        portal.slow_seconds = 0.5
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(clock=clock) as life:
                await real.add_account(life)
                run_id = await life.begin()
                await life.ear.until(lambda: life.ear.ended or Phase.SCRAPING in phases(life))
                clock.by = timedelta(hours=hours)
                ended = await life.ended(run_id)
                assert (ended.outcome, ended.counts.found) == (Outcome.SUCCEEDED, 12)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(story())
    assert real.world.left() == []
