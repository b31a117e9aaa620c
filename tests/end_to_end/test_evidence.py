"""What is kept of a failed sync, with the real scrape: its page, masked, the same for all people."""

from __future__ import annotations

import asyncio
import codecs
import io
import json
import re
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from fossatray.core.commands import DeleteEvidence, SaveSettings, SyncNow
from fossatray.core.evidence import Evidence
from fossatray.core.runs import Outcome
from fossatray.demo.equipment_book import LocationMishap
from fossatray.demo.mishaps import Mishap
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.portal import PracticePortal
from fossatray.store.reader import Reader
from tests.harness.scrape_driver import Heard, a_request, scrape
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import run

pytestmark = pytest.mark.browser

TODAY = date(2026, 11, 23)
KNOWN = ("status", "categories", "reason")
"""What the portal itself says, which is the same for all people; the portal's style depends on it."""
USERNAMES = ("pat@practice.example", "sam@business.example")
PATIENCE_S = 60.0
"""What evidence may take here: a loaded machine shall not make it less than whole."""


def other_person(value: Any, name: str = "") -> Any:
    """Return data of the same shape with other words: each letter is another one, each figure, each date."""
    if name in KNOWN or value is None or isinstance(value, bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: other_person(getattr(value, one.name), one.name) for one in fields(value)})
    if isinstance(value, tuple):
        return tuple(other_person(one, name) for one in value)
    if isinstance(value, int):
        return value if value < 100 else value + 1
    if isinstance(value, date | datetime):
        return value + timedelta(days=28)
    if isinstance(value, str):
        return codecs.encode(value, "rot13").translate(str.maketrans("12345678", "23456781"))
    raise TypeError(type(value))


def one_person() -> list[PracticeOrder]:
    """Eight orders, their visits and due dates to come, with two figures for day and month."""
    portal = PracticePortal(orders=8, seed=3, today=TODAY)
    portal.stop()
    coming = TODAY + timedelta(days=21)
    orders = []
    for place, order in enumerate(portal.orders):
        visit = None if order.visit is None else replace(order.visit, date=coming + timedelta(days=place))
        orders.append(replace(order, visit=visit, due_date=coming + timedelta(days=90 + place) if visit else None))
    return orders


def failing(portal: PracticePortal, folder: Path, browser: Path, **changes: Any) -> Heard:
    folder.mkdir()
    request = a_request(portal.origin, portal.username, folder, browser, evidence=PATIENCE_S, **changes)
    return asyncio.run(scrape(request, portal.password))


def taken(heard: Heard) -> Evidence:
    assert heard.failed.error.kind
    (evidence,) = heard.all(Evidence)
    return evidence


FAILURES = {
    Mishap.MALFORMED_ROWS: ("list", "layout_changed", "/app/work/list"),
    Mishap.CHANGED_LAYOUT: ("list", "layout_changed", "/app/work/list"),
    Mishap.WRONG_PASSWORD: ("sign_in", "sign_in_refused", "/xxxxx"),
}


@pytest.mark.parametrize("mishap", FAILURES)
def test_the_same_failure_of_two_people_leaves_the_same_evidence(
    mishap: Mishap, tmp_path: Path, browser_path: Path
) -> None:
    people = one_person(), [other_person(order) for order in one_person()]
    assert people[0] != people[1]
    found = []
    for place, (orders, username) in enumerate(zip(people, USERNAMES, strict=True)):
        with PracticePortal(records=orders, today=TODAY, username=username, mishaps=[mishap]) as portal:
            found.append(taken(failing(portal, tmp_path / str(place), browser_path, page_limit=10.0)))
    one, two = found
    assert (one.step, one.error, one.path) == FAILURES[mishap]
    assert (one.step, one.error, one.path) == (two.step, two.error, two.path)
    assert one.html == two.html
    assert pixels(one) == pixels(two)
    for orders in people:
        for word in words_of(orders):
            assert not re.search(rf"\b{re.escape(word)}\b", one.html), word


