"""Sleep as systemd-logind (or elogind) tells it on the system bus, on Linux."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Slot

from fossatray.system.power import SleepWatch
from fossatray.system.system_bus import SystemBus

log = logging.getLogger("fossatray.power")

_NAME = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"
_MANAGER = "org.freedesktop.login1.Manager"


class LogindSleepWatch(SleepWatch):
    """Hears `PrepareForSleep` of whoever owns logind's name on the system bus; inert where there is no such bus.

    Only the bus's owner of that name is believed. A logind that is restarted, or that comes later, is heard, too.
    """

    def __init__(self, address: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = SystemBus(self, address)
        self.is_watching = self._bus.listen(_NAME, _PATH, _MANAGER, "PrepareForSleep", "_prepare(bool)")
        """Whether it can hear anything."""
        if not self.is_watching:
            log.info("no system bus: sleep is noticed by the clocks alone")

    @Slot(bool)
    def _prepare(self, sleeps: bool) -> None:
        log.info("the computer %s", "goes to sleep" if sleeps else "woke up")
        if sleeps:
            self.going_to_sleep.emit()
        else:
            self.woke_up.emit()

    def close(self) -> None:
        """Hear nothing more."""
        self._bus.close()
        self.is_watching = False
