"""The history and the changes of a run as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from fossatray.core.changes import FieldChange, StoredChange, told_fields
from fossatray.core.runs import HistoryEntry
from fossatray.core.words import Words
from fossatray.ui import texts
from fossatray.ui.labels import plain_tooltip
from fossatray.ui.table_model import Index, TitledModel
from fossatray.ui.tables import GAP

_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

ENTRY_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """The history's columns, in order."""

    WHEN = 0
    TRIGGER = 1
    OUTCOME = 2
    FOUND = 3
    NEW = 4
    CHANGED = 5
    ARCHIVED = 6
    DURATION = 7
    ERROR = 8
    ACCOUNT = 9
    JOB = 10


class HistoryModel(TitledModel[HistoryEntry]):
    """Runs, and occurrences that were skipped or missed; the newest first."""

    def __init__(self, words: Words, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        self._titles = (
            self.tr("When"),
            self.tr("Trigger"),
            self.tr("Outcome"),
            self.tr("Found"),
            self.tr("New"),
            self.tr("Changed"),
            self.tr("Archived"),
            self.tr("Duration"),
            self.tr("Reason"),
            self.tr("Account"),
            self.tr("Job"),
        )

    def set_entries(self, entries: Sequence[HistoryEntry]) -> None:
        """Show other entries."""
        self._set_rows(entries)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title, over numbers at the right."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and Column.FOUND <= section <= Column.DURATION:
            return _AT_RIGHT
        if role == Qt.ItemDataRole.DisplayRole and section == Column.ERROR:
            return GAP + self._titles[section]  # as its cells, see history_page
        shown = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        return self._titles[section] if shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown, sorted by, or told about a cell."""
        if not index.isValid():
            return None
        entry = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(entry, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self._text(entry, Column(index.column())))
        if role == SORT_ROLE:
            return self._sort_key(entry, Column(index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole and Column.FOUND <= index.column() <= Column.DURATION:
            return _AT_RIGHT
        return entry if role == ENTRY_ROLE else None

    def _text(self, entry: HistoryEntry, column: Column) -> str:
        counts, ran = entry.counts, entry.id is not None
        match column:
            case Column.WHEN:
                moment = moment_of(entry)
                return self._words.when(moment, self._now()) if moment else ""
            case Column.TRIGGER:
                return texts.trigger(entry.trigger)
            case Column.OUTCOME:
                return texts.outcome(entry)
            case Column.FOUND | Column.NEW | Column.CHANGED | Column.ARCHIVED:
                values = (counts.found, counts.new, counts.changed, counts.archived)
                return str(values[column - Column.FOUND]) if ran and entry.outcome == "succeeded" else ""
            case Column.DURATION:
                return texts.duration(entry)
            case Column.ERROR:
                return texts.cell(reason_of(entry, self._words))
            case Column.ACCOUNT:
                return texts.cell(entry.account)
            case Column.JOB:
                return self._words.job(entry.job)

    def _sort_key(self, entry: HistoryEntry, column: Column) -> Any:
        counts = entry.counts
        match column:
            case Column.WHEN:
                moment = moment_of(entry)
                return moment.timestamp() if moment else 0.0
            case Column.FOUND | Column.NEW | Column.CHANGED | Column.ARCHIVED:
                return (counts.found, counts.new, counts.changed, counts.archived)[column - Column.FOUND]
            case Column.DURATION:
                return texts.seconds(entry) or 0.0
            case _:
                return self._text(entry, column).casefold()


def moment_of(entry: HistoryEntry) -> datetime | None:
    """Return when a run began, or was planned to."""
    return entry.started_at or entry.planned_at


def reason_of(entry: HistoryEntry, words: Words) -> str:
    """Return in short why it ended as it did; empty where all went well."""
    if entry.error is not None:
        return texts.translate("Words", entry.error.title)
    return texts.reason(entry, words)


class ChangeColumn(IntEnum):
    """The changes' columns, in order; when it was is told where those of all runs are shown."""

    ABOUT = 0
    WHAT = 1
    FIELDS = 2
    WHEN = 3


class ChangesModel(TitledModel[StoredChange]):
    """What was changed: one line an order or a dispenser."""

    def __init__(self, words: Words, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        self._titles = (self.tr("Number"), self.tr("What"), self.tr("Fields"), self.tr("When"))

    def set_changes(self, changes: Sequence[StoredChange]) -> None:
        """Show other changes."""
        self._set_rows(changes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown or told about a cell."""
        if not index.isValid():
            return None
        change = self._rows[index.row()].change
        fields = ", ".join(self._field(part) for part in told_fields(change))
        about = self._words.about(change, self._rows[index.row()].store_number)
        when = self._words.when(self._rows[index.row()].at, self._now())
        cells = (texts.cell(about), self._words.change(change), texts.cell(fields), when)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cells[index.column()]
        return plain_tooltip(cells[index.column()]) if role == Qt.ItemDataRole.ToolTipRole else None

    def _field(self, part: FieldChange) -> str:
        today = self._now().astimezone(self._words.zone).date()
        old, new = (texts.field_value(part.name, value, self._words, today) for value in (part.old, part.new))
        return f"{texts.field_name(part.name)}: {old} → {new}"
