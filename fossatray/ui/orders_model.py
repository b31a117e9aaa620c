"""The work orders as a table: what it shows, what it is sorted by and where it is searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from fossatray.core.accounts import Account
from fossatray.core.orders import StoredOrder
from fossatray.ui import texts
from fossatray.ui.labels import plain_tooltip

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

ORDER_ROLE = Qt.ItemDataRole.UserRole

OrderKey = tuple[str, str]
"""Account id and number."""


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


COLUMNS = len(Column)


@dataclass(frozen=True, slots=True)
class _Row:
    stored: StoredOrder
    cells: tuple[str, ...]
    keys: tuple[Any, ...]
    haystack: str
    due: int | None


class OrdersModel(QAbstractTableModel):
    """The orders that were read last. `today` gives the person's date; due dates are marked against it."""

    def __init__(self, today: Callable[[], date], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._rows: list[_Row] = []
        self._places: dict[OrderKey, int] = {}
        self._warn = QColor("#b45309")
        self._headers = (
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

    def set_warn_color(self, name: str) -> None:
        """Take the colour of due dates that are today or past."""
        self._warn = QColor(name)

    def set_orders(self, orders: list[StoredOrder], accounts: list[Account]) -> None:
        """Show other orders."""
        names = {account.id: account.name for account in accounts}
        today = self._today()
        self.beginResetModel()
        self._rows = [self._row(stored, names.get(stored.account_id, ""), today) for stored in orders]
        self._places = {(stored.account_id, stored.order.number): place for place, stored in enumerate(orders)}
        self.endResetModel()

    def _row(self, stored: StoredOrder, account: str, today: date) -> _Row:
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
            *services,
        )
        haystack = " ".join(word for word in words if word).casefold()
        return _Row(stored, cells, keys, haystack, days)

    def _told(self, row: _Row, column: int) -> str:
        """Return the tooltip's text: the cell's, but services in full."""
        if column != Column.SERVICES:
            return row.cells[column]
        return ", ".join(texts.service_line(service) for service in row.stored.order.services)

    def _due_text(self, text: str, days: int | None) -> str:
        if days is None or days > 0:
            return text
        mark = self.tr("⚠ {day} (today)") if days == 0 else self.tr("⚠ {day} (past)")
        return mark.format(day=text)

    def order(self, row: int) -> StoredOrder:
        """Return the order of a row."""
        return self._rows[row].stored

    def place(self, key: OrderKey) -> int | None:
        """Return the row of an order, or None if it is not there."""
        return self._places.get(key)

    def key(self, row: int, column: int) -> Any:
        """Return what a cell is sorted by; None if it is absent."""
        return self._rows[row].keys[column]

    def haystack(self, row: int) -> str:
        """Return everything in which a row is searched, folded."""
        return self._rows[row].haystack

    def account_id(self, row: int) -> str:
        """Return whose the order of a row is."""
        return self._rows[row].stored.account_id

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many orders there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else COLUMNS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section] if 0 <= section < len(self._headers) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown, sorted by, or told about a cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        is_marked = column == Column.DUE and row.due is not None and row.due <= 0
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.cells[column]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(self._told(row, column))
            case Qt.ItemDataRole.ForegroundRole:
                return self._warn if is_marked else None
            case Qt.ItemDataRole.FontRole:
                return _bold() if is_marked else None
        return row.stored if role == ORDER_ROLE else None


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
