"""How the orders change between two syncs."""

import pytest

from fossatray.demo.changes import Change, PracticeChange
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.portal import PracticePortal


def only(changes: list[PracticeChange]) -> PracticeChange:
    [change] = changes
    return change


def numbers(orders: list[PracticeOrder]) -> set[str]:
    return {order.number for order in orders}


def by_number(portal: PracticePortal) -> dict[str, PracticeOrder]:
    return {order.number: order for order in portal.orders}


def test_new(portal: PracticePortal) -> None:
    before = numbers(portal.orders)
    change = only(portal.change(Change.NEW))
    assert numbers(portal.orders) - before == set(change.numbers)
    assert change.before == (None,)
    assert change.after[0] in portal.orders


def test_rescheduled(portal: PracticePortal) -> None:
    change = only(portal.change(Change.RESCHEDULED))
    old, new = change.before[0], change.after[0]
    assert old is not None
    assert new is not None
    assert old.visit is not None
    assert new.visit is not None
    assert (old.visit.id, old.id) == (new.visit.id, new.id)
    assert old.visit.date < new.visit.date
    assert by_number(portal)[new.number] == new


def test_swapped(portal: PracticePortal) -> None:
    change = only(portal.change(Change.SWAPPED))
    days = [[order.visit.date for order in side if order and order.visit] for side in (change.before, change.after)]
    assert days[0] == days[1][::-1]
    assert days[0][0] != days[0][1]
    assert len(change.numbers) == 2


def test_one_visit_of_two(portal: PracticePortal) -> None:
    change = only(portal.change(Change.PARTLY_COMPLETED))
    assert not set(change.numbers) & numbers(portal.orders)
    assert not set(change.numbers) & numbers(portal.completed)
    assert [(order.visits_done, order.visits_total) for order in portal.partial] == [(1, 2)]
    assert portal.partial[0].visit is not None


def test_completed(portal: PracticePortal) -> None:
    change = only(portal.change(Change.COMPLETED))
    assert set(change.numbers) <= numbers(portal.completed)
    assert not set(change.numbers) & numbers(portal.orders)


def test_removed_and_back(portal: PracticePortal) -> None:
    with pytest.raises(ValueError, match="come back"):
        portal.change(Change.BACK)
    before = portal.orders
    gone = only(portal.change(Change.REMOVED))
    assert not set(gone.numbers) & numbers(portal.orders + portal.completed + portal.partial)
    back = only(portal.change(Change.BACK))
    assert back.numbers == gone.numbers
    assert portal.orders == before


def test_edited(portal: PracticePortal) -> None:
    change = only(portal.change(Change.EDITED))
    old, new = change.before[0], change.after[0]
    assert old is not None
    assert new is not None
    assert new.instructions.startswith(old.instructions)
    assert new.services[0].quantity == old.services[0].quantity + 1
    assert (new.visit, new.status != old.status) == (old.visit, True)


def test_replaced(portal: PracticePortal) -> None:
    change = only(portal.change(Change.REPLACED))
    gone, come = change.before[0], change.after[1]
    assert gone is not None
    assert come is not None
    assert gone.visit is not None
    assert come.visit is not None
    assert gone.visit.date == come.visit.date
    assert (gone.location_id, gone.address, gone.customer) == (come.location_id, come.address, come.customer)
    assert gone.number != come.number
    assert (gone.number in numbers(portal.orders), come.number in numbers(portal.orders)) == (False, True)


def test_all_at_once_touch_no_order_twice(portal: PracticePortal) -> None:
    kinds = [kind for kind in Change if kind is not Change.BACK]
    changes = portal.change(*kinds)
    touched = [number for change in changes for number in change.numbers]
    assert [change.kind for change in changes] == kinds
    assert len(touched) == len(set(touched))


def test_the_same_seed_changes_the_same_orders() -> None:
    portals = [PracticePortal(seed=4) for _ in range(2)]
    try:
        kinds = (Change.SWAPPED, Change.REMOVED, Change.NEW)
        assert portals[0].change(*kinds) == portals[1].change(*kinds)
    finally:
        for portal in portals:
            portal.stop()


def test_nothing_left_to_change() -> None:
    with PracticePortal(records=[]) as portal, pytest.raises(ValueError, match="no order is left"):
        portal.change(Change.REMOVED)


@pytest.mark.parametrize("orders", [0, 1, 2, 3])
def test_a_little_changes_however_few_orders_there_are(orders: int) -> None:
    with PracticePortal(orders=orders) as portal:
        for _ in range(5):
            made = portal.change_a_little()
            assert made[0].kind is Change.NEW
            assert len({number for change in made for number in change.numbers}) == len(made)


def test_a_little_is_four_changes_where_there_are_enough(portal: PracticePortal) -> None:
    made = [change.kind for change in portal.change_a_little()]
    assert made == [Change.NEW, Change.RESCHEDULED, Change.EDITED, Change.REMOVED]
