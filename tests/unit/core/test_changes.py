"""What changed between two lists, and when a great loss is not believed yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fossatray.core.changes import Change, Kind, compare, field_changes, is_not_completed, needs_second_read, summary
from fossatray.core.orders import Service, Visit, WorkOrder


def order(number: str, day: int | None = None, site: str = "https://p/app/customers/locations/1/") -> WorkOrder:
    visit = None if day is None else Visit(f"9{number}", None, date(2026, 11, day), "anytime", None)
    return WorkOrder(number, customer="Wawa", location_url=site, visit=visit)


def diff(kept: list[WorkOrder], read: list[WorkOrder], archived: list[WorkOrder] | None = None) -> list[Change]:
    found = compare({one.number: one for one in kept}, {one.number: one for one in archived or []}, read, first=False)
    return list(found.changes)


def kinds(changes: list[Change]) -> dict[str, Kind]:
    return {change.number: change.kind for change in changes}


def test_the_first_sync_makes_no_change_noise() -> None:
    assert compare({}, {}, [order("1"), order("2")], first=True).changes == ()


def test_nothing_changed_says_nothing() -> None:
    assert diff([order("1", 3)], [order("1", 3)]) == []


def test_new_removed_and_back() -> None:
    gone = order("7", 4, site="https://p/app/customers/locations/7/")
    changes = diff([order("1"), gone], [order("1"), order("2"), order("3")], archived=[order("3")])
    assert kinds(changes) == {"2": Kind.NEW, "3": Kind.BACK, "7": Kind.REMOVED}


def test_an_update_names_each_field_with_old_and_new() -> None:
    before = order("1", 3)
    after = replace(before, status="In Progress", services=(Service("Meter", "All", "2861", 8),))
    (change,) = diff([before], [after])
    assert change.kind is Kind.UPDATED
    assert {field.name for field in change.fields} == {"status", "services"}
    assert change.fields_json()["status"] == {"old": None, "new": "In Progress"}


def test_another_visit_date_is_a_reschedule() -> None:
    (change,) = diff([order("1", 3)], [order("1", 4)])
    assert change.kind is Kind.RESCHEDULED
    assert change.fields_json()["visit.date"] == {"old": "2026-11-03", "new": "2026-11-04"}


@pytest.mark.parametrize(("before", "after"), [(None, 3), (3, None)])
def test_a_visit_given_or_taken_away_is_an_update(before: int | None, after: int | None) -> None:
    (change,) = diff([order("1", before)], [order("1", after)])
    assert change.kind is Kind.UPDATED


def test_two_mirrored_dates_are_one_swap_that_names_both() -> None:
    (swap,) = diff([order("10", 3), order("9", 5)], [order("10", 5), order("9", 3)])
    assert (swap.number, swap.kind, swap.partner) == ("9", Kind.SWAPPED, "10")
    assert swap.fields_json() == {
        "visit.date": {"old": "2026-11-05", "new": "2026-11-03"},
        "with": {"old": None, "new": "10"},
        "with.visit.date": {"old": "2026-11-03", "new": "2026-11-05"},
    }


def test_three_moves_pair_only_the_two_that_mirror() -> None:
    changes = diff([order("1", 3), order("2", 5), order("3", 3)], [order("1", 5), order("2", 3), order("3", 5)])
    assert sorted(kinds(changes).values()) == [Kind.RESCHEDULED, Kind.SWAPPED]


def test_one_gone_and_one_new_on_the_same_site_and_date_is_a_replacement_said_once() -> None:
    (change,) = diff([order("1", 3)], [order("2", 3)])
    assert (change.number, change.kind) == ("2", Kind.REPLACED)
    assert change.fields_json() == {"number": {"old": "1", "new": "2"}}


def test_a_replaced_order_is_archived_all_the_same() -> None:
    found = compare({"1": order("1", 3)}, {}, [order("2", 3)], first=False)
    assert found.gone == ("1",)


def test_another_site_or_date_is_no_replacement() -> None:
    assert kinds(diff([order("1", 3)], [order("2", 4)])) == {"2": Kind.NEW, "1": Kind.REMOVED}
    other = order("2", 3, site="https://p/app/customers/locations/2/")
    assert kinds(diff([order("1", 3)], [other])) == {"2": Kind.NEW, "1": Kind.REMOVED}


@pytest.mark.parametrize(
    ("kept", "gone", "held"),
    [(9, 9, False), (10, 5, False), (10, 6, True), (60, 30, False), (60, 31, True), (0, 0, False)],
)
def test_a_loss_of_more_than_half_of_at_least_ten_needs_a_second_read(kept: int, gone: int, held: bool) -> None:
    assert needs_second_read(kept, gone) is held


def left(
    read: list[WorkOrder], *gone: WorkOrder, completed: dict[str, date | None] | None = None, whole: bool = False
) -> list[Change]:
    """What is told of orders that left the list."""
    kept = {one.number: one for one in (*read, *gone)}
    return list(compare(kept, {}, read, first=False, completed=completed, whole=whole).changes)


def test_an_order_found_among_the_completed_ones_is_completed() -> None:
    assert left([], order("1", 3), completed={"1": None}) == [Change("1", Kind.COMPLETED)]
    (told,) = left([], order("1", 3), completed={"1": date(2025, 6, 13)})
    assert (told.kind, told.fields_json()) == (Kind.COMPLETED, {"completed_on": {"old": None, "new": "2025-06-13"}})


@pytest.mark.parametrize("field", ["contact", "billing"])
def test_what_an_older_program_did_not_read_is_no_news(field: str) -> None:
    some = replace(order("1", 3), **{field: ("Pat Contact",)})  # type: ignore[arg-type]
    none = replace(order("1", 3), **{field: ()})  # type: ignore[arg-type]
    assert diff([order("1", 3)], [some]) == []
    assert diff([order("1", 3)], [none]) == []
    some, none = (replace(one, contact=one.contact or ()) for one in (some, none))
    assert [change.fields_json() for change in diff([none], [some])] == [{field: {"old": [], "new": ["Pat Contact"]}}]
    assert [change.fields_json() for change in diff([some], [none])] == [{field: {"old": ["Pat Contact"], "new": []}}]


def test_the_day_of_completion_is_news_of_an_order_that_this_program_kept_alone() -> None:
    dated = replace(order("1", 3), contact=(), completed_on=date(2025, 6, 13))
    assert diff([order("1", 3)], [dated]) == []
    assert [change.fields_json() for change in diff([replace(dated, completed_on=None)], [dated])] == [
        {"completed_on": {"old": None, "new": "2025-06-13"}}
    ]


@pytest.mark.parametrize("total", [1, None])
def test_a_removed_order_is_known_not_to_be_completed_only_where_those_were_read_to_their_end(
    total: int | None,
) -> None:
    gone = replace(order("1", 3), visits_total=total)
    (unknown,) = left([], gone)
    assert (unknown, is_not_completed(unknown)) == (Change("1", Kind.REMOVED), False)
    (known,) = left([], gone, whole=True)
    assert (known.kind, is_not_completed(known)) == (Kind.REMOVED, True)
    assert known.fields_json() == {"completed": {"old": None, "new": False}}


def test_an_order_of_two_visits_may_be_completed_in_part_and_nothing_is_claimed() -> None:
    (change,) = left([], replace(order("1", 3), visits_total=2), whole=True)
    assert (change.kind, is_not_completed(change)) == (Kind.REMOVED, False)


def test_a_completed_order_is_not_replaced_by_a_new_one_on_its_site_and_date() -> None:
    kept, new = order("1", 3), order("2", 3)
    changes = compare({"1": kept}, {}, [new], first=False, completed={"1": None}, whole=True).changes
    assert kinds(list(changes)) == {"1": Kind.COMPLETED, "2": Kind.NEW}


def test_an_order_that_left_before_is_completed_once_it_is_found_so() -> None:
    archived = {one.number: one for one in (order("1", 3), order("2", 3))}
    found = {"1": date(2025, 6, 13)}
    changes = compare({}, archived, [order("3", 4)], first=False, completed=found, whole=True).changes
    assert kinds(list(changes)) == {"3": Kind.NEW, "1": Kind.COMPLETED}
    changes = compare({}, archived, [order("1", 3)], first=False, completed=found).changes
    assert kinds(list(changes)) == {"1": Kind.BACK}, "what is open again is not completed"


def test_what_else_is_different_in_a_moved_order_is_an_update_of_its_own() -> None:
    before, after = order("1", 3), replace(order("1", 4), status="Quality Approved")
    moved, updated = diff([before], [after])
    assert (moved.kind, [field.name for field in moved.fields]) == (Kind.RESCHEDULED, ["visit.date"])
    assert (updated.kind, [field.name for field in updated.fields]) == (Kind.UPDATED, ["status"])
    other = replace(order("2", 3), instructions="Ring twice")
    swapped, *updates = diff([before, order("2", 4)], [after, other])
    assert (swapped.kind, swapped.number, swapped.partner) == (Kind.SWAPPED, "1", "2")
    assert {field.name for field in swapped.fields} == {"visit.date", "with", "with.visit.date"}
    assert {(one.number, one.kind) for one in updates} == {("1", Kind.UPDATED), ("2", Kind.UPDATED)}


def test_a_replacement_needs_its_pair() -> None:
    changes = diff([order("1", 3), order("2", 3)], [order("3", 3)])
    assert kinds(changes) == {"3": Kind.REPLACED, "2": Kind.REMOVED}
    assert next(change.partner for change in changes if change.kind is Kind.REPLACED) == "1"


def test_the_summary_counts_by_kind() -> None:
    changes = [Change("1", Kind.NEW), Change("2", Kind.NEW), Change("3", Kind.REMOVED)]
    assert summary(changes) == {Kind.NEW: 2, Kind.REMOVED: 1}


def test_equal_orders_have_no_field_changes() -> None:
    assert field_changes(order("1", 3), order("1", 3)) == ()
