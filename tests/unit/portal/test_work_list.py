"""The reader's decisions, on a page that answers from a script: ends, shifts, sessions, and empty lists."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any, cast

import pytest

from fossatray.core.errors import (
    EmptyNotBelieved,
    LayoutChanged,
    ListIncomplete,
    PortalError,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    SessionLost,
)
from fossatray.core.wire import ScrapeRequest
from fossatray.portal.link import EngineLink
from fossatray.portal.list_state import ListState
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile, load_profile
from fossatray.portal.work_list import WorkListReader

Step = dict[str, Any] | None

READY = ListState(
    form=False,
    header=True,
    busy=False,
    rows=0,
    ids="",
    total=None,
    page=None,
    last_page=None,
    next=False,
    size="Show 100",
    view="list",
    badge=True,
    below="",
    path="/app/work/list",
)


class ScriptedPage:
    """Stands for PortalPage: each `watch` gives the next state, `ask` the rows of the state given last."""

    page_limit = 60.0

    def __init__(
        self, steps: list[Step], worst: int | None = None, *, session_ended: bool = False, data_lost: bool = False
    ) -> None:
        self._steps = list(steps)
        self._now: Step = None
        self.worst = worst
        self.session_ended = session_ended
        self.data_lost = data_lost
        self.opened: list[str] = []
        self.actions: list[str | None] = []

    async def open(self, path: str) -> None:
        self.opened.append(path)

    async def watch(self, name: str, argument: dict[str, Any], limit: float, *, follow: bool = True) -> Any:
        assert name == "settle"
        assert limit == self.page_limit
        self.actions.append(argument["action"])
        self._now = self._steps.pop(0)
        return self._now

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        assert name == "rows"
        assert self._now is not None
        ids = str(self._now["ids"])
        return {"ids": ids, "rows": [row(line.rpartition("-")[2]) for line in ids.splitlines()]}

    def raise_for_status(self, status: int | None) -> None:
        raise PortalServerError(f"status {status}")


def row(number: str) -> dict[str, Any]:
    return {
        "classes": f"work-list-item w-{number}",
        "number": f"W-{number}",
        "href": f"/app/work/{number}/",
        "categories": [],
        "status": None,
        "labelled": [],
        "creator": None,
        "site": [],
        "address": [],
        "services": [],
        "counter": None,
        "visit": None,
        "instructions": None,
    }


def state(*numbers: int, **changes: Any) -> dict[str, Any]:
    """What the page tells with these orders on it."""
    ids = "\n".join(f"work-list-item w-{number}" for number in numbers)
    return asdict(replace(READY, rows=len(numbers), ids=ids, **changes))


async def no_renewal() -> None:
    raise AssertionError("the session was to be renewed")


class Story:
    """A reader on a scripted page."""

    def __init__(
        self,
        *steps: Step,
        worst: int | None = None,
        session_ended: bool = False,
        data_lost: bool = False,
        profile: Profile | None = None,
        renew: Callable[[], Awaitable[None]] = no_renewal,
        **request: Any,
    ) -> None:
        self.page = ScriptedPage(list(steps), worst, session_ended=session_ended, data_lost=data_lost)
        asked = ScrapeRequest("work_orders", "a", "https://portal.example", "u", "/nowhere", **request)
        self.told = io.BytesIO()
        self._link = self.told
        self._profile = profile or load_profile()
        self._asked = asked
        self._renew = renew
        self.reader: WorkListReader | None = None

    def read(self) -> tuple[list[str], str]:
        """The numbers read and the proof."""

        async def run() -> tuple[list[str], str]:
            link = EngineLink(self.told)
            page = cast("PortalPage", self.page)
            self.reader = WorkListReader(page, self._profile, self._asked, link, renew=self._renew)
            read = await self.reader.read()
            return [order.number for order in read.orders], read.proof

        return asyncio.run(run())

    def progress(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.told.getvalue().splitlines()]
        return [line for line in lines if line["t"] == "progress"]


def test_pages_are_followed_to_the_total() -> None:
    story = Story(
        state(1, 2, total=3, page=1, last_page=2, next=True),
        state(3, total=3, page=2, last_page=2, next=True),  # its next link can be used to the last: never clicked
        state(1, 2, total=3, page=1, last_page=2, next=True),
    )
    assert story.read() == (["1", "2", "3"], "3 matches")
    assert story.page.actions == [None, "next", "first"]
    told = [(p["page"], p["pages"], p["found"], round(p["done"], 2)) for p in story.progress()]
    assert told == [(1, 2, 0, 0.0), (2, 2, 2, 0.67), (2, 2, 3, 1.0)]  # each page before it is read
    assert (
        "work_visit_completion=none%7C%7CNo%20visits%20completed%7C%7CWork%20Visits%20Completed" in story.page.opened[0]
    )
    assert "order_direction=asc" in story.page.opened[0]


def test_without_a_total_the_end_is_where_rows_no_longer_change_and_two_readings_agree() -> None:
    once = [state(1, 2, page=1, next=True), state(3, page=2, next=True), state(3, page=2, next=True)]
    assert Story(*once, *once).read()[0] == ["1", "2", "3"]


def test_without_a_total_readings_that_differ_are_no_proof() -> None:
    def pages(last: int) -> list[Step]:
        return [state(1, 2, next=True), state(last)]

    with pytest.raises(ListIncomplete):
        Story(*pages(3), *pages(4), *pages(5)).read()


def test_one_page_whose_rows_only_stay_is_read_twice_without_a_total() -> None:
    once = [state(1, 2, next=True), state(1, 2, next=True)]
    story = Story(*once, *once)
    assert story.read()[0] == ["1", "2"]
    assert len(story.page.opened) == 2


@pytest.mark.parametrize("total", [None, 4])
def test_rows_that_stay_because_the_portal_failed_are_no_end(total: int | None) -> None:
    stays = [state(1, 2, next=True, total=total), state(1, 2, next=True, total=total)]
    with pytest.raises(PortalServerError):
        Story(*stays, worst=500).read()
    with pytest.raises(PortalUnreachable):
        Story(*stays, data_lost=True).read()
    with pytest.raises(PortalServerError):
        Story(stays[0], state(next=True, total=total), worst=500).read()


@pytest.mark.parametrize("shown", [1, 2])
def test_rows_that_stay_before_the_paginators_last_page_are_no_end(shown: int) -> None:
    stays = [state(1, 2, page=1, last_page=3, next=True), state(1, 2, page=shown, last_page=3, next=True)]
    with pytest.raises(ListIncomplete, match="did not show the next page"):
        Story(*stays * 3).read()


def test_no_next_link_before_the_paginators_last_page_is_no_end() -> None:
    with pytest.raises(ListIncomplete, match="did not show the next page"):
        Story(*[state(1, 2, page=1, last_page=3)] * 6).read()


TWO_PAGES = [state(1, 2, total=4, page=1, last_page=2, next=True), state(4, 5, total=4, page=2, last_page=2)]


@pytest.mark.parametrize(
    "again",
    [state(2, 3, total=4, page=1, last_page=2, next=True), state(1, 2, total=5, page=1, last_page=2, next=True)],
)
def test_a_first_page_that_changed_meanwhile_is_read_again_though_the_total_stayed(again: Step) -> None:
    right = [state(2, 3, total=4, page=1, last_page=2, next=True), state(4, 5, total=4, page=2, last_page=2)]
    assert Story(*TWO_PAGES, again, *right, right[0]).read() == (["2", "3", "4", "5"], "4 matches")


def test_where_no_link_leads_back_the_list_is_opened_again_to_see_its_first_page() -> None:
    story = Story(*TWO_PAGES, TWO_PAGES[1], TWO_PAGES[0])
    assert story.read() == (["1", "2", "4", "5"], "4 matches")
    assert story.page.actions == [None, "next", "first", None]


def test_a_page_that_was_skipped_is_read_again() -> None:
    story = Story(
        state(1, total=3, page=1, last_page=3, next=True),
        state(3, total=3, page=3, last_page=3),
        state(1, 2, 3, total=3),
    )
    assert story.read() == (["1", "2", "3"], "3 matches")
    assert len(story.page.opened) == 2


def test_a_count_that_never_agrees_fails_after_three_readings() -> None:
    story = Story(*[state(1, 2, total=3) for _ in range(3)])
    with pytest.raises(ListIncomplete, match="counts 3 matches, 2 were listed"):
        story.read()


def test_the_page_size_is_chosen_and_a_portal_that_ignores_it_is_read_all_the_same() -> None:
    story = Story(
        state(1, total=2, page=1, last_page=2, next=True, size="Show 25"),
        state(1, total=2, page=1, last_page=2, next=True, size="Show 25"),
        state(2, total=2, page=2, last_page=2, size="Show 25"),
        state(1, total=2, page=1, last_page=2, next=True, size="Show 25"),
    )
    assert story.read()[0] == ["1", "2"]
    assert story.page.actions == [None, "size", "next", "first"]


def test_the_list_view_is_chosen() -> None:
    story = Story(state(view="grid", total=1), state(1, total=1))
    assert story.read()[0] == ["1"]
    assert story.page.actions == [None, "list"]


def test_a_list_view_that_cannot_be_chosen_is_a_changed_layout() -> None:
    with pytest.raises(LayoutChanged):
        Story(state(view="grid", total=1), state(view="grid", total=1)).read()


def test_a_filter_that_was_not_applied_is_never_read() -> None:
    with pytest.raises(LayoutChanged, match="filter"):
        Story(state(1, total=1, badge=False)).read()


def test_a_lost_session_is_renewed_once() -> None:
    renewals: list[int] = []

    async def renew() -> None:
        renewals.append(1)

    assert Story(state(form=True), state(1, total=1), renew=renew).read()[0] == ["1"]
    assert renewals == [1]
    with pytest.raises(SessionLost):
        Story(state(form=True), state(form=True), renew=renew).read()


def test_data_refused_for_want_of_a_session_are_no_empty_list() -> None:
    async def renew() -> None:
        return

    with pytest.raises(SessionLost):
        Story(state(total=0), state(total=0), session_ended=True, renew=renew).read()


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (None, PortalTimeout),
        (state(timeout=True, busy=True), PortalTimeout),
        (state(timeout=True, header=False), LayoutChanged),
        ({"form": True}, PortalError),
        ([], PortalError),
        ({**state(1), "rows": "1"}, PortalError),
        ({**state(1), "total": True}, PortalError),
    ],
)
def test_what_does_not_settle_or_is_not_understood_fails(told: Any, error: type[PortalError]) -> None:
    with pytest.raises(error):
        Story(told).read()


class TestEmpty:
    """A list without rows: header and idle loaders are there already."""

    def test_zero_matches_is_believed(self) -> None:
        assert Story(state(total=0)).read() == ([], "0 matches")

    def test_nothing_but_silence_is_not_believed_and_its_sign_is_told(self) -> None:
        story = Story(state(below="You have no work."))
        with pytest.raises(EmptyNotBelieved):
            story.read()
        assert story.reader is not None
        assert story.reader.empty_sign == "You have no work."

    def test_the_remembered_sign_is_believed(self) -> None:
        story = Story(state(below="You have no work."), empty_sign="You have no work.")
        assert story.read() == ([], "the known sign of an empty list")

    def test_another_sign_than_the_remembered_one_is_not(self) -> None:
        with pytest.raises(EmptyNotBelieved):
            Story(state(below="Something went wrong."), empty_sign="You have no work.").read()

    def test_the_profiles_sign_is_believed(self) -> None:
        profile = load_profile()
        signs = replace(profile.work_list, empty_texts=("No results",))
        story = Story(state(below="No results"), profile=replace(profile, work_list=signs))
        assert story.read() == ([], "the known sign of an empty list")

    def test_an_empty_sign_is_no_sign(self) -> None:
        with pytest.raises(EmptyNotBelieved):
            Story(state(below=""), empty_sign="").read()

    def test_the_person_is_believed(self) -> None:
        assert Story(state(below=""), accept_empty=True).read() == ([], "accepted as empty by the person")

    def test_nobody_is_believed_when_the_portal_failed(self) -> None:
        for changes in ({"total": 0}, {"below": "x"}):
            with pytest.raises(PortalServerError):
                Story(state(**changes), worst=500, accept_empty=True, empty_sign="x").read()

    def test_a_count_without_rows_is_a_changed_layout_whoever_says_otherwise(self) -> None:
        with pytest.raises(LayoutChanged):
            Story(state(total=7), accept_empty=True).read()
