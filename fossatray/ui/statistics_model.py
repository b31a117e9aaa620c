"""The statistics as a table, and the periods that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from fossatray.core.words import Words
from fossatray.ui.table_model import Index, TitledModel

_DAY = timedelta(days=1)

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Period:
    """Days by the wall clock, from the first to the last, both included; None is without a limit."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of_last(cls, days: int, today: date) -> Period:
        """Return so many days, of which today is the last."""
        return cls(today - (days - 1) * _DAY, today)

    def bounds(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """Return when the first day begins and when the day after the last one begins, in UTC."""
        return _begin(self.first, zone), _begin(self.last and self.last + _DAY, zone)

    def text(self, words: Words, today: date) -> str:
        """Return "From Nov 17 to Nov 23"; with the year where it is not this one's."""
        if self.first is None or self.last is None:
            return translate("Statistics", "Everything that is kept")
        first, last = _day(self.first, words, today), _day(self.last, words, today)
        if first == last:
            return first
        return translate("Statistics", "From {first} to {last}").format(first=first, last=last)


def _begin(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone).astimezone(UTC)


def _day(day: date, words: Words, today: date) -> str:
    return words.day(datetime.combine(day, time(), words.zone), today)


class StatisticsModel(TitledModel[tuple[str, str]]):
    """One line for each figure: what it is about, and what it says."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = (self.tr("About"), self.tr("Figures"))

    def set_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show other lines; where as many are shown already, whoever reads them stays where they are."""
        if len(lines) == len(self._rows):
            self._rows = list(lines)
            if lines:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, 1))
            return
        self._set_rows(lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a line's text."""
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._rows[index.row()][index.column()]
