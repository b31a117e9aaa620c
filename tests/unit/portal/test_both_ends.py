"""A long list that is read by two pages of the browser: what is read is the list of one moment, whatever happens."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import (
    AskedTooOften,
    BrowserCrashed,
    EmptyNotBelieved,
    FossaError,
    LayoutChanged,
    ListIncomplete,
    PortalServerError,
    SessionLost,
)
from fossatray.core.messages import PageProgress
from fossatray.core.runs import WORK_ORDERS
from fossatray.core.wire import decode_message
from fossatray.engine.jobs import JOBS
from fossatray.engine.transcript import Transcript
from fossatray.portal import both_ends
from fossatray.portal.list_page import Shifted
from fossatray.portal.work_list import WorkListReader
from tests.unit.portal.changing_list import Happens, Portal, Tab, Trouble, numbers, read


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


def fail(*actions: str, error: Exception, back: bool = True, again: bool | None = None) -> Trouble:
    """Raise an error at some actions of the second tab, or of the first one; `again`: only (not) at a second look."""

    def trouble(tab: Tab, action: str, is_again: bool) -> None:
        if tab.is_back is back and action in actions and again in (None, is_again):
            raise error

    return trouble


@pytest.mark.parametrize(
    "error", [PortalServerError(), BrowserCrashed(), PlaywrightError("Page crashed"), Shifted("x")]
)
@pytest.mark.parametrize(
    ("action", "again", "opened"),
    [("open", False, 1), ("last", False, 1), ("previous", False, 2), ("previous", True, 2)],
)
def test_what_goes_wrong_on_the_second_page_costs_nothing_but_time(
    action: str, again: bool, opened: int, error: Exception
) -> None:
    """It is read from its start again only where the second page had begun to read."""
    portal = Portal(40)
    portal.trouble = fail(action, error=error, again=again)
    assert numbers(asyncio.run(read(portal))) == portal.orders
    front, back = portal.tabs
    assert back.is_closed
    assert front.opened == opened


def test_a_front_that_fails_fails_the_reading_and_leaves_no_page_behind() -> None:
    portal = Portal(40)
    portal.trouble = fail("next", error=PortalServerError(), back=False)
    with pytest.raises(PortalServerError):
        asyncio.run(read(portal))
    assert portal.tabs[1].is_closed


def test_without_a_link_back_the_list_is_read_by_one() -> None:
    portal = Portal(40)
    portal.leads_back = False
    assert numbers(asyncio.run(read(portal))) == portal.orders
    assert portal.tabs[1].actions == ["open", "last"]
    assert portal.tabs[0].opened == 2  # once to read, once to look at the pages again


def test_a_list_that_looks_empty_when_it_is_opened_again_is_not_believed() -> None:
    portal = Portal(40)

    def trouble(tab: Tab, action: str, again: bool) -> None:
        if tab.is_back and action == "previous":
            portal.orders.clear()
            portal.counts = False
            raise PortalServerError

    portal.trouble = trouble
    with pytest.raises(EmptyNotBelieved):
        asyncio.run(read(portal))


def test_a_row_that_cannot_be_read_is_named_by_its_page() -> None:
    portal = Portal(40)

    def trouble(tab: Tab, action: str, again: bool) -> None:
        tab.unreadable = {"8", "33"}

    portal.trouble = trouble
    with pytest.raises(LayoutChanged, match=r"row 2 of page 4: row\)"):
        asyncio.run(read(portal))


def test_the_second_page_may_be_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the list is read by one page. Where the portal does not say how long, the first page finds out."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    portal, silent = Portal(40), Portal(40)

    def trouble(tab: Tab, action: str, again: bool) -> None:
        if tab.is_back and action == "previous":
            tab.retry_after = 7.0
            raise AskedTooOften

    portal.trouble, silent.trouble = trouble, fail("previous", error=AskedTooOften())
    monkeypatch.setattr("fossatray.portal.patience.asyncio.sleep", sleep)
    assert numbers(asyncio.run(read(portal))) == portal.orders
    assert (waited.count(7.0), len(portal.tabs)) == (1, 2)
    assert numbers(asyncio.run(read(silent))) == silent.orders
    assert waited.count(7.0) == 1


@pytest.mark.parametrize(("action", "renewals"), [("open", 0), ("previous", 1)])
def test_a_session_that_is_gone_on_the_second_page_is_renewed_once_it_reads(action: str, renewals: int) -> None:
    portal = Portal(40)
    renewed: list[bool] = []

    async def renew() -> None:
        renewed.append(True)

    def trouble(tab: Tab, now: str, again: bool) -> None:
        tab.shows_form = tab.is_back and now == action

    portal.trouble = trouble
    assert numbers(asyncio.run(read(portal, renew))) == portal.orders
    assert len(renewed) == renewals


def test_a_session_that_never_lasts_is_lost() -> None:
    portal = Portal(40)

    async def renew() -> None:
        return

    def trouble(tab: Tab, action: str, again: bool) -> None:
        tab.shows_form = action == "next"

    portal.trouble = trouble
    with pytest.raises(SessionLost):
        asyncio.run(read(portal, renew))


def test_a_list_that_never_rests_is_not_proved() -> None:
    portal = Portal(40, {request: lambda portal: portal.replace(0) for request in range(2, 400)})
    with pytest.raises(ListIncomplete):
        asyncio.run(read(portal))


async def troubled(seed: int) -> str:
    """Read a list that changes while something goes wrong on a tab, or while the reading is cancelled."""
    chance = random.Random(seed)
    portal = Portal(20, happenings(seed), seed)
    known = tuple(str(number) for number in portal.orders) if chance.randrange(2) else ()
    at, of_the_back, left = chance.randrange(1, 20), chance.randrange(3) > 0, [1]
    error = chance.choice(
        [PortalServerError(), Shifted("x"), LayoutChanged("x"), PlaywrightError("x"), AskedTooOften()]
    )

    def trouble(tab: Tab, action: str, again: bool) -> None:
        if tab.is_back is of_the_back and len(tab.actions) == at and left:
            left.clear()
            raise error

    portal.trouble = trouble
    reading = asyncio.ensure_future(read(portal, known=known, known_listed=bool(known)))
    if chance.randrange(3) == 0:
        for _ in range(chance.randrange(300)):
            await asyncio.sleep(0)
        reading.cancel()
    try:
        told = await reading
    except (asyncio.CancelledError, FossaError, PlaywrightError) as ended:
        return type(ended).__name__
    finally:
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert all(tab.is_closed for tab in portal.tabs[1:])
    assert numbers(told) in [sorted(moment) for moment in portal.history]
    assert sent(portal) == numbers(told)
    return "read"


def sent(portal: Portal) -> list[int]:
    """The orders that the engine has when it has heard everything; within a reading progress never goes back."""
    heard, done = Transcript(JOBS[WORK_ORDERS], "https://portal.example", 3), 0.0
    for line in portal.told.getvalue().splitlines(keepends=True):
        message = decode_message(line)
        heard.take(message, len(line))
        if isinstance(message, PageProgress):
            done = message.done if message.page == 1 and not message.found else done
            assert message.done >= done
            done = message.done
    return sorted(int(number) for number in heard.orders)


def test_whatever_goes_wrong_no_list_is_wrong_and_nothing_is_left_behind() -> None:
    ends = Counter(asyncio.run(troubled(seed)) for seed in range(250))
    assert ends["read"] > 80
    assert {"CancelledError", "PortalServerError"} <= set(ends)
