"""The pane beside the work orders' table: every field of one order, as plain text, and the way to its portal page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.orders import StoredOrder, WorkOrder
from fossatray.core.urls import own_link
from fossatray.core.words import Words
from fossatray.ui import texts
from fossatray.ui.labels import PlainLabel


class OrderDetail(QScrollArea):
    """Shows one order, or a hint to choose one. A field that the order does not have is not shown."""

    def __init__(
        self,
        words: Words,
        now: Callable[[], datetime],
        open_url: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._now, self._open_url = words, now, open_url
        self._links: dict[str, str | None] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Details of the work order"))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 34)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 0, 6, 0)
        self._title = PlainLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() + 3)
        font.setBold(True)
        self._title.setFont(font)
        self._notice = PlainLabel()
        self._visit_button = self._link_button(self.tr("Open in &portal"), self.tr("Open in portal"), "visit")
        self._site_button = self._link_button(self.tr("Si&te"), self.tr("Open site in portal"), "site")
        self._customer_button = self._link_button(self.tr("C&ustomer"), self.tr("Open customer in portal"), "customer")
        buttons = QGridLayout()
        buttons.addWidget(self._visit_button, 0, 0, 1, 2)
        buttons.addWidget(self._site_button, 1, 0)
        buttons.addWidget(self._customer_button, 1, 1)
        buttons.setColumnStretch(2, 1)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)  # the pane is narrow
        self._form.setVerticalSpacing(1)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._values = {name: self._field(title) for name, title in self._titles().items()}
        column.addWidget(self._title)
        column.addWidget(self._notice)
        column.addLayout(buttons)
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inside)
        self.show_order(None, None)

    def _titles(self) -> dict[str, str]:
        return {
            "customer": self.tr("Customer"),
            "store": self.tr("Store"),
            "site": self.tr("Site"),
            "address": self.tr("Address"),
            "services": self.tr("Services"),
            "instructions": self.tr("Instructions"),
            "visit": self.tr("Next visit"),
            "visit_id": self.tr("Visit number"),
            "due": self.tr("Due"),
            "visits": self.tr("Visits"),
            "day": self.tr("Part of a job"),
            "status": self.tr("Status"),
            "reason": self.tr("Reason"),
            "project": self.tr("Project"),
            "po_number": self.tr("PO number"),
            "created": self.tr("Created"),
            "categories": self.tr("Categories"),
            "first_seen": self.tr("First seen"),
            "last_seen": self.tr("Last seen"),
        }

    def _field(self, title: str) -> PlainLabel:
        head = QLabel(title)
        value = PlainLabel()
        value.setAccessibleName(title)
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        head.setBuddy(value)
        head.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        head.setContentsMargins(0, 7, 0, 0)
        self._form.addRow(head, value)
        return value

    def _link_button(self, text: str, meaning: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("link", name)
        button.setAccessibleName(meaning)
        button.clicked.connect(self._on_open)
        return button

    def show_order(self, stored: StoredOrder | None, origin: str | None) -> None:
        """Show an order of an account whose portal has this origin; None shows the hint."""
        texts_of = self._texts(stored) if stored is not None else {}
        for name, label in self._values.items():
            text = texts_of.get(name) or ""
            label.setText(text)
            self._form.setRowVisible(label, bool(text))
        self._title.setText(self._heading(stored))
        self._notice.setText(self._archived_text(stored))
        self._notice.setVisible(bool(self._notice.text()))
        self._set_links(stored, origin)
        self.verticalScrollBar().setValue(0)

    def _set_links(self, stored: StoredOrder | None, origin: str | None) -> None:
        found = {
            "visit": _portal_page(stored.order) if stored else None,
            "site": stored.order.location_url if stored else None,
            "customer": stored.order.customer_url if stored else None,
        }
        self._links = {name: own_link(origin, link) if origin else None for name, link in found.items()}
        none = self.tr("The portal gave no link for this")
        for button in (self._visit_button, self._site_button, self._customer_button):
            name = str(button.property("link"))
            button.setVisible(stored is not None)
            button.setEnabled(self._links[name] is not None)
            button.setToolTip(button.accessibleName() if self._links[name] else none)

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
        return self.tr("No longer in your open list since {when}").format(when=when)

    def _texts(self, stored: StoredOrder) -> dict[str, str | None]:
        order, visit = stored.order, stored.order.visit
        today = self._now().astimezone(self._words.zone).date()
        visit_parts = (texts.day(visit.date, today), f"({visit.time})" if visit.time else "") if visit else ()
        created = (order.created_by, texts.clock_day(order.created_at, self._words, today))
        return {
            "customer": order.customer,
            "store": order.store_number,
            "site": order.site_name,
            "address": texts.address_lines(order.address),
            "services": "\n".join(texts.service_line(service) for service in order.services),
            "instructions": order.instructions,
            "visit": " ".join(part for part in visit_parts if part),
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

    @Slot()
    def _on_open(self) -> None:
        """Open a link that leads to the account's own origin; it was checked when it was read, and is again here."""
        link = self._links.get(str(self.sender().property("link")))
        if link is not None:
            self._open_url(link)


def _portal_page(order: WorkOrder) -> str:
    """Return the address of the order's visit; without one, the order's own page, which each order has."""
    visit = order.visit
    return visit.url if visit is not None and visit.url else f"/app/work/{order.number}/"


def _visits(done: int | None, total: int | None) -> str:
    return f"{done} / {total}" if done is not None and total is not None else ""
