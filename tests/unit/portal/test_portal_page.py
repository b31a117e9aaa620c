"""The time of one page: from its being asked for to its being read, whatever is done on it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.async_api import Page

from fossatray.core.errors import PortalTimeout
from fossatray.core.messages import LocationRead, ScrapeRequest
from fossatray.portal.equipment import EquipmentReader
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import load_profile

ORIGIN = "https://portal.example"
REQUEST = ScrapeRequest("dispensers", "a", ORIGIN, "u", "/nowhere")
URL = f"{ORIGIN}/app/customers/locations/7/"


class SlowPage:
    """Stands for the browser's page: every answer takes so many seconds of a clock that nobody waits for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 100.0
        self.url = ORIGIN
        self.limits: list[float] = []

    def on(self, event: str, heard: Any) -> None:
        assert event
        assert callable(heard)

    async def goto(self, url: str, *, wait_until: str, timeout: float) -> Any:
        assert wait_until == "domcontentloaded"
        self._answer(timeout)
        self.url = url
        return SimpleNamespace(status=200)

    async def evaluate(self, script: str, argument: dict[str, Any]) -> str:
        assert script
        self._answer(argument["limit"])
        return '{"sign": "none"}'

    def _answer(self, limit_ms: float) -> None:
        self.limits.append(round(limit_ms / 1000, 3))
        self.now += self.seconds


def read(page: SlowPage, sites: int) -> list[LocationRead]:
    async def story() -> list[LocationRead]:
        portal_page = PortalPage(cast("Page", page), ORIGIN, page_limit=5.0, clock=lambda: page.now)
        reader = EquipmentReader(portal_page, load_profile(), REQUEST)
        return [await reader.read(URL) for _ in range(sites)]

    return asyncio.run(story())


def test_opening_and_reading_share_the_time_of_a_page_and_the_next_has_its_own() -> None:
    page = SlowPage(seconds=4.0)
    assert read(page, 2) == [LocationRead(URL, ())] * 2
    assert page.limits == [5.0, 1.0] * 2


def test_a_page_whose_time_was_over_before_it_came_is_not_read() -> None:
    page = SlowPage(seconds=5.0)
    with pytest.raises(PortalTimeout):
        read(page, 1)
    assert page.limits == [5.0]
