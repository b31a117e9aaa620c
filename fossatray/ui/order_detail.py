"""The pane beside the work orders' table: every field of one order, as plain text, and the way to its portal page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from fossatray.core.orders import StoredOrder, WorkOrder
from fossatray.core.words import Words
from fossatray.ui import texts
from fossatray.ui.detail_pane import DetailPane

translate = QCoreApplication.translate


class OrderDetail(DetailPane):
    """Shows one order, or a hint to choose one. A field that the order does not have is not shown."""

    def __init__(
        self,
        words: Words,
        now: Callable[[], datetime],
        open_url: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(translate("OrderDetail", "Details of the work order"), _titles(), open_url, parent)
        self._words, self._now = words, now
        visit = self.add_link("visit", self.tr("Open in &portal"), self.tr("Open in portal"))
        site = self.add_link("site", self.tr("Si&te"), self.tr("Open site in portal"))
        customer = self.add_link("customer", self.tr("C&ustomer"), self.tr("Open customer in portal"))
        grid = QGridLayout(self.links)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(visit, 0, 0, 1, 2)
        grid.addWidget(site, 1, 0)
        grid.addWidget(customer, 1, 1)
        grid.setColumnStretch(2, 1)
        self.show_order(None, None)

    def show_order(self, stored: StoredOrder | None, origin: str | None, dispensers: str = "") -> None:
        """Show an order of an account whose portal has this origin; None shows the hint.

        `dispensers` are those of its site, in words.
        """
        texts_of = {**self._texts(stored), "dispensers": dispensers} if stored is not None else {}
        self.show_texts(self._heading(stored), self._archived_text(stored), texts_of)
        self.show_links(origin, _links(stored.order) if stored is not None else None)

    def _heading(self, stored: StoredOrder | None) -> str:
        if stored is None:
            return self.tr("Choose a work order to see all of it")
        order = stored.order
        customer = " ".join(part for part in (order.customer, order.store_number) if part)
        return f"W-{order.number}" + (f"  {customer}" if customer else "")

    def _archived_text(self, stored: StoredOrder | None) -> str:
        if stored is None or stored.archived_at is None:
            return ""
        when = self._words.when(stored.archived_at, self._now(), inside=True)
        if stored.order.completed_on is not None:
            day = texts.day(stored.order.completed_on, self._now().astimezone(self._words.zone).date())
            return self.tr("Completed on {day}; no longer in your open list since {when}").format(day=day, when=when)
        return self.tr("No longer in your open list since {when}").format(when=when)

    def _texts(self, stored: StoredOrder) -> dict[str, str | None]:
        order, visit = stored.order, stored.order.visit
        today = self._now().astimezone(self._words.zone).date()
        is_over = stored.archived_at is not None and order.completed_on is not None
        visit_parts = (texts.day(visit.date, today), f"({visit.time})" if visit.time else "") if visit else ()
        created = (order.created_by, texts.clock_day(order.created_at, self._words, today))
        return {
            "customer": order.customer,
            "store": order.store_number,
            "site": order.site_name,
            "address": texts.address_lines(order.address),
            "services": "\n".join(texts.service_line(service) for service in order.services),
            "instructions": order.instructions,
            "visit": "" if is_over else " ".join(part for part in visit_parts if part),
            "visit_id": visit.id if visit else None,
            "due": self._due(stored),
            "visits": _visits(order.visits_done, order.visits_total),
            "day": self._words.day_of(order),
            "status": order.status,
            "reason": order.reason,
            "project": order.project,
            "po_number": order.po_number,
            "created": ", ".join(part for part in created if part),
            "categories": ", ".join(order.categories),
            "contact": "\n".join(order.contact or ()),
            "billing": "\n".join(order.billing or ()),
            "completed": texts.day(order.completed_on, today),
            "first_seen": self._words.when(stored.first_seen, self._now()),
            "last_seen": self._words.when(stored.last_seen, self._now()),
        }

    def _due(self, stored: StoredOrder) -> str:
        visit = stored.order.visit
        if visit is None or visit.due_date is None:
            return ""
        today = self._now().astimezone(self._words.zone).date()
        text = texts.day(visit.due_date, today)
        if stored.archived_at is not None or visit.due_date > today:
            return text
        mark = self.tr("⚠ {day} (today)") if visit.due_date == today else self.tr("⚠ {day} (past)")
        return mark.format(day=text)


def _titles() -> dict[str, str]:
    """Return the fields with their titles, in order."""
    return {
        "customer": translate("OrderDetail", "Customer"),
        "store": translate("OrderDetail", "Store"),
        "site": translate("OrderDetail", "Site"),
        "address": translate("OrderDetail", "Address"),
        "services": translate("OrderDetail", "Services"),
        "instructions": translate("OrderDetail", "Instructions"),
        "visit": translate("OrderDetail", "Next visit"),
        "visit_id": translate("OrderDetail", "Visit number"),
        "due": translate("OrderDetail", "Due"),
        "visits": translate("OrderDetail", "Visits"),
        "completed": translate("OrderDetail", "Completed"),
        "day": translate("OrderDetail", "Part of a job"),
        "status": translate("OrderDetail", "Status"),
        "reason": translate("OrderDetail", "Reason"),
        "project": translate("OrderDetail", "Project"),
        "po_number": translate("OrderDetail", "PO number"),
        "contact": translate("OrderDetail", "Contact"),
        "billing": translate("OrderDetail", "Billing"),
        "created": translate("OrderDetail", "Created"),
        "categories": translate("OrderDetail", "Categories"),
        "dispensers": translate("OrderDetail", "Dispensers of the site"),
        "first_seen": translate("OrderDetail", "First seen"),
        "last_seen": translate("OrderDetail", "Last seen"),
    }


def _links(order: WorkOrder) -> dict[str, str | None]:
    return {"visit": _portal_page(order), "site": order.location_url, "customer": order.customer_url}


def _portal_page(order: WorkOrder) -> str:
    """Return the address of the order's visit; without one, the order's own page, which each order has."""
    visit = order.visit
    return visit.url if visit is not None and visit.url else f"/app/work/{order.number}/"


def _visits(done: int | None, total: int | None) -> str:
    return f"{done} / {total}" if done is not None and total is not None else ""
