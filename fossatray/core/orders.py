"""Work orders as the portal shows them. Absent stays absent (None or empty); the portal's dates carry no zone.

Field facts: the portal's list rows as recorded in portal/profiles/workfossa.toml. The JSON forms made here are public
(`fossatray orders --json`) and the form in which an order is stored and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 (a field is called date)
from datetime import datetime
from typing import Self

from fossatray.core.json_checks import Json, as_object, count_at, list_at, only_keys, text_at, texts_at


@dataclass(frozen=True, slots=True)
class Address:
    """A site's postal address; `extra` holds the lines between street and city (suite, cross street)."""

    street: str | None = None
    extra: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    county: str | None = None

    def to_json(self) -> Json:
        """Return the public JSON form."""
        return {
            "street": self.street,
            "extra": list(self.extra),
            "city": self.city,
            "state": self.state,
            "postal_code": self.postal_code,
            "county": self.county,
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Rebuild from the JSON form. Raises ValueError for anything else."""
        only_keys(data, cls)
        return cls(
            **{k: text_at(data, k) for k in ("street", "city", "state", "postal_code", "county")},
            extra=texts_at(data, "extra"),
        )


@dataclass(frozen=True, slots=True)
class Service:
    """One service line: "Meter Calibration", "All Dispensers", "2861", 8. Codes are not always digits."""

    group: str | None
    description: str | None
    code: str | None
    quantity: int | None

    def to_json(self) -> Json:
        """Return the public JSON form."""
        return {"group": self.group, "description": self.description, "code": self.code, "quantity": self.quantity}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Rebuild from the JSON form. Raises ValueError for anything else."""
        only_keys(data, cls)
        return cls(
            text_at(data, "group"), text_at(data, "description"), text_at(data, "code"), count_at(data, "quantity")
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """The next visit of an order: its id and URL, date, time as shown ("(anytime)" is kept as "anytime"), due date."""

    id: str | None
    url: str | None
    date: Date | None
    time: str | None
    due_date: Date | None

    def to_json(self) -> Json:
        """Return the public JSON form; dates as YYYY-MM-DD."""
        return {
            "id": self.id,
            "url": self.url,
            "date": self.date.isoformat() if self.date else None,
            "time": self.time,
            "due_date": self.due_date.isoformat() if self.due_date else None,
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Rebuild from the JSON form. Raises ValueError for anything else."""
        only_keys(data, cls)
        return cls(
            text_at(data, "id"),
            text_at(data, "url"),
            _date(data, "date"),
            text_at(data, "time"),
            _date(data, "due_date"),
        )


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One row of the work list. `number` is the digits of "W-129651"; URLs are absolute, on the account's origin.

    `contact` are the lines about the customer's contact (name, billing account), `billing` those about the bill
    (department, billing code, terms); None where they were not read, as in orders kept by a program older than these
    fields. `completed_on` is the day on which the last visit was completed.
    """

    number: str
    customer: str | None = None
    customer_url: str | None = None
    store_number: str | None = None
    site_name: str | None = None
    location_url: str | None = None
    address: Address = Address()
    services: tuple[Service, ...] = ()
    instructions: str | None = None
    visit: Visit | None = None
    visits_done: int | None = None
    visits_total: int | None = None
    status: str | None = None
    reason: str | None = None
    project: str | None = None
    po_number: str | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    categories: tuple[str, ...] = ()
    contact: tuple[str, ...] | None = None
    billing: tuple[str, ...] | None = None
    completed_on: Date | None = None

    @property
    def is_completed(self) -> bool:
        """Whether the order's own counter says that all of its visits are: "1 / 1"."""
        return self.visits_done is not None and bool(self.visits_total) and self.visits_done >= (self.visits_total or 0)

    def to_json(self) -> Json:
        """Return the public JSON form: the portal's fields only."""
        return {
            "number": self.number,
            "customer": self.customer,
            "customer_url": self.customer_url,
            "store_number": self.store_number,
            "site_name": self.site_name,
            "location_url": self.location_url,
            "address": self.address.to_json(),
            "services": [service.to_json() for service in self.services],
            "instructions": self.instructions,
            "visit": self.visit.to_json() if self.visit else None,
            "visits_done": self.visits_done,
            "visits_total": self.visits_total,
            "status": self.status,
            "reason": self.reason,
            "project": self.project,
            "po_number": self.po_number,
            "created_by": self.created_by,
            "created_at": self.created_at.isoformat(timespec="minutes") if self.created_at else None,
            "categories": list(self.categories),
            "contact": None if self.contact is None else list(self.contact),
            "billing": None if self.billing is None else list(self.billing),
            "completed_on": self.completed_on.isoformat() if self.completed_on else None,
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Rebuild from the JSON form. Raises ValueError for anything else: a missing or unknown key, a wrong type."""
        only_keys(data, cls)
        number = text_at(data, "number")
        if not number or not number.isascii() or not number.isdigit():
            raise ValueError("number is not made of digits")
        plain = {name: text_at(data, name) for name in _PLAIN}
        return cls(
            number=number,
            **plain,
            address=Address.from_json(as_object(data["address"])),
            services=tuple(Service.from_json(as_object(item)) for item in list_at(data, "services")),
            visit=None if data["visit"] is None else Visit.from_json(as_object(data["visit"])),
            visits_done=count_at(data, "visits_done"),
            visits_total=count_at(data, "visits_total"),
            created_at=_moment(data, "created_at"),
            categories=texts_at(data, "categories"),
            contact=None if data["contact"] is None else texts_at(data, "contact"),
            billing=None if data["billing"] is None else texts_at(data, "billing"),
            completed_on=_date(data, "completed_on"),
        )


_PLAIN = (
    "customer",
    "customer_url",
    "store_number",
    "site_name",
    "location_url",
    "instructions",
    "status",
    "reason",
    "project",
    "po_number",
    "created_by",
)


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order as kept: its account, when first and last seen on a complete list, and when archived (UTC)."""

    account_id: str
    order: WorkOrder
    first_seen: datetime
    last_seen: datetime
    archived_at: datetime | None = None


def _date(data: Json, key: str) -> Date | None:
    value = text_at(data, key)
    return None if value is None else Date.fromisoformat(value)


def _moment(data: Json, key: str) -> datetime | None:
    value = text_at(data, key)
    moment = None if value is None else datetime.fromisoformat(value)
    if moment is not None and moment.tzinfo is not None:
        raise ValueError(f"{key} carries a zone")
    return moment
