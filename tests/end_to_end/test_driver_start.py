"""The browser's driver is begun before the request is there: what becomes of a scrape whose driver does not start."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import psutil
import pytest

from fossatray.core.messages import Failed, PageProgress
from fossatray.system.processes import child_environment
from tests.harness.scrape_driver import Heard, ScrapeDriver, a_request
from tests.private_desktop.tools import wait_until

ORIGIN = "http://127.0.0.1:9"
IN_TIME_S = 20.0


def scrape_with(node: Path | str, folder: Path, **changes: object) -> ScrapeDriver:
    """A scrape whose driver is run by this instead of Node."""
    environment = child_environment({"PLAYWRIGHT_NODEJS_PATH": str(node)}, run_folder=folder)
    return ScrapeDriver(a_request(ORIGIN, "u", folder, None, **changes), "p", environment=environment)


@pytest.fixture
def hanging_node(tmp_path: Path) -> Path:
    """Stands for a Node that starts and never answers."""
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    node.chmod(stat.S_IRWXU)
    return node


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    return run_folder


@pytest.mark.parametrize("node", ["/nonexistent/node", "/bin/false"])
def test_a_driver_that_cannot_start_is_told_in_words_of_its_own(node: str, folder: Path) -> None:
    async def story() -> Heard:
        async with scrape_with(node, folder) as driver:
            return await asyncio.wait_for(driver.listen(), IN_TIME_S)

    heard = asyncio.run(story())
    assert heard.error.kind == "browser_undriven"
    assert "ERROR" in heard.log, "why it could not be started is in the log"
    assert (heard.status, heard.stderr) == (1, b"")


def test_the_limit_of_the_run_holds_while_the_driver_starts(hanging_node: Path, folder: Path) -> None:
    async def story() -> Heard:
        async with scrape_with(hanging_node, folder, run_limit=0.3) as driver:
            return await asyncio.wait_for(driver.listen(until=Failed), IN_TIME_S)

    assert asyncio.run(story()).error.kind == "run_timeout"


@pytest.mark.parametrize("asked", [True, False])
def test_closing_its_input_ends_it_while_the_driver_starts(asked: bool, hanging_node: Path, folder: Path) -> None:
    async def story() -> int | None:
        async with scrape_with(hanging_node, folder) as driver:
            if asked:
                await driver.listen(until=PageProgress)
            driver.close_input()
            await asyncio.to_thread(wait_until, lambda: has_ended(driver), IN_TIME_S, "the end of the process")
            return driver.process.returncode

    assert asyncio.run(story()) == 2
    assert [one for one in psutil.process_iter(["cmdline"]) if str(hanging_node) in (one.info["cmdline"] or ())] == []


def has_ended(driver: ScrapeDriver) -> bool:
    return driver.process.returncode is not None
