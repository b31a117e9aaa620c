"""The glow card's background: a soft blue-to-indigo glow round a rounded card, painted once into a pixmap."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QPen, QPixmap, QRadialGradient, QRegion

from fossatray.ui.theme import Theme

MARGIN = 18
"""The glow's width round the card, in logical pixels."""

OUTER_RADIUS = 30
INNER_RADIUS = 20


class GlowPixmap:
    """Keeps the background for one size, scale and look; paints it anew only when one of them changes."""

    def __init__(self) -> None:
        self._key: tuple[int, int, float, bool] | None = None
        self._pixmap = QPixmap()
        self.paintings = 0

    def get(self, size: QSize, ratio: float, theme: Theme) -> QPixmap:
        """Return the background for a widget of `size` logical pixels at a device pixel ratio."""
        key = (size.width(), size.height(), ratio, theme.dark)
        if key != self._key:
            self._key = key
            self._pixmap = paint_glow(size, ratio, theme)
            self.paintings += 1
        return self._pixmap


def paint_glow(size: QSize, ratio: float, theme: Theme) -> QPixmap:
    """Return a new pixmap with the glow and the card in it; what lies outside its rounded corners is transparent.

    It is painted with 16 bits a colour: in 8, many faint strokes over each other show as bands.
    """
    width, height = round(size.width() * ratio), round(size.height() * ratio)
    image = QImage(width, height, QImage.Format.Format_RGBA64_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    whole = QRectF(0, 0, size.width(), size.height())
    card = whole.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_mixed(theme.card, theme.indigo, 0.16 if theme.dark else 0.10))
    painter.drawRoundedRect(whole, OUTER_RADIUS, OUTER_RADIUS)
    _paint_halo(painter, card, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.card))
    painter.drawRoundedRect(card, INNER_RADIUS, INNER_RADIUS)
    _paint_light(painter, card, theme)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QBrush(_blue_to_indigo(card, theme, 210)), 1.5))
    painter.drawRoundedRect(card, INNER_RADIUS, INNER_RADIUS)
    painter.end()
    return QPixmap.fromImage(image)


def outline_region(size: QSize) -> QRegion:
    """Return the rounded outline as a window mask, for screens without a compositor, where corners would be black.

    It is a little rounder than the picture, so that no half-transparent pixel of the edge is left.
    """
    radius = OUTER_RADIUS + 7
    diameter = 2 * radius
    width, height = size.width(), size.height()
    region = QRegion(radius, 0, width - diameter, height) + QRegion(0, radius, width, height - diameter)
    for x in (0, width - diameter):
        for y in (0, height - diameter):
            region += QRegion(x, y, diameter, diameter, QRegion.RegionType.Ellipse)
    return region


def _paint_halo(painter: QPainter, card: QRectF, theme: Theme) -> None:
    """Paint strokes from far to near the card, each a little stronger: a blur without an effect."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    strength = 15 if theme.dark else 11
    for distance in range(MARGIN, 0, -1):
        area = card.adjusted(-distance / 2, -distance / 2, distance / 2, distance / 2)
        radius = INNER_RADIUS + distance / 2
        painter.setPen(QPen(QBrush(_blue_to_indigo(card, theme, strength)), distance))
        painter.drawRoundedRect(area, radius, radius)


def _paint_light(painter: QPainter, card: QRectF, theme: Theme) -> None:
    """Paint the light that falls into the card from two corners."""
    reach = max(card.width(), card.height()) * 0.85
    alpha = 60 if theme.dark else 38
    for corner, color in ((card.topLeft(), theme.blue), (card.bottomRight(), theme.indigo)):
        light = QRadialGradient(QPointF(corner), reach)
        light.setColorAt(0, _with_alpha(color, alpha))
        light.setColorAt(1, _with_alpha(color, 0))
        painter.setBrush(light)
        painter.drawRoundedRect(card, INNER_RADIUS, INNER_RADIUS)


def _blue_to_indigo(area: QRectF, theme: Theme, alpha: int) -> QLinearGradient:
    gradient = QLinearGradient(area.topLeft(), area.bottomRight())
    gradient.setColorAt(0, _with_alpha(theme.blue, alpha))
    gradient.setColorAt(1, _with_alpha(theme.indigo, alpha))
    return gradient


def _with_alpha(name: str, alpha: int) -> QColor:
    color = QColor(name)
    color.setAlpha(alpha)
    return color


def _mixed(first: str, second: str, share: float) -> QColor:
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )
