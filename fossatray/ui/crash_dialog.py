"""The dialog for errors of the program itself: what happened, with a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from fossatray.ui.labels import PlainLabel


class CrashDialog(QDialog):
    """Shows an unexpected error, or with `previous` the trace that a hard crash left at the last run.

    `started` is off where the error kept the program from starting.
    """

    def __init__(
        self, text: str, *, previous: bool = False, started: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._report = text
        self.setWindowTitle(self.tr("FossaTray: unexpected error"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        said = (
            self.tr("FossaTray ended unexpectedly the last time. Your stored work orders are safe.")
            if previous
            else self.tr("Something went wrong that FossaTray did not expect. It tries to carry on.")
            if started
            else self.tr("FossaTray could not start. Your stored work orders are safe. Start it again.")
        )
        hint = self.tr("Copy the text below when you report this, and look through it before you send it.")
        trace = QPlainTextEdit(text)
        trace.setReadOnly(True)
        trace.setTabChangesFocus(True)
        trace.setAccessibleName(self.tr("Details of the error"))
        trace.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._copy = QPushButton(self.tr("&Copy"))
        self._copy.setAccessibleName(self.tr("Copy"))
        self._copy.clicked.connect(self._on_copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(PlainLabel(said))
        column.addWidget(PlainLabel(hint))
        column.addWidget(trace, 1)
        column.addWidget(buttons)
        self.resize(680, 420)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self._copy.setText(self.tr("Copied"))
