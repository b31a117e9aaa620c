"""The places at the window's side, in the desktop's own colours, as its file managers show theirs."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QPushButton, QWidget

_PADDING = 12
_RADIUS = 6.0


class PlaceButton(QPushButton):
    """A button that stays marked while its page is shown. It is painted from the palette, so it follows the desktop."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCheckable(True)
        self.setFlat(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the room that the text needs when it is marked."""
        metrics = QFontMetrics(self._font(marked=True))
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * _PADDING, round(metrics.height() * 2))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the text is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark, the focus and the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground, text = self._colors()
        has_focus = self.hasFocus() and bool(self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange))
        painter.setPen(QPen(text, 2) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        painter.setPen(text)
        painter.setFont(self._font(marked=self.isChecked()))
        place = area.adjusted(_PADDING - 1, 0, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()

    def _colors(self) -> tuple[QColor, QColor]:
        """Return ground and text."""
        palette = self.palette()
        if self.isChecked():
            return palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.HighlightedText)
        text = palette.color(QPalette.ColorRole.WindowText)
        ground = QColor(text)
        ground.setAlpha(24 if self.underMouse() else 0)
        return ground, text

    def _font(self, *, marked: bool) -> QFont:
        """Return the font, bold for the present page: in the dark its shade alone says too little."""
        font = QFont(self.font())
        font.setBold(marked)
        return font
