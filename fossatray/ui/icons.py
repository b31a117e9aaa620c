"""The tray icon's pictures: drawn from SVG into the sizes that hosts ask for, and the ring that fills while syncing.

The icon is the first thing that is shown, so nothing is imported here that it does not need: the `Qt` namespace alone
would take 20 ms, a painter and the SVG classes more; the image reader draws SVG without them.
"""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QBuffer, QIODeviceBase, QSize
from PySide6.QtGui import QIcon, QImageReader, QPixmap

from fossatray.core.health import Health
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
    Health.SWITCHED_OFF: "tray-switched-off",
    Health.NOT_SET_UP: "tray-not-set-up",
}
_RING_LENGTH = 2 * math.pi * 27
_EMPTY_RING = b'stroke-dasharray="0 170"'

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
            health, step = key
            drawing = _drawing(_FILES[health])
            if health is Health.SYNCING:
                drawing = with_ring(drawing, (step + 1) / RING_STEPS)
            self._icons[key] = _icon(drawing, SIZES)
        return self._icons[key]


def app_icon() -> QIcon:
    """Return the program's own icon, for windows."""
    return _icon(_drawing("fossatray"), (*SIZES, 128, 256))


def state_pixmap(health: Health, size: int, ratio: float = 1.0) -> QPixmap:
    """Return the picture of a state for windows, of `size` logical pixels; the ring is empty."""
    pixmap = _pixmap(_drawing(_FILES[health]), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def with_ring(drawing: bytes, share: float) -> bytes:
    """Return the drawing of the syncing icon with so much of its ring filled (0 to 1)."""
    length = _RING_LENGTH
    return drawing.replace(_EMPTY_RING, f'stroke-dasharray="{length * share:.1f} {length:.1f}"'.encode())


def _icon(drawing: bytes, sizes: tuple[int, ...]) -> QIcon:
    icon = QIcon()
    for size in sizes:
        icon.addPixmap(_pixmap(drawing, size))
    return icon


def _pixmap(drawing: bytes, size: int) -> QPixmap:
    buffer = QBuffer()
    buffer.setData(drawing)
    buffer.open(QIODeviceBase.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"svg")
    reader.setScaledSize(QSize(size, size))
    return QPixmap.fromImage(reader.read())


@cache
def _drawing(name: str) -> bytes:
    return resource(f"icons/{name}.svg").read_bytes()
