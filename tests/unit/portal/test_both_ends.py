"""A long list that is read by two pages of the browser: what is read is the list of one moment, whatever happens."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from fossatray.core.errors import AskedTooOften, ListIncomplete, PortalServerError, SessionLost
from fossatray.core.wire import ScrapeRequest
from fossatray.portal import both_ends
from fossatray.portal.link import EngineLink
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import load_profile
from fossatray.portal.work_list import WorkList, WorkListReader
from tests.unit.portal.scripted_list import no_renewal, row, state

Happens = Callable[["Portal"], None]


class Portal:
    """A work list that changes: at the request of each number in `happens`, that is done to it first."""

    def __init__(self, orders: int, happens: dict[int, Happens] | None = None, seed: int = 0, size: int = 2) -> None:
        self.orders = list(range(1, orders + 1))
        self.size = size
        self.requests = 0
        self.history = [tuple(self.orders)]
        self.tabs: list[Tab] = []
        self.latest = orders
        self._happens = happens or {}
        self._chance = random.Random(seed)

    async def answer(self, page: int) -> dict[str, Any]:
        """What a page of the list shows, asked for now and answered some time after."""
        await self._wait()
        self.requests += 1
        if self.requests in self._happens:
            self._happens[self.requests](self)
            self.history.append(tuple(self.orders))
        shown = self.orders[(page - 1) * self.size : page * self.size]
        last = max(1, -(-len(self.orders) // self.size))
        told = state(*shown, total=len(self.orders), page=page, last_page=last, next=True)
        await self._wait()
        return told

    async def _wait(self) -> None:
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(0)

    async def open_page(self) -> PortalPage:
        self.tabs.append(Tab(self))
        return cast("PortalPage", self.tabs[-1])

    def replace(self, gone: int) -> None:
        """One order goes, another comes at the end: the total stays."""
        del self.orders[gone % len(self.orders)]
        self.latest += 1
        self.orders.append(self.latest)


class Tab:
    """Stands for PortalPage: shows a page of the list that is asked for when it is turned to."""

    page_limit = time_left = 60.0
    session_ended = data_lost = led_elsewhere = False
    worst: int | None = None
    retry_after: float | None = None

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._now: dict[str, Any] = {}
        self.browser_page = self
        self.document_lost = asyncio.Event()
        self.opened = self.asked = 0
        self.actions: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.is_closed = False

    async def open(self, path: str) -> None:
        self.opened += 1
        if "open" in self.fails:
            raise self.fails["open"]

    def turn(self) -> None:
        pass

    async def tidy(self) -> None:
        pass

    async def close(self) -> None:
        self.is_closed = True

    async def watch(self, name: str, argument: dict[str, Any], limit: float, *, follow: bool = True) -> Any:
        assert name == "settle"
        action, now = argument["action"], self._now
        self.actions.append(action or "open")
        if action in self.fails:
            raise self.fails[action]
        page = {
            None: 1,
            "next": now.get("page", 0) + 1,
            "previous": now.get("page", 0) - 1,
            "last": now.get("last_page"),
        }[action]
        self.asked += 1
        self._now = await self._portal.answer(page)
        return self._now

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        assert name == "rows"
        await asyncio.sleep(0)
        ids = self._now["ids"]
        return {"ids": ids, "rows": [row(line.rpartition("-")[2]) for line in ids.splitlines()]}

    def raise_for_status(self, status: int | None) -> None:
        raise AssertionError


async def read(portal: Portal, renew: Callable[[], Awaitable[None]] = no_renewal, **asked: Any) -> WorkList:
    """Read the list; the first of the portal's tabs is the one that reads alone where need be."""
    request = ScrapeRequest("work_orders", "a", "https://portal.example", "u", "/nowhere", **asked)
    page = await portal.open_page()
    link = EngineLink(io.BytesIO())
    profile = load_profile()
    reader = WorkListReader(page, profile, request, link, renew=renew, open_page=portal.open_page, ends=float("inf"))
    return await reader.read()


def numbers(told: WorkList) -> list[int]:
    return sorted(int(number) for number in told.numbers)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("orders", [13, 14, 15, 40])
