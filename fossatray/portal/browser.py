"""Starting the browser: the first candidate that starts wins; its sandbox is on, its origin locked."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Playwright
from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import BrowserMissing, BrowserSandbox
from fossatray.core.messages import BrowserChosen, ScrapeRequest
from fossatray.core.text import one_line, visible
from fossatray.portal.browser_find import Candidate, candidates
from fossatray.portal.browser_pages import BrowserPages
from fossatray.portal.foreign import net_code
from fossatray.portal.link import EngineLink
from fossatray.portal.origin_lock import browser_arguments

_START_LIMIT_S = 20.0
_CLOSE_LIMIT_S = 3.0
_NO_SANDBOX = (
    "no usable sandbox",
    "suid sandbox",
    "running as root without --no-sandbox",
    "zygote_host_impl",
    "setuid_sandbox",
)


def sandbox_wanted() -> bool:
    """Tell whether the browser's sandbox is on: always, but for root, for whom browsers refuse it."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


async def open_browser(playwright: Playwright, request: ScrapeRequest, link: EngineLink) -> BrowserPages:
    """Start a browser locked to the request's origin and return its pages, of which it has one.

    It ends with its driver. Raises BrowserMissing when none can be started, BrowserSandbox when one could but for its
    sandbox.
    """
    browser = await _first_that_starts(playwright, request, link)
    return await BrowserPages.of(await locked_context(browser, request.page_limit))


async def close_where_killing_leaves_files(pages: BrowserPages, platform: str = sys.platform) -> None:
    """Close the browser, for at most 3 s, on macOS alone.

    There a full browser copies itself to a folder of the system's when it starts, outside the run's own, and takes that
    away only when it is closed (Chromium's code_sign_clone). Elsewhere the engine's end of all processes is enough.
    """
    browser = pages.context.browser
    if platform != "darwin" or browser is None:
        return
    with suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(_CLOSE_LIMIT_S):
            await browser.close()


async def locked_context(browser: Browser, page_limit: float) -> BrowserContext:
    """Return a new context that keeps nothing, downloads nothing, and takes no certificate that is not valid."""
    context = await browser.new_context(
        service_workers="block",
        accept_downloads=False,
        ignore_https_errors=False,
        locale="en-US",
        viewport={"width": 1600, "height": 1000},
    )
    context.set_default_timeout(page_limit * 1000)
    return context


async def _first_that_starts(playwright: Playwright, request: ScrapeRequest, link: EngineLink) -> Browser:
    passed: list[tuple[str, str]] = []
    sandbox = sandbox_wanted()
    no_sandbox = False
    found = candidates(request.browser_path, request.browser_last, playwright.chromium.executable_path)
    shown = request.show_browser and can_be_shown()
    if request.show_browser and not shown:
        link.log("WARNING", "the browser's window is not shown: there is no display")
    for candidate in sorted(found, key=_has_no_window) if shown else found:
        reason = _unusable(candidate)
        if reason is None:
            try:
                browser = await launch_locked(playwright, candidate.path, request.origin, sandbox, shown=shown)
            except PlaywrightError as error:
                reason = _reason(error)
                no_sandbox = no_sandbox or reason == _SANDBOX_REASON
            else:
                _tell(link, candidate, sandbox, passed)
                return browser
        passed.append((candidate.path, f"{candidate.name}: {reason}"))
    for path, why in passed:
        link.log("WARNING", f"browser passed over: {visible(path)}: {why}")
    if no_sandbox:
        raise BrowserSandbox
    raise BrowserMissing


_SANDBOX_REASON = "no usable sandbox"


def can_be_shown(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Tell whether there is a display on which a window could be seen."""
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _has_no_window(candidate: Candidate) -> bool:
    return "headless" in Path(candidate.path).name


def _tell(link: EngineLink, candidate: Candidate, sandbox: bool, passed: list[tuple[str, str]]) -> None:
    for path, why in passed:
        link.log("INFO", f"browser passed over: {visible(path)}: {why}")
    if not sandbox:
        link.log("WARNING", "The browser runs without its sandbox, because FossaTray runs as root.")
    link.send(BrowserChosen(candidate.path, candidate.name, sandbox, tuple(passed)))


def _unusable(candidate: Candidate) -> str | None:
    path = Path(candidate.path)
    try:
        if not path.is_file():
            return "not there"
    except OSError:
        return "not there"
    return None if os.access(path, os.X_OK) else "not a program"


async def launch_locked(
    playwright: Playwright, path: str, origin: str, sandbox: bool, *, shown: bool = False
) -> Browser:
    """Start a browser that can reach `origin` alone. Raises Playwright's error when it does not start.

    `shown` opens its window, where it has one.
    """
    return await playwright.chromium.launch(
        executable_path=path,
        headless=not shown,
        chromium_sandbox=sandbox,
        args=browser_arguments(origin),
        timeout=_START_LIMIT_S * 1000,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


def _reason(error: PlaywrightError) -> str:
    text = error.message.lower()
    if any(part in text for part in _NO_SANDBOX):
        return _SANDBOX_REASON
    if "timeout" in text:
        return f"did not start within {_START_LIMIT_S:.0f} s"
    return one_line(
        visible(f"did not start ({net_code(error) or error.message.partition('Call log')[0].partition('[pid')[0]})"),
        160,
    )
