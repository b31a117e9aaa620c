"""The portal's orders while it runs: listed by filter, sorted, paged and changed, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date

from fossatray.demo.changes import Change, Changer, PracticeChange, visit_day, with_visit_on
from fossatray.demo.hostile_text import with_hostile_text
from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.order_data import OrderFactory, add_weekdays
from fossatray.demo.orders import PracticeOrder


class OrderBook:
    """Orders by id. What it lists is what a browser would be shown, planted hostile text included."""

    def __init__(
        self,
        *,
        orders: int,
        seed: int,
        today: date,
        mishaps: MishapSwitches,
        records: Iterable[PracticeOrder] | None = None,
    ) -> None:
        """Makes `orders` open ones and a fifth as many completed ones, or takes `records` as they are."""
        factory = OrderFactory(seed=seed, today=today)
        given = None if records is None else list(records)
        made = (
            [*factory.completed_orders(max(3, orders // 5)), *factory.open_orders(orders)] if given is None else given
        )
        self._orders = {order.id: order for order in made}
        self._changer = Changer(seed=seed, today=today, factory=factory)
        self._mishaps = mishaps
        self._lock = threading.RLock()
        self._sorted: dict[tuple[str, bool, bool, bool], list[PracticeOrder]] = {}

    def change(self, kinds: tuple[Change, ...], *, leave_out: bool = False) -> list[PracticeChange]:
        """Makes one change of each kind; with `leave_out` of those only for which an order is left."""
        with self._lock:
            self._sorted.clear()
            return self._changer.apply(self._orders, kinds, leave_out=leave_out)

    def listed(self, completion: str, *, scheduled_only: bool = False, descending: bool = False) -> list[PracticeOrder]:
        """One list's orders: `completion` is "none", "all" or "" (no filter); sorted by visit date, then number."""
        hostile = Mishap.HOSTILE_TEXT in self._mishaps
        key = (completion, scheduled_only, descending, hostile)
        with self._lock:
            if key not in self._sorted:
                self._sorted[key] = self._select(completion, scheduled_only, descending, hostile)
            return list(self._sorted[key])

    def _select(self, completion: str, scheduled_only: bool, descending: bool, hostile: bool) -> list[PracticeOrder]:
        chosen = [
            order
            for order in self._orders.values()
            if (completion != "none" or order.untouched)
            and (completion != "all" or order.completed)
            and (not scheduled_only or order.visit is not None)
        ]
        chosen.sort(key=lambda order: order.id)
        chosen.sort(key=lambda order: order.sort_date, reverse=descending)
        return [with_hostile_text(order) for order in chosen] if hostile else chosen

    def partial(self) -> list[PracticeOrder]:
        """Orders of which some visits are completed and some are not."""
        return [order for order in self.listed("") if not order.untouched and not order.completed]

    def find(self, order_id: int) -> PracticeOrder | None:
        """The order with this id."""
        with self._lock:
            return self._orders.get(order_id)

    def location(self, location_id: int) -> PracticeOrder | None:
        """Any order at this location."""
        with self._lock:
            return next((order for order in self._orders.values() if order.location_id == location_id), None)

    def shift(self) -> None:
        """Moves the first order of the open list to its end, as a rescheduling in mid-paging would."""
        with self._lock:
            queue = [order for order in self._select("none", True, False, False) if order.visit is not None]
            if len(queue) < 2:
                return
            moved = with_visit_on(queue[0], add_weekdays(visit_day(queue[-1]), 1))
            self._orders[moved.id] = moved
            self._sorted.clear()

    def replace_at(self, place: int) -> None:
        """Takes the open list's order at `place` (from 0) away and adds a new one at its end: the total stays."""
        with self._lock:
            queue = self._select("none", False, False, False)
            dates = [order.visit.date for order in queue if order.visit is not None]
            if len(queue) < place + 2 or not dates:
                return
            del self._orders[queue[place].id]
            come = self._changer.scheduled_new(add_weekdays(max(dates), 1))
            self._orders[come.id] = come
            self._sorted.clear()
