"""Dispensers as a site's page shows them, and the sites whose dispensers are wanted. Absent stays absent.

Field facts: the [equipment] section of portal/profiles/workfossa.toml. The JSON forms made here are public
(`fossatray dispensers --json`) and the form in which a dispenser is stored and compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from fossatray.core.json_checks import Json, as_object, count_at, only_keys, text_at, texts_at
from fossatray.core.orders import WorkOrder

DISPENSER_CODES = ("2861", "2862", "3002", "3146")
"""The services that concern dispensers, as far as they are known: the default of the setting `dispenser_codes`."""


@dataclass(frozen=True, slots=True)
class Dispenser:
    """One dispenser of a site: "1/2 - Regular, Plus, Diesel - Gilbarco" and the labelled fields below that title.

    `nozzles_per_side` is a number only where the portal shows one; else what it shows is in `other`, which holds every
    field whose label is not known, as (label, value) pairs sorted by label; the value may be empty. No label occurs
    twice in it. A title that says something else than the fields below it is kept there whole, as "Title".
    """

    numbers: str | None = None
    grades: tuple[str, ...] = ()
    make: str | None = None
    model: str | None = None
    serial: str | None = None
    stand_alone_code: str | None = None
    nozzles_per_side: int | None = None
    meter_type: str | None = None
    ntep: str | None = None
    other: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> Json:
        """Return the public JSON form: the portal's fields only; `other` as an object."""
        return {
            "numbers": self.numbers,
            "grades": list(self.grades),
            "make": self.make,
            "model": self.model,
            "serial": self.serial,
            "stand_alone_code": self.stand_alone_code,
            "nozzles_per_side": self.nozzles_per_side,
            "meter_type": self.meter_type,
            "ntep": self.ntep,
            "other": dict(self.other),
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Rebuild from the JSON form. Raises ValueError for anything else: a missing or unknown key, a wrong type."""
        only_keys(data, cls)
        other = as_object(data["other"])
        if not all(isinstance(value, str) for value in other.values()):
            raise ValueError("other is not an object of texts")
        return cls(
            **{name: text_at(data, name) for name in _PLAIN},
            grades=texts_at(data, "grades"),
            nozzles_per_side=count_at(data, "nozzles_per_side"),
            other=tuple(sorted(other.items())),
        )


_PLAIN = ("numbers", "make", "model", "serial", "stand_alone_code", "meter_type", "ntep")


@dataclass(frozen=True, slots=True)
class StoredDispenser:
    """A dispenser as kept: its account and site, when its site was last read, and when it was archived (UTC)."""

    account_id: str
    location_url: str
    store_number: str | None
    site_name: str | None
    dispenser: Dispenser
    read_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LocationWanted:
    """A site whose dispensers are to be read: the absolute URL of its page on the account's origin, and its names."""

    url: str
    store_number: str | None = None
    site_name: str | None = None


def dispenser_keys(dispensers: Sequence[Dispenser]) -> tuple[str, ...]:
    """Return what tells the dispensers of one site apart: each one's numbers, else its serial number, else its place.

    All are different: what occurs again gets " (2)", " (3)" in the order of the page.
    """
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for place, dispenser in enumerate(dispensers, start=1):
        if dispenser.numbers:
            key = f"numbers {dispenser.numbers}"
        elif dispenser.serial:
            key = f"serial {dispenser.serial}"
        else:
            key = place_key(place)
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key} ({seen[key]})")
    return tuple(keys)


def place_key(place: int) -> str:
    """Return the key of a dispenser that has neither numbers nor a serial number, by its place on the page, from 1."""
    return f"place {place}"


def wanted_locations(orders: Iterable[WorkOrder], codes: Iterable[str]) -> tuple[LocationWanted, ...]:
    """Return the sites of the orders that have a service of one of the codes, each once, in the orders' order."""
    wanted: dict[str, LocationWanted] = {}
    known = frozenset(codes)
    for order in orders:
        if order.location_url and any(service.code in known for service in order.services):
            wanted.setdefault(
                order.location_url, LocationWanted(order.location_url, order.store_number, order.site_name)
            )
    return tuple(wanted.values())
