"""Waiting for the work list, on the practice portal's pages in a real browser."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, async_playwright

from fossatray.core.urls import origin_of
from fossatray.demo.portal import PracticePortal
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import load_profile
from fossatray.portal.scripts import script

pytestmark = pytest.mark.browser

PROFILE = load_profile()
NEVER = 600_000
NO_SHORT_TIMERS = """() => {
  const real = window.setTimeout;
  window.setTimeout = (done, ms) => ms > 0 && ms < 100 ? 0 : real(done, ms);
}"""


async def settle(page: Page, action: str | None, before: str | None = None, **changes: Any) -> dict[str, Any]:
    argument = {
        "signs": asdict(PROFILE.work_list),
        "form": PROFILE.sign_in.form,
        "action": action,
        "before": before,
        "expected": None,
        "quiet": 10,
        "menu": 600,
        "unchanged": 500,
        "empty": 500,
        "limit": 25_000,
    }
    answer = json.loads(await page.evaluate(script("settle"), {**argument, **changes}))
    assert isinstance(answer, dict)
    return answer


def on_the_list(browser_path: Path, work: Callable[[Page], Awaitable[None]]) -> None:
    """Do something on the settled list of 60 orders, 25 on a page."""

    async def run() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
            try:
                page = await browser.new_page()
                await page.goto(portal.origin + "/")
                await page.fill("input[name=email]", portal.username)
                await page.fill("input[name=password]", portal.password)
                await page.click("input[type=submit]")
                await page.wait_for_url("**/app/**")
                await page.goto(f"{portal.origin}/app/work/list?{urlencode(PROFILE.work_list.query)}")
                await work(page)
            finally:
                await browser.close()

    with PracticePortal(orders=60) as portal:
        asyncio.run(run())


def test_a_step_back_to_what_is_expected_is_not_waited_for_any_longer(browser_path: Path) -> None:
    async def work(page: Page) -> None:
        first = await settle(page, None)
        second = await settle(page, "next", first["ids"])
        expected = {"ids": first["ids"], "total": 60}
        again = await settle(page, "previous", second["ids"], expected=expected, quiet=NEVER, unchanged=NEVER)
        assert (again["page"], again["ids"], again["total"]) == (1, first["ids"], 60)
        assert "timeout" not in again

    on_the_list(browser_path, work)


@pytest.mark.parametrize("other", [{"ids": "work-list-item w-1"}, {"total": 61}], ids=["orders", "total"])
def test_anything_else_is_told_only_when_it_has_settled(other: dict[str, Any], browser_path: Path) -> None:
    async def work(page: Page) -> None:
        first = await settle(page, None)
        second = await settle(page, "next", first["ids"])
        expected = {"ids": first["ids"], "total": 60, **other}
        again = await settle(page, "previous", second["ids"], expected=expected, quiet=NEVER, limit=1_500)
        assert again["timeout"] is True
        third = await settle(page, "next", first["ids"], expected=expected)
        assert (third["ids"], "timeout" in third) == (second["ids"], False)

    on_the_list(browser_path, work)


def test_rows_are_not_drawn_and_can_be_read_all_the_same(browser_path: Path) -> None:
    async def work(page: Page) -> None:
        first = await settle(page, None)
        await settle(page, "next", first["ids"])
        link = page.locator(f"{PROFILE.work_list.row} {PROFILE.row.number}").first
        assert not await link.evaluate("(node) => node.checkVisibility()")
        assert ((await link.text_content()) or "").strip().startswith("W-")
        assert await page.locator(".paginator-wrapper .next-page").evaluate("(node) => node.checkVisibility()")
        assert await page.evaluate("document.adoptedStyleSheets.length") == 1

    on_the_list(browser_path, work)


def test_tidying_leaves_the_page_as_it_is(browser_path: Path) -> None:
    async def work(page: Page) -> None:
        first = await settle(page, None)
        portal_page = PortalPage(page, str(origin_of(page.url)), page_limit=30.0)
        await portal_page.tidy()
        await portal_page.tidy()
        assert await settle(page, None) == first

    on_the_list(browser_path, work)


def test_the_last_page_is_turned_to(browser_path: Path) -> None:
    async def work(page: Page) -> None:
        first = await settle(page, None)
        last = await settle(page, "last", first["ids"])
        assert (last["page"], last["last_page"], last["rows"]) == (3, 3, 10)
        again = await settle(page, "last", last["ids"])
        assert again["ids"] == last["ids"]

    on_the_list(browser_path, work)


def test_of_a_long_list_only_the_beginning_below_the_header_is_told(browser_path: Path) -> None:
    async def work(page: Page) -> None:
        first = await settle(page, None)
        text = await page.locator(PROFILE.work_list.row).first.evaluate("(row) => row.textContent")
        assert len(first["below"]) <= 200
        assert " ".join(text.split()).startswith(first["below"].strip()[:200])

    on_the_list(browser_path, work)


def test_a_change_of_the_page_ends_a_pause(browser_path: Path) -> None:
    """Where only timers of 15 ms looked, a change was seen at the next of them; the browser has none of these here."""

    async def work(page: Page) -> None:
        first = await settle(page, None)
        await page.evaluate(NO_SHORT_TIMERS)
        async with asyncio.timeout(30):
            second = await settle(page, "next", first["ids"], quiet=0)
        assert second["page"] == 2

    on_the_list(browser_path, work)