def pixels(evidence: Evidence) -> tuple[tuple[int, int], bytes]:
    from PIL import Image

    assert evidence.picture is not None
    with Image.open(io.BytesIO(evidence.picture)) as image:
        return image.size, image.convert("RGB").tobytes()


def words_of(orders: list[PracticeOrder]) -> set[str]:
    """Names, numbers and addresses: whatever is longer than three characters, and not its own shape."""
    texts = [
        text
        for order in orders
        for text in (
            *(order.customer, order.store_number, order.site_name, order.number, order.created_by, order.project or ""),
            *(order.address.street, order.address.city, order.contact.name),
        )
    ]
    found = {word for text in texts for word in re.findall(r"[\w-]+", text) if len(word) > 3}
    return {word for word in found if not re.fullmatch(r"[Xx9_-]+", word)}


class Parts(HTMLParser):
    """Collects the elements of a page, the names of their attributes, and the texts outside of its style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(html.partition("</style></head>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_hostile_texts_stay_shapes(tmp_path: Path, browser_path: Path) -> None:
    mishaps = [Mishap.HOSTILE_TEXT, Mishap.MALFORMED_ROWS]
    with PracticePortal(orders=60, mishaps=mishaps) as portal:
        evidence = taken(failing(portal, tmp_path / "run", browser_path))
    parts = Parts(evidence.html)
    assert not parts.tags & {"script", "img", "svg", "iframe", "style", "link", "base", "object", "meta"}
    assert not {name for name in parts.attributes if name.startswith("on") or name in ("src", "srcdoc", "srcset")}
    assert "".join(parts.texts).isascii()
    assert not re.search("alert|script|cmd|HYPERLINK", "".join(parts.texts))


def test_the_history_leads_to_it_until_it_is_deleted(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                await real.add_account(life)
                portal.mishaps = [Mishap.MALFORMED_ROWS]
                failed = await life.sync()
                assert failed.outcome is Outcome.FAILED
                reader = Reader(real.world.database())
                (entry,) = reader.history()
                assert entry.evidence is not None
                assert entry.evidence.files[:2] == ("about.json", "page.html")
                about = json.loads((entry.evidence.folder / "about.json").read_text())
                assert about == {"step": "list", "error": "layout_changed", "path": "/app/work/list"}
                html = (entry.evidence.folder / "page.html").read_text()
                assert not any(order.number in html or order.customer in html for order in portal.orders)
                assert await life.do(DeleteEvidence(failed.id)) == 1
                assert reader.history()[0].evidence is None
                await life.do(SaveSettings({"evidence": "off"}))
                assert (await life.sync()).outcome is Outcome.FAILED
                assert [one.evidence for one in reader.history()] == [None, None]
                reader.close()

        run(story())
    assert real.world.left() == []


def test_a_site_that_could_not_be_read_leaves_its_page(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                await real.add_account(life)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                portal.spoil(portal.orders[0].location_id, LocationMishap.MISCOUNTED)
                (run_id,) = await life.do(SyncNow(job="dispensers"))
                ended = await life.ended(run_id)
                assert ended.outcome is Outcome.SUCCEEDED
                kept = life.store.evidence.of_runs()[run_id]
                about = json.loads((kept.folder / "about.json").read_text())
                assert about["step"] == "locations"
                assert re.fullmatch(r"/app/customers/locations/9+/?", about["path"])

        run(story())


def test_a_portal_that_is_not_there_leaves_none(tmp_path: Path, browser_path: Path) -> None:
    portal = PracticePortal(orders=1)
    portal.stop()
    heard = failing(portal, tmp_path / "run", browser_path)
    assert heard.failed.error.kind == "portal_unreachable"
    assert heard.all(Evidence) == []


def test_a_run_that_took_too_long_leaves_the_page_it_waited_for(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12, mishaps=[Mishap.HANGING]) as portal:
        heard = failing(portal, tmp_path / "run", browser_path, run_limit=10.0, page_limit=60.0)
    assert heard.failed.error.kind == "run_timeout"
    assert taken(heard).error == "run_timeout"
