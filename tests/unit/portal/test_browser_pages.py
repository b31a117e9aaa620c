"""Pages that we open stay; windows that a page opens are closed at once, also while we open one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from fossatray.portal.browser import close_where_killing_leaves_files
from fossatray.portal.browser_pages import BrowserPages

pytestmark = pytest.mark.browser

POP_UP = "() => { for (const features of ['', 'noopener', 'popup']) window.open('about:blank', '_blank', features); }"


def test_only_our_own_pages_stay(browser_path: Path) -> None:
    async def opening() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
            try:
                context = await browser.new_context(offline=True)
                pages = await BrowserPages.of(context)
                closed: asyncio.Queue[Page] = asyncio.Queue()
                context.on("page", lambda page: page.on("close", closed.put_nowait))
                popped = asyncio.ensure_future(pages.first.evaluate(POP_UP))
                own = [pages.first, *await asyncio.gather(pages.open(), pages.open(), pages.open())]
                await popped
                await pages.first.evaluate(POP_UP)
                for _ in range(2 * 3):
                    await asyncio.wait_for(closed.get(), 30)
                assert set(context.pages) == set(own)
                assert [await page.evaluate("1 + 1") for page in own] == [2] * 4
            finally:
                await browser.close()

    asyncio.run(opening())


def test_the_browser_is_closed_in_order_on_macos_alone(browser_path: Path) -> None:
    async def closing() -> list[bool]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
            pages = await BrowserPages.of(await browser.new_context(offline=True))
            connected = []
            for platform in ("linux", "win32", "darwin", "darwin"):
                await close_where_killing_leaves_files(pages, platform)
                connected.append(browser.is_connected())
            return connected

    assert asyncio.run(closing()) == [True, True, False, False]
