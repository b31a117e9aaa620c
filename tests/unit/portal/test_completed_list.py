"""Looking for missing orders among the completed ones, on a page that answers from a script."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from fossatray.core.messages import CompletedRead, ScrapeRequest
from fossatray.portal.completed_list import Sought, look_for_completed, sought_among_completed
from fossatray.portal.link import EngineLink
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile, load_profile
from tests.unit.portal.scripted_list import ScriptedPage, Step, state


class CompletedPage(ScriptedPage):
    """A scripted page whose rows show that every visit is completed, unless `counter` says otherwise."""

    def __init__(self, *steps: Step, counter: str | None = "1 / 1", **changes: Any) -> None:
        super().__init__(list(steps), **changes)
        self.counter = counter
        self.told = ""
        self.days = {"W-7": "06/13/2025"}

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        told = await super().ask(name, argument)
        return {
            **told,
            "rows": [
                {**row, "counter": self.counter, "completed": self.days.get(row["number"])} for row in told["rows"]
            ],
        }


def look(
    page: CompletedPage,
    *missing: str,
    besides: frozenset[str] = frozenset(),
    profile: Profile | None = None,
    **request: Any,
) -> CompletedRead:
    asked = ScrapeRequest("work_orders", "a", "https://portal.example", "u", "/nowhere", **request)
    told = io.BytesIO()
    sought = Sought(frozenset(missing), besides)
    found = asyncio.run(
        look_for_completed(cast("PortalPage", page), profile or load_profile(), asked, EngineLink(told), sought, 60.0)
    )
    page.told = told.getvalue().decode()
    return found


DAYS = (("7", date(2025, 6, 13)),)
FIRST = state(7, 8, total=5, page=1, last_page=3, next=True)
SECOND = state(5, 6, total=5, page=2, last_page=3, next=True)
THIRD = state(4, total=5, page=3, last_page=3, next=False)


def test_the_reading_ends_as_soon_as_all_are_found_and_asks_for_the_newest_first() -> None:
    page = CompletedPage(FIRST, SECOND)
    assert look(page, "6", "7") == CompletedRead(("6", "7"), whole=True, days=DAYS)
    assert page.actions == [None, "next"]
    assert "all%7C%7CAll%20visits%20completed" in page.opened[0]
    assert "order_direction=desc" in page.opened[0]
    assert page.told == ""  # no progress of its own, and nothing to complain of


def test_what_is_not_there_to_the_proved_end_is_told_so() -> None:
    page = CompletedPage(FIRST, SECOND, THIRD, SECOND, FIRST)
    assert look(page, "4", "9") == CompletedRead(("4",), whole=True)


def test_no_more_pages_are_read_than_the_profile_allows() -> None:
    profile = load_profile()
    profile = replace(profile, limits=replace(profile.limits, completed_pages=1))
    page = CompletedPage(FIRST, SECOND)
    assert look(page, "7", "5", profile=profile) == CompletedRead(("7",), whole=False, days=DAYS)


def test_a_list_of_another_filter_is_no_sign_of_anything() -> None:
    page = CompletedPage(state(7, 8, total=2, badge=False))
    assert look(page, "7") == CompletedRead((), whole=False)
    assert "layout_changed" in page.told


@pytest.mark.parametrize("counter", ["0 / 1", "1 / 2", None])
def test_a_row_that_does_not_show_its_completion_is_no_sign_either(counter: str | None) -> None:
    assert look(CompletedPage(state(7, total=1), counter=counter), "7") == CompletedRead((), whole=False)


def test_a_day_of_another_form_is_left_out_and_costs_nothing_else() -> None:
    page = CompletedPage(FIRST, SECOND)
    page.days = {"W-7": "yesterday"}
    assert look(page, "6", "7") == CompletedRead(("6", "7"), whole=True)
    assert "row.completed" in page.told


def test_a_failure_keeps_what_was_found_before_it() -> None:
    page = CompletedPage(FIRST, {**SECOND, "rows": 0, "ids": ""}, worst=500)
    assert look(page, "7", "5") == CompletedRead(("7",), whole=False, days=DAYS)
    assert "portal_server_error" in page.told


def test_a_session_that_ended_is_not_renewed_here() -> None:
    assert look(CompletedPage(state(form=True)), "7") == CompletedRead((), whole=False)


def test_an_empty_list_is_believed_with_a_sign_alone() -> None:
    assert look(CompletedPage(state(total=0)), "7") == CompletedRead((), whole=True)
    assert look(CompletedPage(state()), "7", accept_empty=True) == CompletedRead((), whole=False)


def test_it_takes_no_longer_than_it_may() -> None:
    class Hanging(CompletedPage):
        async def open(self, path: str) -> None:
            await asyncio.get_running_loop().create_future()

    profile = load_profile()
    profile = replace(profile, waits=replace(profile.waits, completed=0.05))
    assert look(Hanging(), "7", profile=profile) == CompletedRead((), whole=False)


def test_what_is_found_besides_is_told_but_not_waited_for() -> None:
    page = CompletedPage(FIRST, SECOND)
    assert look(page, "7", besides=frozenset({"8", "4"})) == CompletedRead(("7", "8"), whole=True, days=DAYS)
    assert page.actions == [None]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (False, Sought(frozenset({"1"}), frozenset({"5"}))),
        (True, Sought(frozenset({"1", "5"}), frozenset())),
    ],
)
def test_orders_that_left_before_are_looked_for_by_the_way_or_for_themselves(wanted: bool, expected: Sought) -> None:
    asked = ScrapeRequest(
        "work_orders",
        "a",
        "https://portal.example",
        "u",
        "/nowhere",
        known=("1", "2"),
        departed=("3", "5"),
        departed_wanted=wanted,
    )
    assert sought_among_completed(asked, ["2", "3"]) == expected
