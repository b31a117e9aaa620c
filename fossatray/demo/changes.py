"""How the practice portal's orders change between two syncs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from fossatray.demo.order_data import VISIT_OFFSET, OrderFactory, add_weekdays, complete
from fossatray.demo.orders import PracticeOrder, PracticeVisit


class Change(StrEnum):
    """The kinds of change."""

    NEW = "new"
    RESCHEDULED = "rescheduled"
    SWAPPED = "swapped"
    PARTLY_COMPLETED = "partly-completed"
    """One visit of two is completed: the order leaves the list of open ones, yet is not completed."""
    COMPLETED = "completed"
    REMOVED = "removed"
    EDITED = "edited"
    REPLACED = "replaced"
    """One order goes and another comes, at the same site and on the same date."""
    BACK = "back"
    """An order that was removed is there again."""


@dataclass(frozen=True, slots=True)
class PracticeChange:
    """What a change did: the orders as they were and as they are, in one sequence; None where there was or is none."""

    kind: Change
    before: tuple[PracticeOrder | None, ...]
    after: tuple[PracticeOrder | None, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the orders concerned, without repetition."""
        orders = [order for order in (*self.before, *self.after) if order is not None]
        return tuple(dict.fromkeys(order.number for order in orders))


class Changer:
    """Changes a dictionary of orders by id; within one round no order is changed twice."""

    def __init__(self, *, seed: int, today: date, factory: OrderFactory) -> None:
        """`factory` makes the orders that are added."""
        self._random = random.Random(seed + 1)
        self._today = today
        self._factory = factory
        self._removed: list[PracticeOrder] = []

    def apply(
        self, orders: dict[int, PracticeOrder], kinds: tuple[Change, ...], *, leave_out: bool = False
    ) -> list[PracticeChange]:
        """Makes one change of each of `kinds` in `orders` and returns them.

        Raises ValueError when no order is left that could be changed so; with `leave_out` that kind is left out.
        """
        touched: set[int] = set()
        made = []
        for kind in kinds:
            try:
                change = self._makers()[kind](orders, touched)
            except ValueError:
                if leave_out:
                    continue
                raise
            for number in change.numbers:
                touched.add(int(number))
            made.append(change)
        return made

    def _makers(self) -> dict[Change, Callable[[dict[int, PracticeOrder], set[int]], PracticeChange]]:
        return {
            Change.NEW: self._new,
            Change.RESCHEDULED: self._reschedule,
            Change.SWAPPED: self._swap,
            Change.PARTLY_COMPLETED: self._complete_one,
            Change.COMPLETED: self._complete,
            Change.REMOVED: self._remove,
            Change.EDITED: self._edit,
            Change.REPLACED: self._replace,
            Change.BACK: self._bring_back,
        }

    def _pick(self, orders: dict[int, PracticeOrder], touched: set[int], *, scheduled: bool = True) -> PracticeOrder:
        fit = [
            order
            for order in orders.values()
            if order.untouched and order.id not in touched and (order.visit is not None or not scheduled)
        ]
        if not fit:
            raise ValueError("no order is left that could be changed")
        return self._random.choice(fit)

    def scheduled_new(self, day: date | None = None) -> PracticeOrder:
        """A new open order with a visit on `day`, or within the next weeks; it is not added anywhere."""
        order = self._factory.open_order()
        when = day or add_weekdays(self._today, self._random.randint(2, 30))
        return replace(order, visit=PracticeVisit(order.id + VISIT_OFFSET, when), due_date=when + timedelta(days=10))

    def _new(self, orders: dict[int, PracticeOrder], _touched: set[int]) -> PracticeChange:
        order = self.scheduled_new()
        orders[order.id] = order
        return PracticeChange(Change.NEW, (None,), (order,))

    def _reschedule(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        order = self._pick(orders, touched)
        moved = with_visit_on(order, add_weekdays(visit_day(order), self._random.randint(1, 9)))
        orders[order.id] = moved
        return PracticeChange(Change.RESCHEDULED, (order,), (moved,))

    def _swap(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        first = self._pick(orders, touched)
        other_dates = {order.id for order in orders.values() if order.visit and visit_day(order) == visit_day(first)}
        second = self._pick(orders, touched | other_dates)
        after = with_visit_on(first, visit_day(second)), with_visit_on(second, visit_day(first))
        for order in after:
            orders[order.id] = order
        return PracticeChange(Change.SWAPPED, (first, second), after)

    def _complete_one(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        order = self._pick(orders, touched)
        following = PracticeVisit(order.id + VISIT_OFFSET + 1, add_weekdays(self._today, self._random.randint(5, 20)))
        half = replace(order, visits_done=1, visits_total=2, visit=following)
        orders[order.id] = half
        return PracticeChange(Change.PARTLY_COMPLETED, (order,), (half,))

    def _complete(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        order = self._pick(orders, touched)
        done = complete(order, self._today)
        orders[order.id] = done
        return PracticeChange(Change.COMPLETED, (order,), (done,))

    def _remove(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        order = orders.pop(self._pick(orders, touched, scheduled=False).id)
        self._removed.append(order)
        return PracticeChange(Change.REMOVED, (order,), (None,))

    def _edit(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        order = self._pick(orders, touched, scheduled=False)
        first, *others = order.services
        edited = replace(
            order,
            instructions=f"{order.instructions}\nCall the site before arrival.",
            services=(replace(first, quantity=first.quantity + 1), *others),
            status="Quality Approved" if order.status == "Work Created" else "Work Created",
        )
        orders[order.id] = edited
        return PracticeChange(Change.EDITED, (order,), (edited,))

    def _replace(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        gone = orders.pop(self._pick(orders, touched).id)
        self._removed.append(gone)
        come = replace(
            self.scheduled_new(visit_day(gone)),
            customer=gone.customer,
            customer_id=gone.customer_id,
            store_number=gone.store_number,
            site_name=gone.site_name,
            location_id=gone.location_id,
            address=gone.address,
            contact=gone.contact,
        )
        orders[come.id] = come
        return PracticeChange(Change.REPLACED, (gone, None), (None, come))

    def _bring_back(self, orders: dict[int, PracticeOrder], touched: set[int]) -> PracticeChange:
        fit = [order for order in self._removed if order.id not in touched]
        if not fit:
            raise ValueError("no order was removed that could come back")
        order = fit[-1]
        self._removed.remove(order)
        orders[order.id] = order
        return PracticeChange(Change.BACK, (None,), (order,))


def visit_day(order: PracticeOrder) -> date:
    """The day of the next visit; ValueError where none is scheduled."""
    if order.visit is None:
        raise ValueError(f"order {order.number} has no next visit")
    return order.visit.date


def with_visit_on(order: PracticeOrder, day: date) -> PracticeOrder:
    """`order` with its next visit moved to `day`, under the same visit id; ValueError where none is scheduled."""
    if order.visit is None:
        raise ValueError(f"order {order.number} has no next visit")
    return replace(order, visit=replace(order.visit, date=day))
