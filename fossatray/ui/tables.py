"""The table that all pages use: whole rows, sortable, reachable by keyboard, with a hint where it is empty."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from fossatray.ui.labels import PlainLabel


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
        self._hint = PlainLabel(parent=self.viewport(), selectable=False)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.hide()

    def set_widths(self, characters: Mapping[int, int]) -> None:
        """Set column widths by characters, so that they fit larger fonts, too."""
        width = self.fontMetrics().horizontalAdvance("0")
        for column, count in characters.items():
            self.setColumnWidth(column, width * count)

    def show_hint(self, text: str) -> None:
        """Show a hint in the middle of the empty table; an empty text hides it."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self.setAccessibleDescription(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle."""
        super().resizeEvent(event)
        self._hint.setGeometry(self.viewport().rect().adjusted(20, 0, -20, 0))
