"""Real pages, mutated: never a crash, never an invented value, never a silent drop; what is unreadable is counted."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.async_api import Page, async_playwright

from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import LayoutChanged, PortalError
from fossatray.core.messages import LogLine, OrderRead
from fossatray.core.orders import WorkOrder
from fossatray.core.wire import decode_message
from fossatray.portal.dispenser_cards import CardReader, CardUnreadable
from fossatray.portal.equipment import script_argument
from fossatray.portal.list_state import ListState
from fossatray.portal.profile import load_profile
from fossatray.portal.rows import RowReader, RowUnreadable
from fossatray.portal.scripts import script
from tests.unit.portal import row_words
from tests.unit.portal.fragment_orders import ORIGIN
from tests.unit.portal.fuzzing import dropped, markup, raws, texts
from tests.unit.portal.row_words import LOOK, LOOK_ARGUMENT, Shown
from tests.unit.portal.scripted_list import ScriptedPage, Story, state

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
OF_LISTS = settings(IN_THE_BROWSER, max_examples=60)


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


async def rows_of(page: Page, html: str) -> tuple[list[dict[str, Any]], list[Shown]]:
    """The raw rows that our script reads of a page, and what each of the page's rows shows in its places."""
    await page.set_content(html, wait_until="commit")
    told = json.loads(await page.evaluate(script("rows"), rows_argument()))
    return told["rows"], json.loads(await page.evaluate(LOOK, LOOK_ARGUMENT))


def state_argument() -> dict[str, Any]:
    return {
        "signs": asdict(PROFILE.work_list),
        "form": PROFILE.sign_in.form,
        "action": None,
        "before": None,
        "expected": None,
        "quiet": 1,
        "menu": 600,
        "unchanged": 20,
        "empty": 20,
        "limit": 60,
    }


# --- what may come of it ----------------------------------------------------------------------------------------------


def named(field: str) -> None:
    """What cannot be read is named by words of ours."""
    assert re.fullmatch("[a-z_ ]+", field)


def check_rows(told: list[Any], shown: Sequence[Shown] | None = None) -> list[WorkOrder]:
    """Each row becomes an order that says what the row says, all of it and nothing else, or is named.

    `shown` is what each row shows in its places, if it comes from a page.
    """
    read = []
    for place, raw in enumerate(told):
        reader = RowReader(PROFILE, ORIGIN)
        try:
            order = reader.read(raw)
        except RowUnreadable as error:
            named(error.field)
            continue
        nothing_is_invented(order, raw)
        assert row_words.dropped(row_words.shown_by(raw), order, reader) == [], raw
        assert shown is None or row_words.dropped(shown[place], order, reader) == [], (raw, shown[place])
        labels = {texts(label or "") for label, _ in raw["labelled"]}
        assert set(reader.unknown_labels) == labels - set(row_words.KNOWN_LABELS)
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


class RowsPage(ScriptedPage):
    """A list of one page that holds these raw rows."""

    def __init__(self, raws: list[Any]) -> None:
        self._told = state(*range(1, len(raws) + 1), total=len(raws), page=1, last_page=1)
        self._raws = raws
        super().__init__([self._told])

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        assert name == "rows"
        return {"ids": self._told["ids"], "rows": self._raws}


def check_list(told: list[Any]) -> None:
    """A list of these rows is read whole, and what was left out of it told, or every unreadable row is named."""
    reader, read, unreadable = RowReader(PROFILE, ORIGIN), [], []
    for place, raw in enumerate(told, start=1):
        try:
            read.append(reader.read(raw))
        except RowUnreadable as error:
            unreadable.append(f"row {place} of page 1: {error.field}")
    story, failed = Story(profile=PROFILE), None
    story.page = RowsPage(told)
    try:
        story.read()
    except LayoutChanged as error:
        failed = error.message
    messages = [decode_message(line) for line in story.told.getvalue().splitlines()]
    logged = [(one.level, one.text) for one in messages if isinstance(one, LogLine)]
    sent = [one.order for one in messages if isinstance(one, OrderRead)]
    if unreadable:
        assert failed == f"{len(unreadable)} of {len(told)} rows could not be read ({unreadable[0]})."
        assert (logged, sent) == ([("ERROR", "rows that could not be read: " + "; ".join(unreadable))], [])
    elif any(order.is_completed for order in read):
        assert (failed, sent) == ("The list of open work orders shows one of which all visits are completed.", [])
    else:
        assert (failed, sent) == (None, read)
        assert logged == [("WARNING", line[:2000]) for line in reader.told()]


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
        recorded, shown = wait(rows_of(page_of, page))
        assert len(check_rows(recorded, shown)) == len(shown) > 0

        @IN_THE_BROWSER
        @given(markup(page, page.find("work-list-item") - 60))
        def of_markup(html: str) -> None:
            told, shown = wait(rows_of(page_of, html))
            assert len(told) == len(shown)
            check_rows(told, shown)
            try:
                state = ListState.from_page(json.loads(wait(page_of.evaluate(script("settle"), state_argument()))))
            except PortalError:
                return
            assert state.rows == len(shown)
            assert state.total is None or f"{state.total}" in html.replace(",", "")

        @IN_PYTHON
        @given(raws(recorded))
        def of_texts(told: list[Any]) -> None:
            check_rows(told)

        @OF_LISTS
        @given(raws(recorded))
        def of_lists(told: list[Any]) -> None:
            check_list(told)

        of_markup()
        of_texts()
        of_lists()


def test_mutated_equipment_is_read_card_by_card_or_named(browser_path: Path) -> None:
    waits = {"quiet": 1, "late": 1, "again": 5, "believed": 20, "tab_wait": 20}

    async def cards_of(page: Page, html: str, limit: int = 60) -> dict[str, Any]:
        await page.set_content(f'<div id="app">{html}</div>', wait_until="commit")
        told = json.loads(await page.evaluate(script("equipment"), script_argument(PROFILE) | waits | {"limit": limit}))
        assert isinstance(told, dict)
        return told

    with a_page(browser_path) as (page_of, wait):
        recorded = wait(cards_of(page_of, EQUIPMENT, limit=20_000))["cards"]
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
