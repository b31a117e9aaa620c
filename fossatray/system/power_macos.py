"""Sleep as macOS tells it: IOKit's power messages, taken in by the main thread's run loop, which is also Qt's there."""

from __future__ import annotations

import ctypes
import logging
import sys
from typing import Any

from PySide6.QtCore import QObject

from fossatray.system.power import SleepWatch

log = logging.getLogger("fossatray.power")

CAN_SLEEP = 0xE0000270
WILL_SLEEP = 0xE0000280
HAS_POWERED_ON = 0xE0000300
"""IOMessage.h: kIOMessageCanSystemSleep, kIOMessageSystemWillSleep, kIOMessageSystemHasPoweredOn."""

_FRAMEWORKS = "/System/Library/Frameworks"
_Callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)
_NOBODY = 0


class MacSleepWatch(SleepWatch):
    """Inert where IOKit takes no subscription."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._callback = _Callback(self._called)  # must live as long as it is subscribed
        self._root = _NOBODY
        self._port = ctypes.c_void_p()
        self._notifier = ctypes.c_uint32()
        self._iokit: Any = None
        if sys.platform == "darwin":
            self._subscribe()

    def _subscribe(self) -> None:
        self._iokit = iokit = ctypes.CDLL(f"{_FRAMEWORKS}/IOKit.framework/IOKit")
        core = ctypes.CDLL(f"{_FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
        iokit.IORegisterForSystemPower.restype = ctypes.c_uint32
        iokit.IORegisterForSystemPower.argtypes = [ctypes.c_void_p, ctypes.c_void_p, _Callback, ctypes.c_void_p]
        iokit.IONotificationPortGetRunLoopSource.restype = ctypes.c_void_p
        iokit.IONotificationPortGetRunLoopSource.argtypes = [ctypes.c_void_p]
        iokit.IONotificationPortDestroy.argtypes = [ctypes.c_void_p]
        iokit.IOAllowPowerChange.argtypes = [ctypes.c_uint32, ctypes.c_ssize_t]
        iokit.IOServiceClose.argtypes = [ctypes.c_uint32]
        core.CFRunLoopGetMain.restype = ctypes.c_void_p
        core.CFRunLoopAddSource.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        self._root = int(
            iokit.IORegisterForSystemPower(None, ctypes.byref(self._port), self._callback, ctypes.byref(self._notifier))
        )
        if self._root == _NOBODY:
            log.warning("macOS does not tell of sleep")
            return
        modes = ctypes.c_void_p.in_dll(core, "kCFRunLoopCommonModes")
        core.CFRunLoopAddSource(core.CFRunLoopGetMain(), iokit.IONotificationPortGetRunLoopSource(self._port), modes)

    def _called(self, _context: int | None, _service: int, message: int, argument: int | None) -> None:
        """Take a message. Both that come before sleep are answered at once, else the computer waits 30 s for us."""
        if message == WILL_SLEEP:
            self.going_to_sleep.emit()
        if message in (CAN_SLEEP, WILL_SLEEP) and self._iokit is not None:
            self._iokit.IOAllowPowerChange(self._root, argument or 0)
        if message == HAS_POWERED_ON:
            self.woke_up.emit()

    def close(self) -> None:
        """Unsubscribe."""
        if self._root != _NOBODY:
            self._iokit.IODeregisterForSystemPower(ctypes.byref(self._notifier))
            self._iokit.IOServiceClose(self._root)
            self._iokit.IONotificationPortDestroy(self._port)
            self._root = _NOBODY
