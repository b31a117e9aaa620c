"""The table that all pages use: whole rows, sortable, reachable by keyboard, with a hint where it is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QLocale, Qt, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QTableView, QWidget

from fossatray.ui.labels import PlainLabel

GAP = "\u2002"
"""An en space: before a text that would else touch the numbers at the right of the column before."""


class Indented(QStyledItemDelegate):
    """Shows a column's texts a little to the right."""

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:
        """Return the text as it is shown."""
        return GAP + super().displayText(value, locale)


class DataTable(QTableView):
    """A read-only table over a model."""

    def __init__(self, model: QAbstractItemModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setAccessibleName(name)
        header.setMinimumHeight(round(self.fontMetrics().height() * 1.6))
        header.sectionResized.connect(self._on_resized)
        self._wishes: dict[int, int] = {}
        self._flexible: frozenset[int] = frozenset()
        self._dropped: tuple[int, ...] = ()
        self._is_fitting = False
        self._is_set_by_hand = False
        self._hint = PlainLabel(parent=self.viewport(), selectable=False)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.hide()

    def set_widths(
        self,
        wanted: Mapping[int, int | str],
        flexible: Iterable[int] = (),
        bold: Iterable[int] = (),
        dropped: Iterable[int] = (),
    ) -> None:
        """Set column widths by a number of characters, or by a text that just fits: so they fit larger fonts, too.

        The `dropped` columns are shown only where the table is wide enough for all. The `flexible` columns then give
        way, down to half of that, where the table is still too narrow, and take what is left in a wide one: until the
        person sets a width by hand. The `bold` columns' texts are measured in bold.
        """
        marked = frozenset(bold)
        self._wishes = {column: self._width_of(wish, bold=column in marked) for column, wish in wanted.items()}
        self._flexible = frozenset(flexible)
        self._dropped = tuple(dropped)
        self.fit_widths()

    def _width_of(self, wish: int | str, *, bold: bool) -> int:
        if isinstance(wish, int):
            return self.fontMetrics().horizontalAdvance("0") * wish
        font = self.font()
        font.setBold(bold)
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self) + 1
        return QFontMetrics(font).horizontalAdvance(wish) + 2 * margin + 2

    def fit_widths(self) -> None:
        """Share the width among the columns; called by itself when the table's width changes."""
        self._is_fitting = True
        self._drop_columns()
        if not self._is_set_by_hand:
            self._share_width()
        self._is_fitting = False

    def _drop_columns(self) -> None:
        kept = [column for column in self._wishes if column in self._dropped or not self.isColumnHidden(column)]
        has_room = sum(self._wishes[column] for column in kept) <= self.viewport().width()
        for column in self._dropped:
            self.setColumnHidden(column, not has_room)

    def _share_width(self) -> None:
        shown = {column: width for column, width in self._wishes.items() if not self.isColumnHidden(column)}
        giving = sum(width for column, width in shown.items() if column in self._flexible)
        lacking = sum(shown.values()) - self.viewport().width()
        share = min(0.5, max(-0.4, lacking / giving)) if giving else 0.0
        for column, width in shown.items():
            self.setColumnWidth(column, int(width * (1 - share)) if column in self._flexible else width)

    @Slot(int, int, int)
    def _on_resized(self, column: int, before: int, now: int) -> None:
        """Leave all widths alone once the person has dragged one; the last column follows the table by itself."""
        is_last = self.horizontalHeader().visualIndex(column) == self._last_shown()
        if not self._is_fitting and not is_last and before and now:
            self._is_set_by_hand = True

    def _last_shown(self) -> int:
        header = self.horizontalHeader()
        return max(place for place in range(header.count()) if not header.isSectionHidden(header.logicalIndex(place)))

    def show_hint(self, text: str) -> None:
        """Show a hint in the middle of the empty table; an empty text hides it."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self.setAccessibleDescription(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle, and all columns in sight."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit_widths()
        self._hint.setGeometry(self.viewport().rect().adjusted(20, 0, -20, 0))
