"""Developer mode: the browser's window is on the screen while a sync runs, and no error where there is no display."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from fossatray.core.messages import BrowserChosen
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.portal.browser import can_be_shown
from fossatray.system.processes import child_environment
from tests.harness.scrape_driver import ScrapeDriver, a_request, scrape
from tests.private_desktop.session import DesktopSession

pytestmark = pytest.mark.system

PATIENCE_S = 60.0
NO_DISPLAY = "the browser's window is not shown: there is no display"


def test_the_browsers_window_is_seen_and_closing_it_ends_the_run(
    desktop: DesktopSession, own_home: Path, browser_path: Path
) -> None:
    """It is a browser with a window that is taken, even where a headless shell was used last."""
    assert shutil.which("chromium"), "a headless shell has no window; on Debian: apt-get install chromium"
    folder = own_home / "run"  # a short path: the browser's socket lies below it, and it does not start without

    async def story(portal: PracticePortal) -> None:
        changes = {"show_browser": True, "browser_last": str(browser_path), "page_limit": PATIENCE_S}
        request = a_request(portal.origin, portal.username, folder, None, **changes)
        names = ("DISPLAY", "XAUTHORITY")
        display = {name: value for name, value in desktop.env().items() if name in names}
        environment = child_environment(display, run_folder=folder)
        async with ScrapeDriver(request, portal.password, environment=environment) as driver:
            heard = await driver.listen(until=BrowserChosen)
            assert "headless" not in heard.browser.path, heard.browser.passed_over
            ended = asyncio.ensure_future(driver.listen())
            while not (windows := await asyncio.to_thread(desktop.screen.visible, "[Cc]hrom")):
                assert not ended.done(), (heard.log, heard.failed, heard.stderr)
            desktop.screen.focus(windows[0])
            desktop.screen.press("ctrl+w")
            await ended
            assert heard.error.kind == "browser_crashed", heard.log
            assert heard.orders == []

    with PracticePortal(orders=5, mishaps=[Mishap.HANGING]) as portal:
        asyncio.run(story(portal))


def test_without_a_display_it_reads_unseen_and_says_so(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path, show_browser=True)
        heard = asyncio.run(scrape(request, portal.password))
    assert len(heard.orders) == 5
    assert NO_DISPLAY in heard.log


@pytest.mark.parametrize(
    ("environment", "platform", "shown"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":1"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_what_counts_as_a_display(environment: dict[str, str], platform: str, shown: bool) -> None:
    assert can_be_shown(environment, platform) is shown
