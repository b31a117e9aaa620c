"""The pages of the one browser context: those that we opened stay, those that a page opened are closed at once."""

from __future__ import annotations

import asyncio

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError


class BrowserPages:
    """Opens pages in a context that is locked to the portal's origin; `first` is there from the start."""

    def __init__(self, context: BrowserContext, first: Page) -> None:
        self._context = context
        self._own = {first}
        self._opening = 0
        self._unknown: list[Page] = []
        self.first = first
        context.on("page", self._come)

    @property
    def context(self) -> BrowserContext:
        """What the pages share: the session's cookies above all."""
        return self._context

    @classmethod
    async def of(cls, context: BrowserContext) -> BrowserPages:
        """Open the first page of a context that has none. Raises Playwright's error."""
        return cls(context, await context.new_page())

    async def open(self) -> Page:
        """Open one more page. Raises Playwright's error."""
        self._opening += 1
        try:
            page = await self._context.new_page()
            self._own.add(page)
            return page
        finally:
            self._opening -= 1
            if not self._opening:
                for other in self._unknown:
                    self._close_other(other)
                self._unknown.clear()

    def _come(self, page: Page) -> None:
        """Take note of a page. While one of ours is being opened it cannot be told which this is: that comes after."""
        if self._opening:
            self._unknown.append(page)
        else:
            self._close_other(page)

    def _close_other(self, page: Page) -> None:
        if page not in self._own:
            task = asyncio.ensure_future(_closed(page))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _closed(page: Page) -> None:
    try:
        await page.close()
    except PlaywrightError:
        return  # it closed by itself
