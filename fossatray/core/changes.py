"""What is different between the orders kept and a complete list just read, and whether to believe a great loss.

Kinds are public names (`fossatray changes --json`). "completed" is an order that left the open list and was found in
the list of completed ones; every other that left is "removed". Where the completed ones were read to their end, it is
known not to be completed (:func:`is_not_completed`); else it is, in words, just "no longer in your open list". An
order of which some visits are completed is in neither list. One that left is looked for further on, and is told as
"completed" once it is found there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from fossatray.core.orders import WorkOrder

GUARD_MINIMUM = 10
GUARD_SHARE = 0.5


COMPLETED_FIELD = "completed"
"""The field by which a removed order tells that it was looked for among the completed ones, and is not there."""
COMPLETED_ON = "completed_on"
"""The field by which a completed order tells the day, where the list of completed ones shows it."""
_READ_SINCE = frozenset({"contact", "billing", COMPLETED_ON})
"""Fields that older programs did not read: an order that they kept, whose contact is None, tells nothing of them."""


class Kind(StrEnum):
    """What happened to an order, or to a dispenser (core.dispenser_changes)."""

    NEW = "new"
    UPDATED = "updated"
    RESCHEDULED = "rescheduled"
    SWAPPED = "swapped"
    REPLACED = "replaced"
    COMPLETED = "completed"
    REMOVED = "removed"
    BACK = "back"
    DISPENSER_ADDED = "dispenser_added"
    DISPENSER_CHANGED = "dispenser_changed"
    DISPENSER_REMOVED = "dispenser_removed"


DISPENSER_KINDS = (Kind.DISPENSER_ADDED, Kind.DISPENSER_CHANGED, Kind.DISPENSER_REMOVED)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's old and new value, in their JSON form; the name is dotted for parts ("visit.date")."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change in one run: of an order, by its number, or of a dispenser, at a site (then `number` is empty).

    `fields` are those that differ; of a swap also the other order's, under "with.". `partner` is the other order of a
    swap, or the one that was replaced. `numbers` are the dispenser's ("1/2"), or what else tells it apart.
    """

    number: str
    kind: Kind
    fields: tuple[FieldChange, ...] = ()
    partner: str | None = None
    location_url: str | None = None
    numbers: str | None = None

    def fields_json(self) -> dict[str, dict[str, Any]]:
        """Return the public form: {name: {old, new}}."""
        return {field.name: {"old": field.old, "new": field.new} for field in self.fields}


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change as kept: in which run, when (UTC), of which account; a dispenser's with its site's store number."""

    account_id: str
    account: str
    run_id: int
    at: datetime
    change: Change
    store_number: str | None = None


@dataclass(frozen=True, slots=True)
class Diff:
    """The outcome of a comparison. `changes` is what to tell; `gone` the numbers to archive."""

    changes: tuple[Change, ...]
    gone: tuple[str, ...]


def compare(
    kept: Mapping[str, WorkOrder],
    archived: Mapping[str, WorkOrder],
    read: Sequence[WorkOrder],
    *,
    first: bool,
    completed: Mapping[str, date | None] | None = None,
    whole: bool = False,
) -> Diff:
    """Compare the open orders kept with a complete list.

    `archived` are orders kept but archived (for "back"). On the first sync everything is stored without change noise.
    A swap is said once, under the lower number; a replacement once, under the new one. What else is different in an
    order whose visit moved is an update of its own. `completed` are the numbers found in the list of completed orders,
    each with the day that it shows; it was read to its end if `whole`. An archived order among them was not known to be
    completed before.
    """
    if first:
        return Diff((), ())
    now = {order.number: order for order in read}
    changes: list[Change] = []
    for number, order in now.items():
        if number in kept:
            changes.extend(_updates(number, field_changes(kept[number], order)))
        elif number in archived:
            changes.append(Change(number, Kind.BACK, field_changes(archived[number], order)))
        else:
            changes.append(Change(number, Kind.NEW))
    gone = tuple(number for number in kept if number not in now)
    found = completed or {}
    changes.extend(_left(kept[number], found, whole=whole) for number in gone)
    left_before = (number for number in found if number in archived and number not in now)
    changes.extend(_completed(number, found[number]) for number in left_before)
    changes = _with_swaps(changes)
    changes = _with_replacements(changes, kept, now)
    return Diff(tuple(changes), gone)


def is_not_completed(change: Change) -> bool:
    """Tell whether a removed order is known not to be completed: it is in neither list."""
    return change.kind is Kind.REMOVED and any(field.name == COMPLETED_FIELD for field in change.fields)


def told_fields(change: Change) -> tuple[FieldChange, ...]:
    """Return the fields to tell of beside the change's own words, which say "removed from your list" themselves."""
    return () if is_not_completed(change) else change.fields


