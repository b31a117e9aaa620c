"""Reading many sites gently, on a page that answers at once."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import pytest

from fossatray.core.dispensers import LocationWanted
from fossatray.core.messages import ScrapeRequest
from fossatray.portal import asks_to_wait
from fossatray.portal.browser_pages import BrowserPages
from fossatray.portal.equipment import AskedToWait
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


class BusyPage(ReadyPage):
    """A page that is asked to wait, for as many seconds as it says, until it was opened so often."""

    def __init__(self, seconds: float | None, until: int) -> None:
        super().__init__()
        self._seconds, self._until = seconds, until

    async def open(self, path: str) -> None:
        await super().open(path)
        if len(self.opened) < self._until:
            raise AskedToWait(self._seconds)


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


@pytest.mark.parametrize(("seconds", "read"), [(0.001, True), (None, False)])
def test_a_portal_that_says_how_long_to_wait_is_asked_until_the_run_is_over(
    seconds: float | None, read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not say is left alone after so often as the profile allows."""
    monkeypatch.setattr(asks_to_wait, "_SHORTEST_WAIT_S", 0.001)
    monkeypatch.setattr(asks_to_wait, "_LONGEST_OWN_WAIT_S", 0.01)
    profile = load_profile()
    profile = replace(profile, equipment=replace(profile.equipment, retry_after=0.001))
    page, told = BusyPage(seconds, profile.equipment.asked_again + 5), io.BytesIO()
    site = LocationWanted(f"{ORIGIN}/app/customers/locations/1/")
    request = ScrapeRequest("dispensers", "a", ORIGIN, "u", "/nowhere", locations=(site,), parallel=1)

    async def told_of(*_: object) -> None:
        """The evidence is taken elsewhere."""

    async def reading() -> str:
        ends = asyncio.get_running_loop().time() + 60.0
        reader = LocationsReader(
            cast("BrowserPages", None), profile, request, EngineLink(told), sign_in=nobody, failed=told_of, ends=ends
        )
        return (await reader.read(cast("PortalPage", page))).proof

    assert asyncio.run(reading()) == f"{int(read)} of 1 sites"
    waits = [later - earlier for (_, earlier), (_, later) in pairwise(page.opened)]
    if read:
        assert len(page.opened) == profile.equipment.asked_again + 5
        assert min(waits[profile.equipment.asked_again :]) >= 0.01 - 0.002
    else:
        assert len(page.opened) == profile.equipment.asked_again
        assert b"asked_too_often" in told.getvalue()
