"""Sleep as Windows tells it: the WM_POWERBROADCAST events, by a callback.

A window that gets the message would do for classic sleep alone; the callback also hears of modern standby, needs no
window (a tray program may have none), and no Python in the way of every other message.
"""

from __future__ import annotations

import ctypes
import logging
import sys

from PySide6.QtCore import QObject

from fossatray.system.power import SleepWatch

log = logging.getLogger("fossatray.power")

PBT_APMSUSPEND = 0x4
PBT_APMRESUMEAUTOMATIC = 0x12
"""Comes with every waking; PBT_APMRESUMESUSPEND (7) only comes after it, where a person is there."""
_DEVICE_NOTIFY_CALLBACK = 2

if sys.platform == "win32":
    _Callback = ctypes.WINFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)
else:  # the module can be read and tested elsewhere
    _Callback = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)


class _Subscription(ctypes.Structure):
    """DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS."""

    _fields_ = [("callback", _Callback), ("context", ctypes.c_void_p)]


class WindowsSleepWatch(SleepWatch):
    """Inert where it cannot be subscribed to."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._subscription = _Subscription(_Callback(self._called), None)  # must live as long as it is subscribed
        self._handle = ctypes.c_void_p()
        if sys.platform == "win32":
            refusal = ctypes.WinDLL("powrprof").PowerRegisterSuspendResumeNotification(
                ctypes.c_ulong(_DEVICE_NOTIFY_CALLBACK), ctypes.byref(self._subscription), ctypes.byref(self._handle)
            )
            if refusal:
                log.warning("Windows does not tell of sleep: error %d", refusal)
                self._handle = ctypes.c_void_p()

    def _called(self, _context: int | None, event: int, _setting: int | None) -> int:
        """Take an event, in a thread of the system's; the signals reach their receivers through Qt's loop."""
        if event == PBT_APMSUSPEND:
            self.going_to_sleep.emit()
        elif event == PBT_APMRESUMEAUTOMATIC:
            self.woke_up.emit()
        return 0

    def close(self) -> None:
        """Unsubscribe."""
        if sys.platform == "win32" and self._handle.value:
            ctypes.WinDLL("powrprof").PowerUnregisterSuspendResumeNotification(self._handle)
            self._handle = ctypes.c_void_p()
