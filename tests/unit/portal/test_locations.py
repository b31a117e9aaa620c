"""Reading many sites gently, on a page that answers at once."""

from __future__ import annotations

import asyncio
import io
from itertools import pairwise
from typing import Any, cast

import pytest

from fossatray.core.dispensers import LocationWanted
from fossatray.core.wire import ScrapeRequest
from fossatray.portal.browser_pages import BrowserPages
from fossatray.portal.link import EngineLink
from fossatray.portal.locations import LocationsReader
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import load_profile

ORIGIN = "https://portal.example"


class ReadyPage:
    """Stands for PortalPage: every site is there at once and has no dispensers.

    `opened` holds which was opened when.
    """

    page_limit = time_left = 60.0
    session_ended = False
    worst = None
    data_lost = False

    def __init__(self) -> None:
        self.opened: list[tuple[str, float]] = []

    async def open(self, path: str) -> None:
        self.opened.append((path, asyncio.get_running_loop().time()))

    async def watch(self, name: str, argument: dict[str, Any], limit: float) -> Any:
        assert name == "equipment"
        return {"sign": "read", "count": 0, "shown": 0, "cards": []}


async def nobody(*_: object) -> None:
    raise AssertionError("nothing failed, and the session holds")


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_between_two_sites_there_is_a_pause(pause: float) -> None:
    page = ReadyPage()
    sites = tuple(LocationWanted(f"{ORIGIN}/app/customers/locations/{number}/") for number in (1, 2, 1, 3))
    request = ScrapeRequest("dispensers", "a", ORIGIN, "u", "/nowhere", locations=sites, parallel=1, pause=pause)

    async def read() -> None:
        reader = LocationsReader(
            cast("BrowserPages", None), load_profile(), request, EngineLink(io.BytesIO()),
            sign_in=nobody, failed=nobody, ends=float("inf"),
        )  # fmt: skip
        finished = await reader.read(cast("PortalPage", page))
        assert finished.proof == "3 of 3 sites"

    asyncio.run(read())
    between = [later - earlier for (_, earlier), (_, later) in pairwise(page.opened)]
    assert [path.rstrip("/")[-1] for path, _ in page.opened] == ["1", "2", "3"]
    assert len(between) == 2
    assert min(between) >= pause - 0.01, "the clock's own step is allowed for"