def test_both_ends_meet_and_each_looks_at_what_the_other_read(orders: int, seed: int) -> None:
    portal = Portal(orders, seed=seed)
    told = asyncio.run(read(portal))
    pages = -(-orders // 2)
    assert (numbers(told), told.proof, told.pages) == (portal.orders, f"{orders} matches", pages)
    front, back = portal.tabs
    assert front.actions == ["open", *["next"] * (pages - 1)]
    assert back.actions == ["open", "last", *["previous"] * (pages - 1)]
    assert back.is_closed
    assert not front.is_closed


def test_a_list_of_few_pages_is_read_by_one() -> None:
    portal = Portal(2 * (both_ends.WORTH_IT - 1))
    assert numbers(asyncio.run(read(portal))) == portal.orders
    assert len(portal.tabs) == 1


def test_where_one_page_at_a_time_is_asked_for_a_long_list_is_read_by_one() -> None:
    portal = Portal(40)
    assert numbers(asyncio.run(read(portal, parallel=1))) == portal.orders
    assert len(portal.tabs) == 1


def test_where_the_last_sync_saw_just_these_orders_no_page_is_looked_at_again() -> None:
    portal = Portal(40)
    known = tuple(str(number) for number in portal.orders)
    assert numbers(asyncio.run(read(portal, known=known, known_listed=known))) == portal.orders
    assert sum(action in ("next", "previous") for tab in portal.tabs for action in tab.actions) == 18


def happenings(seed: int) -> dict[int, Happens]:
    """One or two changes at any request of the first reading or of the look after it."""
    chance = random.Random(seed)

    def one() -> Happens:
        place = chance.randrange(20)
        kind = chance.randrange(8)

        def happens(portal: Portal) -> None:
            at = place % len(portal.orders)
            if kind == 0:
                del portal.orders[at]
            elif kind == 1:
                portal.latest += 1
                portal.orders.insert(at, portal.latest)
            elif kind < 4:
                portal.orders.append(portal.orders.pop(at))  # rescheduled: it goes to the end
            else:
                portal.replace(at)

        return happens

    return {chance.randrange(2, 26): one() for _ in range(chance.randrange(1, 3))}


def wrong(seeds: range) -> int:
    """How many readings brought what was the list at no moment; none of them may have brought nothing."""
    count = 0
    for seed in seeds:
        portal = Portal(20, happenings(seed), seed)
        told = asyncio.run(read(portal))
        count += numbers(told) not in [sorted(moment) for moment in portal.history]
    return count


def test_what_is_read_is_the_list_of_one_moment_however_it_changes() -> None:
    assert wrong(range(400)) == 0


def test_without_the_second_look_orders_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test before can fail."""
    monkeypatch.setattr(WorkListReader, "_needs_second_look", lambda self, read: False)
    assert wrong(range(400)) > 8


@pytest.mark.parametrize("action", ["open", "last", "previous"])
def test_a_second_page_that_is_of_no_use_costs_nothing_but_time(action: str) -> None:
    portal = Portal(40)
    told = asyncio.run(with_back(portal, action, PortalServerError()))
    assert numbers(told) == portal.orders
    assert portal.tabs[1].is_closed
    assert portal.tabs[0].opened == (2 if action == "previous" else 1)  # it had pages that it was to read


def test_a_front_that_fails_fails_the_reading_and_leaves_no_page_behind() -> None:
    portal = Portal(40)
    with pytest.raises(PortalServerError):
        asyncio.run(with_back(portal, "next", PortalServerError(), of_the_front=True))
    assert portal.tabs[1].is_closed


def test_the_second_page_may_be_told_to_wait() -> None:
    portal = Portal(40)
    told = asyncio.run(with_back(portal, "previous", AskedTooOften(), retry_after=0.0))
    assert numbers(told) == portal.orders
    with pytest.raises(AskedTooOften):
        asyncio.run(with_back(Portal(40), "previous", AskedTooOften()))


def test_a_session_that_is_gone_on_the_second_page_is_renewed_once() -> None:
    portal = Portal(40)
    renewed: list[bool] = []

    async def renew() -> None:
        renewed.append(True)

    told = asyncio.run(with_back(portal, "form", PortalServerError(), renew=renew))
    assert numbers(told) == portal.orders
    assert renewed == [True]
    with pytest.raises(SessionLost):
        asyncio.run(with_back(Portal(40), "form", PortalServerError(), renew=renew, always=True))


def test_a_list_that_never_rests_is_not_proved() -> None:
    portal = Portal(40, {request: lambda portal: portal.replace(0) for request in range(2, 400)})
    with pytest.raises(ListIncomplete):
        asyncio.run(read(portal))


async def with_back(
    portal: Portal,
    action: str,
    error: Exception,
    *,
    of_the_front: bool = False,
    retry_after: float | None = None,
    always: bool = False,
    renew: Callable[[], Awaitable[None]] = no_renewal,
) -> WorkList:
    """Read with a second page (or a first one) that fails at an action; "form": it shows the sign-in form."""
    opened = portal.open_page

    async def open_page() -> PortalPage:
        page = await opened()
        tab = portal.tabs[-1]
        is_back = len(portal.tabs) == 2
        if is_back != of_the_front:
            tab.retry_after = retry_after
            if action != "form":
                tab.fails[action] = error
        if action == "form" and (is_back or (always and tab.opened == 0)):
            show_the_form(tab, after=2 if is_back else 12)
        return page

    portal.open_page = open_page  # type: ignore[method-assign]
    return await read(portal, renew)


def show_the_form(tab: Tab, after: int) -> None:
    """From the so-manieth action on, the tab shows the sign-in form."""
    watch = tab.watch

    async def shown(name: str, argument: dict[str, Any], limit: float, *, follow: bool = True) -> Any:
        told = await watch(name, argument, limit, follow=follow)
        return {**told, "form": True} if len(tab.actions) > after else told

    tab.watch = shown  # type: ignore[method-assign]
