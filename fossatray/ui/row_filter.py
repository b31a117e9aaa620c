"""Sorting and searching for the tables of what is stored: by what the cells mean, and by every word typed."""

from __future__ import annotations

import re
from typing import Any, Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

Index = QModelIndex | QPersistentModelIndex

_DIGITS = re.compile(r"(\d{1,18})", re.ASCII)


class Rows(Protocol):
    """What is asked of the model below."""

    def key(self, row: int, column: int) -> Any:
        """Return what a cell is sorted by; None if it is absent."""

    def haystack(self, row: int) -> str:
        """Return everything in which a row is searched, folded."""

    def account_id(self, row: int) -> str:
        """Return whose a row is."""


class RowFilter(QSortFilterProxyModel):
    """Sorts by what the cells mean (what is absent last) and keeps the rows that hold every word searched for.

    `rows` is the model itself, as what is asked here.
    """

    def __init__(self, model: QAbstractItemModel, rows: Rows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._of = rows
        self._words: tuple[str, ...] = ()
        self._account_id: str | None = None
        self.setSourceModel(model)

    def search(self, text: str) -> None:
        """Keep only the rows that hold every word of the text."""
        words = tuple(text.casefold().split())
        if words != self._words:
            self._words = words
            self.invalidate()

    def show_account(self, account_id: str | None) -> None:
        """Keep only one account's rows, or all."""
        if account_id != self._account_id:
            self._account_id = account_id
            self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Tell whether a row is kept."""
        if self._account_id is not None and self._of.account_id(source_row) != self._account_id:
            return False
        haystack = self._of.haystack(source_row)
        return all(word in haystack for word in self._words)

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        """Compare two cells; the absent one comes last in either direction."""
        column = source_left.column()
        left, right = self._of.key(source_left.row(), column), self._of.key(source_right.row(), column)
        if left is None or right is None:
            descending = self.sortOrder() == Qt.SortOrder.DescendingOrder
            return left is not right and (left is None) == descending
        return bool(left < right)


def natural(text: str | None) -> tuple[tuple[int, str], ...] | None:
    """Return what a text is sorted by so that "3/4" comes before "11/12"; None if it is absent or empty."""
    if not text:
        return None
    parts = _DIGITS.split(text.casefold())
    return tuple((int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts) if part)
