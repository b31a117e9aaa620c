"""The pane beside a table: the title, a notice, and the fields of what is chosen, as plain text."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fossatray.ui.labels import PlainLabel

_CHARACTERS = 34
"""So many of them the pane has room for in a line at least."""


class DetailPane(QScrollArea):
    """Shows named fields; one without a text is not shown.

    `titles` are the fields' names with their titles, in order; `middle` is what stands above the fields.
    """

    def __init__(
        self, name: str, titles: Mapping[str, str], middle: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _CHARACTERS)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 0, 6, 0)
        self._title = PlainLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() + 3)
        font.setBold(True)
        self._title.setFont(font)
        self._notice = PlainLabel()
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)  # the pane is narrow
        self._form.setVerticalSpacing(1)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._values = {field: self._field(title) for field, title in titles.items()}
        column.addWidget(self._title)
        column.addWidget(self._notice)
        if middle is not None:
            column.addWidget(middle)
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inside)

    def show_texts(self, title: str, notice: str, texts: Mapping[str, str | None]) -> None:
        """Show a title, a notice where there is one, and the fields that have a text."""
        for name, label in self._values.items():
            text = texts.get(name) or ""
            label.setText(text)
            self._form.setRowVisible(label, bool(text))
        self._title.setText(title)
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self.verticalScrollBar().setValue(0)

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
