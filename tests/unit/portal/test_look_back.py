"""Every page is looked at once more when the last was read: what changed meanwhile is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fossatray.core.errors import ListIncomplete, PortalServerError, PortalUnreachable
from tests.unit.portal.scripted_list import Step, Story, state

TWO_PAGES = [state(1, 2, total=4, page=1, last_page=2, next=True), state(4, 5, total=4, page=2, last_page=2)]


@pytest.mark.parametrize(
    "again",
    [state(2, 3, total=4, page=1, last_page=2, next=True), state(1, 2, total=5, page=1, last_page=2, next=True)],
)
def test_a_first_page_that_changed_meanwhile_is_read_again_though_the_total_stayed(again: Step) -> None:
    right = [state(2, 3, total=4, page=1, last_page=2, next=True), state(4, 5, total=4, page=2, last_page=2)]
    assert Story(*TWO_PAGES, again, *right, right[0]).read() == (["2", "3", "4", "5"], "4 matches")


def a_page(page: int, *numbers: int, **changes: Any) -> dict[str, Any]:
    """A page of four with two orders each, 8 matches."""
    return state(*numbers, **{"total": 8, "page": page, "last_page": 4, "next": True, **changes})


FOUR_PAGES = [a_page(1, 1, 2), a_page(2, 3, 4), a_page(3, 5, 6), a_page(4, 7, 8)]
BACK = FOUR_PAGES[2::-1]
EIGHT = [str(number) for number in range(1, 9)]


def test_every_page_is_looked_at_once_more_on_the_way_back() -> None:
    story = Story(*FOUR_PAGES, *BACK)
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3, *["previous"] * 3]
    assert story.page.expected == [*[None] * 4, *({"ids": page["ids"], "total": 8} for page in BACK)]
    told = [(p["page"], round(p["done"], 2)) for p in story.progress() if p["checking"]]
    assert told == [(3, 0.75), (2, 0.83), (1, 0.92), (1, 1.0)]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("changed", [{"numbers": (3, 9)}, {"total": 9}], ids=["order", "total"])
def test_a_page_in_the_middle_that_changed_meanwhile_is_read_again(place: int, changed: dict[str, Any]) -> None:
    """An order left page 2 after it was read, another came at the end: page 3's first was never seen."""
    page = FOUR_PAGES[2 - place]
    numbers = changed.get("numbers", [int(line.rpartition("-")[2]) for line in page["ids"].splitlines()])
    other = a_page(3 - place, *numbers, total=changed.get("total", 8))
    story = Story(*FOUR_PAGES, *BACK[:place], other, *FOUR_PAGES, *BACK)
    assert story.read() == (EIGHT, "8 matches")
    assert len(story.page.opened) == 2
    with pytest.raises(ListIncomplete, match=f"3 times: page {3 - place} changed while the others were read"):
        Story(*[*FOUR_PAGES, *BACK[:place], other] * 3).read()


def test_where_no_link_leads_back_the_list_is_opened_again_to_look_at_its_pages() -> None:
    last = {**FOUR_PAGES[3], "previous": False}
    story = Story(*FOUR_PAGES[:3], last, *FOUR_PAGES[:3])
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3, None, "next", "next"]
    told = [(p["page"], round(p["done"], 2)) for p in story.progress() if p["checking"]]
    assert told == [(3, 0.75), (1, 0.75), (2, 0.83), (3, 0.92), (1, 1.0)]


def test_a_link_back_that_does_nothing_is_not_counted_on() -> None:
    story = Story(*FOUR_PAGES, BACK[0], BACK[0], *FOUR_PAGES[:2])
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3, "previous", "previous", None, "next"]


def test_a_look_back_for_which_the_portal_was_not_asked_is_none() -> None:
    story = Story(*FOUR_PAGES, BACK[0], *FOUR_PAGES[:3], cached=True)
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3, "previous", None, "next", "next"]


def test_pages_looked_at_anew_must_be_the_same_and_as_many() -> None:
    once = [*FOUR_PAGES[:3], {**FOUR_PAGES[3], "previous": False}, FOUR_PAGES[0]]
    for last in (a_page(2, 3, 5), state(1, 2, total=8)):
        story = Story(*once, last, *FOUR_PAGES, *BACK)
        assert story.read() == (EIGHT, "8 matches")
        assert len(story.page.opened) == 3


