"""Whether there is a network, and whether it is paid by volume: the desktop says it, nothing is polled."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class Network(QObject):
    """What the desktop knows of the network; lives in the GUI thread. This one is inert: it knows nothing.

    Both questions only read what was told last, and may be asked from any thread. The answer is a hint: whether the
    portal can be reached is found by a probe (`fossatray.engine.network_probe`).
    """

    changed = Signal()
    """An answer is another one now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reachable: bool | None = None
        self._metered: bool | None = None

    def reachable(self) -> bool | None:
        """Tell whether there is a way to the internet; None = not known."""
        return self._reachable

    def metered(self) -> bool | None:
        """Tell whether the network is paid by volume; None = not known."""
        return self._metered

    def close(self) -> None:
        """Give back what it holds; nothing is emitted afterwards. May be called again."""

    def _learn(self, reachable: bool | None, metered: bool | None) -> None:
        if (reachable, metered) != (self._reachable, self._metered):
            self._reachable, self._metered = reachable, metered
            self.changed.emit()


def platform_network(parent: QObject | None = None) -> Network:
    """Return what this system offers, watching from now on."""
    if sys.platform in ("win32", "darwin"):
        from fossatray.system.network_qt import QtNetworkInformation

        return QtNetworkInformation(parent)
    from fossatray.system.network_manager import NetworkManager

    return NetworkManager(parent=parent)
