"""Noticing that the system's clock or time zone was set anew: the system says it at once, nothing is polled."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QObject, QTimer, Signal, Slot

log = logging.getLogger("fossatray.time")

SETTLES_MS = 200
"""A zone is set in several steps (a link, a file with its name): it is looked at when these are done."""


class TimeChangeWatch(QObject):
    """Tells that clock or zone was set; lives in the GUI thread. This one is inert: nothing is ever emitted by itself.

    What nobody tells is found within a minute by comparing clocks (`fossatray.engine.watch`), here as with sleep.
    """

    time_changed = Signal()
    """The clock, or the zone, may be another one; it may come too often."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLES_MS)
        self._settling.timeout.connect(self._settled)

    def close(self) -> None:
        """Give back what it holds; nothing is emitted afterwards. May be called again."""
        self._settling.stop()

    def _clock_was_set(self) -> None:
        log.info("the clock was set")
        self.time_changed.emit()

    @Slot()
    def _zone_is_being_set(self) -> None:
        if not self._settling.isActive():
            self._settling.start()

    @Slot()
    def _settled(self) -> None:
        """Tell of the zone when it is sure to be set."""
        log.info("the time zone was set")
        self.time_changed.emit()


def platform_time_change_watch(parent: QObject | None = None) -> TimeChangeWatch:
    """Return what this system offers, watching from now on; it is inert as far as it offers nothing."""
    if sys.platform == "win32":
        from fossatray.system.time_change_windows import WindowsTimeChangeWatch

        return WindowsTimeChangeWatch(parent)
    if sys.platform == "darwin":
        from fossatray.system.time_change_macos import MacTimeChangeWatch

        return MacTimeChangeWatch(parent)
    from fossatray.system.time_change_linux import LinuxTimeChangeWatch

    return LinuxTimeChangeWatch(parent)
