"""Connections to the system bus, where session and network services speak; for the GUI thread.

QtDBus is in the program anyway (the tray needs it): a further connection costs a socket and no thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusServiceWatcher

_ANSWER_MS = 10_000
_SLOT = "1"  # what C++'s SLOT() puts before the name; PySide's stubs ask for bytes here, PySide itself for a str


class SystemBus:
    """One connection of its own for `owner`, whose slots take what comes. Where there is no bus, nothing ever comes.

    Slots are named by their C++ signature, as in "_told(bool)". `address` names another bus than the system's (tests).
    """

    def __init__(self, owner: QObject, address: str | None = None) -> None:
        self._owner = owner
        self._name = f"{type(owner).__name__}-{id(owner):x}"
        self._connection: QDBusConnection | None = (
            QDBusConnection.connectToBus(QDBusConnection.BusType.SystemBus, self._name)
            if address is None
            else QDBusConnection.connectToBus(address, self._name)
        )

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None and self._connection.isConnected()

    def listen(self, service: str, path: str, interface: str, member: str, slot: str) -> bool:
        """Have a slot called with each signal that the owner of `service` sends; returns whether that can come."""
        if self._connection is None:
            return False
        return self._connection.connect(service, path, interface, member, self._owner, _SLOT + slot)  # type: ignore[call-overload,no-any-return]

    def watch(self, service: str) -> QDBusServiceWatcher | None:
        """Return a watcher that tells when somebody takes or leaves a name."""
        if self._connection is None:
            return None
        mode = QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange
        return QDBusServiceWatcher(service, self._connection, mode, self._owner)

    def ask(self, question: QDBusMessage, answered: str, refused: str) -> None:
        """Send a call that never waits and starts nobody; one of the two slots is called with what came of it."""
        if self._connection is None:
            return
        question.setAutoStartService(False)
        self._connection.callWithCallback(question, self._owner, _SLOT + answered, _SLOT + refused, _ANSWER_MS)  # type: ignore[call-overload]

    def close(self) -> None:
        """Leave the bus. May be called again."""
        if self._connection is not None:
            self._connection = None
            QDBusConnection.disconnectFromBus(self._name)
