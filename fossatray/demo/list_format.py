"""How the list's data travel: paths, names and shape are drawn anew at each start, so that nothing can rely on them."""

from __future__ import annotations

import json
import random
import secrets
import string
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from fossatray.demo.equipment import EquipmentGroup
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.vocabulary import CATEGORY_COLOURS, STATUS_CLASSES

PORTAL_DATES: Final = "%m/%d/%Y"
FOREIGN_DATES: Final = "%d/%m/%Y"
PREVIEW_LENGTH: Final = 192
ROW_FIELDS: Final = (
    "id",
    "categories",
    "status",
    "statusClass",
    "reason",
    "project",
    "po",
    "creator",
    "created",
    "customer",
    "customerId",
    "store",
    "locationId",
    "site",
    "street",
    "extra",
    "cityLine",
    "county",
    "contact",
    "account",
    "department",
    "billingCode",
    "terms",
    "groups",
    "done",
    "total",
    "completedOn",
    "visitId",
    "visitDate",
    "visitTime",
    "due",
    "overdue",
    "text",
    "preview",
    "cut",
    "broken",
)
ENVELOPE_FIELDS: Final = ("rows", "total", "pages", "more", "layout")
PARAMETERS: Final = ("page", "limit", "direction")


class WireFormat:
    """The names of one start: data paths, query parameters, envelope and row fields, scope ids, asset names."""

    def __init__(self) -> None:
        """Draws every name; the draw is not seeded, on purpose."""
        self._random = random.Random(secrets.randbits(64))
        self.list_path = f"/{self._word()}/{self._word()}"
        self.equipment_path = f"/{self._word()}/{self._word()}"
        self.parameters = {name: self._word() for name in PARAMETERS}
        self.envelope = {name: self._word() for name in ENVELOPE_FIELDS}
        self.fields: dict[str, str | int] = {name: self._word() for name in ROW_FIELDS}
        self.as_arrays = self._random.random() < 0.5
        if self.as_arrays:
            order = list(ROW_FIELDS)
            self._random.shuffle(order)
            self.fields = {name: index for index, name in enumerate(order)}
        self.scopes = {name: f"data-v-{secrets.token_hex(4)}" for name in ("list", "saved", "editor")}
        self.asset = "".join(self._random.choices(string.ascii_lowercase + string.digits, k=8))

    def rows(self, rows: list[dict[str, object]]) -> list[object]:
        """`rows`, keyed by ROW_FIELDS, as they travel."""
        if self.as_arrays:
            return [[row[name] for name in self.fields] for row in rows]
        return [{str(self.fields[name]): row[name] for name in ROW_FIELDS} for row in rows]

    def encode(self, answer: dict[str, object]) -> bytes:
        """An answer keyed by ENVELOPE_FIELDS as JSON in ASCII: a lone surrogate travels as an escape."""
        return json.dumps({self.envelope[name]: value for name, value in answer.items()}).encode("ascii")

    def _word(self) -> str:
        return "".join(self._random.choices(string.ascii_lowercase, k=1)) + secrets.token_hex(
            self._random.randint(3, 6)
        )


def shown_date(day: date | None, form: str = PORTAL_DATES) -> str | None:
    """A date as the portal shows it, MM/DD/YYYY by default."""
    return None if day is None else day.strftime(form)


def shown_moment(moment: datetime) -> str:
    """A moment as the portal shows it: 12 hours, lower case, no space, no zone."""
    return f"{moment:%m/%d/%Y %I:%M}{'am' if moment.hour < 12 else 'pm'}"


def preview(text: str) -> str:
    """The first words of an instruction, at most PREVIEW_LENGTH characters."""
    if len(text) <= PREVIEW_LENGTH:
        return text
    cut = text[: PREVIEW_LENGTH + 1]
    return cut[: max(cut.rfind(" "), cut.rfind("\n"))] if " " in cut or "\n" in cut else cut


def grouped_services(order: PracticeOrder) -> list[list[object]]:
    """The services by group, in their order: `[group, [[quantity, description, code], …]]`."""
    groups: list[tuple[str, list[list[object]]]] = []
    for item in order.services:
        if not groups or groups[-1][0] != item.group:
            groups.append((item.group, []))
        groups[-1][1].append([item.quantity, item.description, item.code])
    return [[name, items] for name, items in groups]


def row_of(order: PracticeOrder, today: date, *, broken: bool, dates: str = PORTAL_DATES) -> dict[str, object]:
    """One order as the page draws it, keyed by ROW_FIELDS.

    `broken` drops the link with its number, `dates` is how dates are written (for strftime).
    """
    address, contact, visit = order.address, order.contact, order.visit
    short = preview(order.instructions)
    return {
        "id": order.id,
        "categories": [[name, CATEGORY_COLOURS.get(name, "rgb(128, 128, 128)")] for name in order.categories],
        "status": order.status,
        "statusClass": STATUS_CLASSES.get(order.status, "work-status-open"),
        "reason": order.reason,
        "project": order.project,
        "po": order.po_number,
        "creator": order.created_by,
        "created": shown_moment(order.created_at),
        "customer": order.customer,
        "customerId": order.customer_id,
        "store": order.store_number,
        "locationId": order.location_id,
        "site": order.site_name,
        "street": address.street,
        "extra": list(address.extra),
        "cityLine": f"{address.city} {address.state} {address.postal_code}",
        "county": address.county,
        "contact": contact.name,
        "account": contact.billing_account,
        "department": contact.department,
        "billingCode": contact.billing_code,
        "terms": contact.terms,
        "groups": grouped_services(order),
        "done": order.visits_done,
        "total": order.visits_total,
        "completedOn": shown_date(order.completed_on, dates),
        "visitId": None if visit is None else visit.id,
        "visitDate": None if visit is None else shown_date(visit.date, dates),
        "visitTime": None if visit is None else visit.time,
        "due": None if visit is None else shown_date(order.due_date, dates),
        "overdue": order.due_date is not None and order.due_date <= today,
        "text": order.instructions,
        "preview": short,
        "cut": short != order.instructions,
        "broken": broken,
    }


def groups_of(groups: tuple[EquipmentGroup, ...]) -> list[dict[str, object]]:
    """Equipment groups as the location page draws them; each tells its own count."""
    return [asdict(group) | {"count": len(group.cards)} for group in groups]