def test_a_page_that_does_not_come_on_the_way_back_fails() -> None:
    with pytest.raises(PortalServerError):
        Story(*FOUR_PAGES, FOUR_PAGES[3], worst=500).read()
    with pytest.raises(PortalUnreachable):
        Story(*FOUR_PAGES, state(total=8), data_lost=True).read()


def test_a_session_that_ends_on_the_way_back_is_renewed_and_the_list_read_again() -> None:
    renewals: list[int] = []

    async def renew() -> None:
        renewals.append(1)

    assert Story(*FOUR_PAGES, BACK[0], state(form=True), *FOUR_PAGES, *BACK, renew=renew).read()[0] == EIGHT
    assert renewals == [1]


def test_a_reading_in_doubt_is_not_looked_at_once_more() -> None:
    twice = [*FOUR_PAGES[:3], a_page(4, 6, 7)]
    story = Story(*twice, *FOUR_PAGES, *BACK)
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions.count("previous") == 3


def test_without_a_total_the_second_reading_is_the_second_look() -> None:
    once = [{**page, "total": None} for page in (*FOUR_PAGES[:3], {**FOUR_PAGES[3], "next": False})]
    story = Story(*once, *once)
    assert story.read()[0] == EIGHT
    assert "previous" not in story.page.actions


def test_a_list_with_just_the_orders_kept_was_looked_at_before() -> None:
    story = Story(*FOUR_PAGES, known=tuple(reversed(EIGHT)), known_listed=True)
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3]


@pytest.mark.parametrize("known", [EIGHT[1:], [*EIGHT, "9"], [*EIGHT[1:], "9"], []])
def test_a_list_with_other_orders_than_those_kept_is_looked_at_once_more(known: list[str]) -> None:
    story = Story(*FOUR_PAGES, *BACK, known=tuple(known), known_listed=True)
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3, *["previous"] * 3]


def test_orders_held_back_were_not_looked_at_before() -> None:
    story = Story(*FOUR_PAGES, *BACK, known=tuple(EIGHT), known_listed=False)
    assert story.read() == (EIGHT, "8 matches")
    assert story.page.actions == [None, *["next"] * 3, *["previous"] * 3]


def test_a_kept_order_that_slipped_past_is_missed_and_looked_for() -> None:
    """Order 1 left page 1 after it was read, 9 came at the end: 3 slipped to page 1 and was never seen."""
    slipped = [FOUR_PAGES[0], a_page(2, 4, 5), a_page(3, 6, 7), a_page(4, 8, 9)]
    right = [a_page(1, 2, 3), *slipped[1:]]
    story = Story(
        *slipped, slipped[2], slipped[1], right[0], *right, *right[2::-1], known=tuple(EIGHT), known_listed=True
    )
    assert story.read() == (["2", "3", "4", "5", "6", "7", "8", "9"], "8 matches")


def test_the_orders_of_each_page_are_sent_before_the_next_is_read() -> None:
    story = Story(*FOUR_PAGES, *BACK)
    story.read()
    told = [json.loads(line) for line in story.told.getvalue().splitlines()]
    kinds = [one["t"] for one in told if one["t"] == "order" or not one["checking"]]
    assert kinds == ["progress", *["progress", "order", "order"] * 3, "order", "order", "progress"]


def test_a_reading_of_a_list_that_became_empty_begins_too() -> None:
    """What the first reading sent is of no use, which the engine knows by the second one's beginning."""
    empty = {**state(total=0), "below": "none"}
    story = Story(FOUR_PAGES[0], a_page(3, 5, 6), empty)
    assert story.read() == ([], "0 matches")
    assert [p["page"] for p in story.progress() if not p["found"]] == [1, 1]


def test_a_page_that_is_never_left_is_tidied_now_and_then() -> None:
    pages = [a_page(number, number, total=12, last_page=12) for number in range(1, 13)]
    story = Story(*pages, *pages[-2::-1])
    story.read()
    assert story.page.tidied == len(story.page.actions) // 10 == 2
