"""The dispensers as a table: a line each, and one for each site of which none is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from fossatray.core.dispensers import Dispenser, LocationWanted, StoredDispenser
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.words import Words
from fossatray.ui.labels import plain_tooltip
from fossatray.ui.row_filter import natural
from fossatray.ui.site_texts import state_cell, state_text
from fossatray.ui.texts import cell

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

LINE_ROLE = Qt.ItemDataRole.UserRole

LineKey = tuple[str, str, str]
"""Account id, the site's URL, and the dispenser's numbers, serial number or place."""


class Column(IntEnum):
    """The table's columns, in order."""

    STORE = 0
    SITE = 1
    NUMBERS = 2
    GRADES = 3
    MAKE = 4
    MODEL = 5
    SERIAL = 6
    METER = 7
    NTEP = 8
    READ = 9
    ACCOUNT = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A dispenser with its site, or a site alone. `site` is None where nothing is known of what came of asking."""

    account_id: str
    location: LocationWanted
    dispenser: StoredDispenser | None
    site: StoredLocation | None

    @property
    def is_marked(self) -> bool:
        """Whether the site could not be read the last time."""
        return self.site is not None and self.site.state is not LocationState.READ


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    cells: tuple[str, ...]
    keys: tuple[Any, ...]
    haystack: str
    key: LineKey


class DispensersModel(QAbstractTableModel):
    """The dispensers that were read last."""

    def __init__(self, words: Words, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        self._rows: list[_Row] = []
        self._places: dict[LineKey, int] = {}
        self._warn = QColor("#b45309")
        self._headers = (
            self.tr("Store"),
            self.tr("Site"),
            self.tr("Dispenser"),
            self.tr("Grades"),
            self.tr("Make"),
            self.tr("Model"),
            self.tr("Serial number"),
            self.tr("Meter type"),
            self.tr("NTEP / COC"),
            self.tr("Read"),
            self.tr("Account"),
        )

    def set_warn_color(self, name: str) -> None:
        """Take the colour of what could not be read."""
        self._warn = QColor(name)

    def set_lines(self, lines: Sequence[Line], account_names: Mapping[str, str]) -> None:
        """Show other dispensers and sites."""
        now = self._now()
        self.beginResetModel()
        self._rows = [
            self._row(line, account_names.get(line.account_id, ""), place, now) for place, line in enumerate(lines)
        ]
        self._places = {row.key: place for place, row in enumerate(self._rows)}
        self.endResetModel()

    def _row(self, line: Line, account: str, place: int, now: datetime) -> _Row:
        stored, site = line.dispenser, line.site
        one = stored.dispenser if stored is not None else Dispenser()
        read_at = stored.read_at if stored is not None else (site.read_at if site is not None else None)
        cells = (
            cell(line.location.store_number),
            cell(line.location.site_name),
            cell(one.numbers),
            cell(", ".join(one.grades)),
            cell(one.make),
            cell(one.model),
            cell(one.serial),
            cell(one.meter_type),
            cell(one.ntep),
            state_cell(site, read_at, self._words, now),
            account,
        )
        keys = [natural(text) for text in cells]
        keys[Column.READ] = ((-1 if line.is_marked else 0, ""), (int(read_at.timestamp()) if read_at else 0, ""))
        other = (part for pair in one.other for part in pair)
        words = (*cells, one.stand_alone_code, *other, state_text(site, self._words, now))
        haystack = " ".join(word for word in words if word).casefold()
        key = (line.account_id, line.location.url, one.numbers or one.serial or str(place))
        return _Row(line, cells, tuple(keys), haystack, key)

    def line(self, row: int) -> Line:
        """Return the line of a row."""
        return self._rows[row].line

    def place(self, key: LineKey) -> int | None:
        """Return the row of a dispenser, or None if it is not there."""
        return self._places.get(key)

    def line_key(self, row: int) -> LineKey:
        """Return what tells a row apart."""
        return self._rows[row].key

    def key(self, row: int, column: int) -> Any:
        """Return what a cell is sorted by; None if it is absent."""
        return self._rows[row].keys[column]

    def haystack(self, row: int) -> str:
        """Return everything in which a row is searched, folded."""
        return self._rows[row].haystack

    def account_id(self, row: int) -> str:
        """Return whose a row is."""
        return self._rows[row].line.account_id

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

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
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.cells[column]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(row.cells[column])
            case Qt.ItemDataRole.ForegroundRole:
                return self._warn if column == Column.READ and row.line.is_marked else None
        return row.line if role == LINE_ROLE else None
