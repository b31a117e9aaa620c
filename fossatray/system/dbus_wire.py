"""D-Bus messages and the session bus's socket: the one module that knows jeepney, which has no types.

:class:`BlockingBus` is for the short-lived processes; the tray process uses :mod:`fossatray.system.dbus_link`, which
never waits.
"""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass
from typing import Any, Self

BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
"""Destination, path and interface of the bus itself."""

HELLO_SERIAL = 1
_READ_BYTES = 65536


class BusAbsent(Exception):
    """There is no session bus, or it does not answer."""


class CallFailed(Exception):
    """A call was answered with an error; `name` is the error's D-Bus name. Its text is not kept: it may be telling."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in. `kind` is "reply", "error", "signal" or "call"; `name` the error's name or the member."""

    kind: str
    name: str
    reply_to: int
    sender: str
    path: str
    interface: str
    body: tuple[Any, ...]


def connect(timeout_s: float = 1.0) -> socket.socket:
    """Return a socket that is signed in to the session bus; Hello is still to be sent. Raises BusAbsent."""
    from jeepney.bus import get_bus  # type: ignore[import-untyped]
    from jeepney.io.blocking import prep_socket  # type: ignore[import-untyped]

    try:
        opened: socket.socket = prep_socket(get_bus("SESSION"), timeout=timeout_s)
    except (KeyError, OSError, RuntimeError, ValueError, StopIteration) as error:
        raise BusAbsent from error
    return opened


def encode_call(
    serial: int, target: tuple[str, str, str], member: str, signature: str = "", body: tuple[Any, ...] = ()
) -> bytes:
    """Return the bytes of a method call to `target` (destination, path, interface)."""
    from jeepney import DBusAddress, new_method_call  # type: ignore[import-untyped]

    destination, path, interface = target
    address = DBusAddress(path, bus_name=destination, interface=interface)
    message = new_method_call(address, member, signature or None, body)
    encoded: bytes = message.serialise(serial=serial)
    return encoded


class Decoder:
    """Makes messages of the bytes that arrive."""

    def __init__(self) -> None:
        from jeepney import Parser

        self._parser = Parser()

    def feed(self, data: bytes) -> list[Incoming]:
        """Take in bytes and return the messages that are complete."""
        self._parser.add_data(data)
        messages = []
        while (message := self._parser.get_next_message()) is not None:
            messages.append(_incoming(message))
        return messages


def _incoming(message: Any) -> Incoming:
    from jeepney import HeaderFields, MessageType

    fields = message.header.fields
    kinds = {MessageType.method_return: "reply", MessageType.error: "error", MessageType.signal: "signal"}
    name = fields.get(HeaderFields.error_name) or fields.get(HeaderFields.member) or ""
    return Incoming(
        kinds.get(message.header.message_type, "call"),
        name,
        fields.get(HeaderFields.reply_serial, 0),
        fields.get(HeaderFields.sender, ""),
        fields.get(HeaderFields.path, ""),
        fields.get(HeaderFields.interface, ""),
        tuple(message.body),
    )


class BlockingBus:
    """A connection to the session bus whose calls wait, each for a limited time. Raises BusAbsent when made."""

    def __init__(self, timeout_s: float = 1.0) -> None:
        self._socket = connect(timeout_s)
        self._decoder = Decoder()
        self._serial = HELLO_SERIAL - 1
        try:
            self.call(BUS, "Hello", timeout_s=timeout_s)
        except (CallFailed, TimeoutError) as error:
            self.close()
            raise BusAbsent from error

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def call(
        self, target: tuple[str, str, str], member: str, signature: str = "", *body: Any, timeout_s: float
    ) -> tuple[Any, ...]:
        """Call a method and return the reply's body. Raises CallFailed, TimeoutError or BusAbsent (connection lost)."""
        end = time.monotonic() + timeout_s
        self._serial += 1
        try:
            self._socket.sendall(encode_call(self._serial, target, member, signature, body))
            while True:
                for message in self._decoder.feed(self._read(end)):
                    if message.reply_to != self._serial:
                        continue
                    if message.kind == "error":
                        raise CallFailed(message.name)
                    return message.body
        except TimeoutError:
            raise
        except OSError as error:
            raise BusAbsent from error

    def _read(self, end: float) -> bytes:
        readable, _, _ = select.select([self._socket], [], [], max(0.0, end - time.monotonic()))
        if not readable:
            raise TimeoutError
        data = self._socket.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError
        return data

    def reachable(self, name: str, *, timeout_s: float) -> bool:
        """Tell whether a bus name has an owner, or would be started when called."""
        if self.call(BUS, "NameHasOwner", "s", name, timeout_s=timeout_s)[0]:
            return True
        return name in self.call(BUS, "ListActivatableNames", timeout_s=timeout_s)[0]

    def get_property(self, destination: str, path: str, interface: str, name: str, *, timeout_s: float) -> Any:
        """Return a property's value; raises as :meth:`call` does."""
        target = (destination, path, "org.freedesktop.DBus.Properties")
        ((_, value),) = self.call(target, "Get", "ss", interface, name, timeout_s=timeout_s)
        return value
