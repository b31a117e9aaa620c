"""Seeded, believable, made-up work orders: the same seed, day and number give the same orders."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from fossatray.demo.orders import PracticeAddress, PracticeContact, PracticeOrder, PracticeService, PracticeVisit
from fossatray.demo.vocabulary import (
    ALL_DISPENSERS,
    CALIBRATION_PACKAGE,
    CHAINS,
    CIRCLE_TEXTS,
    CITIES,
    CONTACTS,
    CROSS_LINES,
    ELEVEN_TEXT,
    FILTER_CHANGE,
    FILTER_PARTS,
    METER,
    OPEN_NECK,
    PEOPLE,
    PER_DISPENSER,
    SPECIFIC,
    SPECIFIC_TEXTS,
    STREETS,
    WAWA_TEXT,
    Chain,
)

FIRST_ORDER_ID = 120_001
FIRST_LOCATION_ID = 30_001
STORES_KEPT_APART = 6_000
"""Up to so many sites no two have one store number; there are not enough numbers for more."""
VISIT_OFFSET = 1_900
"""A visit's id is about its order's id and this much more."""


def next_weekday(day: date) -> date:
    """`day` itself on Monday to Friday, else the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def add_weekdays(day: date, count: int) -> date:
    """The weekday `count` working days after `day` (before it, when negative)."""
    step = 1 if count >= 0 else -1
    weeks, rest = divmod(abs(count), 5)
    result = next_weekday(day) + timedelta(weeks=weeks * step)
    while rest:
        result += timedelta(days=step)
        rest -= result.weekday() < 5
    return result


