"""Whether there is a place for a tray icon, and waiting for one at login.

An icon that is made before a StatusNotifier host is there stays an XEmbed icon for life, so the host comes first. The
bus and the X server are asked here themselves: that needs no icon, and no window system either. One that comes after
the wait is still noticed, at next to no cost: the bus says it by itself, the X server is asked once a minute.

What the first icon waits for is imported here; the `Qt` namespace, which takes 20 ms, is left until there is a wait.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage, QDBusServiceWatcher

WATCHER = "org.kde.StatusNotifierWatcher"
POLL_MS = 1000
LATE_POLL_MS = 60_000
_ANSWER_MS = 500


class TrayHost(QObject):
    """Tells whether a tray is there, and waits for one.

    Emits `given_up` after the wait, and `appeared` whenever one comes; each at most once.
    """

    appeared = Signal()
    given_up = Signal()

    def __init__(
        self, parent: QObject | None = None, *, poll_ms: int = POLL_MS, late_poll_ms: int = LATE_POLL_MS
    ) -> None:
        super().__init__(parent)
        self._poll_ms = poll_ms
        self._late_poll_ms = late_poll_ms
        self._poll = QTimer(self)
        self._poll.timeout.connect(self._look)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._give_up)
        self._watcher: QDBusServiceWatcher | None = None
        self._waiting = False

    def is_available(self) -> bool:
        """Tell whether a tray icon made now would be seen."""
        if sys.platform in ("win32", "darwin"):
            return True
        return self.has_status_notifier() or has_xembed_tray()

    def has_status_notifier(self) -> bool:
        """Tell whether a StatusNotifier watcher is on the session bus."""
        return _is_on_session_bus(WATCHER)

    def wait(self, timeout_s: float = 60.0) -> None:
        """Wait for a tray: looks at once (the answer comes as a signal all the same), then at most once a second.

        After `timeout_s` it is given up, and a tray that comes later yet is told when it comes.
        """
        from PySide6.QtCore import Qt

        self.stop()
        self._waiting = True
        self._end.start(int(timeout_s * 1000))
        if QDBusConnection.sessionBus().isConnected():
            mode = QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
            self._watcher = QDBusServiceWatcher(WATCHER, QDBusConnection.sessionBus(), mode, self)
            self._watcher.serviceRegistered.connect(self._look)
        self._poll.setTimerType(Qt.TimerType.CoarseTimer)
        self._poll.start(self._poll_ms)
        QTimer.singleShot(0, self, self._look)

    def stop(self) -> None:
        """Wait no longer; neither signal comes."""
        self._waiting = False
        self._poll.stop()
        self._end.stop()
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None

    @Slot()
    def _look(self) -> None:
        if self._waiting and self.is_available():
            self.stop()
            self.appeared.emit()

    @Slot()
    def _give_up(self) -> None:
        self._poll.stop()
        if self._watcher is None or os.environ.get("DISPLAY"):  # an XEmbed tray says nothing on the bus
            from PySide6.QtCore import Qt

            self._poll.setTimerType(Qt.TimerType.VeryCoarseTimer)
            self._poll.start(self._late_poll_ms)
        self.given_up.emit()


def _is_on_session_bus(name: str) -> bool:
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    question = QDBusMessage.createMethodCall(
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner"
    )
    question.setArguments([name])
    return bus.call(question, QDBus.CallMode.Block, _ANSWER_MS).arguments() == [True]


def has_xembed_tray() -> bool:
    """Tell whether the X server's screen has a system tray (the owner of _NET_SYSTEM_TRAY_S<screen>)."""
    if sys.platform in ("win32", "darwin") or not os.environ.get("DISPLAY"):
        return False
    import ctypes.util  # late: only where no StatusNotifier host is, and it takes its time

    name = ctypes.util.find_library("X11")
    if name is None:
        return False
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    x11.XDefaultScreen.argtypes = x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    try:
        atom = x11.XInternAtom(display, f"_NET_SYSTEM_TRAY_S{x11.XDefaultScreen(display)}".encode(), 1)
        return bool(atom and x11.XGetSelectionOwner(display, atom))
    finally:
        x11.XCloseDisplay(display)
