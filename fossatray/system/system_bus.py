"""Connections to the system bus, where session and network services speak; for the GUI thread.

QtDBus is in the program anyway (the tray needs it): a further connection costs a socket and no thread.
"""

from __future__ import annotations

import itertools

from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusServiceWatcher

_ANSWER_MS = 10_000
_SLOT = "1"  # what C++'s SLOT() puts before the name; PySide's stubs ask for bytes here, PySide itself for a str

_numbers = itertools.count(1)


class SystemBus:
    """One connection of its own for `owner`, whose slots take what comes. Where there is no bus, nothing ever comes.

    Slots are named by their C++ signature, as in "_told(bool)". `address` names another bus than the system's (tests).
    """

    def __init__(self, owner: QObject, address: str | None = None) -> None:
        self._owner = owner
        self._heard: list[tuple[str, str, str, str, str]] = []
        self._watchers: list[QDBusServiceWatcher] = []
        name = f"{type(owner).__name__}-{next(_numbers)}"
        self._connection: QDBusConnection | None = (
            QDBusConnection.connectToBus(QDBusConnection.BusType.SystemBus, name)
            if address is None
            else QDBusConnection.connectToBus(address, name)
        )

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None and self._connection.isConnected()

    def listen(self, service: str, path: str, interface: str, member: str, slot: str) -> bool:
        """Have a slot called with each signal that the owner of `service` sends; returns whether that can come."""
        if self._connection is None:
            return False
        if not self._connection.connect(service, path, interface, member, self._owner, _SLOT + slot):  # type: ignore[call-overload]
            return False
        self._heard.append((service, path, interface, member, slot))
        return True

    def watch(self, service: str) -> QDBusServiceWatcher | None:
        """Return a watcher that tells when somebody takes or leaves a name; it ends with `close`."""
        if self._connection is None:
            return None
        mode = QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange
        watcher = QDBusServiceWatcher(service, self._connection, mode, self._owner)
        self._watchers.append(watcher)
        return watcher

    def ask(self, question: QDBusMessage, answered: str, refused: str) -> None:
        """Send a call that never waits and starts nobody; one of the two slots is called with what came of it."""
        if self._connection is None:
            return
        question.setAutoStartService(False)
        self._connection.callWithCallback(question, self._owner, _SLOT + answered, _SLOT + refused, _ANSWER_MS)  # type: ignore[call-overload]

    def close(self) -> None:
        """Hear nothing more; the connection itself ends with the process. May be called again.

        QtDBus would end it in a thread of its own, which needs Python's lock for that, while this thread holds the lock
        and waits for that thread as soon as it disconnects or destroys anything: both would wait for good.
        """
        connection, self._connection = self._connection, None
        if connection is None:
            return
        for service, path, interface, member, slot in self._heard:
            connection.disconnect(service, path, interface, member, self._owner, _SLOT + slot)  # type: ignore[call-overload]
        for watcher in self._watchers:
            watcher.setWatchedServices([])
            watcher.deleteLater()
        self._heard, self._watchers = [], []
