"""A connection to the session bus that never waits: calls are sent, and what comes in arrives through Qt's loop.

It costs no thread and no timer but one for each call that is still unanswered.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from fossatray.system.dbus_wire import BUS, Decoder, Incoming, connect, encode_call

log = logging.getLogger("fossatray.notifications")

_READ_BYTES = 65536
Reply = Callable[[Incoming | None], None]
"""Takes the answer (kind "reply" or "error"), or None if none came in time or the connection was lost."""


class DBusLink(QObject):
    """One connection. `signalled` carries every signal that was subscribed to; `lost` comes when the bus goes away."""

    signalled = Signal(object)
    lost = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None
        self._decoder: Decoder | None = None
        self._serial = 0
        self._waiting: dict[int, tuple[Reply, QTimer]] = {}

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._socket is not None

    def open(self) -> None:
        """Connect and sign in; this alone may take up to 1 s, if the bus itself hangs. Raises BusAbsent."""
        if self._socket is not None:
            return
        self._socket = connect()
        self._socket.setblocking(False)
        self._decoder = Decoder()
        self._serial = 0
        self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._send(BUS, "Hello")

    def call(
        self,
        target: tuple[str, str, str],
        member: str,
        signature: str,
        body: tuple[Any, ...],
        reply: Reply,
        deadline_ms: int,
    ) -> None:
        """Send a call; `reply` is called later, exactly once."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        serial = self._serial + 1
        timer.timeout.connect(lambda: self._answer(serial, None))
        self._waiting[serial] = (reply, timer)
        timer.start(deadline_ms if self._send(target, member, signature, body) else 0)

    def subscribe(self, rule: str) -> None:
        """Ask the bus for the signals that match a rule."""
        self._send(BUS, "AddMatch", "s", (rule,))

    def close(self) -> None:
        """Close the connection; calls without an answer are answered with None."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        for serial in list(self._waiting):
            self._answer(serial, None)

    def _send(self, target: tuple[str, str, str], member: str, signature: str = "", body: tuple[Any, ...] = ()) -> bool:
        self._serial += 1
        if self._socket is None:
            return False
        data = encode_call(self._serial, target, member, signature, body)
        try:
            return self._socket.send(data) == len(data)
        except OSError as error:  # the bus is gone, or so far behind that its buffer is full
            log.debug("a call was not sent: %s", error)
            return False

    @Slot()
    def _read(self) -> None:
        if self._socket is None or self._decoder is None:
            return
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self.lost.emit()
            return
        for message in self._decoder.feed(data):
            if message.kind == "signal":
                self.signalled.emit(message)
            elif message.reply_to:
                self._answer(message.reply_to, message)

    def _answer(self, serial: int, message: Incoming | None) -> None:
        reply, timer = self._waiting.pop(serial, (None, None))
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        if reply is not None:
            reply(message)
