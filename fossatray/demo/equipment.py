"""Made-up equipment of a location: dispensers with their fields, and groups of other kinds."""

from __future__ import annotations

import random
from dataclasses import dataclass

from fossatray.demo.orders import PracticeOrder
from fossatray.demo.vocabulary import (
    GRADE_LISTS,
    MAKES,
    METER_TYPES,
    MODELS,
    NTEP_NUMBERS,
    STAND_ALONE_CODES,
    WAYNE_MODELS,
)

DISPENSER_TYPE = 3
KNOWN_LABELS = ("Grade", "Stand Alone Code", "Number of Nozzles (per side)", "Meter Type", "NTEP / COC #")
DISPENSER_CODES = frozenset({"2861", "3002", "3146"})


@dataclass(frozen=True, slots=True)
class PracticeEquipment:
    """One card: its title, make, what may be absent, and its fields (label and value) in their order."""

    title: str
    make: str
    model: str | None
    serial: str | None
    fields: tuple[tuple[str, str], ...]

    @property
    def numbers(self) -> str:
        """The first part of the title."""
        return self.title.partition(" - ")[0]

    def field(self, label: str) -> str | None:
        """The value of a labelled field, None where it is absent or empty."""
        return dict(self.fields).get(label) or None

    def as_record(self) -> dict[str, object]:
        """A dispenser under the public names of `fossatray dispensers --json`, as the portal shows it."""
        return {
            "numbers": self.numbers,
            "grades": (self.field("Grade") or "").split(", "),
            "make": self.make,
            "model": self.model,
            "serial": self.serial,
            "stand_alone_code": self.field("Stand Alone Code"),
            "nozzles_per_side": int(self.field("Number of Nozzles (per side)") or 0),
            "meter_type": self.field("Meter Type"),
            "ntep": self.field("NTEP / COC #"),
            "other": {label: value for label, value in self.fields if label not in KNOWN_LABELS},
        }


@dataclass(frozen=True, slots=True)
class EquipmentGroup:
    """A group of a location's Equipment tab: its name, the portal's type number, its cards."""

    name: str
    type: int
    cards: tuple[PracticeEquipment, ...]


def equipment_of(order: PracticeOrder, seed: int) -> tuple[EquipmentGroup, ...]:
    """The equipment at `order`'s location, the same for the same seed: dispensers, then one or two other groups."""
    rng = random.Random(seed * 1_000_003 + order.location_id)
    count = next((item.quantity for item in order.services if item.code in DISPENSER_CODES and item.quantity), 6)
    dispensers = tuple(_dispenser(rng, index) for index in range(count))
    others = [EquipmentGroup("Tank monitor", 5, (_other(rng, "ATG 1", "Veeder-Root"),))]
    if rng.random() < 0.5:
        pumps = tuple(_other(rng, f"STP {index + 1}", "Red Jacket") for index in range(3))
        others.append(EquipmentGroup("Submersible pump", 7, pumps))
    return EquipmentGroup("Dispenser", DISPENSER_TYPE, dispensers), *others


def _dispenser(rng: random.Random, index: int) -> PracticeEquipment:
    make = MAKES[rng.random() < 0.03]
    model = rng.choice(MODELS if make == "Gilbarco" else WAYNE_MODELS)
    grades = rng.choice(GRADE_LISTS)
    fields = [
        ("Grade", grades),
        ("Stand Alone Code", rng.choice(STAND_ALONE_CODES)),
        ("Number of Nozzles (per side)", rng.choice("1223")),
        ("Meter Type", rng.choice(METER_TYPES)),
    ]
    if rng.random() < 0.33:
        fields.insert(rng.randint(1, 4), ("NTEP / COC #", rng.choice(NTEP_NUMBERS)))
    serial = f"{rng.choice(('EN', 'ENBX', 'Enb', 'WF '))}{rng.randrange(10**8):08d}"
    return PracticeEquipment(
        title=f"{2 * index + 1}/{2 * index + 2} - {grades} - {make}",
        make=make,
        model=None if rng.random() < 0.07 else model,
        serial=None if rng.random() < 0.07 else serial,
        fields=tuple(fields),
    )


def _other(rng: random.Random, name: str, make: str) -> PracticeEquipment:
    return PracticeEquipment(
        f"{name} - {make}", make, "TLS-350", f"DEMO{rng.randrange(10**6):06d}", (("Console", "Indoor"),)
    )
