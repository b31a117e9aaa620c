"""SIGINT, SIGTERM and SIGHUP as an orderly quit.

A Python signal handler does not run while Qt's loop idles. The interpreter writes each signal's number to a socket at
once, and Qt watches that socket.
"""

from __future__ import annotations

import contextlib
import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_QUIT_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def _noted(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: a handler must be there for the number to be written to the socket."""


class QuitSignals(QObject):
    """Emits `received` with the signal's number, in the GUI thread. Made in the main thread; :meth:`close` restores."""

    received = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._numbers = [getattr(signal, name) for name in _QUIT_SIGNALS if hasattr(signal, name)]
        self._former = {number: signal.signal(number, _noted) for number in self._numbers}
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._open = True

    @Slot()
    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for number in self._reader.recv(64):
                if number in self._numbers:
                    self.received.emit(number)

    def close(self) -> None:
        """Put the former handlers back."""
        if not self._open:
            return
        self._open = False
        self._notifier.setEnabled(False)
        for number, handler in self._former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        signal.set_wakeup_fd(self._former_fd)
        self._reader.close()
        self._writer.close()
