"""The glow card: a small window that shows the sync as it happens. It never opens or closes by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from fossatray.core.notices import Notice
from fossatray.core.status import AppState
from fossatray.core.words import Words
from fossatray.ui.card_face import Face, FaceKind, Offer, face_of
from fossatray.ui.card_parts import CardParts
from fossatray.ui.glow import GlowPixmap, outline_region
from fossatray.ui.midnight import Midnight
from fossatray.ui.notice_bar import SEEN_MS
from fossatray.ui.theme import LessMotion, Theme, card_style, theme_of, wants_less_motion


class GlowCard(QWidget):
    """Shows one face of the state. Nothing is painted while it is hidden or while nothing changes.

    Signals:
        sync_requested, cancel_requested, resume_requested, orders_requested, dispensers_requested,
            settings_requested, install_requested, cancel_install_requested: a button was pressed.
        dismissed: the person has dismissed a failure (the card shows the next face by itself).
        notice_seen: the person had a notice before the eyes; carries its id.
    """

    sync_requested = Signal()
    cancel_requested = Signal()
    resume_requested = Signal()
    orders_requested = Signal()
    dispensers_requested = Signal()
    settings_requested = Signal()
    install_requested = Signal()
    cancel_install_requested = Signal()
    dismissed = Signal()
    notice_seen = Signal(str)

    def __init__(
        self,
        words: Words,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
        less_motion: LessMotion = wants_less_motion,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(self.tr("FossaTray progress"))
        self.setAccessibleName(self.tr("FossaTray progress"))
        self._words, self._now = words, now
        self._state = AppState()
        self._face: Face | None = None
        self._dismissed: frozenset[str] = frozenset()
        self._notice: Notice | None = None
        self._theme: Theme | None = None
        self._glow = GlowPixmap()
        self._grip: QPoint | None = None
        self._parts = CardParts(self, less_motion)
        self._parts.close_button.clicked.connect(self.close)
        self._parts.offered.connect(self._on_offer)
        self._parts.notice_closed.connect(self._on_notice_closed)
        self._turn = QTimer(self)
        self._turn.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one may ring early, and the face would stay
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._refresh)
        self._is_presented = False
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(SEEN_MS)
        self._look.timeout.connect(self._on_look)
        self._midnight = Midnight(now, words, self)
        self._midnight.day_changed.connect(self._refresh)
        self._apply_theme()
        self._refresh()

    @property
    def face(self) -> Face:
        """The face for the state and this moment."""
        return face_of(self._state, self._words, self._now(), self._dismissed)

    @property
    def background_paintings(self) -> int:
        """How often the glow was painted, as opposed to copied."""
        return self._glow.paintings

    def present(self) -> None:
        """Show the card and bring it to the front; on a card already there, the same."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._is_presented = self._notice is not None
        self._watch()

    def show_state(self, state: AppState) -> None:
        """Take a state; it is shown at once, or when the card is opened next."""
        self._state = state
        if self.isVisible():
            self._midnight.look()  # this state may come since the computer has slept or is in another zone
            self._refresh()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice that the desktop cannot show, below the face: until it is closed, by itself or with the card.

        The next one takes its place. Like the state, it waits for a card that is hidden; it does not open it.
        """
        self._notice = notice
        self._show_notice()
        self._watch()

    def withdraw_notice(self, notice_id: str) -> None:
        """Take a notice away that need not be seen any more."""
        if self._notice is not None and self._notice.id == notice_id:
            self._forget_notice()

    def _watch(self) -> None:
        if self._notice is not None and self.isVisible():
            self._look.start()

    @Slot()
    def _on_look(self) -> None:
        """Tell that the notice, or the face that says the same, is before the person's eyes.

        That is in a card that is worked in, or was just opened: some desktops do not let it have the keyboard then.
        """
        is_before_eyes, self._is_presented = self.isActiveWindow() or self._is_presented, False
        if self._notice is not None and self.isVisible() and is_before_eyes:
            self.notice_seen.emit(self._notice.id)

    def _show_notice(self) -> None:
        """Show the notice, unless the face says the same: a failure's notice beside the failure."""
        notice = self._notice
        told = notice is None or (notice.kind == "failure" and self.face.kind is FaceKind.FAILURE)
        self._parts.show_notice("" if notice is None or told else f"{notice.title}\n{notice.body}".strip())
        self._fit()

    @Slot()
    def _on_notice_closed(self) -> None:
        if self._notice is not None:
            self.notice_seen.emit(self._notice.id)
        self._forget_notice()

    def _forget_notice(self) -> None:
        self._notice = None
        self._show_notice()

    @Slot()
    def _refresh(self) -> None:
        face = self.face
        if face == self._face or self._theme is None:
            return
        self._face = face
        self._parts.show_face(face, self._theme)
        self._show_notice()
        self._turn.stop()
        if face.until is not None and self.isVisible():
            rest = face.until - self._now() + timedelta(milliseconds=50)
            self._turn.start(max(50, int(rest.total_seconds() * 1000)))

    def _fit(self) -> None:
        """Grow to what the face needs; shrink only when it is opened, so that it stays still under the mouse."""
        layout = self.layout()
        if layout is None:
            return
        width = self._parts.width_wanted()
        height = max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height())
        if self.isVisible():
            height = max(height, self.height())
        if (width, height) != (self.width(), self.height()):
            self.setFixedSize(width, height)

    @Slot(object)
    def _on_offer(self, offer: Offer) -> None:
        if offer is Offer.DISMISS:
            failure = self._face.failure if self._face is not None else None
            if failure is not None:
                self._dismissed |= {failure}
            self._refresh()
            self.dismissed.emit()
            return
        {
            Offer.SYNC: self.sync_requested,
            Offer.CANCEL: self.cancel_requested,
            Offer.RESUME: self.resume_requested,
            Offer.ORDERS: self.orders_requested,
            Offer.DISPENSERS: self.dispensers_requested,
            Offer.SETTINGS: self.settings_requested,
            Offer.INSTALL_BROWSER: self.install_requested,
            Offer.CANCEL_INSTALL: self.cancel_install_requested,
        }[offer].emit()

    def _apply_theme(self) -> None:
        theme = theme_of(QGuiApplication.palette())
        if theme is self._theme:
            return
        self._theme = theme
        self.setStyleSheet(card_style(theme))
        if self._face is not None:
            self._parts.show_face(self._face, theme)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the desktop from light to dark and back; look what is seen when the person comes to the card."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._watch()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange, QEvent.Type.ThemeChange):
            self._apply_theme()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is true now."""
        super().showEvent(event)
        self._apply_theme()
        self._face = None
        self._refresh()
        self._watch()
        self._midnight.start()
        if not event.spontaneous():
            self._parts.focus_primary()

    def hideEvent(self, event: QHideEvent) -> None:
        """Do nothing more until it is opened again."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._forget_notice()
        self._turn.stop()
        self._look.stop()
        self._midnight.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the rounded outline where no compositor makes the corners transparent."""
        super().resizeEvent(event)
        if QGuiApplication.platformName() == "xcb":
            self.setMask(outline_region(self.size()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the part of the background that is asked for."""
        if self._theme is None:
            return
        ratio = self.devicePixelRatioF()
        pixmap = self._glow.get(self.size(), ratio, self._theme)
        area = event.rect()
        source = QRectF(area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio)
        painter = QPainter(self)
        painter.drawPixmap(QRectF(area), pixmap, source)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc; Enter presses the button that has the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._parts.press_focused()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to be dragged: by the window system, where it can, else by ourselves."""
        if event.button() == Qt.MouseButton.LeftButton and not self.windowHandle().startSystemMove():
            self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay where it is."""
        self._grip = None
