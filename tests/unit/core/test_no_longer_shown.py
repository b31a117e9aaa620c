"""What many orders or dispensers had, and none has any more: told where it is a changed page, and only there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from fossatray.core.dispensers import Dispenser, dispenser_keys
from fossatray.core.no_longer_shown import (
    doubtful_sites,
    lost_at_a_site,
    lost_dispenser_fields,
    lost_on_a_page,
    lost_order_fields,
)
from fossatray.core.orders import Address, Service, Visit, WorkOrder

WHOLE = WorkOrder(
    number="1",
    customer="Wawa",
    store_number="#1",
    site_name="Wawa",
    location_url="https://portal.example/app/customers/locations/1/",
    address=Address("1 Main St", (), "Dayton", "OH", "45402", "Montgomery County"),
    services=(Service("Meter Calibration", "All Dispensers", "2861", 0),),
    instructions="Call first",
    visit=Visit("9", None, date(2026, 3, 2), "anytime", date(2026, 3, 9)),
    visits_done=0,
    visits_total=1,
    status="Open",
    reason="AccuMeasure",
    project="North",
    po_number="PO1",
    created_by="A. Sample",
    created_at=datetime(2026, 3, 1, 8, 0),
    categories=("A",),
    contact=("A. Contact",),
    billing=("BILL001",),
)
ONE = Dispenser("1/2", ("Regular",), "Gilbarco", "NL3", "EN1", "0128", 3, "Electronic", "02-19")
CUSTOMERS_OWN: dict[str, Any] = {
    "store_number": None,
    "reason": None,
    "project": None,
    "po_number": None,
    "instructions": None,
    "categories": (),
}


def orders(count: int, begin: int = 1, **changed: Any) -> list[WorkOrder]:
    return [replace(WHOLE, number=f"{begin + place}", **changed) for place in range(count)]


def lost(kept: Sequence[WorkOrder], read: Sequence[WorkOrder], labels: Sequence[str] = ()) -> set[str]:
    return set(lost_order_fields({order.number: order for order in kept}, read, labels))


def without_codes(order: WorkOrder) -> WorkOrder:
    return replace(order, services=(Service("Meter Calibration", "All Dispensers (2861)", None, 8),))


def test_what_all_orders_lose_at_once_is_named() -> None:
    read = [replace(without_codes(order), reason=None, project=None, po_number=None) for order in orders(30)]
    assert lost(orders(30), read) == {"service codes", "reasons", "projects", "PO numbers"}
    assert lost(orders(30), orders(30)) == set()


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"customer": None}, {"customers"}),
        ({"store_number": None}, {"store numbers"}),
        ({"location_url": None}, {"links to the sites"}),
        ({"address": Address()}, {"streets", "cities", "counties"}),
        ({"services": ()}, {"service groups", "service descriptions", "service codes", "service quantities"}),
        ({"instructions": None}, {"instructions"}),
        ({"visit": None}, {"visit dates", "visit times", "due dates"}),
        ({"visits_total": None}, {"counts of visits"}),
        ({"status": None}, {"statuses"}),
        ({"created_at": None, "created_by": None}, {"dates of creation", "creators"}),
        ({"categories": ()}, {"categories"}),
        ({"contact": ()}, {"contacts"}),
        ({"billing": ()}, {"billing lines"}),
        ({"site_name": None}, {"site names"}),
    ],
)
def test_every_field_is_looked_at(changed: dict[str, Any], names: set[str]) -> None:
    assert lost(orders(10), orders(10, **changed)) == names


def test_fewer_than_ten_orders_tell_nothing() -> None:
    assert lost(orders(9), orders(9, status=None)) == set()
    assert lost(orders(9), orders(30, status=None)) == set()
    assert lost(orders(30), orders(9, status=None)) == set()
    assert lost([], orders(30, status=None)) == set()


def test_what_some_orders_never_had_or_one_still_has_is_not_lost() -> None:
    kept = [*orders(17), *orders(3, begin=18, status=None)]
    assert lost(kept, orders(20, status=None)) == set()
    assert lost([*orders(18), *orders(2, begin=19, status=None)], orders(20, status=None)) == {"statuses"}
    assert lost(orders(20), [*orders(19, status=None), *orders(1, begin=20)]) == set()
    assert lost(orders(20), [*orders(20, status=None), *orders(1, begin=50)]) == set(), "a new one has it"


def test_other_orders_of_another_customer_may_truly_have_less() -> None:
    assert lost(orders(20), orders(20, begin=100, **CUSTOMERS_OWN)) == set()
    assert lost(orders(20), [*orders(9, **CUSTOMERS_OWN), *orders(20, begin=100, **CUSTOMERS_OWN)]) == set()


def test_what_every_customers_orders_have_is_missed_in_other_orders_too() -> None:
    assert lost(orders(20), [without_codes(order) for order in orders(20, begin=100)]) == {"service codes"}


def test_a_labelled_field_is_believed_to_be_gone_where_no_other_label_came() -> None:
    read = orders(20, po_number=None)
    assert lost(orders(20), read) == set(), "reasons and projects are still shown"
    assert lost(orders(20), read, ["P.O.:"]) == {"PO numbers"}
    assert lost(orders(20), orders(20, po_number=None, reason=None, project=None)) == {
        "PO numbers",
        "reasons",
        "projects",
    }


def test_a_label_in_place_of_another_is_doubted_where_several_had_that_field() -> None:
    kept = [*orders(5), *orders(45, begin=6, project=None)]
    unlabelled = orders(50, project=None)
    assert lost(kept, unlabelled, ["Job:"]) == {"projects"}, "however few they are among all"
    assert lost(kept, unlabelled) == set(), "it may truly be gone"
    assert lost(kept[1:], unlabelled, ["Job:"]) == set()
    assert lost(kept, [*orders(1), *unlabelled[1:]], ["Job:"]) == set(), "one has it still"
    others = orders(50, begin=100, project=None)
    assert lost(kept, [*others, *unlabelled[:4]], ["Job:"]) == set(), "those that had it are gone themselves"


def lost_there(kept: Sequence[WorkOrder], page: Sequence[WorkOrder], labels: Sequence[str] = ()) -> set[str]:
    return set(lost_on_a_page({order.number: order for order in kept}, page, labels))


def test_a_page_tells_what_a_list_like_it_would_lose() -> None:
    kept = [*orders(3, status=None), *orders(57, begin=4)]
    page = orders(25, status=None)
    assert lost_there(kept, page) == {"statuses"}, "of the page's own orders fewer than nine in ten had it"
    assert lost_there(kept, [*page, *orders(1, begin=40)]) == set()
    assert lost_there(kept[:25], page) == set(), "too few of all had it"
    assert lost_there(kept, page[:9]) == set()
    assert lost_there(kept, orders(25, begin=100, status=None)) == set(), "they never had it"
    assert lost_there([*orders(15, status=None), *orders(150, begin=16)], page[:15]) == set()
    assert lost_there(kept, orders(25, project=None), ["Job:"]) == {"projects"}


Sites = Mapping[str, Sequence[Dispenser]]


def sites(count: int, each: int = 4, **changed: Any) -> dict[str, list[Dispenser]]:
    return {
        f"site {number}": [
            replace(ONE, numbers=f"{place}", serial=f"EN{number}{place}", **changed) for place in range(each)
        ]
        for number in range(count)
    }


def keyed(of: Sites) -> dict[str, dict[str, Dispenser]]:
    return {site: dict(zip(dispenser_keys(found), found, strict=True)) for site, found in of.items()}


def lost_of(kept: Sites, read: Sites) -> set[str]:
    return set(lost_dispenser_fields(keyed(kept), read))


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({}, set()),
        ({"meter_type": None, "ntep": None}, {"meter types", "NTEP / COC numbers"}),
        ({"nozzles_per_side": None}, {"nozzles per side"}),
        ({"grades": (), "make": None}, {"grades", "makes"}),
        ({"model": None, "stand_alone_code": None}, {"models", "stand-alone codes"}),
    ],
)
def test_what_all_dispensers_lose_at_once_is_named(changed: dict[str, Any], names: set[str]) -> None:
    assert lost_of(sites(3), sites(3, **changed)) == names


def test_lost_numbers_and_serial_numbers_are_named_though_they_tell_dispensers_apart() -> None:
    nameless = {site: [replace(one, numbers=None) for one in found] for site, found in sites(3).items()}
    assert lost_of(sites(3), nameless) == {"dispenser numbers"}
    unmarked = {site: [replace(one, serial=None) for one in found] for site, found in sites(3).items()}
    assert lost_of(sites(3), unmarked) == {"serial numbers"}


def test_new_dispensers_in_the_old_places_may_truly_have_less_to_say() -> None:
    rebuilt = {
        site: [replace(one, serial=f"NEW{one.serial}", ntep=None) for one in found] for site, found in sites(3).items()
    }
    assert lost_of(sites(3), rebuilt) == set()


def test_fewer_than_ten_dispensers_tell_nothing() -> None:
    assert lost_of(sites(1, 9), sites(1, 9, ntep=None)) == set()
    assert lost_of({}, sites(3, ntep=None)) == set()


def test_a_site_tells_what_sites_like_it_would_lose() -> None:
    unmarked = [replace(one, serial=None) for one in sites(1)["site 0"]]
    assert lost_at_a_site(keyed(sites(3)), "site 0", unmarked) == ("serial numbers",)
    assert lost_at_a_site(keyed(sites(3)), "site 0", sites(1)["site 0"]) == ()
    assert lost_at_a_site(keyed(sites(3)), "new", unmarked) == ("serial numbers",)
    assert (
        lost_at_a_site(
            keyed({"site 0": unmarked, **{f"s{n}": sites(1, 20)["site 0"] for n in range(2)}}), "site 0", unmarked
        )
        == ()
    )
    assert lost_at_a_site(keyed(sites(2)), "site 0", unmarked) == (), "a sync would believe it of so few"


def doubtful(kept: Sites, read: Sites) -> tuple[str, ...]:
    return doubtful_sites(keyed(kept), read)


def test_sites_that_all_show_none_any_more_are_doubted() -> None:
    none: dict[str, list[Dispenser]] = {site: [] for site in sites(3)}
    assert doubtful(sites(3), none) == ("site 0", "site 1", "site 2")
    assert doubtful(sites(2, 1), {"site 0": [], "site 1": []}) == ("site 0", "site 1")
    assert doubtful(sites(2, 1), {"site 0": [], "new": [], "site 1": []}) == ("site 0", "new", "site 1")


def test_a_site_that_truly_has_none_is_believed() -> None:
    assert doubtful(sites(3), {**sites(3), "site 0": []}) == ()
    assert doubtful(sites(1), {"site 0": []}) == ()
    assert doubtful({}, {"site 0": [], "site 1": []}) == (), "they never had any"
    assert doubtful(sites(2, 1), {"site 0": [], "site 1": [], "new": [ONE]}) == (), "the group is found elsewhere"


def test_a_great_loss_is_doubted_also_where_another_site_shows_some() -> None:
    kept = {**sites(1, 2), "large": sites(1, 12)["site 0"]}
    assert doubtful(kept, {**sites(1, 2), "large": []}) == ("large",)
    assert doubtful(sites(1, 10), {"site 0": []}) == ("site 0",)
    assert doubtful(sites(1, 9), {"site 0": []}) == ()
