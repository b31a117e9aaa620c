"""Showing text that is data: never as markup, whatever it contains (a label in automatic format would load images)."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QSizePolicy, QWidget

from fossatray.core.text import one_line

TOOLTIP_LIMIT = 600


class PlainLabel(QLabel):
    """The one label that shows text from outside: plain format, wrapped, selectable by mouse and keyboard."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, selectable: bool = True) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setOpenExternalLinks(False)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text; one with a name of its own is read out as name and text."""
        super().setText(text)
        self._describe()

    def setAccessibleName(self, name: str) -> None:
        """Give it a name, which takes the text's place for a screen reader: the text becomes its description."""
        super().setAccessibleName(name)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.text() if self.accessibleName() else "")


def plain_tooltip(text: str) -> str:
    """Return the text as a tooltip that shows it as it is: Qt guesses whether a tooltip is markup, so it is escaped."""
    return f"<p>{html.escape(one_line(text, TOOLTIP_LIMIT))}</p>" if text else ""


def plain_box(parent: QWidget | None, icon: QMessageBox.Icon, title: str, text: str, advice: str = "") -> QMessageBox:
    """Return a message box that shows its text as it is; the caller adds buttons and opens it."""
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(advice)
    for label in box.findChildren(QLabel):  # the informative text's label has a format of its own
        label.setTextFormat(Qt.TextFormat.PlainText)
    return box
