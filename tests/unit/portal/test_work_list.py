"""The reader's decisions, on a page that answers from a script: ends, shifts, sessions, and empty lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fossatray.core.errors import (
    EmptyNotBelieved,
    LayoutChanged,
    ListIncomplete,
    PortalAnswerBroken,
    PortalError,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    SessionLost,
)
from fossatray.portal.profile import load_profile
from tests.unit.portal.scripted_list import Step, Story, state


def test_pages_are_followed_to_the_total() -> None:
    story = Story(
        state(1, 2, total=3, page=1, last_page=2, next=True),
        state(3, total=3, page=2, last_page=2, next=True),  # its next link can be used to the last: never clicked
        state(1, 2, total=3, page=1, last_page=2, next=True),
    )
    assert story.read() == (["1", "2", "3"], "3 matches")
    assert story.page.actions == [None, "next", "previous"]
    told = [(p["checking"], p["page"], p["pages"], p["found"], round(p["done"], 2)) for p in story.progress()]
    assert told[:3] == [(False, 1, 2, 0, 0.0), (False, 2, 2, 2, 0.5), (False, 2, 2, 3, 0.75)]  # before a page is read
    assert told[3:] == [(True, 1, 2, 3, 0.75), (True, 1, 2, 3, 1.0)]
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


def test_rows_that_stay_because_no_data_came_are_no_end() -> None:
    stays = [state(1, 2, next=True), state(1, 2, next=True)]
    with pytest.raises(PortalAnswerBroken):
        Story(*stays, no_data=True).read()


@pytest.mark.parametrize("shown", [1, 2])
def test_rows_that_stay_before_the_paginators_last_page_are_no_end(shown: int) -> None:
    stays = [state(1, 2, page=1, last_page=3, next=True), state(1, 2, page=shown, last_page=3, next=True)]
    with pytest.raises(ListIncomplete, match="did not show the next page"):
        Story(*stays * 3).read()


def test_no_next_link_before_the_paginators_last_page_is_no_end() -> None:
    with pytest.raises(ListIncomplete, match="did not show the next page"):
        Story(*[state(1, 2, page=1, last_page=3)] * 6).read()


def test_the_page_sizes_are_the_profiles() -> None:
    signs = load_profile()
    other = replace(signs, work_list=replace(signs.work_list, page_sizes=(2,)))
    once = [state(1, 2, next=True), state(1, 2, next=True)]
    with pytest.raises(ListIncomplete, match="a page is full"):
        Story(*once * 3, profile=other).read()


def test_all_that_is_done_on_one_page_shares_its_time_and_the_next_page_has_its_own() -> None:
    grid = state(view="grid", total=1)
    small = state(1, total=1, size="Show 25")
    assert Story(grid, small, state(1, total=1), seconds=20.0).read()[0] == ["1"]
    with pytest.raises(PortalTimeout):
        Story(grid, small, state(1, total=1), seconds=20.1).read()
    pages = [state(number, total=3, page=number, last_page=3, next=True) for number in (1, 2, 3)]
    assert Story(*pages, pages[1], pages[0], seconds=59.0).read()[0] == ["1", "2", "3"]


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
    assert story.page.actions == [None, "size", "next", "previous"]


def test_labels_that_are_not_known_are_told_once() -> None:
    story = Story(state(1, 2, total=3), state(1, 2, 3, total=3), labels=["Why:", "Reason:", "x" * 100])
    assert story.read()[0] == ["1", "2", "3"]
    assert story.work_list is not None
    assert story.work_list.unknown_labels == ("Why:", "x" * 60)
    told = story.told.getvalue().decode()
    assert told.count("labels not known") == 1
    assert "labels not known: Why: (3), xxxx" in told


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
