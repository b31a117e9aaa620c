"""The private desktop's session bus: calls, properties and signals over jeepney's blocking connection."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from jeepney import (  # type: ignore[import-untyped]
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    new_method_call,
)
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import DBusConnection, open_dbus_connection  # type: ignore[import-untyped]

from tests.private_desktop.tools import DesktopError

CALL_SECONDS = 20.0
PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(frozen=True)
class Place:
    """A D-Bus object seen through one of its interfaces."""

    name: str
    path: str
    interface: str

    def via(self, interface: str) -> Place:
        """Return the same object through another interface."""
        return Place(self.name, self.path, interface)


class Bus:
    """One connection to the session bus. Not for two threads."""

    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(bus=address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()

    def call(self, place: Place, member: str, signature: str = "", *values: Any) -> tuple[Any, ...]:
        """Call a method and return its answer's values; raises DesktopError with the error's name if refused."""
        address = DBusAddress(place.path, bus_name=place.name, interface=place.interface)
        message = new_method_call(address, member, signature or None, values)
        answer = self._connection.send_and_get_reply(message, timeout=CALL_SECONDS)
        if answer.header.message_type is MessageType.error:
            name = answer.header.fields.get(HeaderFields.error_name)
            raise DesktopError(f"{place.interface}.{member} of {place.name} failed: {name} {answer.body}")
        return tuple(answer.body)

    def get(self, place: Place, name: str) -> Any:
        """Return a property's value, without its variant."""
        return self.call(place.via(PROPERTIES), "Get", "ss", place.interface, name)[0][1]

    def has_owner(self, name: str) -> bool:
        """Return whether somebody owns a well-known name."""
        return bool(self._ask_bus(message_bus.NameHasOwner(name))[0])

    def pid_of(self, name: str) -> int:
        """Return the process that owns a name (well-known or unique)."""
        return int(self._ask_bus(message_bus.GetConnectionUnixProcessID(name))[0])

    def signals(self, interface: str, member: str) -> SignalQueue:
        """Return a queue that collects a signal, whoever sends it, from now on; close it after use."""
        rule = MatchRule(type="signal", interface=interface, member=member)
        self._ask_bus(message_bus.AddMatch(rule))
        return SignalQueue(self._connection, rule)

    def watch_everything(self, *rules: MatchRule) -> None:
        """Turn this connection into a monitor of the messages that match; it can do nothing else from then on."""
        address = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus.Monitoring")
        self._ask_bus(new_method_call(address, "BecomeMonitor", "asu", ([rule.serialise() for rule in rules], 0)))

    def next_received(self) -> Message:
        """Return the next message that comes (for a monitor). Raises TimeoutError when none comes."""
        return self._connection.receive(timeout=CALL_SECONDS)

    @property
    def name(self) -> str:
        """The connection's own name on the bus."""
        return str(self._connection.unique_name)

    def ping(self) -> int:
        """Ask the bus itself something, and wait for its answer; returns the serial number that was answered."""
        answer = self._connection.send_and_get_reply(message_bus.GetId(), timeout=CALL_SECONDS)
        return int(answer.header.fields[HeaderFields.reply_serial])

    def _ask_bus(self, message: Message) -> tuple[Any, ...]:
        answer = self._connection.send_and_get_reply(message, timeout=CALL_SECONDS)
        if answer.header.message_type is MessageType.error:
            raise DesktopError(f"the bus refused: {answer.body}")
        return tuple(answer.body)


class SignalQueue:
    """Signals of one kind, in the order they came."""

    def __init__(self, connection: DBusConnection, rule: MatchRule) -> None:
        self._connection = connection
        self._queue: deque[Message] = deque()
        self._filter = connection.filter(rule, queue=self._queue)

    def next(self, seconds: float) -> tuple[Any, ...]:
        """Return the next signal's values; blocks on the socket. Raises DesktopError when none comes in time."""
        try:
            return tuple(self._connection.recv_until_filtered(self._queue, timeout=seconds).body)
        except TimeoutError as error:
            raise DesktopError(f"no signal came in {seconds:g} s") from error

    def clear(self) -> None:
        """Forget what has come so far."""
        while True:
            try:
                self._connection.recv_messages(timeout=0)
            except TimeoutError:
                break
        self._queue.clear()

    def close(self) -> None:
        """Collect no more."""
        self._filter.close()
