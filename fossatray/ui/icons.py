"""The tray icon's pictures: drawn from SVG into the sizes that hosts ask for, and the ring that fills while syncing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from fossatray.core.status import Health
from fossatray.system.paths import resource

SIZES = (16, 22, 24, 32, 44, 48, 64)
"""A StatusNotifier host gets exactly these; from an SVG file alone it would get 22 and 64 (docs/architecture.md)."""

RING_STEPS = 20
"""So many pictures of the ring are drawn at most, each once."""

_FILES = {
    Health.HEALTHY: "tray-healthy",
    Health.SYNCING: "tray-syncing",
    Health.FAILED: "tray-failed",
    Health.PAUSED: "tray-paused",
    Health.NOT_SET_UP: "tray-not-set-up",
}
_RING = QColor("#7dd3fc")
_RING_TRACK = QColor(255, 255, 255, 70)

IconKey = tuple[Health, int]


def icon_key(health: Health, percentage: int) -> IconKey:
    """Return what the picture depends on: the state, and while syncing one of :data:`RING_STEPS` steps of the ring."""
    if health is not Health.SYNCING:
        return health, 0
    return health, min(RING_STEPS - 1, max(0, percentage) * RING_STEPS // 100)


class TrayIcons:
    """Draws the tray's icons when they are first needed and keeps them."""

    def __init__(self) -> None:
        self._icons: dict[IconKey, QIcon] = {}

    def icon(self, key: IconKey) -> QIcon:
        """Return the icon for a key of :func:`icon_key`."""
        if key not in self._icons:
            self._icons[key] = _draw(key)
        return self._icons[key]


def svg_pixmap(name: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an SVG of resources/icons as a pixmap of `size` logical pixels at a device pixel ratio."""
    from PySide6.QtSvg import QSvgRenderer  # only where something is drawn from SVG

    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(str(resource(f"icons/{name}.svg"))).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def app_icon() -> QIcon:
    """Return the program's own icon, for windows."""
    icon = QIcon()
    for size in (*SIZES, 128, 256):
        icon.addPixmap(svg_pixmap("fossatray", size))
    return icon


def state_pixmap(health: Health, size: int, ratio: float = 1.0) -> QPixmap:
    """Return the picture of a state, for windows; without the ring."""
    return svg_pixmap(_FILES[health], size, ratio)


def _draw(key: IconKey) -> QIcon:
    health, step = key
    icon = QIcon()
    for size in SIZES:
        pixmap = svg_pixmap(_FILES[health], size)
        if health is Health.SYNCING:
            _draw_ring(pixmap, size, (step + 1) / RING_STEPS)
        icon.addPixmap(pixmap)
    return icon


def _draw_ring(pixmap: QPixmap, size: int, share: float) -> None:
    width = max(2.0, size * 0.12)
    margin = width / 2 + size / 64
    area = QRectF(margin, margin, size - 2 * margin, size - 2 * margin)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_RING_TRACK, width))
    painter.drawEllipse(area)
    painter.setPen(QPen(_RING, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawArc(area, 90 * 16, -round(share * 360 * 16))
    painter.end()
