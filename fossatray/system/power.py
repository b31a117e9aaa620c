"""Noticing that the computer goes to sleep and wakes up: the desktop says it, nothing is polled."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class SleepWatch(QObject):
    """Tells of sleep; lives in the GUI thread. This one is inert: where nobody tells, nothing is ever emitted.

    Not every sleep is told (a crash of the session service, a virtual machine that is paused), nor always both halves:
    what must not be missed is found by comparing clocks (`fossatray.engine.watch`).
    """

    going_to_sleep = Signal()
    """The computer is about to sleep; there may be less than a second left."""
    woke_up = Signal()
    """The computer runs again (or the sleep did not come about). The network may still be away."""

    def close(self) -> None:
        """Give back what it holds; nothing is emitted afterwards. May be called again."""


def platform_sleep_watch(parent: QObject | None = None) -> SleepWatch:
    """Return what this system offers, watching from now on; the inert one where it offers nothing."""
    if sys.platform == "win32":
        from fossatray.system.power_windows import WindowsSleepWatch

        return WindowsSleepWatch(parent=parent)
    if sys.platform == "darwin":
        from fossatray.system.power_macos import MacSleepWatch

        return MacSleepWatch(parent=parent)
    from fossatray.system.power_logind import LogindSleepWatch

    return LogindSleepWatch(parent=parent)
