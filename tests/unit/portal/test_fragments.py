"""Each recorded fragment of the work list, parsed in a real browser and compared with values read off it by hand."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from fossatray.core.orders import WorkOrder
from fossatray.portal.list_state import ListState
from fossatray.portal.profile import load_profile
from fossatray.portal.rows import RowReader
from fossatray.portal.scripts import script
from tests.unit.portal.fragment_orders import FILTERED, ORIGIN, UNFILTERED, VARIANTS

FRAGMENTS = Path(__file__).parents[2] / "fragments"
pytestmark = pytest.mark.browser


async def ask(browser_path: Path, fragment: str, name: str, argument: dict[str, Any]) -> Any:
    """Run one of our scripts on a fragment in a browser without any network."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        try:
            context = await browser.new_context(offline=True)
            page = await context.new_page()
            text = (FRAGMENTS / fragment).read_text(encoding="utf-8")
            await page.set_content(text, wait_until="commit")
            return json.loads(await page.evaluate(script(name), argument))
        finally:
            await browser.close()


def rows_argument() -> dict[str, Any]:
    profile = load_profile()
    return {"rows": profile.work_list.row, "row": asdict(profile.row), "visit": asdict(profile.visit), "most": 100}


@pytest.mark.parametrize(
    ("fragment", "orders"),
    [
        ("work-list-filtered.html", FILTERED),
        ("work-list-unfiltered.html", UNFILTERED),
        ("work-list-row-variants-v1.html", VARIANTS),
    ],
)
def test_every_row_of_a_fragment_is_read_as_by_hand(browser_path: Path, fragment: str, orders: list[WorkOrder]) -> None:
    told = asyncio.run(ask(browser_path, fragment, "rows", rows_argument()))
    reader = RowReader(load_profile(), ORIGIN)
    assert [reader.read(raw) for raw in told["rows"]] == orders
    assert reader.replaced == 0


def settle_argument() -> dict[str, Any]:
    profile = load_profile()
    return {
        "signs": asdict(profile.work_list),
        "form": profile.sign_in.form,
        "action": None,
        "before": None,
        "expected": None,
        "quiet": 10,
        "unchanged": 100,
        "empty": 100,
        "limit": 5000,
    }


def test_the_filtered_list_is_understood(browser_path: Path) -> None:
    state = ListState.from_page(asyncio.run(ask(browser_path, "work-list-filtered.html", "settle", settle_argument())))
    assert state == ListState(
        form=False, header=True, busy=False, rows=5, ids=state.ids, total=44, page=1, last_page=1, next=False,
        previous=False, size="Show 100", view="list", badge=True, below=state.below, path="blank",
    )  # fmt: skip
    assert [line.rpartition("w-")[2] for line in state.ids.splitlines()] == [str(100040 + n) for n in range(5)]


def test_the_unfiltered_list_is_understood(browser_path: Path) -> None:
    state = ListState.from_page(
        asyncio.run(ask(browser_path, "work-list-unfiltered.html", "settle", settle_argument()))
    )
    assert (state.rows, state.total, state.badge, state.size, state.view) == (8, None, False, "Show 100", "list")


@pytest.mark.parametrize(("name", "form"), [("login-page.html", True), ("work-list-filtered.html", False)])
def test_the_sign_in_form_is_found_on_its_page_alone(browser_path: Path, name: str, form: bool) -> None:
    profile = load_profile()
    argument = {
        "signs": asdict(profile.sign_in),
        "origin": ORIGIN,
        "signed_in_path": "/app/",
        "username": "u",
        "password": None,
    }
    answer = asyncio.run(ask(browser_path, name, "sign_in_form", argument))
    # Found, and not on the account's origin: the recorded page is shown from no origin at all.
    assert answer == ("unsafe: origin" if form else "missing")
