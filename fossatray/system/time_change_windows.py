"""Clock and zone as Windows tells of them: WM_TIMECHANGE, which every window of the desktop gets, also a hidden one.

A window of its own keeps Python out of the way of the messages of all others.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from ctypes import wintypes

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QWindow

from fossatray.system.time_change import TimeChangeWatch

WM_TIMECHANGE = 0x001E
_IN_A_WINDOW = b"windows_generic_MSG"


class TimeWindow(QWindow):
    """Never shown; calls `told` with each such message."""

    def __init__(self, told: Callable[[], None]) -> None:
        super().__init__()
        self._told = told

    def nativeEvent(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        """Look at a message, and leave it to Qt."""
        if kind == _IN_A_WINDOW and wintypes.MSG.from_address(int(message)).message == WM_TIMECHANGE:
            self._told()
        return False, 0


class WindowsTimeChangeWatch(TimeChangeWatch):
    """Hears of the clock and of the zone alike: it is looked at when a zone that is being set is sure to be set."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: TimeWindow | None = TimeWindow(self._told)
        if sys.platform == "win32":
            self._window.create()

    def _told(self) -> None:
        self._clock_was_set()
        self._zone_is_being_set()

    def close(self) -> None:
        """Hear nothing more."""
        super().close()
        window, self._window = self._window, None
        if window is not None:
            window.destroy()
            window.deleteLater()
