"""What a portal's "wait" means: for one site where others are read, for all where none is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from fossatray.core.errors import AskedTooOften, LocationBusy
from fossatray.portal import asks_to_wait
from fossatray.portal.asks_to_wait import AsksToWait
from fossatray.portal.profile import load_profile

SIGNS = replace(load_profile().equipment, asked_again=3, give_up=2, retry_after=0.001, longest_wait=0.06)
SECONDS = 0.001
RUN_S = 1_000.0


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks_to_wait, "_SHORTEST_WAIT_S", 0.001)


def asking(tell: Callable[[AsksToWait], None]) -> AsksToWait:
    """Tell it what the portal asks for, in a run that may last for 1,000 seconds."""

    async def story() -> AsksToWait:
        asks = AsksToWait(SIGNS, asyncio.get_running_loop().time() + RUN_S, lambda level, text: None)
        tell(asks)
        return asks

    return asyncio.run(story())


def test_a_site_that_asks_while_others_are_read_is_given_up_alone() -> None:
    def tell(asks: AsksToWait) -> None:
        asks.note("one", SECONDS)
        asks.note_answer()
        asks.note("one", SECONDS)
        asks.note("one", SECONDS)
        with pytest.raises(LocationBusy):
            asks.note("one", SECONDS)

    assert asking(tell).over is None


def test_a_site_is_not_given_up_while_others_are_read_in_between() -> None:
    """A portal that answers one request a while: which site gets it is chance."""

    def tell(asks: AsksToWait) -> None:
        for _ in range(20):
            asks.note("unlucky", SECONDS)
            asks.note_answer()

    assert asking(tell).over is None


def test_a_portal_that_begins_to_ask_is_waited_for() -> None:
    """No site was read since the first of them asked: it is not about them."""

    def tell(asks: AsksToWait) -> None:
        asks.note_answer()
        for _ in range(5):
            for url in ("one", "two", "three"):
                asks.note(url, SECONDS)

    assert asking(tell).over is None


def test_a_portal_that_names_no_time_is_given_up_whatever_the_site() -> None:
    def tell(asks: AsksToWait) -> None:
        for number in range(SIGNS.asked_again * SIGNS.give_up - 1):
            asks.note(str(number), None)
        assert asks.over is None
        with pytest.raises(AskedTooOften):
            asks.note("last", None)

    assert asking(tell).over is not None


def test_a_site_is_given_up_when_its_waits_are_at_their_longest() -> None:
    """Nothing else is left to be read that could tell whether it is about the site."""

    def tell(asks: AsksToWait) -> None:
        for _ in range(SIGNS.asked_again + 5):
            asks.note("only", SECONDS)
        with pytest.raises(LocationBusy):
            asks.note("only", SECONDS)

    assert asking(tell).over is None


@pytest.mark.parametrize("answer_between", [True, False])
def test_a_wait_longer_than_the_run_is_the_sites_until_a_third_asks_for_one(answer_between: bool) -> None:
    def tell(asks: AsksToWait) -> None:
        for url in ("one", "two"):
            with pytest.raises(LocationBusy, match="3600 seconds"):
                asks.note(url, 3600.0)
        assert asks.over is None
        if answer_between:
            asks.note_answer()
        with pytest.raises(LocationBusy if answer_between else AskedTooOften, match="3600 seconds"):
            asks.note("three", 3600.0)

    assert (asking(tell).over is None) is answer_between


def test_an_answer_that_was_on_its_way_takes_back_that_all_are_given_up() -> None:
    def tell(asks: AsksToWait) -> None:
        for url in ("one", "two", "three"):
            with pytest.raises(AskedTooOften):
                asks.note(url, 3600.0)
        assert asks.over is not None
        asks.note_answer()

    assert asking(tell).over is None


def test_what_is_asked_for_is_waited_for_once() -> None:
    async def story() -> None:
        clock = asyncio.get_running_loop().time
        asks = AsksToWait(SIGNS, clock() + RUN_S, lambda level, text: None)
        assert not await asks.waited()
        asks.note("one", 0.05)
        begun = clock()
        assert await asks.waited()
        assert clock() - begun >= 0.05 - 0.001
        assert not await asks.waited()

    asyncio.run(story())
