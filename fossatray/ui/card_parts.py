"""The widgets on the glow card and their layout."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.text import one_line
from fossatray.ui.card_face import Face, FaceKind, Offer
from fossatray.ui.glow import MARGIN
from fossatray.ui.labels import PlainLabel
from fossatray.ui.progress_ring import ProgressRing
from fossatray.ui.theme import LessMotion, Theme

MINIMUM_WIDTH = 390
WIDTH_IN_CHARACTERS = 50

NOTICE_LINES = 4
NOTICE_LINE = 160
"""How much of a notice the card shows: lines, and characters in each."""


class CardParts(QObject):
    """Builds the card's content into `card` and shows faces in it.

    Signals:
        offered: a button was pressed; carries its Offer.
        notice_closed: the notice was read.
    """

    offered = Signal(object)
    notice_closed = Signal()

    def __init__(self, card: QWidget, less_motion: LessMotion) -> None:
        super().__init__(card)
        self._card = card
        self._title = _label(card, points=2, bold=True)
        self._account = _label(card, role="muted")
        self._ring = ProgressRing(less_motion, card)
        self._phase_head = _label(card, role="muted", points=-1)
        self._phase_head.setText(self.tr("CURRENT PHASE"))
        self._phase = _label(card, bold=True, points=1)
        self._sentence = _label(card, points=1)
        self._detail = _label(card, role="muted")
        self._found = _label(card, role="pill", bold=True)
        self._found.setWordWrap(False)
        self._bar = QProgressBar(card)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName(self.tr("Progress"))
        self.close_button = QToolButton(card)
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        self._notice = self._notice_band()
        self._buttons = {offer: self._button(offer, text) for offer, text in self._button_texts().items()}
        self._shown: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(10)
        self._lay_out()

    def _button_texts(self) -> dict[Offer, str]:
        return {
            Offer.ORDERS: self.tr("&View work orders"),
            Offer.DISPENSERS: self.tr("&View dispensers"),
            Offer.SYNC: self.tr("&Sync now"),
            Offer.CANCEL: self.tr("&Cancel"),
            Offer.CANCEL_INSTALL: self.tr("&Cancel"),
            Offer.RESUME: self.tr("&Resume"),
            Offer.SETTINGS: self.tr("Open s&ettings"),
            Offer.DISMISS: self.tr("&Dismiss"),
            Offer.INSTALL_BROWSER: self.tr("&Install a browser"),
        }

    def _button(self, offer: Offer, text: str) -> QPushButton:
        button = QPushButton(text, self._card)
        button.setProperty("offer", offer.value)
        button.setAccessibleName(text.replace("&", ""))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._on_clicked)
        button.hide()
        return button

    def _notice_band(self) -> QFrame:
        """Return the place of a notice: its text, and a button that closes it."""
        band = QFrame(self._card)
        band.setProperty("role", "notice")
        self._notice_text = PlainLabel(parent=band, selectable=False)
        close = QToolButton(band)
        close.setText("✕")
        close.setAccessibleName(self.tr("Close the notice"))
        close.setToolTip(self.tr("Close the notice"))
        close.clicked.connect(self.notice_closed)
        row = QHBoxLayout(band)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self._notice_text, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        band.hide()
        return band

    def show_notice(self, text: str) -> None:
        """Show a notice in at most a few lines; an empty text hides it."""
        shown = "\n".join(one_line(line, NOTICE_LINE) for line in text.splitlines()[:NOTICE_LINES])
        self._notice_text.setText(shown)
        self._notice.setAccessibleName(shown)
        self._notice.setVisible(bool(shown))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addSpacing(self.close_button.sizeHint().width())
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self._card)
        edge = MARGIN + 16
        column.setContentsMargins(edge, edge - 4, edge, edge)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._account)
        column.addStretch(1)
        column.addSpacing(8)
        column.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(6)
        column.addStretch(1)
        column.addWidget(self._phase_head)
        column.addWidget(self._phase)
        column.addWidget(self._sentence)
        column.addWidget(self._detail)
        column.addSpacing(4)
        column.addWidget(self._found, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._bar)
        column.addSpacing(10)
        column.addWidget(self._notice)
        column.addSpacing(4)
        column.addLayout(self._row)

    def width_wanted(self) -> int:
        """Return the card's width in logical pixels: wider with a larger font."""
        return max(MINIMUM_WIDTH, self._card.fontMetrics().averageCharWidth() * WIDTH_IN_CHARACTERS)

    def show_face(self, face: Face, theme: Theme) -> None:
        """Show a face; what has not changed is not touched."""
        self._ring.show_face(face.kind, face.percentage, theme)
        for label, text in (
            (self._title, face.title),
            (self._account, face.account),
            (self._phase, face.phase),
            (self._sentence, face.sentence),
            (self._detail, face.detail),
            (self._found, face.found),
        ):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self._phase_head.setVisible(bool(face.phase))
        self._bar.setVisible(face.kind is FaceKind.SYNCING)
        self._bar.setValue(face.percentage)
        self._style_bar(theme)
        self._card.setAccessibleDescription(". ".join(part for part in (face.title, face.sentence, face.found) if part))
        self._offer(face.offers)

    def focus_primary(self) -> None:
        """Give the focus to the first button."""
        if self._shown:
            self._shown[0].setFocus()

    def press_focused(self) -> None:
        """Press the button that has the focus, if one has."""
        for button in self._buttons.values():
            if button.hasFocus():
                button.click()
                return

    def _style_bar(self, theme: Theme) -> None:
        style = (
            f"QProgressBar {{ background: {theme.track}; border: none; border-radius: 4px; }}"
            f"QProgressBar::chunk {{ border-radius: 4px; background: qlineargradient(x1:0, y1:0, x2:1, y2:0, "
            f"stop:0 {theme.blue}, stop:1 {theme.indigo}); }}"
        )
        if self._bar.styleSheet() != style:
            self._bar.setStyleSheet(style)

    def _offer(self, offers: tuple[Offer, ...]) -> None:
        """Show the buttons of a face in its order; the first is the primary one and takes a focus that went astray."""
        shown = [self._buttons[offer] for offer in offers]
        if shown == self._shown:
            return
        had_focus = any(button.hasFocus() for button in self._shown)
        former, self._shown = self._shown, shown
        for button in former:
            self._row.removeWidget(button)
            if button not in shown:
                button.hide()
        previous: QWidget = self.close_button
        for index, button in enumerate(shown):
            role = "primary" if index == 0 else "plain"
            if button.property("role") != role:
                button.setProperty("role", role)
                button.style().unpolish(button)
                button.style().polish(button)
            self._row.addWidget(button)
            button.show()
            QWidget.setTabOrder(previous, button)
            previous = button
        if had_focus:
            self.focus_primary()

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.offered.emit(Offer(str(button.property("offer"))))


def _label(card: QWidget, *, role: str = "", points: int = 0, bold: bool = False) -> PlainLabel:
    label = PlainLabel(parent=card, selectable=False)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setProperty("role", role)
    font = QFont(label.font())
    font.setPointSizeF(max(6.0, font.pointSizeF() + points))
    font.setBold(bold)
    label.setFont(font)
    return label
