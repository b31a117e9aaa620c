"""The network as Qt knows it, for Windows and macOS. On Linux that costs 3.3 MiB, and may wait for a service."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtNetwork import QNetworkInformation

from fossatray.system.network import Network


class QtNetworkInformation(Network):
    """Hears of changes from Qt; knows nothing where Qt has no way to know."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability)
        self._information: QNetworkInformation | None = QNetworkInformation.instance()
        if self._information is not None:
            self._information.reachabilityChanged.connect(self._ask)
            self._information.isMeteredChanged.connect(self._ask)
            self._ask()

    @Slot()
    def _ask(self) -> None:
        information = self._information
        if information is None:
            return
        knows_metered = information.supports(QNetworkInformation.Feature.Metered)
        self._learn(reachable_by_qt(information.reachability()), information.isMetered() if knows_metered else None)

    def close(self) -> None:
        """Listen no more."""
        if self._information is not None:
            self._information.reachabilityChanged.disconnect(self._ask)
            self._information.isMeteredChanged.disconnect(self._ask)
            self._information = None


def reachable_by_qt(reachability: QNetworkInformation.Reachability) -> bool | None:
    """Return what Qt's answer means: a local network alone may or may not lead to the portal."""
    known = {QNetworkInformation.Reachability.Online: True, QNetworkInformation.Reachability.Disconnected: False}
    return known.get(reachability)
