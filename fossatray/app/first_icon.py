"""The icon before all else: shown as soon as a tray is there, while the rest of the program is not yet loaded."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fossatray.system.tray_host import TrayHost
from fossatray.ui.tray import Tray


class FirstIcon(QObject):
    """Makes the tray icon once a tray is there; an icon made earlier would stay an XEmbed icon for life.

    Signals: `made` carries the Tray that came late; `given_up` says that none came in time, though one may come yet.
    """

    made = Signal(object)
    given_up = Signal()

    def __init__(self, wait_s: float, parent: QObject | None = None, *, host: TrayHost | None = None) -> None:
        super().__init__(parent)
        self._wait_s = wait_s
        self.tray: Tray | None = None
        self._host = host or TrayHost()
        self._host.setParent(self)
        self._host.appeared.connect(self._make)
        self._host.given_up.connect(self.given_up)

    def look(self) -> None:
        """Make the icon now if a tray is there, else begin to wait for one."""
        if self._host.is_available():
            self._make()
        else:
            self._host.wait(self._wait_s)

    def close(self) -> None:
        """Take the icon away and wait no longer."""
        self._host.stop()
        if self.tray is not None:
            self.tray.close()

    @Slot()
    def _make(self) -> None:
        if self.tray is None:
            self.tray = Tray(self)
            self.tray.show()
            self.made.emit(self.tray)
