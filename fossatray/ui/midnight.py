"""Says when a new day has begun, or the zone was changed: "today" on the screen means another day then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from fossatray.core.words import Words

_LONGEST = timedelta(hours=1)
"""A timer does not count while the computer sleeps: so it looks at the clock once an hour."""


class Midnight(QObject):
    """Emits `day_changed` after each local midnight, until :meth:`stop`; at most an hour late after a sleep.

    It is emitted, too, when another time zone is found: times of day and perhaps the day are other ones then.
    The words are asked for it at each look.
    """

    day_changed = Signal()

    def __init__(self, now: Callable[[], datetime], words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now, self._words = now, words
        self._zone = words.zone
        self._day = now().astimezone(self._zone).date()
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
        """Look at clock and zone now, and say so if day or zone is another one; then wait for the next midnight."""
        zone = self._words.zone
        local = self._now().astimezone(zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), zone)
        wait = min(midnight - local, _LONGEST) + timedelta(seconds=1)
        self._timer.start(int(wait.total_seconds() * 1000))
        if (local.date(), zone) != (self._day, self._zone):
            self._day, self._zone = local.date(), zone
            self.day_changed.emit()
