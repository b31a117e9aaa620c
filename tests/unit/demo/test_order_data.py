"""The made-up orders: seeded, believable, in every shape the real ones have."""

import re
import time
from collections import Counter
from datetime import date, timedelta

import pytest

from fossatray.demo.equipment import equipment_of
from fossatray.demo.hostile_text import HOSTILE_TEXTS, with_hostile_text
from fossatray.demo.list_format import preview, shown_moment
from fossatray.demo.order_data import OrderFactory, add_weekdays, next_weekday
from fossatray.demo.orders import PracticeOrder
from tests.harness import fragment_orders
from tests.unit.demo.conftest import TODAY

STORE_NUMBERS = {9001: r"#\d{4}", 9002: r"#\d{5}", 9003: r"#\d{7}", 9004: r"#\d{5}/\d{4}"}


@pytest.fixture(scope="module")
def orders() -> list[PracticeOrder]:
    return OrderFactory(seed=1, today=TODAY).open_orders(2_000)


def test_seeded(orders: list[PracticeOrder]) -> None:
    assert OrderFactory(seed=1, today=TODAY).open_orders(2_000) == orders
    assert OrderFactory(seed=2, today=TODAY).open_orders(2_000) != orders


@pytest.mark.parametrize("count", [0, 1, 2, 60])
def test_exactly_as_many_as_asked(count: int) -> None:
    assert len(OrderFactory(seed=5, today=TODAY).open_orders(count)) == count


def test_ten_thousand_are_made_fast() -> None:
    before = time.process_time()
    made = OrderFactory(seed=1, today=TODAY).open_orders(10_000)
    assert time.process_time() - before < 2
    assert len({order.id for order in made}) == 10_000


def test_shapes(orders: list[PracticeOrder]) -> None:
    for order in orders:
        assert re.fullmatch(r"\d{6}", order.number)
        assert re.fullmatch(STORE_NUMBERS[order.customer_id], order.store_number)
        assert order.visit is None or order.visit.date.weekday() < 5
        assert order.visits_done == 0
        assert order.project is None or order.po_number is None
        assert order.created_at.date() < TODAY


def test_shares(orders: list[PracticeOrder]) -> None:
    def share(count: int) -> float:
        return count / len(orders)

    assert 0.02 < share(sum(order.visit is None for order in orders)) < 0.07
    assert 0.05 < share(sum(order.visit is not None and order.due_date is None for order in orders)) < 0.1
    assert 0.1 < share(sum(order.project is None for order in orders)) < 0.3
    assert 0.03 < share(sum(order.project is None and order.po_number is None for order in orders)) < 0.1
    assert 0.03 < share(sum(order.status == "Quality Approved" for order in orders)) < 0.08
    assert 0.3 < share(sum(bool(order.address.extra) for order in orders)) < 0.7
    assert {order.customer_id for order in orders} == set(STORE_NUMBERS)
    assert any(not order.created_by.isascii() for order in orders)
    assert any("\n" in order.instructions for order in orders)
    near = [order for order in orders if order.visit and abs((order.visit.date - TODAY).days) < 190]
    assert len(near) == sum(order.visit is not None for order in orders)


def test_services(orders: list[PracticeOrder]) -> None:
    codes = Counter(tuple(service.code for service in order.services) for order in orders)
    assert {("2861", "3006"), ("CAL-SERV", "2861"), ("3002", "3006"), ("3146",), ("2862",)} == set(codes)


def test_two_day_jobs(orders: list[PracticeOrder]) -> None:
    firsts = [index for index, order in enumerate(orders) if order.instructions.startswith("Day 1 of 2\n")]
    assert firsts
    for index in firsts:
        first, second = orders[index : index + 2]
        assert second.instructions.startswith("Day 2 of 2\n")
        assert (first.location_id, first.address, first.store_number) == (
            second.location_id,
            second.address,
            second.store_number,
        )
        assert (first.services[0].quantity, second.services[0].quantity) == (10, 0)


def test_completed_orders() -> None:
    made = OrderFactory(seed=1, today=TODAY).completed_orders(50)
    assert all(order.completed and order.visit is None and order.due_date is None for order in made)
    assert all(order.completed_on is not None and order.completed_on < TODAY for order in made)
    assert any(service.group == "Parts" for order in made for service in order.services)


def test_weekdays() -> None:
    friday = date(2026, 3, 6)
    assert [next_weekday(friday + timedelta(days=step)).day for step in range(4)] == [6, 9, 9, 9]
    assert add_weekdays(friday, 1) == date(2026, 3, 9)
    assert add_weekdays(friday, 6) == date(2026, 3, 16)
    assert add_weekdays(date(2026, 3, 9), -1) == friday
    assert add_weekdays(date(2026, 3, 9), -6) == date(2026, 2, 27)


def test_public_record() -> None:
    record = fragment_orders.FILTERED[0].as_record("http://127.0.0.1:1")
    assert record["customer_url"] == "http://127.0.0.1:1/app/customers/9001/"
    assert record["visit"] == {
        "id": "200040",
        "url": "http://127.0.0.1:1/app/work/100040/visits/200040/",
        "date": "2025-06-30",
        "time": "(anytime)",
        "due_date": "2025-07-03",
    }
    assert record["created_at"] == "2024-01-13T16:33:00"
    assert fragment_orders.UNFILTERED[-1].as_record("")["visit"] is None


def test_shown_texts() -> None:
    assert shown_moment(fragment_orders.FILTERED[0].created_at) == "01/13/2024 04:33pm"
    midnight = fragment_orders.FILTERED[0].created_at.replace(hour=0)
    assert shown_moment(midnight) == "01/13/2024 12:33am"
    assert preview("short\ntext") == "short\ntext"
    assert preview("x" * 500) == "x" * 193


def test_equipment(orders: list[PracticeOrder]) -> None:
    groups = equipment_of(orders[0], seed=1)
    assert groups == equipment_of(orders[0], seed=1)
    assert [group.name for group in groups][:2] == ["Dispenser", "Tank monitor"]
    everything = [card for order in orders[:200] for card in equipment_of(order, seed=1)[0].cards]
    assert any(card.model is None for card in everything)
    assert any(card.serial is None for card in everything)
    assert any(("NTEP / COC #", "99-178") in card.fields for card in everything)
    assert {card.make for card in everything} == {"Gilbarco", "Dresser Wayne"}
    counted = next(order for order in orders if order.services[-1].code == "2861")
    assert len(equipment_of(counted, seed=1)[0].cards) == counted.services[-1].quantity


def test_hostile_text_reaches_every_field(orders: list[PracticeOrder]) -> None:
    changed = [(order, with_hostile_text(order)) for order in orders[:300]]
    assert all(before != after for before, after in changed)
    fields = ("instructions", "customer", "site_name", "address", "created_by", "contact")
    for name in fields:
        assert any(getattr(before, name) != getattr(after, name) for before, after in changed)
    shown = "".join(after.instructions for _, after in changed)
    assert all(text in shown for text in HOSTILE_TEXTS)
