"""A table of what is stored: what each record shows, what it is sorted by, where it is searched, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from fossatray.core.accounts import Account
from fossatray.ui.labels import plain_tooltip
from fossatray.ui.table_model import Index, TitledModel

RecordKey = tuple[str, ...]
"""What tells a record apart from all others; the account's id is a part of it."""


class Owned(Protocol):
    """What every record has."""

    @property
    def account_id(self) -> str:
        """Whose it is."""


Record = TypeVar("Record", bound=Owned)


@dataclass(frozen=True, slots=True)
class RecordRow(Generic[Record]):
    """A record with the texts of its cells, what they are sorted by (None if absent) and where it is searched (folded).

    `marked` is the column that is shown in the colour of warnings.
    """

    record: Record
    key: RecordKey
    cells: tuple[str, ...]
    sort_keys: tuple[Any, ...]
    haystack: str
    marked: int | None = None


class RecordsModel(TitledModel[RecordRow[Record]], Generic[Record]):
    """The records that were read last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: dict[RecordKey, int] = {}
        self._warn = QColor("#b45309")

    def _made(self, records: Sequence[Record], account_names: Mapping[str, str]) -> list[RecordRow[Record]]:
        """Return a row for each record, in their order."""
        raise NotImplementedError

    def _told(self, row: RecordRow[Record], column: int) -> str:
        """Return the tooltip's text."""
        return row.cells[column]

    def set_warn_color(self, name: str) -> None:
        """Take the colour of warnings."""
        self._warn = QColor(name)

    def set_records(self, records: Sequence[Record], accounts: Sequence[Account]) -> None:
        """Show other records, which belong to these accounts."""
        rows = self._made(records, {account.id: account.name for account in accounts})
        self._places = {row.key: place for place, row in enumerate(rows)}
        self._set_rows(rows)

    def record(self, row: int) -> Record:
        """Return the record of a row."""
        return self._rows[row].record

    def record_key(self, row: int) -> RecordKey:
        """Return what tells the record of a row apart."""
        return self._rows[row].key

    def place(self, key: RecordKey) -> int | None:
        """Return the row of a record, or None if it is not there."""
        return self._places.get(key)

    def key(self, row: int, column: int) -> Any:
        """Return what a cell is sorted by; None if it is absent."""
        return self._rows[row].sort_keys[column]

    def haystack(self, row: int) -> str:
        """Return everything in which a row is searched, folded."""
        return self._rows[row].haystack

    def account_id(self, row: int) -> str:
        """Return whose a row is."""
        return self._rows[row].record.account_id

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown or told about a cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.cells[column]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(self._told(row, column))
            case Qt.ItemDataRole.ForegroundRole:
                return self._warn if column == row.marked else None
        return None
