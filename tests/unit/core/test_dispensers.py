"""Dispensers as data: their JSON form, what tells them apart, and which sites are wanted."""

from __future__ import annotations

from typing import Any

import pytest

from fossatray.core.dispensers import DISPENSER_CODES, Dispenser, LocationWanted, dispenser_keys, wanted_locations
from fossatray.core.orders import Service, WorkOrder

FULL = Dispenser(
    "1/2", ("Regular", "Diesel"), "Gilbarco", "NL3", "EN0000001", "0128", 3, "Electronic", "99-178",
    (("Console", "in"),),
)  # fmt: skip


@pytest.mark.parametrize("dispenser", [FULL, Dispenser()])
def test_the_json_form_comes_back(dispenser: Dispenser) -> None:
    assert Dispenser.from_json(dispenser.to_json()) == dispenser


def test_the_public_names() -> None:
    assert list(FULL.to_json()) == [
        "numbers", "grades", "make", "model", "serial", "stand_alone_code", "nozzles_per_side", "meter_type", "ntep",
        "other",
    ]  # fmt: skip
    assert FULL.to_json()["other"] == {"Console": "in"}


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"numbers": 1},
        {"grades": "Regular"},
        {"grades": [1]},
        {"nozzles_per_side": "3"},
        {"nozzles_per_side": -1},
        {"nozzles_per_side": True},
        {"other": [["a", "b"]]},
        {"other": {"a": 1}},
    ],
)
def test_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Dispenser.from_json(FULL.to_json() | change)


def test_the_order_of_other_labels_is_no_difference() -> None:
    data = FULL.to_json() | {"other": {"B": "2", "A": "1"}}
    assert Dispenser.from_json(data).other == (("A", "1"), ("B", "2"))


def test_dispensers_are_told_apart_by_numbers_then_serial_then_place() -> None:
    dispensers = [
        Dispenser("1/2", serial="EN1"), Dispenser(serial="EN1"), Dispenser(), Dispenser("1/2"), Dispenser(),
        Dispenser("place 3"), Dispenser(serial="1/2"), Dispenser(serial="1/2"),
    ]  # fmt: skip
    keys = dispenser_keys(dispensers)
    assert keys == (
        "numbers 1/2", "serial EN1", "place 3", "numbers 1/2 (2)", "place 5", "numbers place 3", "serial 1/2",
        "serial 1/2 (2)",
    )  # fmt: skip
    assert len(set(keys)) == len(keys)


def an_order(number: int, url: str | None, *codes: str | None) -> WorkOrder:
    services = tuple(Service("Meter Calibration", "x", code, 1) for code in codes)
    return WorkOrder(str(number), store_number=f"#{number}", site_name="Wawa", location_url=url, services=services)


def test_sites_of_orders_with_a_dispenser_service_are_wanted_once_each() -> None:
    orders = [
        an_order(1, "https://p/l/1/", "3006", "2861"),
        an_order(2, "https://p/l/2/", "3006", None),
        an_order(3, "https://p/l/1/", "2862"),
        an_order(4, None, "2861"),
        an_order(5, "https://p/l/5/", "3146"),
    ]
    assert wanted_locations(orders, DISPENSER_CODES) == (
        LocationWanted("https://p/l/1/", "#1", "Wawa"),
        LocationWanted("https://p/l/5/", "#5", "Wawa"),
    )
    assert [location.url for location in wanted_locations(orders, ["3006"])] == ["https://p/l/1/", "https://p/l/2/"]
    assert wanted_locations(orders, []) == ()
