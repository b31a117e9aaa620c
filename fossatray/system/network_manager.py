"""The network as NetworkManager tells it on the system bus, on Linux. Where it does not run, nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtDBus import QDBusError, QDBusMessage, QDBusVariant

from fossatray.system.network import Network
from fossatray.system.system_bus import SystemBus

_NAME = "org.freedesktop.NetworkManager"
_PATH = "/org/freedesktop/NetworkManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_ROUTES = Path("/proc/net/route")

_REACHABLE = {10: False, 20: False, 30: False, 40: False, 70: True}
"""NMState; local (50) and site (60) may or may not lead to the portal."""
_METERED = {1: True, 2: False, 3: True, 4: False}
"""NMMetered: yes, no, and its guesses."""


class NetworkManager(Network):
    """Asks NetworkManager when it says that something has changed; never waits for it, and never starts it."""

    def __init__(self, address: str | None = None, *, routes: Path = _ROUTES, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._routes = routes
        self._bus = SystemBus(self, address)
        self._bus.listen(_NAME, _PATH, _NAME, "StateChanged", "_state_changed(uint)")
        self._bus.listen(_NAME, _PATH, _PROPERTIES, "PropertiesChanged", "_properties_changed(QDBusMessage)")
        watcher = self._bus.watch(_NAME)
        if watcher is not None:
            watcher.serviceRegistered.connect(self._came)
            watcher.serviceUnregistered.connect(self._went)
        self._ask()

    def reachable(self) -> bool | None:
        """Tell whether there is a way to the internet; a network it does not manage makes "no" into "not known"."""
        reachable = super().reachable()
        return None if reachable is False and has_default_route(self._routes) else reachable

    def close(self) -> None:
        """Hear nothing more."""
        self._bus.close()

    def _ask(self) -> None:
        for name, slot in (("State", "_take_state(QDBusMessage)"), ("Metered", "_take_metered(QDBusMessage)")):
            question = QDBusMessage.createMethodCall(_NAME, _PATH, _PROPERTIES, "Get")
            question.setArguments([_NAME, name])
            self._bus.ask(question, slot, "_refused(QDBusError,QDBusMessage)")

    @Slot("uint")
    def _state_changed(self, state: int) -> None:
        self._learn(_REACHABLE.get(state), self._metered)

    @Slot(QDBusMessage)
    def _properties_changed(self, _message: QDBusMessage) -> None:
        self._ask()

    @Slot(QDBusMessage)
    def _take_state(self, answer: QDBusMessage) -> None:
        self._learn(_value(answer, _REACHABLE.get), self._metered)

    @Slot(QDBusMessage)
    def _take_metered(self, answer: QDBusMessage) -> None:
        self._learn(self._reachable, _value(answer, _METERED.get))

    @Slot(QDBusError, QDBusMessage)
    def _refused(self, _error: QDBusError, _question: QDBusMessage) -> None:
        """It does not run, or does not answer: what was known is no longer."""
        self._learn(None, None)

    @Slot(str)
    def _came(self, _name: str) -> None:
        self._ask()

    @Slot(str)
    def _went(self, _name: str) -> None:
        self._learn(None, None)


def _value(answer: QDBusMessage, meaning: Callable[[int], bool | None]) -> bool | None:
    values: list[Any] = answer.arguments()
    value = values[0] if values else None
    if isinstance(value, QDBusVariant):
        value = value.variant()
    return meaning(value) if isinstance(value, int) else None


def has_default_route(routes: Path = _ROUTES) -> bool:
    """Tell whether the kernel has a way out (IPv4); False where it does not say."""
    try:
        lines = routes.read_text(encoding="ascii", errors="replace").splitlines()[1:]
    except OSError:
        return False
    return any(line.split()[1:2] == ["00000000"] for line in lines)
