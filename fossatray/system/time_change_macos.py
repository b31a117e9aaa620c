"""Clock and zone as macOS tells of them: notify(3), by file descriptors."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Slot

from fossatray.system.time_change import TimeChangeWatch

log = logging.getLogger("fossatray.time")

CLOCK_SET = b"com.apple.system.clock_set"
ZONE_SET = b"com.apple.system.timezone"
"""notify_keys.h: kNotifyClockSet, kNotifyTimeZoneChange."""

_TOKEN_BYTES = 4


class MacTimeChangeWatch(TimeChangeWatch):
    """Inert where the system takes no registration."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._system: Any = None
        self._tokens: list[int] = []
        self._notifiers: dict[bytes, QSocketNotifier] = {}
        if sys.platform == "darwin":
            self._system = ctypes.CDLL(None)
            for name in (CLOCK_SET, ZONE_SET):
                self._register(name)

    def _register(self, name: bytes) -> None:
        fd, token = ctypes.c_int(-1), ctypes.c_int(-1)
        refusal = self._system.notify_register_file_descriptor(name, ctypes.byref(fd), 0, ctypes.byref(token))
        if refusal:
            log.warning("macOS does not tell of %s: error %d", name.decode("ascii"), refusal)
            return
        self._tokens.append(token.value)
        notifier = QSocketNotifier(fd.value, QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._told_of_the_clock if name == CLOCK_SET else self._told_of_the_zone)
        self._notifiers[name] = notifier

    @Slot()
    def _told_of_the_clock(self) -> None:
        self._take(CLOCK_SET)
        self._clock_was_set()

    @Slot()
    def _told_of_the_zone(self) -> None:
        self._take(ZONE_SET)
        self._zone_is_being_set()

    def _take(self, name: bytes) -> None:
        """Read one telling's token, which says no more than that it came."""
        os.read(self._notifiers[name].socket(), _TOKEN_BYTES)

    def close(self) -> None:
        """Hear nothing more; the system closes the descriptors with their registrations."""
        super().close()
        for notifier in self._notifiers.values():
            notifier.setEnabled(False)
            notifier.deleteLater()
        for token in self._tokens:
            self._system.notify_cancel(token)
        self._notifiers, self._tokens = {}, []
