"""The recorded group of dispensers and variants of it, read in a real browser by scripts/equipment.js."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from fossatray.portal.dispenser_cards import CardReader
from fossatray.portal.equipment import script_argument
from fossatray.portal.profile import load_profile
from fossatray.portal.scripts import script
from tests.unit.portal.fragment_dispensers import EXPANDED

FRAGMENTS = Path(__file__).parents[2] / "fragments"
pytestmark = pytest.mark.browser

RECORDED = (FRAGMENTS / "equipment-dispenser-section-expanded.html").read_text(encoding="utf-8")
COLLAPSED = (
    (FRAGMENTS / "small-fragments.html")
    .read_text(encoding="utf-8")
    .partition("<!-- SOURCE: backend/docs/guides/loader")[0]
)
OTHER_GROUP = (
    RECORDED.partition('<div class="" style="opacity: 1;">')[0].replace("Dispenser", "Tank monitor") + "</div>"
)
OPENING = """<script>
document.addEventListener('click', (event) => {
  const toggle = event.target.closest('a[title$=equipment]');
  window.clicks = (window.clicks || 0) + 1;
  if (!toggle || window.clicks <= IGNORED) return;
  toggle.title = toggle.title === 'Show equipment' ? 'Hide equipment' : 'Show equipment';
});
</script>"""


def ask(browser_path: Path, html: str) -> dict[str, Any]:
    """Read a page in a browser without any network, with short waits; the page's clicks are told, too."""

    async def asking() -> dict[str, Any]:
        waits = {"quiet": 10, "again": 60, "believed": 200, "tab_wait": 200, "limit": 5000}
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
            try:
                page = await (await browser.new_context(offline=True)).new_page()
                await page.set_content(f'<div id="app">{html}</div>')
                told = json.loads(await page.evaluate(script("equipment"), script_argument(load_profile()) | waits))
                clicks = await page.evaluate("window.clicks || 0")
                return {**told, "clicks": clicks}
            finally:
                await browser.close()

    return asyncio.run(asking())


def test_the_recorded_dispensers_are_read_as_by_hand(browser_path: Path) -> None:
    told = ask(browser_path, RECORDED)
    reader = CardReader(load_profile())
    assert (told["sign"], told["count"]) == ("read", 8)
    assert [reader.read(card) for card in told["cards"]] == EXPANDED
    assert reader.replaced == 0


def test_the_recorded_collapsed_group_without_its_cards_is_not_read(browser_path: Path) -> None:
    told = ask(browser_path, COLLAPSED + OPENING.replace("IGNORED", "99"))
    assert (told["sign"], told["count"], told["cards"]) == ("closed", 6, [])
    assert told["clicks"] == load_profile().equipment.clicks


VARIANTS: dict[str, tuple[Callable[[str], str], str, int, int]] = {
    "collapsed": (lambda html: html.replace("Hide equipment", "Show equipment"), "read", 8, 1),
    "in small letters": (lambda html: html.replace(">Dispenser<", ">dispenser<"), "read", 8, 0),
    "beside another group": (lambda html: OTHER_GROUP + html + OTHER_GROUP, "read", 8, 0),
    "one card missing": (lambda html: html.replace("(8)", "(9)"), "incomplete", 9, 0),
    "one card more": (lambda html: html.replace("(8)", "(7)"), "incomplete", 7, 0),
    "without a count": (lambda html: html.replace("(8)", ""), "no group", 0, 0),
    "twice": (lambda html: html + html, "no group", 0, 0),
    "only another group": (lambda _: OTHER_GROUP, "none", 0, 0),
    "an empty group": (lambda html: html.partition('<div class="py-1.5">')[0].replace("(8)", "(0)"), "read", 0, 0),
    "neither group nor tab": (lambda _: "<p>Equipment is fine</p>", "no tab", 0, 0),
    "a deleted site": (lambda _: "<p>Could not find this location. It may have been deleted.</p>", "gone", 0, 0),
    "not for us": (lambda _: "<p>ACCESS DENIED</p>", "denied", 0, 0),
    "trouble": (lambda _: "<p>Something went wrong.</p>", "trouble", 0, 0),
    "the sign-in form": (lambda _: '<form name="login"></form>', "form", 0, 0),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_told(name: str, browser_path: Path) -> None:
    change, sign, count, clicks = VARIANTS[name]
    told = ask(browser_path, change(RECORDED) + OPENING.replace("IGNORED", "0"))
    assert (told["sign"], told["count"], told["clicks"]) == (sign, count, clicks)
    assert len(told["cards"]) == (count if sign == "read" else 0)
    assert sign != "none" or told["names"] == ["Tank monitor"]


def test_a_toggle_that_ignores_a_click_is_clicked_again(browser_path: Path) -> None:
    closed = RECORDED.replace("Hide equipment", "Show equipment")
    told = ask(browser_path, closed + OPENING.replace("IGNORED", "2"))
    assert (told["sign"], told["clicks"], len(told["cards"])) == ("read", 3, 8)


def test_hidden_words_of_a_deleted_site_are_not_believed(browser_path: Path) -> None:
    hidden = '<div style="display: none">Could not find this location.</div>'
    assert ask(browser_path, hidden)["sign"] == "no tab"
    assert ask(browser_path, hidden.replace("display: none", "") + RECORDED)["sign"] == "read"
