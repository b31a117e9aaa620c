"""What the practice portal keeps: work orders as frozen dataclasses, as one would read them off the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PracticeAddress:
    """A site's address: street, extra lines (cross street or suite), city, state, postal code and county."""

    street: str
    city: str
    state: str
    postal_code: str
    county: str
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PracticeService:
    """One service line: its group, description, code and quantity (0 on the second day of a job)."""

    group: str
    description: str
    code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PracticeVisit:
    """The next visit: the portal's id, its date and the text that stands for the time."""

    id: int
    date: date
    time: str = "(anytime)"


@dataclass(frozen=True, slots=True)
class PracticeContact:
    """Who pays: contact, billing account, department, billing code and terms; lines may be absent."""

    name: str
    billing_account: str | None
    department: str | None
    billing_code: str
    terms: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines about the contact that the portal shows."""
        return tuple(line for line in (self.name, self.billing_account) if line)

    @property
    def billing_lines(self) -> tuple[str, ...]:
        """The lines about the bill that the portal shows."""
        return tuple(line for line in (self.department, self.billing_code, self.terms) if line)


@dataclass(frozen=True, slots=True)
class PracticeOrder:
    """One made-up work order. `visit` is the next visit, None where none is scheduled or all are completed."""

    id: int
    customer: str
    customer_id: int
    store_number: str
    site_name: str
    location_id: int
    address: PracticeAddress
    contact: PracticeContact
    services: tuple[PracticeService, ...]
    instructions: str
    status: str
    reason: str
    created_by: str
    created_at: datetime
    categories: tuple[str, ...]
    visit: PracticeVisit | None = None
    due_date: date | None = None
    visits_done: int = 0
    visits_total: int = 1
    completed_on: date | None = None
    project: str | None = None
    po_number: str | None = None

    @property
    def number(self) -> str:
        """The digits of the order's W- number."""
        return str(self.id)

    @property
    def completed(self) -> bool:
        """Whether every visit is done."""
        return self.visits_done >= self.visits_total

    @property
    def untouched(self) -> bool:
        """Whether no visit is done: what the filter "No visits completed" lists."""
        return self.visits_done == 0

    @property
    def sort_date(self) -> date:
        """The date the list is sorted by: the next visit, else the completion; orders without either come first."""
        if self.visit is not None:
            return self.visit.date
        return self.completed_on or date.min

    def as_record(self, origin: str) -> dict[str, object]:
        """The order under the public names of `fossatray orders --json`: links absolute on `origin`, dates ISO 8601."""
        visit = self.visit
        return {
            "number": self.number,
            "customer": self.customer,
            "customer_url": f"{origin}/app/customers/{self.customer_id}/",
            "store_number": self.store_number,
            "site_name": self.site_name,
            "location_url": f"{origin}/app/customers/locations/{self.location_id}/",
            "address": {
                "street": self.address.street,
                "extra": list(self.address.extra),
                "city": self.address.city,
                "state": self.address.state,
                "postal_code": self.address.postal_code,
                "county": self.address.county,
            },
            "services": [
                {"group": item.group, "description": item.description, "code": item.code, "quantity": item.quantity}
                for item in self.services
            ],
            "instructions": self.instructions,
            "visit": None
            if visit is None
            else {
                "id": str(visit.id),
                "url": f"{origin}/app/work/{self.id}/visits/{visit.id}/",
                "date": visit.date.isoformat(),
                "time": visit.time,
                "due_date": None if self.due_date is None else self.due_date.isoformat(),
            },
            "visits_done": self.visits_done,
            "visits_total": self.visits_total,
            "status": self.status,
            "reason": self.reason,
            "project": self.project,
            "po_number": self.po_number,
            "created_by": self.created_by,
            "created_at": self.created_at.isoformat(),
            "categories": list(self.categories),
            "contact": list(self.contact.lines),
            "billing": list(self.contact.billing_lines),
            "completed_on": None if self.completed_on is None else self.completed_on.isoformat(),
        }
