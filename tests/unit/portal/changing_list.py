"""A work list that changes while it is read, on pages that stand for the browser's."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Awaitable, Callable
from typing import Any, cast

from fossatray.core.messages import ScrapeRequest
from fossatray.portal.link import EngineLink
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.work_list import WorkList, WorkListReader
from tests.unit.portal.scripted_list import no_renewal, prompt_profile, row, state

Happens = Callable[["Portal"], None]
Trouble = Callable[["Tab", str, bool], None]
"""What goes wrong on a tab, told its action and whether it is a second look; it may raise."""


class Portal:
    """A work list that changes: at the request of each number in `happens`, that is done to it first."""

    def __init__(self, orders: int, happens: dict[int, Happens] | None = None, seed: int = 0, size: int = 2) -> None:
        self.orders = list(range(1, orders + 1))
        self.size = size
        self.requests = 0
        self.history = [tuple(self.orders)]
        self.tabs: list[Tab] = []
        self.latest = orders
        self.leads_back = self.counts = True
        self.told = io.BytesIO()
        self.trouble: Trouble = lambda tab, action, again: None
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
        back = page > 1 and self.leads_back
        told = state(*shown, total=len(self.orders), page=page, last_page=last, next=True, previous=back)
        await self._wait()
        return told if self.counts else {**told, "total": None, "next": False, "last": True}

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
    session_ended = data_lost = led_elsewhere = no_data = asks_password = False
    worst: int | None = None
    retry_after: float | None = None

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._now: dict[str, Any] = {}
        self.browser_page = self
        self.document_lost = asyncio.Event()
        self.opened = self.asked = 0
        self.actions: list[str] = []
        self.unreadable: set[str] = set()
        self.shows_form = self.is_closed = False

    raise_for_status = PortalPage.raise_for_status
    raise_for_answer = PortalPage.raise_for_answer
    raise_for_no_data = PortalPage.raise_for_no_data

    @property
    def is_back(self) -> bool:
        return self is not self._portal.tabs[0]

    async def open(self, path: str) -> None:
        self.opened += 1
        self.shows_form = False

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
        self._portal.trouble(self, action or "open", argument["expected"] is not None)
        page = {
            None: 1,
            "next": now.get("page", 0) + 1,
            "previous": now.get("page", 0) - 1,
            "last": now.get("last_page"),
        }[action]
        self.asked += 1
        self._now = {**await self._portal.answer(page), "form": self.shows_form}
        return self._now

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        assert name == "rows"
        await asyncio.sleep(0)
        ids = self._now["ids"]
        numbers = [line.rpartition("-")[2] for line in ids.splitlines()]
        return {"ids": ids, "rows": [{} if number in self.unreadable else row(number) for number in numbers]}


async def read(portal: Portal, renew: Callable[[], Awaitable[None]] = no_renewal, **asked: Any) -> WorkList:
    """Read the list; the first of the portal's tabs is the one that reads alone where need be."""
    request = ScrapeRequest("work_orders", "a", "https://portal.example", "u", "/nowhere", **asked)
    page = await portal.open_page()
    link = EngineLink(portal.told)
    reader = WorkListReader(page, prompt_profile(), request, link, renew=renew, open_page=portal.open_page)
    return await reader.read()


def numbers(told: WorkList) -> list[int]:
    return sorted(int(number) for number in told.numbers)
