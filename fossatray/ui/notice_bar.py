"""A bar above the page for what the desktop cannot show, and for problems: a short list that stays until it is read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from fossatray.core.notices import Notice
from fossatray.ui.labels import PlainLabel

KEPT = 20
"""So many notices are kept; then the oldest goes."""

_LINES = 14
"""So many lines of text the open list shows at once; beyond that it scrolls."""

SEEN_MS = 500
"""So long a notice is before a person's eyes until it counts as seen."""

_EDGE = 4
"""The width of the bar's coloured edge."""


class NoticeRow(QFrame):
    """One notice of the bar.

    Signals:
        opened: the person wants to see what it speaks of; carries the notice's target.
        dismissed: the person has read it.
    """

    opened = Signal(str)
    dismissed = Signal()

    def __init__(self, text: str, target: str | None, notice_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = text
        self.notice_id = notice_id
        self._target = target
        label = PlainLabel(text)
        label.setMinimumSize(1, self.fontMetrics().lineSpacing())  # else it asks for the height it has when narrow
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        show = QPushButton(self.tr("Show"))
        show.setAccessibleName(self.tr("Show what the notice speaks of"))
        show.setAccessibleDescription(text)
        show.setVisible(target is not None)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName(self.tr("Close the notice"))
        self.close_button.setAccessibleDescription(text)
        self.close_button.setToolTip(self.tr("Close the notice"))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        show.clicked.connect(self._on_open)
        self.close_button.clicked.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label, 1)
        row.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _on_open(self) -> None:
        self.dismissed.emit()
        if self._target is not None:
            self.opened.emit(self._target)


class NoticeBar(QFrame):
    """Shows the newest notice, and the ones before it when asked; hidden while there is none.

    Signals:
        opened: the person wants to see what a notice speaks of; carries the notice's target.
        seen: a notice was before the person's eyes, or it was closed or made room for newer ones; carries its id. It
            may come more than once.
    """

    opened = Signal(str)
    seen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[NoticeRow] = []
        self._is_presented = False
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(SEEN_MS)
        self._look.timeout.connect(self._on_look)
        self.setContentsMargins(_EDGE, 0, 0, 0)
        self.setAccessibleName(self.tr("Notices"))
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside.installEventFilter(self)
        self._scroll.verticalScrollBar().valueChanged.connect(self._watch)
        self._earlier = QPushButton()
        self._earlier.setCheckable(True)
        self._earlier.setFlat(True)
        self._clear = QPushButton(self.tr("Close all"))
        self._clear.setFlat(True)
        self._clear.setAccessibleName(self.tr("Close all notices"))
        self._earlier.toggled.connect(self._refresh)
        self._clear.clicked.connect(self._on_clear)
        below = QHBoxLayout()
        below.addWidget(self._earlier)
        below.addWidget(self._clear)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self._scroll)
        column.addLayout(below)
        self._refresh()

    @property
    def rows(self) -> tuple[NoticeRow, ...]:
        """The notices that are kept, the newest first."""
        return tuple(self._rows)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice that the desktop cannot show, with a button to what it speaks of."""
        self.show_text(f"{notice.title}\n{notice.body}".strip(), notice.target, notice.id)

    def withdraw(self, notice_id: str) -> None:
        """Take a notice away that need not be seen any more."""
        for row in self.rows:
            if row.notice_id == notice_id:
                self._drop(row)
        self._refresh()

    def presented(self) -> None:
        """The person has opened the window, even if the desktop does not let it have the keyboard."""
        self._is_presented = self.isVisible() and any(row.notice_id for row in self._rows)
        self._watch()

    def show_all(self) -> None:
        """Show the earlier ones, too."""
        self._earlier.setChecked(len(self._rows) > 1)

    def show_text(self, text: str, target: str | None = None, notice_id: str = "") -> None:
        """Show a text, and a button to what it speaks of if there is a target. The newest text is not repeated."""
        if self._rows and self._rows[0].text == text:
            self._drop(self._rows[0])
        row = NoticeRow(text, target, notice_id)
        row.opened.connect(self.opened)
        row.dismissed.connect(self._on_dismissed)
        self._rows.insert(0, row)
        self._list.insertWidget(0, row)
        for old in self._rows[KEPT:]:
            self._drop(old)
        self._refresh()

    def _drop(self, row: NoticeRow) -> None:
        self._rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.setParent(None)
        row.deleteLater()
        if row.notice_id:
            self.seen.emit(row.notice_id)

    @Slot()
    def _watch(self) -> None:
        """Look a moment later what of the notices is seen; another thing that changes meanwhile begins it anew."""
        if self.isVisible() and any(row.notice_id for row in self._rows):
            self._look.start()

    @Slot()
    def _on_look(self) -> None:
        """Tell of the notices before the person's eyes: painted, in the window that is worked in or was just opened."""
        is_before_eyes, self._is_presented = self.isActiveWindow() or self._is_presented, False
        if is_before_eyes and not self.window().isMinimized():
            for row in self.rows:
                if row.notice_id and row.isVisible() and not row.visibleRegion().isEmpty():
                    self.seen.emit(row.notice_id)

    @Slot()
    def _on_dismissed(self) -> None:
        row = self.sender()
        if isinstance(row, NoticeRow):
            had_focus = row.isAncestorOf(self.focusWidget())
            self._drop(row)
            self._refresh()
            if had_focus and self._rows:
                self._rows[0].close_button.setFocus()

    @Slot()
    def _on_clear(self) -> None:
        for row in self.rows:
            self._drop(row)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        earlier = len(self._rows) - 1
        self._earlier.setVisible(earlier > 0)
        self._clear.setVisible(earlier > 0)
        if earlier < 1 and self._earlier.isChecked():
            self._earlier.setChecked(False)
        is_open = self._earlier.isChecked()
        text = self.tr("Hide earlier notices") if is_open else self.tr("Earlier notices ({count})")
        self._earlier.setText(text.format(count=earlier))
        self._earlier.setAccessibleName(self._earlier.text())
        for place, row in enumerate(self._rows):
            row.setVisible(place == 0 or is_open)
        self.setAccessibleDescription(self._rows[0].text if self._rows else "")
        self.setVisible(bool(self._rows))
        self._fit()
        self._watch()

    def _fit(self) -> None:
        """Be as high as the list needs, within reason."""
        self._list.activate()
        width = self._scroll.viewport().width()
        fits = self._list.hasHeightForWidth() and width > 0
        wanted = self._list.totalHeightForWidth(width) if fits else self._list.totalMinimumSize().height()
        self._scroll.setFixedHeight(min(wanted, self.fontMetrics().lineSpacing() * _LINES))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame in the desktop's accent colour."""
        painter = QPainter(self)
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        painter.fillRect(0, 0, _EDGE, self.height(), accent)
        painter.setPen(accent)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Look anew when the person comes to this window."""
        if event.type() == QEvent.Type.WindowActivate:
            self._watch()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look whether the person sees what is there."""
        super().showEvent(event)
        self._watch()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the height when the texts need another one."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Ask for no more width than there is."""
        return QSize(0, super().sizeHint().height())
