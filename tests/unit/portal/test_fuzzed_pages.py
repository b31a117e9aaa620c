"""Real pages, mutated: never a crash, never an invented value, never a silent drop; what is unreadable is counted."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.async_api import Page, async_playwright

from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import PortalError
from fossatray.core.orders import WorkOrder
from fossatray.portal.dispenser_cards import CardReader, CardUnreadable
from fossatray.portal.equipment import script_argument
from fossatray.portal.list_state import ListState
from fossatray.portal.profile import load_profile
from fossatray.portal.rows import RowReader, RowUnreadable
from fossatray.portal.scripts import script
from tests.unit.portal.fragment_orders import ORIGIN
from tests.unit.portal.fuzzing import dropped, markup, raws, texts

pytestmark = pytest.mark.browser

FRAGMENTS = Path(__file__).parents[2] / "fragments"
LISTS = [
    (FRAGMENTS / name).read_text(encoding="utf-8")
    for name in ("work-list-filtered.html", "work-list-unfiltered.html", "work-list-row-variants-v1.html")
]
EQUIPMENT = (FRAGMENTS / "equipment-dispenser-section-expanded.html").read_text(encoding="utf-8")
PROFILE = load_profile()
IN_THE_BROWSER = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
IN_PYTHON = settings(IN_THE_BROWSER, max_examples=300)


@contextmanager
def a_page(browser_path: Path) -> Iterator[tuple[Page, Callable[[Coroutine[Any, Any, Any]], Any]]]:
    """A page without any network in a real browser, and what waits for its answers."""
    with asyncio.Runner() as runner:
        playwright = runner.run(async_playwright().start())
        try:
            browser = runner.run(
                playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
            )
            try:
                context = runner.run(browser.new_context(offline=True))
                yield runner.run(context.new_page()), runner.run
            finally:
                runner.run(browser.close())
        finally:
            runner.run(playwright.stop())


def rows_argument() -> dict[str, Any]:
    return {"rows": PROFILE.work_list.row, "row": asdict(PROFILE.row), "visit": asdict(PROFILE.visit), "most": 1000}


async def rows_of(page: Page, html: str) -> tuple[list[dict[str, Any]], int]:
    """The raw rows that our script reads of a page, and how many rows the page has."""
    await page.set_content(html, wait_until="commit")
    told = json.loads(await page.evaluate(script("rows"), rows_argument()))
    return told["rows"], await page.locator(PROFILE.work_list.row).count()


def state_argument() -> dict[str, Any]:
    return {
        "signs": asdict(PROFILE.work_list),
        "form": PROFILE.sign_in.form,
        "action": None,
        "before": None,
        "expected": None,
        "quiet": 1,
        "unchanged": 20,
        "empty": 20,
        "limit": 60,
    }


# --- what may come of it ----------------------------------------------------------------------------------------------


def named(field: str) -> None:
    """What cannot be read is named by words of ours."""
    assert re.fullmatch("[a-z_ ]+", field)


def check_rows(told: list[Any]) -> list[WorkOrder]:
    """Each row becomes an order that says nothing but what the row says, or is named."""
    reader, read = RowReader(PROFILE, ORIGIN), []
    for raw in told:
        try:
            order = reader.read(raw)
        except RowUnreadable as error:
            named(error.field)
            continue
        nothing_is_invented(order, raw)
        assert WorkOrder.from_json(json.loads(json.dumps(order.to_json()))) == order
        read.append(order)
    return read


def shown(day: date | None) -> str | None:
    return None if day is None else day.strftime("%m/%d/%Y")


def nothing_is_invented(order: WorkOrder, raw: dict[str, Any]) -> None:
    visit = raw["visit"] or {}
    address, links = order.address, [order.customer_url, order.location_url, order.visit.url if order.visit else None]
    said: list[tuple[str | None, Any]] = [
        (order.number, raw["number"]),
        *((text, raw["site"]) for text in (order.customer, order.store_number, order.site_name)),
        *((text, raw["address"]) for text in (address.street, *address.extra, address.city, address.county)),
        *((text, raw["address"]) for text in (address.state, address.postal_code)),
        *((text, raw["services"]) for one in order.services for text in (one.group, one.description, one.code)),
        *((f"{count}", raw["counter"]) for count in (order.visits_done, order.visits_total) if count),
        *((text, raw["labelled"]) for text in (order.reason, order.project, order.po_number)),
        *((text, raw["categories"]) for text in order.categories),
        *((text, raw["contact"]) for text in order.contact or ()),
        *((text, raw["billing"]) for text in order.billing or ()),
        (shown(order.completed_on), raw["completed"]),
        (order.status, raw["status"]),
        (order.created_by, raw["creator"]),
        (shown(order.created_at), raw["creator"]),
    ]
    if order.visit is not None:
        said += [
            (shown(order.visit.date), visit["date"]),
            (shown(order.visit.due_date), visit["due"]),
            (order.visit.time, visit["time"]),
            (order.visit.id, visit["href"]),
        ]
    for text, source in said:
        assert text is None or text in texts(source), (text, source)
    assert texts(order.instructions or "") == texts(raw["instructions"] or "")
    quantities = {int(digits) for digits in re.findall(r"\d+", texts(raw["services"]))}
    assert {one.quantity for one in order.services} <= {*quantities, None}
    assert len(order.services) == sum(len(lines) for _, lines in raw["services"])
    assert all(link is None or link.startswith(f"{ORIGIN}/") for link in links)


def check_cards(told: list[Any]) -> list[Dispenser]:
    """Each card becomes a dispenser that says what the card says, all of it and nothing else, or is named."""
    reader, read = CardReader(PROFILE), []
    for raw in told:
        try:
            card = reader.read(raw)
        except CardUnreadable as error:
            named(error.field)
            continue
        kept = [card.numbers, card.make, card.model, card.serial, card.stand_alone_code, card.meter_type, card.ntep]
        for text in (*kept, *card.grades, *(value for _, value in card.other)):
            assert text is None or all(word in texts(raw) for word in text.split()), (text, raw)
        assert card.nozzles_per_side is None or str(card.nozzles_per_side) in re.sub(r"\b0+(?=\d)", "", texts(raw))
        assert dropped(raw, card) == [], raw
        read.append(card)
    return read


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", LISTS, ids=["filtered", "unfiltered", "variants"])
def test_a_mutated_list_is_read_row_by_row_or_named(page: str, browser_path: Path) -> None:
    with a_page(browser_path) as (page_of, wait):
        recorded, count = wait(rows_of(page_of, page))
        assert len(check_rows(recorded)) == count > 0

        @IN_THE_BROWSER
        @given(markup(page, page.find("work-list-item") - 60))
        def of_markup(html: str) -> None:
            told, rows = wait(rows_of(page_of, html))
            assert len(told) == rows
            check_rows(told)
            try:
                state = ListState.from_page(json.loads(wait(page_of.evaluate(script("settle"), state_argument()))))
            except PortalError:
                return
            assert state.rows == rows
            assert state.total is None or f"{state.total}" in html.replace(",", "")

        @IN_PYTHON
        @given(raws(recorded))
        def of_texts(told: list[Any]) -> None:
            check_rows(told)

        of_markup()
        of_texts()


def test_mutated_equipment_is_read_card_by_card_or_named(browser_path: Path) -> None:
    waits = {"quiet": 1, "again": 5, "believed": 20, "tab_wait": 20, "limit": 60}

    async def cards_of(page: Page, html: str) -> dict[str, Any]:
        await page.set_content(f'<div id="app">{html}</div>', wait_until="commit")
        told = json.loads(await page.evaluate(script("equipment"), script_argument(PROFILE) | waits))
        assert isinstance(told, dict)
        return told

    with a_page(browser_path) as (page_of, wait):
        recorded = wait(cards_of(page_of, EQUIPMENT))["cards"]
        assert len(check_cards(recorded)) == len(recorded) > 0

        @IN_THE_BROWSER
        @given(markup(EQUIPMENT))
        def of_markup(html: str) -> None:
            told = wait(cards_of(page_of, html))
            assert len(told["cards"]) == (told["count"] if told["sign"] == "read" else 0)
            check_cards(told["cards"])

        @IN_PYTHON
        @given(raws(recorded))
        def of_texts(told: list[Any]) -> None:
            check_cards(told)

        of_markup()
        of_texts()
