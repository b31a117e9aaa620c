"""Says when a new day has begun: "today" on the screen means another day then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta, tzinfo

from PySide6.QtCore import QObject, QTimer, Signal, Slot

_LONGEST = timedelta(hours=1)
"""A timer does not count while the computer sleeps: so it looks at the clock once an hour."""


class Midnight(QObject):
    """Emits `day_changed` after each local midnight, until :meth:`stop`; at most an hour late after a sleep."""

    day_changed = Signal()

    def __init__(self, now: Callable[[], datetime], zone: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now, self._zone = now, zone
        self._day = now().astimezone(zone).date()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch."""
        self.look()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look at the clock now, and say so if the day is another one; then wait for the next midnight."""
        local = self._now().astimezone(self._zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), self._zone)
        wait = min(midnight - local, _LONGEST) + timedelta(seconds=1)
        self._timer.start(int(wait.total_seconds() * 1000))
        if local.date() != self._day:
            self._day = local.date()
            self.day_changed.emit()
