"""Where a window was and how large, as a text that can be kept: for the next start."""

from __future__ import annotations

import base64
import binascii
import struct

from PySide6.QtCore import QByteArray, QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_HEAD = struct.Struct(">IHH4i4i")
"""How QWidget.saveGeometry begins: magic number, version, the corners of the frame and of the normal geometry."""

_MAGIC = 0x1D9D0CB


def place_text(window: QWidget) -> str:
    """Return a window's size, position and whether it is maximised, as base64 of QWidget.saveGeometry."""
    return base64.b64encode(window.saveGeometry().data()).decode("ascii")


def put_back(window: QWidget, text: str) -> bool:
    """Give a window the place of a text of `place_text`; one that is not readable or on no screen changes nothing.

    Tells whether the window has taken it. Pixels are Qt's, independent of the scale.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
        magic, _, _, *corners = _HEAD.unpack_from(raw)
    except (UnicodeEncodeError, binascii.Error, struct.error):
        return False
    left, top, right, bottom = corners[4:]
    place = QRect(QPoint(left, top), QPoint(right, bottom))
    seen = any(screen.geometry().intersects(place) for screen in QGuiApplication.screens())
    return magic == _MAGIC and seen and window.restoreGeometry(QByteArray(raw))
