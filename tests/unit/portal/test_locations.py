"""Reading many sites gently, on a page that answers at once."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import pytest

from fossatray.core.dispensers import LocationWanted
from fossatray.core.errors import (
    AskedTooOften,
    BrowserStuck,
    FossaError,
    PasswordMissing,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    SignInLimit,
    SignInLocked,
    SignInRefused,
    SignInUnclear,
)
from fossatray.core.messages import LocationFailed, LocationRead, ScrapeRequest, SigningIn
from fossatray.core.wire import decode_message
from fossatray.portal import asks_to_wait
from fossatray.portal.browser_pages import BrowserPages
from fossatray.portal.equipment import AskedToWait
from fossatray.portal.link import EngineLink
from fossatray.portal.list_page import SessionGone
from fossatray.portal.locations import LocationsReader, SignInOn
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile, load_profile

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


class _Hangs(Exception):
    """Stands for an answer that never comes."""


class StoryPage(ReadyPage):
    """A page whose sites first answer with these errors, one after the other."""

    def __init__(self, errors: dict[int, list[Exception]]) -> None:
        super().__init__()
        self._errors = errors
        self.closed = False

    async def open(self, path: str) -> None:
        await super().open(path)
        left = self._errors.get(int(path.rstrip("/").rpartition("/")[2]), [])
        if left:
            error = left.pop(0)
            if isinstance(error, _Hangs):
                await asyncio.Future()
            raise error

    async def close(self) -> None:
        self.closed = True


async def nobody(*_: object) -> None:
    raise AssertionError("nothing failed, and the session holds")


async def told_of(*_: object) -> None:
    """The evidence is taken elsewhere."""


def read_with(
    page: ReadyPage,
    numbers: tuple[int, ...],
    *,
    profile: Profile | None = None,
    sign_in: SignInOn = nobody,
    time_s: float = 60.0,
    link: EngineLink | None = None,
) -> dict[int, str | None]:
    """Read sites with one page; return the kind of error by each one's number, None for those read."""
    told: dict[int, str | None] = {}

    class Told(io.BytesIO):
        def write(self, line: Any) -> int:
            message = decode_message(line)
            if isinstance(message, LocationRead | LocationFailed):
                number = int(message.location_url.rstrip("/").rpartition("/")[2])
                assert number not in told, "each site is told once"
                told[number] = message.error.kind if isinstance(message, LocationFailed) else None
            return len(line)

    sites = tuple(LocationWanted(f"{ORIGIN}/app/customers/locations/{number}/") for number in numbers)
    request = ScrapeRequest("dispensers", "a", ORIGIN, "u", "/nowhere", locations=sites, parallel=1, pause=0.0)

    async def reading() -> str:
        reader = LocationsReader(
            cast("BrowserPages", None), profile or load_profile(), request, link or EngineLink(Told()),
            sign_in=sign_in, failed=told_of, ends=asyncio.get_running_loop().time() + time_s,
        )  # fmt: skip
        return (await reader.read(cast("PortalPage", page))).proof

    proof = asyncio.run(reading())
    assert proof == f"{sum(kind is None for kind in told.values())} of {len(numbers)} sites"
    return dict(sorted(told.items()))


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> Profile:
    """The profile with waits of a thousandth of a second."""
    monkeypatch.setattr(asks_to_wait, "_SHORTEST_WAIT_S", 0.001)
    profile = load_profile()
    return replace(profile, equipment=replace(profile.equipment, retry_after=0.001, longest_wait=0.06))


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
def test_a_portal_that_says_how_long_to_wait_is_asked_with_longer_and_longer_waits(
    seconds: float | None, read: bool, short_waits: Profile
) -> None:
    """One that does not say is left alone after so often as the profile allows."""
    again = short_waits.equipment.asked_again
    page = BusyPage(seconds, again + 5)
    told = read_with(page, (1,), profile=short_waits)
    waits = [later - earlier for (_, earlier), (_, later) in pairwise(page.opened)]
    if read:
        assert told == {1: None}
        assert len(page.opened) == again + 5
        assert waits[-1] >= 0.001 * 2**4 - 0.002
    else:
        assert told == {1: "location_busy"}
        assert len(page.opened) == again


def test_a_site_that_always_asks_to_wait_is_given_up_alone_also_as_the_last(short_waits: Profile) -> None:
    page = StoryPage({3: [AskedToWait(0.001)] * 100})
    assert read_with(page, (1, 2, 3), profile=short_waits) == {1: None, 2: None, 3: "location_busy"}
    assert len(page.opened) == 2 + short_waits.equipment.asked_again + 6


def test_what_was_read_is_told_when_the_runs_time_is_over() -> None:
    page = StoryPage({2: [_Hangs()]})
    assert read_with(page, (1, 2, 3), time_s=3.0) == {1: None, 2: "run_timeout", 3: "run_timeout"}


@pytest.mark.parametrize("kept", [PortalServerError(), PortalUnreachable(), AskedTooOften(), SignInUnclear()])
def test_a_passing_trouble_with_signing_in_again_keeps_what_was_read(kept: FossaError) -> None:
    async def sign_in(*_: object) -> None:
        raise kept

    page = StoryPage({2: [SessionGone()]})
    assert read_with(page, (1, 2, 3), sign_in=sign_in) == {1: None, 2: kept.kind, 3: kept.kind}


@pytest.mark.parametrize("error", [SignInRefused(), SignInLocked(), SignInLimit(), PasswordMissing()])
def test_a_sign_in_that_will_not_do_ends_the_run(error: FossaError) -> None:
    async def sign_in(*_: object) -> None:
        raise error

    with pytest.raises(type(error)):
        read_with(StoryPage({2: [SessionGone()]}), (1, 2, 3), sign_in=sign_in)


def test_a_trouble_in_the_middle_of_a_sign_in_ends_the_run() -> None:
    """The engine waits to hear how the sign-in ended."""
    link = EngineLink(io.BytesIO())

    async def sign_in(*_: object) -> None:
        link.send(SigningIn())
        raise PortalTimeout

    with pytest.raises(PortalTimeout):
        read_with(StoryPage({2: [SessionGone()]}), (1, 2), sign_in=sign_in, link=link)


def test_a_page_that_hangs_is_closed_and_its_site_not_asked_for_again() -> None:
    page = StoryPage({1: [BrowserStuck()]})
    assert read_with(page, (1,)) == {1: "browser_stuck"}
    assert page.closed
    assert len(page.opened) == 1