def _left(order: WorkOrder, completed: Mapping[str, date | None], *, whole: bool) -> Change:
    """Return the change of an order that left the open list.

    Of one with several visits the first may be completed: of that one nothing is claimed.
    """
    if order.number in completed:
        return _completed(order.number, completed[order.number])
    known = whole and (order.visits_total is None or order.visits_total <= 1)
    return Change(order.number, Kind.REMOVED, (FieldChange(COMPLETED_FIELD, None, False),) if known else ())


def _completed(number: str, day: date | None) -> Change:
    fields = (FieldChange(COMPLETED_ON, None, day.isoformat()),) if day else ()
    return Change(number, Kind.COMPLETED, fields)


def needs_second_read(kept: int, gone: int) -> bool:
    """Tell whether a read would archive more than half of at least ten orders, and so must be confirmed by another."""
    return kept >= GUARD_MINIMUM and gone > kept * GUARD_SHARE


def field_changes(old: WorkOrder, new: WorkOrder) -> tuple[FieldChange, ...]:
    """Return the fields that differ, by their dotted JSON names."""
    before, after = _flat(old), _flat(new)
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name) and not (old.contact is None and name in _READ_SINCE)
    )


def summary(changes: Iterable[Change]) -> dict[Kind, int]:
    """Return how many changes there are of each kind that occurs, in the order of :class:`Kind`."""
    seen = [change.kind for change in changes]
    return {kind: seen.count(kind) for kind in Kind if kind in seen}


def _flat(order: WorkOrder) -> dict[str, Any]:
    data = order.to_json()
    address = data.pop("address")
    visit = data.pop("visit") or {}
    data.update({f"address.{key}": value for key, value in address.items()})
    for key in ("id", "url", "date", "time", "due_date"):
        data[f"visit.{key}"] = visit.get(key)
    return data


def _updates(number: str, fields: Sequence[FieldChange]) -> Iterator[Change]:
    """Yield what is different in an order: that its visit moved, and by itself what that does not say."""
    moved = any(field.name == "visit.date" and field.old and field.new for field in fields)
    of_visit = tuple(field for field in fields if moved and field.name.startswith("visit."))
    others = tuple(field for field in fields if field not in of_visit)
    if of_visit:
        yield Change(number, Kind.RESCHEDULED, of_visit)
    if others:
        yield Change(number, Kind.UPDATED, others)


def _moved(change: Change) -> tuple[str, str] | None:
    for field in change.fields:
        if field.name == "visit.date" and field.old and field.new:
            return field.old, field.new
    return None


def _with_swaps(changes: list[Change]) -> list[Change]:
    """Turn two mirrored reschedules (A to B's old date and B to A's) into one swap under the lower number."""
    result: list[Change | None] = list(changes)
    open_moves: dict[tuple[str, str], list[int]] = {}
    for index, change in enumerate(changes):
        move = _moved(change)
        if change.kind is not Kind.RESCHEDULED or move is None:
            continue
        partners = open_moves.get((move[1], move[0]))
        if partners:
            other = partners.pop(0)
            result[other], result[index] = _swap(changes[other], change), None
        else:
            open_moves.setdefault(move, []).append(index)
    return [change for change in result if change is not None]


def _swap(one: Change, other: Change) -> Change:
    lower, higher = sorted((one, other), key=lambda change: (len(change.number), change.number))
    theirs = (replace(field, name=f"with.{field.name}") for field in higher.fields)
    fields = (*lower.fields, FieldChange("with", None, higher.number), *theirs)
    return replace(lower, kind=Kind.SWAPPED, fields=fields, partner=higher.number)


def _with_replacements(
    changes: list[Change], kept: Mapping[str, WorkOrder], now: Mapping[str, WorkOrder]
) -> list[Change]:
    """Turn one gone and one new on the same site and visit date into one replacement, told under the new number."""
    gone = [change for change in changes if change.kind is Kind.REMOVED]
    result: list[Change] = []
    taken: set[str] = set()
    for change in changes:
        partner = None
        if change.kind is Kind.NEW:
            key = _place(now[change.number])
            if key is not None:
                same = (old for old in gone if old.number not in taken and _place(kept[old.number]) == key)
                partner = next(same, None)
        if partner is None:
            result.append(change)
        else:
            taken.add(partner.number)
            fields = (FieldChange("number", partner.number, change.number),)
            result.append(Change(change.number, Kind.REPLACED, fields, partner.number))
    return [change for change in result if not (change.kind is Kind.REMOVED and change.number in taken)]


def _place(order: WorkOrder) -> tuple[str, date] | None:
    site = order.location_url
    return (site, order.visit.date) if site and order.visit and order.visit.date else None
