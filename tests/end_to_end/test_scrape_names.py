"""No name but the portal's is looked up: what is asked of a name server leaves the machine, too."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Playwright, async_playwright

from fossatray.demo.hostile_ways import LOOKED_UP_URLS
from fossatray.demo.portal import PracticePortal
from fossatray.portal.browser import launch_locked, locked_context
from fossatray.portal.origin_lock import browser_arguments

pytestmark = pytest.mark.browser

BROWSERS = ("chromium-headless-shell", "chromium")
NAMES = {url.split(":")[1] for url in LOOKED_UP_URLS}
TCP_NAMES = {url.split(":")[1] for url in LOOKED_UP_URLS if "tcp" in url}
GATHERED = """async (urls) => {
  document.head.insertAdjacentHTML('beforeend', '<link rel="dns-prefetch" href="//prefetch.elsewhere.example">');
  fetch('http://fetch.elsewhere.example/').catch(() => 0);
  const peer = new RTCPeerConnection({iceServers: [{urls: urls, username: 'u', credential: 'c'}]});
  const complete = new Promise((done) => { peer.onicegatheringstatechange = () => {
    if (peer.iceGatheringState === 'complete') done(); }; });
  peer.createDataChannel('x');
  await peer.setLocalDescription(await peer.createOffer());
  await Promise.race([complete, new Promise((done) => setTimeout(done, 15000))]);
  await new Promise((done) => setTimeout(done, 1000));
}"""


def path_of(name: str) -> str:
    path = shutil.which(name)
    assert path is not None, f"no browser; on Debian: apt-get install {name}"
    return path


def sandbox() -> bool:
    return os.geteuid() != 0


async def net_log(playwright: Playwright, name: str, portal: PracticePortal, arguments: list[str], log: Path) -> None:
    """Have a page ask for other names, in a browser that writes down its network's events."""
    browser = await playwright.chromium.launch(
        executable_path=path_of(name),
        chromium_sandbox=sandbox(),
        args=[*arguments, f"--log-net-log={log}", "--net-log-capture-mode=Everything"],
    )
    try:
        page = await (await locked_context(browser, 30.0)).new_page()
        await page.goto(portal.origin + "/")
        await page.evaluate(GATHERED, list(LOOKED_UP_URLS))
    finally:
        await browser.close()


def looked_up(log: Path) -> set[str]:
    """The names in a net log's events of the resolver and of DNS."""
    text = log.read_text(encoding="utf-8", errors="replace")
    try:
        data = json.loads(text)
    except ValueError:  # the browser ended before the last bracket
        data = json.loads(text.rstrip().rstrip(",") + "]}")
    types = {number: name for name, number in data["constants"]["logEventTypes"].items()}
    found: set[str] = set()
    for event in data["events"]:
        if types[event["type"]].startswith(("HOST_RESOLVER", "DNS")):
            found |= set(re.findall(r"[a-z-]+\.elsewhere\.example", json.dumps(event.get("params", {}))))
    return found


async def names_asked(name: str, portal: PracticePortal, log: Path, *, locked: bool) -> set[str]:
    async with async_playwright() as playwright:
        await net_log(playwright, name, portal, browser_arguments(portal.origin) if locked else [], log)
    return await asyncio.to_thread(looked_up, log)


@pytest.mark.parametrize("name", BROWSERS)
def test_no_other_name_is_looked_up(name: str, tmp_path: Path) -> None:
    with PracticePortal(orders=1) as portal:
        assert asyncio.run(names_asked(name, portal, tmp_path / "net.json", locked=True)) == set()


@pytest.mark.parametrize("name", BROWSERS)
def test_without_the_lock_names_are_looked_up(name: str, tmp_path: Path) -> None:
    """So the test above can fail."""
    with PracticePortal(orders=1) as portal:
        asked = asyncio.run(names_asked(name, portal, tmp_path / "net.json", locked=False))
    assert asked >= {*TCP_NAMES, "fetch.elsewhere.example"}
    assert asked <= {*NAMES, "fetch.elsewhere.example", "prefetch.elsewhere.example"}


@pytest.mark.parametrize("name", BROWSERS)
def test_the_portals_own_name_is_looked_up(name: str) -> None:
    """A portal is known by a name: locked to "localhost", the browser finds it, and 127.0.0.1 no longer."""

    async def texts() -> tuple[str, str]:
        async with async_playwright() as playwright:
            browser = await launch_locked(playwright, path_of(name), by_name, sandbox())
            try:
                page = await (await locked_context(browser, 30.0)).new_page()
                return await shown(page, by_name), await shown(page, portal.origin)
            finally:
                await browser.close()

    with PracticePortal(orders=1) as portal:
        by_name = portal.origin.replace("127.0.0.1", "localhost")
        found, other = asyncio.run(texts())
    assert found == "200"
    assert "ERR_PROXY_CONNECTION_FAILED" in other


async def shown(page: Page, origin: str) -> str:
    """The status of the sign-in page, or the browser's error."""
    try:
        answer = await page.goto(origin + "/login")
    except PlaywrightError as error:
        return str(error)
    return "" if answer is None else str(answer.status)
