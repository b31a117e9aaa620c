"""The equipment of the practice portal's locations while it runs: kept, changed and spoilt on request."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from fossatray.demo.equipment import DISPENSER_TYPE, EquipmentGroup, PracticeEquipment, equipment_of
from fossatray.demo.hostile_text import HOSTILE_TEXTS
from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.order_book import OrderBook
from fossatray.demo.vocabulary import METER_TYPES


class LocationMishap(StrEnum):
    """How a single location misbehaves."""

    GONE = "gone"
    """Its page says that it could not be found."""
    DENIED = "denied"
    """Its page answers 403."""
    DENIED_IN_WORDS = "denied-in-words"
    """Its page says "Access denied." instead of showing anything."""
    BUSY = "busy"
    """Its page answers 429 and asks to wait for a second, each time."""
    CLOSED = "closed"
    """Its page answers 503 and asks to wait for an hour."""
    SERVER_ERROR = "server-error"
    """Its page answers 500."""
    DATA_ERROR = "data-error"
    """Its page comes, the data of its equipment answer 500."""
    DATA_LOST = "data-lost"
    """Its page comes, the connection for its equipment's data ends without an answer."""
    ENDLESS_SCRIPT = "endless-script"
    """A script of its Equipment tab never ends."""
    HANGING = "hanging"
    """The data of its equipment never arrive."""
    MISCOUNTED = "miscounted"
    """Its group of dispensers counts one more than it shows."""
    STUCK = "stuck"
    """No click opens a group."""
    NO_TAB = "no-tab"
    """Its page has no Equipment tab."""
    NO_EQUIPMENT = "no-equipment"
    """Its Equipment tab shows no group at all."""
    NO_DISPENSERS = "no-dispensers"
    """It has equipment, but no group of dispensers."""
    EMPTY_GROUP = "empty-group"
    """Its group of dispensers counts none and shows none."""


class EquipmentChange(StrEnum):
    """How a location's dispensers change between two syncs."""

    ADDED = "added"
    """A dispenser comes, with the next numbers."""
    REMOVED = "removed"
    """The last dispenser goes."""
    EDITED = "edited"
    """The first dispenser's meter type and serial number are others."""


@dataclass(frozen=True, slots=True)
class PracticeEquipmentChange:
    """What a change did to one dispenser of a location: as it was and as it is; None where there was or is none."""

    kind: EquipmentChange
    location_id: int
    before: PracticeEquipment | None
    after: PracticeEquipment | None


HIDDEN: Final = frozenset({LocationMishap.NO_DISPENSERS, LocationMishap.NO_EQUIPMENT})


class EquipmentBook:
    """Equipment groups by location id, safe to use from any thread."""

    def __init__(self, *, book: OrderBook, seed: int, mishaps: MishapSwitches) -> None:
        """`book` tells which locations there are."""
        self._book = book
        self._seed = seed
        self._mishaps = mishaps
        self._random = random.Random(seed + 2)
        self._lock = threading.RLock()
        self._groups: dict[int, tuple[EquipmentGroup, ...]] = {}
        self._spoilt: dict[int, LocationMishap] = {}

    def spoil(self, location_id: int, mishap: LocationMishap | None) -> None:
        """Has a location misbehave; None has it behave again."""
        with self._lock:
            self._spoilt.pop(location_id, None)
            if mishap is not None:
                self._spoilt[location_id] = mishap

    def put(self, location_id: int, cards: tuple[PracticeEquipment, ...]) -> None:
        """Gives a location exactly these dispensers; ValueError where there is no such location."""
        with self._lock:
            groups = self._kept(location_id)
            if not groups:
                raise ValueError(f"there is no location {location_id}")
            self._groups[location_id] = _with_dispensers(groups, lambda _: cards)

    def mishap(self, location_id: int) -> LocationMishap | None:
        """How a location misbehaves."""
        with self._lock:
            return self._spoilt.get(location_id)

    def groups(self, location_id: int) -> tuple[EquipmentGroup, ...]:
        """What the location's Equipment tab shows; nothing for one that is not there."""
        groups = self._kept(location_id)
        mishap = self.mishap(location_id)
        if mishap is LocationMishap.NO_EQUIPMENT:
            return ()
        if mishap in HIDDEN:
            groups = tuple(group for group in groups if group.type != DISPENSER_TYPE)
        if mishap is LocationMishap.EMPTY_GROUP:
            groups = _with_dispensers(groups, lambda _: ())
        if Mishap.HOSTILE_TEXT in self._mishaps:
            groups = _with_dispensers(groups, lambda cards: tuple(map(_hostile, range(len(cards)), cards)))
        return groups

    def dispensers(self, location_id: int) -> tuple[PracticeEquipment, ...]:
        """The dispensers that a right reading finds."""
        found = [group.cards for group in self.groups(location_id) if group.type == DISPENSER_TYPE]
        return found[0] if found else ()

    def change(self, location_id: int, kind: EquipmentChange) -> PracticeEquipmentChange:
        """Makes one change; ValueError where there is no such location or no dispenser left."""
        with self._lock:
            groups = self._kept(location_id)
            if not groups or not groups[0].cards:
                raise ValueError(f"location {location_id} has no dispenser")
            cards = groups[0].cards
            before, after, new = self._changed(cards, kind)
            self._groups[location_id] = _with_dispensers(groups, lambda _: new)
            return PracticeEquipmentChange(kind, location_id, before, after)

    def _kept(self, location_id: int) -> tuple[EquipmentGroup, ...]:
        with self._lock:
            if location_id not in self._groups:
                order = self._book.location(location_id)
                if order is None:
                    return ()
                self._groups[location_id] = equipment_of(order, self._seed)
            return self._groups[location_id]

    def _changed(
        self, cards: tuple[PracticeEquipment, ...], kind: EquipmentChange
    ) -> tuple[PracticeEquipment | None, PracticeEquipment | None, tuple[PracticeEquipment, ...]]:
        first, last = cards[0], cards[-1]
        if kind is EquipmentChange.REMOVED:
            return last, None, cards[:-1]
        if kind is EquipmentChange.ADDED:
            numbers = f"{2 * len(cards) + 1}/{2 * len(cards) + 2}"
            come = replace(last, title=last.title.replace(last.numbers, numbers, 1), serial=self._serial())
            return None, come, (*cards, come)
        other = METER_TYPES[METER_TYPES.index(first.field("Meter Type") or "") - 1]
        fields = tuple((label, other if label == "Meter Type" else value) for label, value in first.fields)
        edited = replace(first, serial=self._serial(), fields=fields)
        return first, edited, (edited, *cards[1:])

    def _serial(self) -> str:
        return f"EN{self._random.randrange(10**8):08d}"


def _with_dispensers(
    groups: tuple[EquipmentGroup, ...],
    change: Callable[[tuple[PracticeEquipment, ...]], tuple[PracticeEquipment, ...]],
) -> tuple[EquipmentGroup, ...]:
    return tuple(
        replace(group, cards=change(group.cards)) if group.type == DISPENSER_TYPE else group for group in groups
    )


def _hostile(index: int, card: PracticeEquipment) -> PracticeEquipment:
    """The card with a hostile value, a hostile serial number and a field of its own with a hostile label."""
    text = HOSTILE_TEXTS[index % len(HOSTILE_TEXTS)]
    fields = tuple((label, text if label == "Meter Type" else value) for label, value in card.fields)
    return replace(card, serial=f"EN {text}", fields=(*fields, (f"Note {text}", text)))
