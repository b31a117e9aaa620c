"""What the portal showed before and shows no more: what is so of nearly all at once is a changed page, not news.

Only many at once tell anything: at least ten orders or dispensers, and as many read; or five orders, where a label is
seen that is not known. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from fossatray.core.changes import needs_second_read
from fossatray.core.dispensers import Dispenser, dispenser_keys
from fossatray.core.orders import WorkOrder

LEAST = 10
SHARE = 0.9
SEVERAL = 5
"""How many orders must have had a labelled field before another label in its place is doubted, whatever their share."""

T = TypeVar("T")
Fields = Mapping[str, Callable[[T], object]]

_IN_EVERY_ORDER: dict[str, Callable[[WorkOrder], object]] = {
    "links to the sites": lambda order: order.location_url,
    "streets": lambda order: order.address.street,
    "cities": lambda order: order.address.city,
    "service descriptions": lambda order: any(one.description for one in order.services),
    "service codes": lambda order: any(one.code for one in order.services),
    "dates of creation": lambda order: order.created_at is not None,
}
"""What an order has whoever the customer is."""
_LABELLED: dict[str, Callable[[WorkOrder], object]] = {
    "reasons": lambda order: order.reason,
    "projects": lambda order: order.project,
    "PO numbers": lambda order: order.po_number,
}
"""What stands behind a label of its own, where there is something to say."""
_OF_ORDERS: dict[str, Callable[[WorkOrder], object]] = {
    **_IN_EVERY_ORDER,
    **_LABELLED,
    "customers": lambda order: order.customer,
    "store numbers": lambda order: order.store_number,
    "site names": lambda order: order.site_name,
    "counties": lambda order: order.address.county,
    "service groups": lambda order: any(one.group for one in order.services),
    "service quantities": lambda order: any(one.quantity is not None for one in order.services),
    "instructions": lambda order: order.instructions,
    "visit dates": lambda order: order.visit is not None and order.visit.date is not None,
    "visit times": lambda order: order.visit is not None and order.visit.time,
    "due dates": lambda order: order.visit is not None and order.visit.due_date is not None,
    "counts of visits": lambda order: order.visits_total is not None,
    "statuses": lambda order: order.status,
    "creators": lambda order: order.created_by,
    "categories": lambda order: order.categories,
    "contacts": lambda order: order.contact,
    "billing lines": lambda order: order.billing,
}
_OF_DISPENSERS: dict[str, Callable[[Dispenser], object]] = {
    "grades": lambda one: one.grades,
    "makes": lambda one: one.make,
    "models": lambda one: one.model,
    "serial numbers": lambda one: one.serial,
    "stand-alone codes": lambda one: one.stand_alone_code,
    "nozzles per side": lambda one: one.nozzles_per_side is not None,
    "meter types": lambda one: one.meter_type,
    "NTEP / COC numbers": lambda one: one.ntep,
}
_NUMBERS: dict[str, Callable[[Dispenser], object]] = {"dispenser numbers": lambda one: one.numbers}


def lost_order_fields(
    kept: Mapping[str, WorkOrder], read: Sequence[WorkOrder], unknown_labels: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return, in words, the fields that nearly all open orders kept have, and of those just read not one.

    What only some customers' orders have is looked for in the orders that were there before: others that come instead
    may truly have none. A labelled field is believed to be gone where another labelled one is shown and no label is
    unknown. Where one is, it may be that field's new label: then several orders that had the field are enough.
    """
    still = [kept[order.number] for order in read if order.number in kept]
    return _lost_of_orders(kept.values(), still, read, unknown_labels)


def lost_on_a_page(
    kept: Mapping[str, WorkOrder], page: Sequence[WorkOrder], unknown_labels: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the fields that would be lost if the whole list were like this page of it.

    None is among them that the orders on the page never had.
    """
    still = [kept[order.number] for order in page if order.number in kept]
    lost = _lost_of_orders(kept.values(), kept.values(), page, unknown_labels)
    return tuple(name for name in lost if any(_OF_ORDERS[name](order) for order in still))


def _lost_of_orders(
    kept: Collection[WorkOrder], still: Collection[WorkOrder], read: Sequence[WorkOrder], unknown_labels: Sequence[str]
) -> tuple[str, ...]:
    lost = {*_lost(_IN_EVERY_ORDER, kept, read), *_lost(_OF_ORDERS, still, read)}
    shown = {name for name, shows in _LABELLED.items() if any(shows(order) for order in read)}
    if unknown_labels:
        had = {name for name, shows in _LABELLED.items() if sum(bool(shows(order)) for order in still) >= SEVERAL}
        lost |= had - shown
    elif shown:
        lost -= set(_LABELLED)
    return tuple(name for name in _OF_ORDERS if name in lost)


def lost_dispenser_fields(
    kept: Mapping[str, Mapping[str, Dispenser]], read: Mapping[str, Sequence[Dispenser]]
) -> tuple[str, ...]:
    """Return, in words, the fields that nearly all dispensers kept have, and of those just read not one.

    Both are by site, those kept by their keys too. Looked at are the dispensers that were there before: new ones may
    truly have less to say.
    """
    before = [one for site in read for one in kept.get(site, {}).values()]
    now = [one for dispensers in read.values() for one in dispensers]
    still: list[Dispenser] = []
    for site, dispensers in read.items():
        pairs = zip(dispenser_keys(dispensers), dispensers, strict=True)
        still += [old for key, new in pairs if (old := kept.get(site, {}).get(key)) and _is_the_same(old, new)]
    return (*_lost(_NUMBERS, before, now), *_lost(_OF_DISPENSERS, still, now))


def lost_at_a_site(
    kept: Mapping[str, Mapping[str, Dispenser]], site: str, read: Sequence[Dispenser]
) -> tuple[str, ...]:
    """Return the fields that would be lost if all sites were like this one.

    None is among them that the dispensers kept of the site, if there are any, never had.
    """
    every = [one for dispensers in kept.values() for one in dispensers.values()]
    fields = {**_NUMBERS, **_OF_DISPENSERS}
    gone = _lost(fields, list(kept.get(site, {}).values()) or every, read, least=1)
    return tuple(name for name in gone if len(every) >= LEAST and _have(fields[name], every))


def doubtful_sites(
    kept: Mapping[str, Mapping[str, Dispenser]], read: Mapping[str, Sequence[Dispenser]]
) -> tuple[str, ...]:
    """Return the sites that show no dispensers, where that is not believed: also those that had none before.

    It is not where several had some and no site shows any, nor where more than half of at least ten dispensers went.
    """
    emptied = [site for site, dispensers in read.items() if kept.get(site) and not dispensers]
    gone, all_kept = (sum(len(kept.get(site, ())) for site in sites) for sites in (emptied, read))
    none_left = len(emptied) > 1 and not any(read.values())
    if not none_left and not needs_second_read(all_kept, gone):
        return ()
    return tuple(site for site, dispensers in read.items() if not dispensers)


def _lost(fields: Fields[T], before: Collection[T], now: Iterable[T], least: int = LEAST) -> list[str]:
    now = list(now)
    if len(before) < least or len(now) < least:
        return []
    return [name for name, shows in fields.items() if not any(shows(one) for one in now) and _have(shows, before)]


def _have(shows: Callable[[T], object], before: Collection[T]) -> bool:
    """Tell whether nearly all have a field."""
    return sum(bool(shows(one)) for one in before) >= SHARE * len(before)


def _is_the_same(old: Dispenser, new: Dispenser) -> bool:
    """Tell whether a dispenser in the same place is the one that was there, not its successor."""
    return old.serial is None or new.serial is None or old.serial == new.serial