class OrderFactory:
    """Makes orders one after the other; ids rise and are never used twice."""

    def __init__(self, *, seed: int, today: date) -> None:
        """`seed` decides everything but the dates, which lie around `today`."""
        self._random = random.Random(seed)
        self._today = today
        self._next_id = FIRST_ORDER_ID
        self._next_location = FIRST_LOCATION_ID
        self._stores: set[str] = set()
        self._span = 20

    def open_orders(self, count: int) -> list[PracticeOrder]:
        """`count` orders of which no visit is completed, a few of them pairs of a two-day job at one site."""
        self._span = max(20, min(count, 130))
        made: list[PracticeOrder] = []
        while len(made) < count:
            if count - len(made) >= 2 and self._random.random() < 0.035:
                made.extend(self._two_day_job())
            else:
                made.append(self.open_order())
        return made

    def completed_orders(self, count: int) -> list[PracticeOrder]:
        """`count` orders whose visits are all completed, on weekdays before today."""
        return [self._completed_order() for _ in range(count)]

    def _completed_order(self) -> PracticeOrder:
        order = self.open_order()
        if order.services[0].group == "Combo":
            parts = (PracticeService("Parts", "Filter", code, self._random.randint(2, 16)) for code in FILTER_PARTS)
            order = replace(order, services=(*order.services, *parts))
        return complete(order, self._past_day())

    def open_order(self) -> PracticeOrder:
        """One more order of which no visit is completed."""
        chain = self._random.choices(CHAINS, weights=[item.weight for item in CHAINS])[0]
        services, text, categories, reason = self._job(chain)
        order = self._frame(chain, services, text, categories, reason)
        return self._schedule(order)

    def _frame(
        self,
        chain: Chain,
        services: tuple[PracticeService, ...],
        text: str,
        categories: tuple[str, ...],
        reason: str,
    ) -> PracticeOrder:
        rng = self._random
        order_id = self._next_id
        self._next_id += rng.choice((1, 1, 2, 3))
        location_id = self._next_location
        self._next_location += 1
        has_project = chain.project is not None and rng.random() > 0.06
        created = datetime.combine(
            self._today - timedelta(days=rng.randint(20, 200)), time(rng.randrange(24), rng.randrange(60))
        )
        return PracticeOrder(
            id=order_id,
            customer=chain.customer,
            customer_id=chain.customer_id,
            store_number=self._store_number(chain),
            site_name=rng.choice(chain.site_names),
            location_id=location_id,
            address=self._address(),
            contact=PracticeContact(
                rng.choice(CONTACTS),
                "Example Billing Account" if chain.has_billing_account else None,
                chain.department,
                f"BILL{chain.customer_id - 9000:03d}",
                chain.terms,
            ),
            services=services,
            instructions=text,
            status="Quality Approved" if rng.random() < 0.05 else "Work Created",
            reason=reason,
            created_by=rng.choice(PEOPLE),
            created_at=created,
            categories=categories,
            visits_total=2 if rng.random() < 0.03 else 1,
            project=chain.project if has_project else None,
            po_number=None if has_project or rng.random() < 0.3 else f"PO{rng.randrange(10**7):07d}",
        )

    def _schedule(self, order: PracticeOrder) -> PracticeOrder:
        rng = self._random
        if rng.random() < 0.04:
            return order
        day = add_weekdays(self._today, rng.randint(-5, self._span - 5))
        due = None if rng.random() < 0.07 else day + timedelta(days=rng.randint(-45, 45))
        return replace(order, visit=PracticeVisit(order.id + VISIT_OFFSET, day), due_date=due)

    def _two_day_job(self) -> list[PracticeOrder]:
        chain = CHAINS[0]
        first = self._frame(chain, self._meter(10, filters=True), f"Day 1 of 2\n\n{WAWA_TEXT}", (METER,), "AccuMeasure")
        second = self._frame(chain, self._meter(0, filters=True), f"Day 2 of 2\n\n{WAWA_TEXT}", (METER,), "AccuMeasure")
        day = add_weekdays(self._today, self._random.randint(0, self._span - 5))
        same_site = replace(
            second,
            store_number=first.store_number,
            location_id=first.location_id,
            address=first.address,
            site_name=first.site_name,
        )
        due = day + timedelta(days=14)
        return [
            replace(first, visit=PracticeVisit(first.id + VISIT_OFFSET, day), due_date=due),
            replace(same_site, visit=PracticeVisit(second.id + VISIT_OFFSET, add_weekdays(day, 1)), due_date=due),
        ]

    def _job(self, chain: Chain) -> tuple[tuple[PracticeService, ...], str, tuple[str, ...], str]:
        rng = self._random
        quantity = rng.choice((4, 5, 6, 6, 6, 7, 8, 8, 8, 9, 10))
        if chain.key == "circle":
            services = (PracticeService(METER, *OPEN_NECK, rng.choice((2, 7, 8, 9))),)
            categories = rng.choice(((METER, "Quality Calibration"), ("Quality Calibration", METER)))
            return services, rng.choice(CIRCLE_TEXTS), categories, rng.choice(("AccuMeasure", "Compliance"))
        if rng.random() < 0.08:
            services = (PracticeService(METER, *SPECIFIC, rng.choice((1, 2))),)
            return services, rng.choice(SPECIFIC_TEXTS), (METER, "AccuMeasure Clean-Up"), "AccuMeasure"
        if chain.key == "wawa":
            if rng.random() < 0.08:
                items = (PracticeService(METER, *PER_DISPENSER, quantity), PracticeService(METER, *FILTER_CHANGE, 1))
                return (
                    items,
                    f"post construction - {WAWA_TEXT}",
                    (METER, "Post Construction"),
                    "Post Construction Accumeasure",
                )
            return self._meter(quantity, filters=True), WAWA_TEXT, (METER,), "AccuMeasure"
        package = PracticeService("Combo", *CALIBRATION_PACKAGE, 1)
        return (package, *self._meter(quantity, filters=False)), ELEVEN_TEXT, (METER,), "AccuMeasure"

    @staticmethod
    def _meter(quantity: int, *, filters: bool) -> tuple[PracticeService, ...]:
        main = PracticeService(METER, *ALL_DISPENSERS, quantity)
        return (main, PracticeService(METER, *FILTER_CHANGE, 1)) if filters else (main,)

    def _store_number(self, chain: Chain) -> str:
        number = self._any_store_number(chain)
        while number in self._stores and len(self._stores) < STORES_KEPT_APART:
            number = self._any_store_number(chain)
        self._stores.add(number)
        return number

    def _any_store_number(self, chain: Chain) -> str:
        number = self._random.randrange
        if chain.key == "wawa":
            return f"#{number(1000, 10_000)}"
        if chain.key == "eleven":
            return f"#{number(10_000, 100_000)}"
        if chain.key == "circle":
            return f"#{number(10**6, 10**7)}"
        return f"#{number(10_000, 100_000)}/{number(1000, 10_000)}"

    def _address(self) -> PracticeAddress:
        rng = self._random
        city, postal_code, county = rng.choice(CITIES)
        extra = (rng.choice(CROSS_LINES),) if rng.random() < 0.6 else ()
        house = rng.choice((rng.randrange(1, 100), rng.randrange(100, 10_000), rng.randrange(10_000, 30_000)))
        return PracticeAddress(f"{house} {rng.choice(STREETS)}", city, "FL", postal_code, county, extra)

    def _past_day(self) -> date:
        return add_weekdays(self._today, -self._random.randint(1, 60))


def complete(order: PracticeOrder, day: date) -> PracticeOrder:
    """`order` with every visit done on `day`: no next visit, and with it no due date, is shown any more."""
    return replace(
        order, visit=None, due_date=None, visits_done=order.visits_total, completed_on=day, status="Quality Approved"
    )
