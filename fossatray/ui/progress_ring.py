"""The circular progress ring with the percentage inside, and the sign of each other face."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QBrush, QColor, QConicalGradient, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from fossatray.ui.card_face import FaceKind
from fossatray.ui.theme import LIGHT, LessMotion, Theme, wants_less_motion

FRAME_MS = 50
"""20 pictures a second, and only while a sync runs and the ring is seen."""

_EASE = 0.22
"""Share of the way to the new percentage that each picture goes."""

_LIGHT = 6
"""Degrees that the light is long."""

_TURN = 9.0
"""Degrees that the light on the ring turns with each picture."""


class ProgressRing(QWidget):
    """Shows a percentage while syncing, else a sign. Its timer runs only while it is visible and running."""

    def __init__(self, less_motion: LessMotion = wants_less_motion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._less_motion = less_motion
        self._theme = LIGHT
        self._kind = FaceKind.IDLE
        self._target = 0
        self._shown = 0.0
        self._angle = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._next_picture)
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName(self.tr("Progress"))

    def sizeHint(self) -> QSize:
        """Return the ring's size."""
        return QSize(132, 132)

    @property
    def is_moving(self) -> bool:
        """Whether its timer runs."""
        return self._timer.isActive()

    def show_face(self, kind: FaceKind, percentage: int, theme: Theme) -> None:
        """Show a face's sign or percentage."""
        if (kind, percentage, theme) == (self._kind, self._target, self._theme):
            return
        if kind is not self._kind or percentage < self._target:
            self._shown = float(percentage)
        self._kind, self._target, self._theme = kind, percentage, theme
        syncing = kind is FaceKind.SYNCING
        self.setAccessibleDescription(self.tr("{count} percent").format(count=percentage) if syncing else "")
        self._adjust_motion()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to move, if there is something to show."""
        super().showEvent(event)
        self._adjust_motion()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stand still: nobody looks."""
        super().hideEvent(event)
        self._adjust_motion()

    def _adjust_motion(self) -> None:
        moving = self._kind is FaceKind.SYNCING and self.isVisible() and not self._less_motion(self)
        if not moving:
            self._timer.stop()
            self._shown = float(self._target)
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _next_picture(self) -> None:
        self._angle = (self._angle + _TURN) % 360
        rest = self._target - self._shown
        self._shown = float(self._target) if abs(rest) < 0.3 else self._shown + rest * _EASE
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, arc and what is inside."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 11.0
        area = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter.setPen(QPen(QColor(self._theme.track), width))
        painter.drawEllipse(area)
        if self._kind is FaceKind.SYNCING:
            self._paint_arc(painter, area, width)
            self._paint_percentage(painter)
        else:
            color = QColor(_sign_color(self._kind, self._theme))
            painter.setPen(QPen(color, width))
            painter.drawEllipse(area)
            self._paint_sign(painter, area.center(), color)
        painter.end()

    def _paint_arc(self, painter: QPainter, area: QRectF, width: float) -> None:
        gradient = QConicalGradient(area.center(), 90)
        for place, color in ((0, self._theme.blue), (0.05, self._theme.blue), (0.051, self._theme.indigo)):
            gradient.setColorAt(place, QColor(color))  # the round end at the top reaches over the gradient's seam
        gradient.setColorAt(1, QColor(self._theme.blue))
        painter.setPen(QPen(QBrush(gradient), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(area, 90 * 16, -round(self._shown * 3.6 * 16))
        if self._timer.isActive():
            light = QColor("#ffffff")
            light.setAlpha(120)
            painter.setPen(QPen(light, width * 0.45, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            at = self._angle / 360 * max(0.0, self._shown * 3.6 - _LIGHT)
            painter.drawArc(area, round((90 - at) * 16), -_LIGHT * 16)

    def _paint_percentage(self, painter: QPainter) -> None:
        font = self.font()
        font.setPixelSize(30)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, f"{round(self._shown)} %")

    def _paint_sign(self, painter: QPainter, center: QPointF, color: QColor) -> None:
        painter.setPen(QPen(color, 9, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.translate(center)
        match self._kind:
            case FaceKind.SUCCESS:
                painter.drawPolyline([QPointF(-20, 1), QPointF(-6, 15), QPointF(20, -15)])
            case FaceKind.FAILURE:
                painter.drawLine(QPointF(0, -22), QPointF(0, 5))
                painter.drawPoint(QPointF(0, 22))
            case FaceKind.PAUSED:
                painter.drawLine(QPointF(-10, -17), QPointF(-10, 17))
                painter.drawLine(QPointF(10, -17), QPointF(10, 17))
            case FaceKind.NOT_SET_UP:
                painter.drawLine(QPointF(-19, 0), QPointF(19, 0))
                painter.drawLine(QPointF(0, -19), QPointF(0, 19))
            case _:  # idle: the hands of a clock, for what comes next
                painter.drawPolyline([QPointF(0, -20), QPointF(0, 0), QPointF(14, 9)])
        painter.resetTransform()


def _sign_color(kind: FaceKind, theme: Theme) -> str:
    return {
        FaceKind.SUCCESS: theme.green,
        FaceKind.FAILURE: theme.red,
        FaceKind.PAUSED: theme.grey,
        FaceKind.NOT_SET_UP: theme.grey,
    }.get(kind, theme.indigo)
