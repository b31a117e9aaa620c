"""What is asked of a browser that no longer answers, or of a page that is closed, ends with an error of its own."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import Page, async_playwright

from fossatray.core.errors import BrowserCrashed, BrowserStuck
from fossatray.portal import portal_page
from fossatray.portal.portal_page import PortalPage


class StoppedPage:
    """A page of a browser that was stopped."""

    def on(self, event: str, listener: object) -> None:
        """Nothing ever happens."""

    async def evaluate(self, expression: str, argument: object) -> str:
        return await asyncio.Future()

    async def close(self) -> None:
        await asyncio.Future()

    @property
    def context(self) -> StoppedPage:
        return self

    async def new_cdp_session(self, page: object) -> Any:
        return await asyncio.Future()


@pytest.mark.parametrize("what", ["ask", "tidy"])
def test_a_browser_that_does_not_answer_is_stuck(what: str) -> None:
    async def story() -> None:
        page = PortalPage(cast(Page, StoppedPage()), "https://portal.example", page_limit=-2.0)  # and 2 s for the way
        with pytest.raises(BrowserStuck):
            await asyncio.wait_for(page.ask("rows", {}) if what == "ask" else page.tidy(), 30)

    asyncio.run(story())


def test_a_page_that_cannot_be_closed_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_page, "_CLOSING_S", 0.1)

    async def story() -> None:
        page = PortalPage(cast(Page, StoppedPage()), "https://portal.example", page_limit=60.0)
        await asyncio.wait_for(page.close(), 30)

    asyncio.run(story())


@pytest.mark.browser
def test_a_page_that_is_closed_while_it_loads_is_told_as_the_browsers_end(browser_path: Path) -> None:
    """As by the person, where its window is shown: the browser gives the load up before it says why."""

    async def story(origin: str) -> None:
        async with async_playwright() as playwright:
            sandbox = os.geteuid() != 0
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=sandbox)
            page = await browser.new_page()
            tools = await browser.new_browser_cdp_session()
            targets = (await tools.send("Target.getTargets"))["targetInfos"]
            (target,) = [each["targetId"] for each in targets if each["type"] == "page"]
            opened = PortalPage(page, origin, page_limit=60.0)
            async with page.expect_request("**/app/work/list"):
                opening = asyncio.ensure_future(opened.open("/app/work/list"))
            await tools.send("Target.closeTarget", {"targetId": target})
            with pytest.raises(BrowserCrashed):
                await asyncio.wait_for(opening, 30)
            await browser.close()

    with socket.create_server(("127.0.0.1", 0)) as never_answers:
        asyncio.run(story(f"http://127.0.0.1:{never_answers.getsockname()[1]}"))
