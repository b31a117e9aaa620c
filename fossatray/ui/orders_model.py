"""The work orders as a table: what it shows, what it is sorted by and where it is searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont

from fossatray.core.orders import StoredOrder
from fossatray.ui import texts
from fossatray.ui.records_model import RecordRow, RecordsModel
from fossatray.ui.table_model import Index


class Column(IntEnum):
    """The table's columns, in order."""

    NUMBER = 0
    CUSTOMER = 1
    STORE = 2
    CITY = 3
    SERVICES = 4
    VISIT = 5
    DUE = 6
    STATUS = 7
    ACCOUNT = 8


class OrdersModel(RecordsModel[StoredOrder]):
    """The orders that were read last. `today` gives the person's date; due dates are marked against it."""

    def __init__(self, today: Callable[[], date], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._titles = (
            self.tr("Number"),
            self.tr("Customer"),
            self.tr("Store"),
            self.tr("City"),
            self.tr("Services"),
            self.tr("Visit"),
            self.tr("Due"),
            self.tr("Status"),
            self.tr("Account"),
        )

    def _made(self, records: Sequence[StoredOrder], account_names: Mapping[str, str]) -> list[RecordRow[StoredOrder]]:
        today = self._today()
        return [self._row(stored, account_names.get(stored.account_id, ""), today) for stored in records]

    def _row(self, stored: StoredOrder, account: str, today: date) -> RecordRow[StoredOrder]:
        order, visit = stored.order, stored.order.visit
        visit_date = visit.date if visit else None
        due = visit.due_date if visit else None
        days = (due - today).days if due and stored.archived_at is None else None
        cells = (
            f"W-{order.number}",
            texts.cell(order.customer),
            texts.cell(order.store_number),
            texts.cell(order.address.city),
            texts.services_cell(order.services),
            texts.day(visit_date, today),
            self._due_text(texts.short_day(due, today), days),
            texts.cell(order.status),
            account,
        )
        folded = [text.casefold() or None for text in cells]
        keys = (int(order.number), *folded[1:5], visit_date, due, *folded[7:])
        services = (part for item in order.services for part in (item.group, item.description, item.code))
        words = (
            *cells,
            order.number,
            order.site_name,
            order.instructions,
            texts.address_lines(order.address),
            order.reason,
            order.project,
            order.po_number,
            order.created_by,
            *order.categories,
            *(order.contact or ()),
            *(order.billing or ()),
            *services,
        )
        haystack = " ".join(word for word in words if word).casefold()
        marked = Column.DUE if days is not None and days <= 0 else None
        return RecordRow(stored, (stored.account_id, order.number), cells, keys, haystack, marked)

    def _told(self, row: RecordRow[StoredOrder], column: int) -> str:
        """Return the tooltip's text: the cell's, but services in full."""
        if column != Column.SERVICES:
            return row.cells[column]
        return ", ".join(texts.service_line(service) for service in row.record.order.services)

    def _due_text(self, text: str, days: int | None) -> str:
        if days is None or days > 0:
            return text
        mark = self.tr("⚠ {day} (today)") if days == 0 else self.tr("⚠ {day} (past)")
        return mark.format(day=text)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown or told about a cell; what is marked is bold, too."""
        if role == Qt.ItemDataRole.FontRole and index.isValid():
            return _bold() if index.column() == self._rows[index.row()].marked else None
        return super().data(index, role)


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
