"""Orders: kept as they were read, archived but never deleted, unchanged ones hardly touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, Diff, FieldChange, Kind, compare, summary
from fossatray.core.errors import NotFound
from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.core.text import storable
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import HOUR, NOTHING, NOW, Place, full_order, make_account, save

TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: storable(text)[0])
LINES = st.lists(st.text(max_size=20).map(lambda text: storable(text)[0]), max_size=3).map(tuple)
COUNT = st.none() | st.integers(0, 10**9)
DATE = st.none() | st.dates()
MINUTE = st.datetimes().map(lambda moment: moment.replace(second=0, microsecond=0))
ORDERS = st.builds(
    WorkOrder,
    number=st.from_regex(r"[0-9]{1,12}", fullmatch=True).filter(str.isascii),
    **dict.fromkeys(("customer", "customer_url", "store_number", "site_name", "location_url"), TEXT),
    **dict.fromkeys(("instructions", "status", "reason", "project", "po_number", "created_by"), TEXT),
    address=st.builds(Address, TEXT, LINES, TEXT, TEXT, TEXT, TEXT),
    services=st.lists(st.builds(Service, TEXT, TEXT, TEXT, COUNT), max_size=3).map(tuple),
    visit=st.none() | st.builds(Visit, TEXT, TEXT, DATE, TEXT, DATE),
    visits_done=COUNT,
    visits_total=COUNT,
    created_at=st.none() | MINUTE,
    categories=LINES,
    contact=st.none() | LINES,
    billing=st.none() | LINES,
    completed_on=DATE,
)


@given(orders=st.lists(ORDERS, max_size=3, unique_by=lambda order: order.number))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_comes_back_as_it_went_in(store: Store, reader: Reader, orders: list[WorkOrder]) -> None:
    account = store.accounts.add(make_account())
    try:
        save(store, account, orders)
        assert list(store.orders.open(account.id).values()) == orders
        assert {stored.order.number: stored.order for stored in reader.orders(account.id)} == {
            order.number: order for order in orders
        }
    finally:
        store.accounts.remove(account.id)


def test_every_field_is_covered_by_the_full_order() -> None:
    full, empty = full_order(), WorkOrder("1")
    assert [field.name for field in fields(full) if getattr(full, field.name) == getattr(empty, field.name)] == []


def test_first_seen_stays_and_last_seen_moves(store: Store, account: Account, reader: Reader) -> None:
    save(store, account, [full_order("1"), full_order("2")], now=NOW)
    save(store, account, [full_order("1"), replace(full_order("2"), status="Done")], now=NOW + HOUR)
    seen = {stored.order.number: (stored.first_seen, stored.last_seen) for stored in reader.orders()}
    assert seen == {"1": (NOW, NOW + HOUR), "2": (NOW, NOW + HOUR)}
    assert store.orders.open(account.id)["2"].status == "Done"


def test_a_completed_order_is_kept_with_its_day_and_all_its_visits(store: Store, account: Account) -> None:
    kept = replace(full_order("1"), completed_on=None)
    save(store, account, [kept, replace(full_order("2"), completed_on=None), WorkOrder("3")], now=NOW)
    told = (FieldChange("completed_on", None, "2026-01-06"),)
    changes = (Change("1", Kind.COMPLETED, told), Change("2", Kind.COMPLETED), Change("3", Kind.COMPLETED))
    save(store, account, [], Diff(changes, ("1", "2", "3")), NOW + HOUR)
    archived = store.orders.archived(account.id)
    assert archived["1"] == replace(kept, visits_done=2, completed_on=date(2026, 1, 6))
    assert archived["2"] == replace(full_order("2"), visits_done=2, completed_on=None)
    assert archived["3"] == WorkOrder("3")


def test_an_order_that_left_is_archived_and_an_order_that_is_back_is_open(
    store: Store, account: Account, reader: Reader
) -> None:
    both, one = [full_order("1"), full_order("2")], [full_order("1")]
    save(store, account, both, now=NOW)
    save(store, account, one, Diff((Change("2", Kind.REMOVED),), ("2",)), NOW + HOUR)
    assert list(store.orders.open(account.id)) == ["1"]
    assert list(store.orders.archived(account.id)) == ["2"]
    (gone,) = reader.orders(archived=True)
    assert (gone.first_seen, gone.last_seen, gone.archived_at) == (NOW, NOW, NOW + HOUR)
    save(store, account, one, Diff((), ("2",)), now=NOW + 2 * HOUR)
    assert reader.orders(archived=True) == [gone]  # it left once
    for hours, came_back in ((3, both), (5, [one[0], replace(both[1], status="Done")])):
        save(store, account, came_back, Diff((Change("2", Kind.BACK),), ()), NOW + hours * HOUR)
        (back,) = [stored for stored in reader.orders() if stored.order.number == "2"]
        assert (back.order, back.first_seen, back.last_seen) == (came_back[1], NOW, NOW + hours * HOUR)
        assert back.archived_at is None
        save(store, account, one, Diff((), ("2",)), NOW + (hours + 1) * HOUR)


def test_a_read_of_unchanged_orders_rewrites_nothing_but_last_seen(store: Store, account: Account) -> None:
    save(store, account, [full_order(str(n)) for n in range(10)])
    store._database.execute(
        "CREATE TEMP TRIGGER rewritten BEFORE UPDATE OF data, first_seen, visit_date ON main.work_order"
        " BEGIN SELECT RAISE(ABORT, 'rewritten'); END"
    )
    save(store, account, [full_order(str(n)) for n in range(10)], now=NOW + HOUR)
    with pytest.raises(Exception, match="rewritten"):
        save(store, account, [replace(full_order("3"), status="Done")], now=NOW + HOUR)


def test_accounts_do_not_share_numbers(store: Store, account: Account) -> None:
    other = store.accounts.add(make_account("Other"))
    save(store, account, [full_order("1")])
    save(store, other, [replace(full_order("1"), status="Theirs"), full_order("2")])
    save(store, other, [full_order("2")], Diff((), ("1",)))
    assert store.orders.open(account.id) == {"1": full_order("1")}
    assert (store.orders.count_open(account.id), store.orders.count_open(other.id)) == (1, 1)


def test_has_any_counts_archived_orders_too(store: Store, account: Account) -> None:
    assert not store.orders.has_any(account.id)
    save(store, account, [full_order("1")])
    save(store, account, [], Diff((), ("1",)))
    assert store.orders.count_open(account.id) == 0
    assert store.orders.has_any(account.id)


def test_changes_are_kept_field_by_field(store: Store, account: Account, reader: Reader) -> None:
    old = [full_order("1"), full_order("2"), full_order("3")]
    visit = replace(full_order().visit, date=date(2026, 2, 3))  # type: ignore[type-var]
    new = [replace(old[0], visit=visit), replace(old[1], categories=()), full_order("4")]
    save(store, account, old)
    diff = compare(store.orders.open(account.id), {}, new, first=False)
    run = save(store, account, new, diff, NOW + HOUR)
    kept = reader.changes(run.id)
    assert [stored.change for stored in reversed(kept)] == list(diff.changes)
    assert {(stored.account_id, stored.account, stored.run_id, stored.at) for stored in kept} == {
        (account.id, "Work", run.id, NOW + HOUR)
    }
    assert FieldChange("categories", ["AccuMeasure", "Priority"], []) in reader.changes(number="2")[0].change.fields
    assert store.orders.change_counts(run.id) == summary(diff.changes)
    assert store.orders.change_counts(run.id + 1) == {}
    assert len(reader.changes(limit=2)) == 2
    assert reader.changes(run_id=run.id + 1) == []


def test_held_back_numbers_and_the_empty_sign_outlive_the_program(store: Store, account: Account) -> None:
    assert store.orders.held_back(account.id) is None
    store.orders.hold_back(account.id, {"2", "1"})
    store.orders.remember_empty_sign(account.id, "No open work")
    assert store.orders.held_back(account.id) == frozenset({"1", "2"})
    assert store.orders.empty_sign(account.id) == "No open work"
    store.orders.hold_back(account.id, frozenset())
    assert store.orders.held_back(account.id) == frozenset()
    store.orders.hold_back(account.id, None)
    store.orders.remember_empty_sign(account.id, None)
    assert (store.orders.held_back(account.id), store.orders.empty_sign(account.id)) == (None, None)
    with pytest.raises(NotFound):
        store.orders.hold_back("nobody", {"1"})


def test_moments_need_a_zone(store: Store, account: Account) -> None:
    with pytest.raises(ValueError, match="zone"):
        save(store, account, [], NOTHING, datetime(2026, 1, 1))
    assert datetime(2026, 1, 1, tzinfo=UTC).tzinfo is not None


@pytest.mark.parametrize("alteration", ["first_seen = 'x'", "data = x'ff'", "data = CAST(x'22ff22' AS TEXT)"])
def test_the_next_sync_mends_an_order_that_is_no_text_or_has_no_beginning(
    store: Store, account: Account, place: Place, reader: Reader, alteration: str
) -> None:
    order = full_order()
    save(store, account, [order])
    with closing(sqlite3.connect(place.file)) as connection, connection:
        connection.execute(f"UPDATE work_order SET {alteration}")  # noqa: S608 - the test's own
    kept = store.orders.open(account.id)
    save(store, account, [order], compare(kept, {}, [order], first=False))
    assert [one.order for one in reader.orders()] == [order]
