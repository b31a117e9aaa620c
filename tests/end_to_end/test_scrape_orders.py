"""The scrape process against the practice portal: what it reads is what the portal holds, field by field."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from fossatray.core.messages import Finished
from fossatray.core.runs import Phase
from fossatray.core.text import storable
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.portal.profile import BUILT_IN
from tests.harness.scrape_driver import a_request, scrape

pytestmark = pytest.mark.browser


def shown(value: Any, *, kept: bool = False) -> Any:
    """A record of the practice portal as the list shows it: white space as one sees it, nothing unstorable."""
    if isinstance(value, dict):
        return {name: shown(item, kept=name == "instructions") for name, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if not isinstance(value, str):
        return value
    text = storable(value)[0].strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if kept else " ".join(text.split())


def records(portal: PracticePortal) -> list[Any]:
    """The orders of the practice portal under their public names."""
    made = [shown(order.as_record(portal.origin)) for order in portal.orders]
    for record in made:
        if record["visit"]:
            record["visit"]["time"] = record["visit"]["time"].strip("()")
        record["created_at"] = record["created_at"][:16]
    return made


@pytest.mark.parametrize("browser", ["chromium-headless-shell", "chromium"])
def test_60_orders_are_read_as_the_portal_holds_them(tmp_path: Path, browser: str) -> None:
    with PracticePortal(orders=60) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, shutil.which(browser))
        heard = asyncio.run(scrape(request, portal.password))
        assert [order.to_json() for order in heard.orders] == records(portal)
        assert heard.finished.count == len(heard.orders)
        assert heard.finished.proof == f"{len(heard.orders)} matches"
        assert heard.status == 0
        assert heard.sign_ins == ["accepted"]
        assert [attempt.accepted for attempt in portal.sign_ins] == [True]
        assert heard.stderr == b""


def test_1000_orders_are_read_over_all_pages(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=1000) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path)
        heard = asyncio.run(scrape(request, portal.password))
        read = {order.number: order.to_json() for order in heard.orders}  # they come from both ends of the list
        assert [read[record["number"]] for record in records(portal)] == records(portal)
        assert len(heard.orders) == 1000
        assert heard.finished.pages == 10
        assert len([path for path in portal.requests if path.startswith("/app/work/list")]) == 2
    told = [progress for progress in heard.progress if progress.phase is Phase.SCRAPING]
    before_each_page = [(page, (page - 1) * 100) for page in range(1, 11)]
    assert [(p.page, p.found) for p in told[1:] if not p.checking] == [*before_each_page, (10, 1000)]
    assert [(p.page, p.found) for p in told if p.checking] == [(page, 1000) for page in range(10, 0, -1)]
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert told[-1].done == 1.0
    assert {p.pages for p in told[1:]} == {10}


def test_no_picture_is_asked_for(tmp_path: Path, browser_path: Path) -> None:
    """The portal's pages have some: a run needs none of them."""
    with PracticePortal(orders=30) as portal:
        heard = asyncio.run(scrape(a_request(portal.origin, portal.username, tmp_path, browser_path), portal.password))
        page = urlopen(f"{portal.origin}/login", timeout=30)  # noqa: S310 - the practice portal's own address
        with page:
            assert b".png" in page.read()
        assert heard.finished.count == 30
        assert [path for path in portal.requests if path.endswith((".png", ".ico", ".svg"))] == []


def test_hostile_texts_are_kept_as_data(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=150, mishaps=[Mishap.HOSTILE_TEXT]) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path)
        heard = asyncio.run(scrape(request, portal.password))
        assert [order.to_json() for order in heard.orders] == records(portal)
    assert heard.finished.replaced > 0
    assert any("\ufffd" in (order.instructions or "") for order in heard.orders)


@pytest.mark.parametrize(("orders", "shows_visits"), [(60, False), (60, True), (237, False)])
def test_rows_are_read_as_they_are_drawn_in_the_end(
    orders: int, shows_visits: bool, tmp_path: Path, browser_path: Path
) -> None:
    """The first list of an account, and one whose orders had visits before, are looked at once more a moment later."""
    with PracticePortal(orders=orders, mishaps=[Mishap.LATE_CONTENT]) as portal:
        known = {
            "known": tuple(order.number for order in portal.orders),
            "known_listed": True,
            "shown": (("visit", orders), ("customer", orders)),
        }
        changes = known if shows_visits else {}
        request = a_request(portal.origin, portal.username, tmp_path, browser_path, **changes)
        heard = asyncio.run(scrape(request, portal.password))
        assert [order.to_json() for order in heard.orders] == records(portal)


def test_rows_that_show_what_they_showed_before_are_not_waited_for(tmp_path: Path, browser_path: Path) -> None:
    profile, built_in = tmp_path / "late.toml", BUILT_IN.read_text(encoding="utf-8")
    assert "late = 0.35" in built_in
    profile.write_text(built_in.replace("late = 0.35", "late = 9.0"), encoding="utf-8")
    with PracticePortal(orders=60) as portal:
        numbers = tuple(order.number for order in portal.orders)
        known = {"known": numbers, "known_listed": True, "shown": (("customer", 60), ("status", 60))}
        took = []
        for changes in (known, {}):
            asked = {"profile_path": str(profile), **changes}
            request = a_request(portal.origin, portal.username, tmp_path, browser_path, **asked)
            heard = asyncio.run(scrape(request, portal.password))
            took.append(dict(heard.finished.phases)["list"])
            assert "reading slowly" not in heard.log
    assert took[0] < 9.0 <= took[1]


def test_a_list_that_always_shifts_ends_without_a_proof(tmp_path: Path, browser_path: Path) -> None:
    """It ends as incomplete: what was sent of its orders counts for nothing (see tests/unit/engine/test_transcript)."""
    with PracticePortal(orders=230, mishaps=[Mishap.SHIFTING]) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path)
        heard = asyncio.run(scrape(request, portal.password))
    assert heard.error.kind == "list_incomplete"
    assert heard.all(Finished) == []
    assert heard.status == 1
