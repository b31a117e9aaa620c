"""The origin lock: a page that tries every way to another origin reaches it without the lock, and not with it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from fossatray.core.messages import Failed
from fossatray.demo.hostile_ways import WAYS
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.portal.browser import launch_locked, locked_context
from tests.harness.scrape_driver import a_request, scrape

pytestmark = pytest.mark.browser

LEAST_WAYS = 39
QUIET_SECONDS = 3.0
ENOUGH_SECONDS = 30.0


class Canary:
    """Listens on a loopback port, over TCP and UDP, and counts whatever arrives: connections, not only requests."""

    def __init__(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._tcp.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self.origin = f"http://127.0.0.1:{self.port}"
        self.connections = 0
        self.datagrams = 0
        self.paths: set[str] = set()
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._accept), threading.Thread(target=self._receive)]
        for thread in self._threads:
            thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._tcp.accept()
            with connection:
                connection.settimeout(0.5)
                try:
                    line = connection.recv(4096).partition(b"\r\n")[0]
                except OSError:
                    line = b""
                if line == b"stop":
                    return
                with self._changed:
                    self.connections += 1
                    self.paths |= set(line.decode("latin-1").split(" ")[1:2])
                    self._changed.notify_all()

    def _receive(self) -> None:
        while self._udp.recv(4096) != b"stop":
            with self._changed:
                self.datagrams += 1
                self._changed.notify_all()

    @property
    def ways(self) -> set[str]:
        """The ways by which requests arrived."""
        return {path.strip("/").partition("/")[0] for path in self.paths} & set(WAYS)

    def anything(self) -> bool:
        """Whether anything at all arrived."""
        return bool(self.connections or self.datagrams)

    def enough(self) -> bool:
        """Whether as much arrived as from a browser that nothing holds back."""
        return self.datagrams > 0 and len(self.ways) >= LEAST_WAYS

    def wait_for(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Wait until so much arrived; tell whether it did."""
        with self._changed:
            return self._changed.wait_for(arrived, seconds)

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"stop")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"stop", ("127.0.0.1", self.port))
        for thread in self._threads:
            thread.join()
        self._tcp.close()
        self._udp.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    listener = Canary()
    yield listener
    listener.close()


@pytest.fixture
def hostile(canary: Canary) -> Iterator[PracticePortal]:
    with PracticePortal(orders=5, mishaps=[Mishap.HOSTILE_PAGE], canary_origin=canary.origin) as portal:
        yield portal


async def visit(portal: PracticePortal, page: Page) -> None:
    """Sign in by hand and look at the hostile list until it has tried its ways."""
    await page.goto(portal.origin + "/")
    await page.fill("input[name=email]", portal.username)
    await page.fill("input[name=password]", portal.password)
    await page.click("input[type=submit]")
    await page.wait_for_url("**/app/**")
    try:
        await page.goto(portal.origin + "/app/work/list", wait_until="commit")
    except PlaywrightError:
        return  # it left already
    async with asyncio.timeout(ENOUGH_SECONDS):
        while len(portal.hostile_tried) < LEAST_WAYS:
            try:
                await page.wait_for_load_state("load")
                await page.evaluate("new Promise((done) => setTimeout(done, 100))")
            except PlaywrightError:
                await asyncio.to_thread(threading.Event().wait, 0.05)  # between two documents


async def look(portal: PracticePortal, canary: Canary, name: str, *, locked: bool) -> None:
    path = shutil.which(name)
    assert path is not None, f"no browser; on Debian: apt-get install {name}"
    async with async_playwright() as playwright:
        browser = await started(playwright, path, portal.origin, locked=locked)
        try:
            context = await locked_context(browser, 10.0)
            await visit(portal, await context.new_page())
            if locked:
                await asyncio.to_thread(canary.wait_for, canary.anything, QUIET_SECONDS)
            else:
                await asyncio.to_thread(canary.wait_for, canary.enough, ENOUGH_SECONDS)
        finally:
            await browser.close()


async def started(playwright: Playwright, path: str, origin: str, *, locked: bool) -> Browser:
    sandbox = os.geteuid() != 0
    if locked:
        return await launch_locked(playwright, path, origin, sandbox)
    return await playwright.chromium.launch(executable_path=path, chromium_sandbox=sandbox)


BROWSERS = ("chromium-headless-shell", "chromium")


@pytest.mark.parametrize("name", BROWSERS)
def test_no_way_leaves_the_origin(name: str, hostile: PracticePortal, canary: Canary) -> None:
    asyncio.run(look(hostile, canary, name, locked=True))
    assert len(hostile.hostile_tried) >= LEAST_WAYS
    assert (canary.connections, canary.datagrams, canary.paths) == (0, 0, set())


@pytest.mark.parametrize("name", BROWSERS)
def test_without_the_lock_the_ways_arrive(name: str, hostile: PracticePortal, canary: Canary) -> None:
    """So the test above can fail."""
    asyncio.run(look(hostile, canary, name, locked=False))
    assert canary.connections > 0
    assert canary.datagrams > 0
    assert len(canary.ways) >= LEAST_WAYS, sorted(set(WAYS) - canary.ways)


def test_a_run_on_a_hostile_page_reaches_nobody_else(
    hostile: PracticePortal, canary: Canary, tmp_path: Path, browser_path: Path
) -> None:
    request = a_request(hostile.origin, hostile.username, tmp_path, browser_path)
    heard = asyncio.run(scrape(request, hostile.password))
    if isinstance(heard.messages[-1], Failed):  # the page left itself before it was read
        assert heard.error.kind in ("led_elsewhere", "layout_changed")
    else:
        assert heard.finished.count == 5
    assert hostile.hostile_tried
    assert (canary.connections, canary.datagrams) == (0, 0)
