"""The scrape process reads the dispensers of many sites: a few pages at once, each site by itself, gently."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from fossatray.core.dispensers import LocationWanted
from fossatray.core.evidence import Evidence
from fossatray.core.messages import LocationFailed, LocationRead, Message
from fossatray.core.runs import Phase
from fossatray.core.text import storable
from fossatray.demo.equipment_book import EquipmentChange, LocationMishap
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.harness.mishap_rows import PATIENCE_S, leaves_evidence
from tests.harness.scrape_driver import Heard, ScrapeDriver, a_request, scrape

pytestmark = pytest.mark.browser

PROFILE = Path(__file__).parents[2] / "fossatray" / "portal" / "profiles" / "workfossa.toml"


def a_profile(folder: Path) -> str:
    """A profile with short waits."""
    text = PROFILE.read_text(encoding="utf-8")
    for slow, fast in (
        ("tab_wait = 10.0", "tab_wait = 1.0"),
        ("believed = 2.0", "believed = 0.6"),
        ("again = 0.7", "again = 0.2"),
        ("asked_again = 8", "asked_again = 3"),
    ):
        assert slow in text
        text = text.replace(slow, fast)
    profile = folder / "profile.toml"
    profile.write_text(text, encoding="utf-8")
    return str(profile)


def locations(portal: PracticePortal, count: int) -> tuple[LocationWanted, ...]:
    """The first sites of the portal's open orders, each once."""
    ids = dict.fromkeys(order.location_id for order in portal.orders)
    return tuple(LocationWanted(portal.location_url(number)) for number in list(ids)[:count])


def number_of(location: LocationWanted) -> int:
    return int(location.url.rstrip("/").rpartition("/")[2])


def run(
    portal: PracticePortal, folder: Path, browser: Path, wanted: tuple[LocationWanted, ...], **changes: object
) -> Heard:
    on_message = changes.pop("on_message", None)
    changes = {"page_limit": 20.0, "pause": 0.0, "job": "dispensers", "profile_path": a_profile(folder), **changes}
    request = a_request(portal.origin, portal.username, folder, browser, locations=wanted, **changes)
    return asyncio.run(scrape(request, portal.password, on_message=on_message))


def read(heard: Heard) -> dict[str, list[dict[str, object]]]:
    return {one.location_url: [item.to_json() for item in one.dispensers] for one in heard.all(LocationRead)}


def failed(heard: Heard) -> dict[str, str]:
    return {one.location_url: one.error.kind for one in heard.all(LocationFailed)}


def as_shown(portal: PracticePortal, wanted: tuple[LocationWanted, ...]) -> dict[str, list[dict[str, object]]]:
    return {location.url: [item.as_record() for item in portal.dispensers(number_of(location))] for location in wanted}


def test_twelve_sites_are_read_by_three_pages_at_once(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=20, latency=0.8) as portal:
        wanted = locations(portal, 12)
        heard = run(portal, tmp_path, browser_path, wanted)
        assert read(heard) == as_shown(portal, wanted)
        assert portal.most_at_once == 3
    count = sum(len(one) for one in read(heard).values())
    assert (heard.finished.count, heard.finished.pages, heard.finished.proof) == (count, 12, "12 of 12 sites")
    assert count > 12
    assert heard.sign_ins == ["accepted"]
    told = [message for message in heard.progress if message.phase is Phase.SCRAPING and message.pages]
    assert [message.page for message in told] == list(range(13))
    assert {message.pages for message in told} == {12}
    assert (told[-1].found, told[-1].done) == (count, 1.0)


