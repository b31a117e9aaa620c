"""Each recorded fragment of the work list, parsed in a real browser and compared with values read off it by hand."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from fossatray.core.orders import WorkOrder
from fossatray.portal.list_state import ListState
from fossatray.portal.profile import load_profile
from fossatray.portal.rows import RowReader, RowUnreadable
from fossatray.portal.scripts import script
from tests.unit.portal.fragment_orders import FILTERED, ORIGIN, UNFILTERED, VARIANTS

FRAGMENTS = Path(__file__).parents[2] / "fragments"
pytestmark = pytest.mark.browser


FURTHER = [
    ("W-100103\n                </a>", '<a href="/app/work/100999/">W-100999</a>', "row.number"),
    ("Work Created\n    </div>", "<div>Closed</div>", "row.status"),
    ('<span class="muted">Reason:</span>', '<span class="muted">Why:</span>', "row.label"),
    ("Casey Example • 01/22/2025 04:54am\n    </div>", '<div class="work-creator">Else</div>', "row.creator"),
    ("#71471/7147</a>", '<a href="/app/customers/locations/1/"></a>', "row.site_lines"),
    ('<span class="muted">(2861)</span></div>', "<div>Other</div>", "row.service_text"),
    ('<span class="muted">(2861)</span>', '<span class="muted">(3146)</span>', "row.service_code"),
    ("visits</span></span> <!-- --></div>", '<div title="1 / 1"></div>', "row.counter"),
    ("05/15/2025\n                </div>", '<div class="mt-0.5">05/16/2025</div>', "visit.date"),
    ("(anytime)\n                    </div>", '<div class="text-sm">(noon)</div>', "visit.time"),
    ("04/30/2025\n            </div></a>", '<a href="/app/work/100103/visits/1/" title="Next Visit"></a>', "row.visit"),
    ("Due: 04/30/2025\n            </div>", '<div class="text-sm uppercase">Due: 05/01/2025</div>', "visit.due"),
]
"""What a row may show twice, behind what it stands, and what it is called."""


async def ask(browser_path: Path, fragment: str, name: str, argument: dict[str, Any], more: Iterable[Any] = ()) -> Any:
    """Run one of our scripts on a fragment in a browser without any network; `more` is put behind texts of it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        try:
            context = await browser.new_context(offline=True)
            page = await context.new_page()
            text = (FRAGMENTS / fragment).read_text(encoding="utf-8")
            for behind, put, _ in more:
                assert behind in text
                text = text.replace(behind, behind + put, 1)
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


def test_what_a_row_shows_twice_is_named_and_the_first_is_kept(browser_path: Path) -> None:
    name = "work-list-row-variants-v1.html"
    told = asyncio.run(ask(browser_path, name, "rows", rows_argument(), FURTHER[1:]))
    assert sorted(told["rows"][0]["further"]) == sorted(what for _, _, what in FURTHER[1:])
    assert all(raw["further"] == [] for raw in told["rows"][1:])
    reader = RowReader(load_profile(), ORIGIN)
    assert reader.read(told["rows"][0]) == VARIANTS[0]
    assert reader.left_out.total() == len(FURTHER) - 1


def test_a_row_with_two_numbers_is_unreadable(browser_path: Path) -> None:
    told = asyncio.run(ask(browser_path, "work-list-row-variants-v1.html", "rows", rows_argument(), FURTHER[:1]))
    with pytest.raises(RowUnreadable, match="number"):
        RowReader(load_profile(), ORIGIN).read(told["rows"][0])


def settle_argument() -> dict[str, Any]:
    profile = load_profile()
    return {
        "signs": asdict(profile.work_list),
        "form": profile.sign_in.form,
        "action": None,
        "before": None,
        "expected": None,
        "quiet": 10,
        "menu": 600,
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
