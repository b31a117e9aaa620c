"""What is asked of a browser that no longer answers ends in time, with an error of its own."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from playwright.async_api import Page

from fossatray.core.errors import BrowserStuck
from fossatray.portal.portal_page import PortalPage


class StoppedPage:
    """A page of a browser that was stopped."""

    def on(self, event: str, listener: object) -> None:
        """Nothing ever happens."""

    async def evaluate(self, expression: str, argument: object) -> str:
        return await asyncio.Future()

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
