"""The bare script's reading, shared by two tabs of one signed-in browser: is that faster?

A paginator names the first and the last page and those near the present one, so two tabs are the most that begin at
once: the first reads from the first page on, the second opens the list for itself, goes to the last page and reads
back to the middle. Called by `benchmarks/sync.py` as a process of its own; the password comes on standard input.
Prints how many orders it read.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from playwright.async_api import BrowserContext, Page, async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.reading.bare_script import CHANGED, FIRST, NUMBER_OF_PAGES, QUERY, READ, READY

PAGE_SIZE = 100
FULL = "(size) => document.querySelectorAll('.work-list-item').length === size"
NEXT = "() => document.querySelector('.paginator-wrapper a.next-page').click()"
PREVIOUS = "() => document.querySelector('.paginator-wrapper a.prev-page').click()"
TO_LAST = "() => [...document.querySelectorAll('.paginator-wrapper .page-link')].at(-1).click()"


async def open_list(page: Page, origin: str) -> int:
    """Open the list with 100 orders a page; returns how many pages it has."""
    await page.goto(f"{origin}/app/work/list?{QUERY}", wait_until="domcontentloaded")
    await page.wait_for_function(READY, polling=15)
    shown = page.locator("input[name=limit]").locator("xpath=ancestor::*[contains(@class,'ks-select')][1]")
    if f"Show {PAGE_SIZE}" not in await shown.locator(".ks-select-selection").inner_text():
        await shown.locator(".ks-select-selection").click()
        await shown.locator("li", has_text=f"Show {PAGE_SIZE}").click()
        await page.wait_for_function(FULL, arg=PAGE_SIZE, polling=15)
    return int(await page.evaluate(NUMBER_OF_PAGES))


async def turn(page: Page, way: str) -> None:
    """Go to another page of the list, and wait for its rows."""
    before = await page.evaluate(FIRST)
    await page.evaluate(way)
    await page.wait_for_function(CHANGED, arg=before, polling=15)


async def read_half(context: BrowserContext, origin: str, *, from_the_end: bool) -> set[str]:
    """Read the first or the last half of the pages in a tab of its own; returns the orders' numbers."""
    page = await context.new_page()
    pages = await open_list(page, origin)
    count, way = (pages // 2, PREVIOUS) if from_the_end else (pages - pages // 2, NEXT)
    found: set[str] = set()
    for at in range(count):
        if at > 0:
            await turn(page, way)
        elif from_the_end:
            await turn(page, TO_LAST)
        found |= {row["number"] for row in await page.evaluate(READ)}
    return found


async def read(origin: str, username: str, password: str, browser_path: str) -> int:
    """Sign in and read the list of two pages or more; returns how many orders it held."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        context = await browser.new_context(locale="en-US", viewport={"width": 1600, "height": 1000})
        page = await context.new_page()
        await page.goto(f"{origin}/", wait_until="domcontentloaded")
        await page.fill("input[name=email]", username)
        await page.fill("input[name=password]", password)
        await page.click("input[type=submit]")
        await page.wait_for_url("**/app/**", wait_until="domcontentloaded")
        halves = [read_half(context, origin, from_the_end=from_the_end) for from_the_end in (False, True)]
        found = set().union(*await asyncio.gather(*halves))
        await browser.close()
        return len(found)


def main() -> int:
    """Read once; arguments: origin, user name, browser."""
    origin, username, browser_path = sys.argv[1:4]
    print(asyncio.run(read(origin, username, sys.stdin.readline().rstrip("\n"), browser_path)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
