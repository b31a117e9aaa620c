"""Evidence of a failure: a masked copy of the page, and a picture of that copy. Nothing of a person leaves the page.

The copy is made in one turn by scripts/mask.js, in a world of its own where the page's scripts reach nothing. The
picture is taken of the copy, in a context without scripts and network: what is not in the copy cannot be in it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import asdict
from typing import Any

from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import BrowserCrashed, CredentialsError, FossaError, SignInLimit
from fossatray.core.evidence import HTML_LIMIT, PICTURE_LIMIT, Evidence
from fossatray.core.messages import ScrapeRequest
from fossatray.portal.foreign import redacted
from fossatray.portal.link import EngineLink
from fossatray.portal.profile import Profile
from fossatray.portal.profile_words import labels, selector_names
from fossatray.portal.scripts import script

_TELLS_NOTHING = (BrowserCrashed, CredentialsError, SignInLimit)
_FIRST_LOOK_S, _PAUSE_S = 1.0, 0.25
_WIDTH, _HEIGHTS = 1600, (2400, 1000)
_CSS_LIMIT = 96 * 1024
_HEAD = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
    " form-action 'none'\"><style>html{font:14px sans-serif}i[data-removed]{display:inline-block;width:16px;"
    "height:16px;background-color:#ccc}</style>"
)


def mask_argument(profile: Profile, origin: str) -> dict[str, Any]:
    """Return what scripts/mask.js is told: the only words that may stay, which are the profile's, and its limits."""
    return {
        "origin": origin,
        "labels": sorted(labels(profile)),
        "names": sorted(selector_names(profile)),
        "segments": sorted({"", *(part for path in asdict(profile.paths).values() for part in path.split("/"))}),
        "head": _HEAD,
        "longest": 2000,
        "deepest": 200,
        "most_css": _CSS_LIMIT,
        "most_html": HTML_LIMIT - 64 * 1024,
    }


async def masked_page(page: Page, profile: Profile, origin: str, *, stop: bool = False) -> tuple[str, str] | None:
    """Empty the page's fields; return its masked path and its masked HTML, or None where nothing may be taken.

    While another document is waited for, the page answers nothing: `stop` ends that, and with it a document that is
    just taking the place of the one before. Raises Playwright's error.
    """
    session = await page.context.new_cdp_session(page)
    if stop:
        await session.send("Page.stopLoading")
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "evidence"})
    asked = f"({script('mask')})({json.dumps(mask_argument(profile, origin))})"
    told = await session.send(
        "Runtime.evaluate",
        {"expression": asked, "contextId": world["executionContextId"], "returnByValue": True},
    )
    await session.detach()
    try:
        copy = json.loads(told["result"]["value"])
    except (KeyError, TypeError, ValueError):
        return None
    if not isinstance(copy, dict):
        return None
    path, html = copy.get("path"), copy.get("html")
    if not isinstance(path, str) or not isinstance(html, str) or len(html) > HTML_LIMIT:
        return None
    return path, html


async def picture(browser: Browser, html: str) -> str | None:
    """Return a PNG of the masked HTML as base64, without scripts and network; None if it is too large.

    Raises Playwright's error.
    """
    context = await browser.new_context(
        java_script_enabled=False,
        offline=True,
        service_workers="block",
        accept_downloads=False,
        locale="en-US",
        viewport={"width": _WIDTH, "height": _HEIGHTS[0]},
    )
    page = await context.new_page()
    await page.set_content(html, wait_until="domcontentloaded")
    for height in _HEIGHTS:
        taken = await page.screenshot(clip={"x": 0, "y": 0, "width": _WIDTH, "height": height}, animations="disabled")
        text = base64.b64encode(taken).decode("ascii")
        if len(text) <= PICTURE_LIMIT:
            await context.close()
            return text
    return None


class EvidenceTaker:
    """Takes evidence of a failure for the engine, once a run, in the time that the request allows; it never fails."""

    def __init__(self, profile: Profile, request: ScrapeRequest, link: EngineLink) -> None:
        self._profile = profile
        self._request = request
        self._link = link
        self._is_taken = False

    async def take(self, page: Page, step: str, error: FossaError) -> None:
        """Send what the page shows, masked, unless it is gone or nothing is wanted. Raises EngineGone."""
        if self._is_taken or self._request.evidence <= 0 or isinstance(error, _TELLS_NOTHING):
            return
        self._is_taken = True
        copy: tuple[str, str] | None = None
        png: str | None = None
        try:
            async with asyncio.timeout(self._request.evidence):
                copy = await self._copy(page)
                browser = page.context.browser
                if copy is not None and browser is not None:
                    png = await picture(browser, copy[1])
        except (PlaywrightError, TimeoutError) as trouble:
            self._link.log("INFO", f"evidence of the failure is not whole: {redacted(trouble)}")
        if copy is not None:
            self._link.send(Evidence(step, error.kind, copy[0], copy[1], png))

    async def _copy(self, page: Page) -> tuple[str, str] | None:
        """Return the masked page (see `masked_page`), looking again where another page is just taking its place."""
        try:
            async with asyncio.timeout(_FIRST_LOOK_S):
                copy = await masked_page(page, self._profile, self._request.origin)
        except (PlaywrightError, TimeoutError):
            copy = None
        if copy is not None:
            return copy
        await asyncio.sleep(_PAUSE_S)
        return await masked_page(page, self._profile, self._request.origin, stop=True)
