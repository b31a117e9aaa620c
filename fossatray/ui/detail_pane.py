"""The pane beside a table: the title, a notice, the ways to the portal, and the fields of what is chosen, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.urls import own_link
from fossatray.ui.labels import PlainLabel

_CHARACTERS = 34
"""So many of them the pane has room for in a line at least."""


class DetailPane(QScrollArea):
    """Shows named fields; one without a text is not shown.

    `titles` are the fields' names with their titles, in order. A subclass lays its link buttons out in `links`, which
    stands above the fields.
    """

    def __init__(
        self, name: str, titles: Mapping[str, str], open_url: Callable[[str], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open_url = open_url
        self._link_buttons: dict[str, QPushButton] = {}
        self._links: dict[str, str | None] = {}
        self.links = QWidget()
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
        column.addWidget(self.links)
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

    def add_link(self, name: str, text: str, meaning: str) -> QPushButton:
        """Return a button that opens the link of this name in the portal."""
        button = QPushButton(text)
        button.setProperty("link", name)
        button.setAccessibleName(meaning)
        button.clicked.connect(self._on_open)
        self._link_buttons[name] = button
        return button

    def show_links(self, origin: str | None, links: Mapping[str, str | None] | None) -> None:
        """Offer the links that lead to the account's own origin; with None for links the buttons are hidden."""
        given = links or {}
        self._links = {name: own_link(origin, link) if origin else None for name, link in given.items()}
        none = self.tr("The portal gave no link for this")
        for name, button in self._link_buttons.items():
            has_link = self._links.get(name) is not None
            button.setVisible(links is not None)
            button.setEnabled(has_link)
            button.setToolTip(button.accessibleName() if has_link else none)

    @Slot()
    def _on_open(self) -> None:
        """Open a link that leads to the account's own origin: that was checked when it was shown."""
        link = self._links.get(str(self.sender().property("link")))
        if link is not None:
            self._open_url(link)

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