def test_a_site_that_is_wanted_twice_is_read_once(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        [one, two] = locations(portal, 2)
        heard = run(portal, tmp_path, browser_path, (one, two, one, one))
        asked = [path for path in portal.requests if path.startswith("/app/customers/locations/")]
    assert len(heard.all(LocationRead)) == 2
    assert sorted(asked) == sorted(location.url.removeprefix(portal.origin) for location in (one, two))


KINDS = {
    LocationMishap.GONE: "location_gone",
    LocationMishap.DENIED: "location_denied",
    LocationMishap.DENIED_IN_WORDS: "location_denied",
    LocationMishap.SERVER_ERROR: "portal_server_error",
    LocationMishap.DATA_ERROR: "portal_server_error",
    LocationMishap.DATA_LOST: "portal_unreachable",
    LocationMishap.HANGING: "portal_timeout",
    LocationMishap.MISCOUNTED: "dispensers_incomplete",
    LocationMishap.STUCK: "layout_changed",
    LocationMishap.NO_TAB: "layout_changed",
    LocationMishap.NO_EQUIPMENT: "layout_changed",
    LocationMishap.NO_DISPENSERS: None,
    LocationMishap.EMPTY_GROUP: None,
}
NOT_HERE = {LocationMishap.BUSY, LocationMishap.CLOSED, LocationMishap.ENDLESS_SCRIPT}
"""They have tests of their own below."""


def test_a_site_that_fails_has_its_own_error_and_does_not_spoil_the_others(tmp_path: Path, browser_path: Path) -> None:
    assert set(KINDS) | NOT_HERE == set(LocationMishap)
    with PracticePortal(orders=20) as portal:
        wanted = locations(portal, len(KINDS) + 2)
        for location, mishap in zip(wanted, KINDS, strict=False):
            portal.spoil(number_of(location), mishap)
        heard = run(portal, tmp_path, browser_path, wanted, parallel=4, page_limit=8.0)
        bad = {location.url: kind for location, kind in zip(wanted, KINDS.values(), strict=False) if kind is not None}
        good = tuple(location for location in wanted if location.url not in bad)
        assert failed(heard) == bad
        assert read(heard) == as_shown(portal, good)
        assert [len(one) for one in read(heard).values()].count(0) == 2
    assert heard.finished.proof == f"{len(good)} of {len(wanted)} sites"
    assert heard.sign_ins == ["accepted"]
    incomplete = next(one for one in heard.all(LocationFailed) if one.error.kind == "dispensers_incomplete")
    counted = len(portal.dispensers(number_of(LocationWanted(incomplete.location_url))))
    assert incomplete.error.message == f"The portal counts {counted + 1} dispensers at this site, {counted} were shown."


@pytest.mark.parametrize(
    ("mishap", "seconds"),
    [
        (Mishap.VISIBLE_MODAL, 0.0),
        (Mishap.EQUIPMENT_OPEN, 0.0),
        (Mishap.TOGGLE_IGNORED, 0.0),
        (Mishap.LATE_CONTENT, 0.0),
        (Mishap.LOCATION_RATE_LIMITED_ONCE, 1.0),
        (Mishap.LOCATION_DATA_RATE_LIMITED_ONCE, 1.0),
    ],
)
def test_a_mishap_is_overcome(mishap: Mishap, seconds: float, tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=8, mishaps=[mishap]) as portal:
        wanted = locations(portal, 4)
        heard = run(portal, tmp_path, browser_path, wanted)
        assert read(heard) == as_shown(portal, wanted)
    assert dict(heard.finished.phases)["locations"] >= seconds
    assert ("the portal asks to wait" in heard.log) == (seconds > 0)


def test_sites_that_are_gone_are_each_told(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=8, mishaps=[Mishap.DELETED_LOCATION]) as portal:
        wanted = locations(portal, 2)
        heard = run(portal, tmp_path, browser_path, wanted, evidence=PATIENCE_S)
    assert failed(heard) == dict.fromkeys((location.url for location in wanted), "location_gone")
    assert bool(heard.all(Evidence)) is leaves_evidence(Mishap.DELETED_LOCATION)


def test_a_portal_that_wants_to_be_left_alone_for_longer_than_the_run_is(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=20, mishaps=[Mishap.LOCATION_RATE_LIMITED]) as portal:
        wanted = locations(portal, 12)
        heard = run(portal, tmp_path, browser_path, wanted, evidence=PATIENCE_S)
        asked = [path for path in portal.requests if path.startswith("/app/customers/locations/")]
    assert set(failed(heard)) == {location.url for location in wanted}
    assert Counter(failed(heard).values()) == {"location_busy": 2, "asked_too_often": 10}, "at the third it is clear"
    assert bool(heard.all(Evidence)) is leaves_evidence(Mishap.LOCATION_RATE_LIMITED)
    assert len(asked) <= 5, "three at once, and one more each where an answer comes late"
    assert heard.finished.count == 0


def test_a_site_that_always_asks_to_wait_does_not_spoil_the_others(tmp_path: Path, browser_path: Path) -> None:
    """One asks for a second each time, one for an hour; the others are read, and the run ends long before its time."""
    with PracticePortal(orders=20) as portal:
        busy, closed, *good = wanted = locations(portal, 12)
        portal.spoil(number_of(busy), LocationMishap.BUSY)
        portal.spoil(number_of(closed), LocationMishap.CLOSED)
        heard = run(portal, tmp_path, browser_path, wanted)
        assert failed(heard) == dict.fromkeys((busy.url, closed.url), "location_busy")
        assert read(heard) == as_shown(portal, tuple(good))
        asked = [path for path in portal.requests if path.startswith("/app/customers/locations/")]
    assert asked.count(closed.url.removeprefix(portal.origin)) == 1
    assert asked.count(busy.url.removeprefix(portal.origin)) >= 3
    assert dict(heard.finished.phases)["locations"] < 30.0


def test_sites_that_there_is_no_time_for_do_not_spoil_those_that_were_read(tmp_path: Path, browser_path: Path) -> None:
    """Two hang longer than the run may last, in two of the three pages."""
    with PracticePortal(orders=20) as portal:
        *good, one, two = wanted = locations(portal, 6)
        for location in (one, two):
            portal.spoil(number_of(location), LocationMishap.HANGING)
        heard = run(portal, tmp_path, browser_path, wanted, page_limit=60.0, run_limit=25.0)
        assert failed(heard) == dict.fromkeys((one.url, two.url), "run_timeout")
        assert read(heard) == as_shown(portal, tuple(good))
    assert heard.finished.proof == "4 of 6 sites"


def test_a_site_at_which_the_page_hangs_does_not_spoil_the_others(tmp_path: Path, browser_path: Path) -> None:
    """Its page is closed, and another one reads on."""
    with PracticePortal(orders=20) as portal:
        stuck, *good = wanted = locations(portal, 4)
        portal.spoil(number_of(stuck), LocationMishap.ENDLESS_SCRIPT)
        heard = run(portal, tmp_path, browser_path, wanted, page_limit=8.0, parallel=1)
        assert failed(heard) == {stuck.url: "browser_stuck"}
        assert read(heard) == as_shown(portal, tuple(good))


def after_read(count: int, act: Callable[[], None]) -> Callable[[Message], None]:
    """Act once, when so many sites were read."""
    seen = 0

    def note(message: Message) -> None:
        nonlocal seen
        if isinstance(message, LocationRead):
            seen += 1
            if seen == count:
                act()

    return note


def test_a_session_that_ends_in_mid_run_is_renewed_once(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=20, latency=0.1) as portal:
        wanted = locations(portal, 12)
        heard = run(portal, tmp_path, browser_path, wanted, on_message=after_read(4, portal.expire_sessions))
        assert read(heard) == as_shown(portal, wanted)
    assert heard.sign_ins == ["accepted", "accepted"]


def test_a_session_that_never_lasts_fails_the_sites_that_are_left(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=20, mishaps=[Mishap.SESSION_NEVER_LASTS]) as portal:
        wanted = locations(portal, 6)
        heard = run(portal, tmp_path, browser_path, wanted, parallel=1)
        assert read(heard) == as_shown(portal, wanted[:2])
    assert failed(heard) == dict.fromkeys((location.url for location in wanted[2:]), "session_lost")
    assert heard.sign_ins == ["accepted", "accepted"]
    assert heard.finished.proof == "2 of 6 sites"


def test_a_sign_in_that_is_refused_in_mid_run_ends_it(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=20, latency=0.1) as portal:

        def shut_out() -> None:
            portal.mishaps.add(Mishap.WRONG_PASSWORD)
            portal.expire_sessions()

        heard = run(portal, tmp_path, browser_path, locations(portal, 12), on_message=after_read(2, shut_out))
    assert heard.error.kind == "sign_in_refused"
    assert heard.sign_ins == ["accepted", "refused"]
    assert failed(heard) == {}


def killed(driver: ScrapeDriver, *, renderers: bool) -> None:
    """Kill the browser, or the processes that draw its pages."""
    for process in psutil.Process(driver.process.pid).children(recursive=True):
        try:
            line = " ".join(process.cmdline())
            if "--type=renderer" in line if renderers else "--user-data-dir" in line and "--type=" not in line:
                process.kill()
        except psutil.NoSuchProcess:
            continue


async def run_and_kill(
    portal: PracticePortal, wanted: tuple[LocationWanted, ...], folder: Path, browser: Path, *, renderers: bool
) -> Heard:
    request = a_request(portal.origin, portal.username, folder, browser, job="dispensers", locations=wanted, pause=0.0)
    driver = ScrapeDriver(
        request, portal.password, on_message=after_read(2, lambda: killed(driver, renderers=renderers))
    )
    async with driver:
        return await driver.listen()


def test_a_page_that_crashes_is_read_once_more_in_a_new_one(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=16, latency=0.4) as portal:
        wanted = locations(portal, 8)
        heard = asyncio.run(run_and_kill(portal, wanted, tmp_path, browser_path, renderers=True))
        asked = [path for path in portal.requests if path.startswith("/app/customers/locations/")]
        assert read(heard) == as_shown(portal, wanted)
    assert 8 < len(asked) <= 8 + 3
    assert heard.finished.proof == "8 of 8 sites"


def test_a_browser_that_is_killed_fails_the_sites_that_are_left(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=20, latency=0.1) as portal:
        wanted = locations(portal, 14)
        heard = asyncio.run(run_and_kill(portal, wanted, tmp_path, browser_path, renderers=False))
        good = tuple(location for location in wanted if location.url not in failed(heard))
        assert read(heard) == as_shown(portal, good)
    assert set(failed(heard).values()) == {"browser_crashed"}
    assert heard.finished.proof == f"{len(good)} of 14 sites"
    assert 2 <= len(good) < 14


def test_a_portal_that_goes_away_is_not_asked_for_every_site(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=80, latency=0.1) as portal:
        wanted = locations(portal, 60)
        go_away = after_read(2, lambda: portal.mishaps.add(Mishap.CONNECTION_DROPPED))
        heard = run(portal, tmp_path, browser_path, wanted, on_message=go_away)
        asked = {path for path in portal.requests if path.startswith("/app/customers/locations/")}
        good = tuple(location for location in wanted if location.url not in failed(heard))
        assert read(heard) == as_shown(portal, good)
    assert set(failed(heard).values()) == {"portal_unreachable"}
    assert len(good) + len(failed(heard)) == 60
    assert len(asked) <= len(good) + 3 * 10  # what two pages had begun to read may still come, and count as a success


def test_hostile_text_is_kept_as_it_is(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=8, mishaps=[Mishap.HOSTILE_TEXT]) as portal:
        wanted = max(locations(portal, 6), key=lambda location: len(portal.dispensers(number_of(location))))
        shown = portal.dispensers(number_of(wanted))
        heard = run(portal, tmp_path, browser_path, (wanted,))
    [told] = heard.all(LocationRead)
    assert len(told.dispensers) == len(shown) >= 8

    def flat(text: str | None) -> str:
        return " ".join(storable(text or "")[0].split())

    for dispenser, card in zip(told.dispensers, shown, strict=True):
        assert dispenser.serial == flat(card.serial)
        assert dispenser.meter_type == flat(card.field("Meter Type"))
        [(label, text)] = card.fields[-1:]
        assert dispenser.other == ((flat(label), flat(text)),)
    assert told.replaced == 4 == heard.finished.replaced  # NUL in three texts and a label


def test_what_changes_at_a_site_is_read(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=8) as portal:
        wanted = locations(portal, 3)
        before = as_shown(portal, wanted)
        for location, kind in zip(wanted, EquipmentChange, strict=True):
            portal.change_equipment(number_of(location), kind)
        heard = run(portal, tmp_path, browser_path, wanted)
        assert read(heard) == as_shown(portal, wanted)
    changed = [(len(before[location.url]), len(read(heard)[location.url])) for location in wanted]
    assert [after - count for count, after in changed] == [1, -1, 0]
    edited = wanted[2].url
    assert before[edited][1:] == read(heard)[edited][1:]
    assert before[edited][0]["serial"] != read(heard)[edited][0]["serial"]


@pytest.mark.parametrize("url", ["https://elsewhere.example/app/customers/locations/1/", "javascript:alert(1)"])
def test_a_link_to_somewhere_else_is_not_followed(url: str, tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        [good] = locations(portal, 1)
        heard = run(portal, tmp_path, browser_path, (LocationWanted(url), good))
    assert failed(heard) == {url: "layout_changed"}
    assert list(read(heard)) == [good.url]


def test_no_sites_are_read_when_none_is_wanted(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        heard = run(portal, tmp_path, browser_path, ())
    assert (heard.finished.count, heard.finished.proof) == (0, "0 of 0 sites")
