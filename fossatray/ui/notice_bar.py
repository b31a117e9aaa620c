"""A bar above the page for what the desktop cannot show, and for problems; it stays until it is closed."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from fossatray.ui.labels import PlainLabel


class NoticeBar(QFrame):
    """Shows one text at a time.

    Signals:
        opened: the person wants to see what it speaks of; carries the notice's target.
    """

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._target: str | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)
        self.setAccessibleName(self.tr("Notice"))
        self._text = PlainLabel()
        self._text.setForegroundRole(QPalette.ColorRole.ToolTipText)
        self._open = QPushButton(self.tr("Show"))
        self._open.setAccessibleName(self.tr("Show what the notice speaks of"))
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(self.tr("Close the notice"))
        self._open.clicked.connect(self._on_open)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self._text, 1)
        row.addWidget(self._open)
        row.addWidget(self._close)
        self.hide()

    def show_text(self, text: str, target: str | None = None) -> None:
        """Show a text, and a button to what it speaks of if there is a target."""
        self._target = target
        self._text.setText(text)
        self._open.setVisible(target is not None)
        self.setAccessibleDescription(text)
        self.show()

    @Slot()
    def _on_open(self) -> None:
        self.hide()
        if self._target is not None:
            self.opened.emit(self._target)
