"""Notices on the desktop: through its notification service, through the tray icon, or in the program itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from fossatray.core.notices import Notice
from fossatray.core.text import notice_body, one_line, visible
from fossatray.system.credentials_lock import has_session_bus

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSystemTrayIcon

_SHOWN_MS = 10_000
_LONGEST_TITLE = 120


class Notifier(QObject):
    """Shows notices; lives in the GUI thread.

    `clicked` carries the target of a notice that was clicked; `in_app` a Notice that the desktop cannot show, so that
    the program shows it in its own window. `told` carries the id of a notice that was handed over: the desktop has
    taken it, or a newer one of its kind took its place. `placed` carries where the notices are on the screen, as a text
    for `recall` in the next life; it comes before `told`.
    """

    clicked = Signal(str)
    in_app = Signal(object)
    told = Signal(str)
    placed = Signal(str)

    def show(self, notice: Notice) -> None:
        """Show a notice; never waits and never fails."""
        raise NotImplementedError

    def recall(self, places: str) -> None:
        """Take what an earlier life said in `placed`, before the first notice."""

    def close(self) -> None:
        """Give back what it holds; nothing is shown afterwards."""

    def show_in_app(self, notice: Notice) -> None:
        """Let the program show it; it is told when it was seen there."""
        self.in_app.emit(notice)


class InAppNotifier(Notifier):
    """Where no service is: every notice is shown in the program itself."""

    def show(self, notice: Notice) -> None:
        """Hand the notice to the program."""
        self.show_in_app(notice)


class TrayMessageNotifier(Notifier):
    """The balloon of the tray icon, on Windows and macOS. A click opens what the last notice speaks of."""

    def __init__(self, tray: QSystemTrayIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray = tray
        self._target = "card"
        tray.messageClicked.connect(self._on_click)

    def show(self, notice: Notice) -> None:
        """Show the notice at the icon; in the program one in doubt, and each while the icon is not shown."""
        if notice.is_in_doubt or not self._tray.isVisible() or not self._tray.supportsMessages():
            self.show_in_app(notice)
            return
        self._target = notice.target
        body = notice_body(notice.body) if sys.platform == "linux" else visible(notice.body, keep_newlines=True)
        self._tray.showMessage(plain_title(notice), body, self._tray.icon(), _SHOWN_MS)
        self.told.emit(notice.id)

    @Slot()
    def _on_click(self) -> None:
        self.clicked.emit(self._target)


def plain_title(notice: Notice) -> str:
    """Return the title on one line, control characters visible; it is shown as plain text and never escaped."""
    return one_line(visible(notice.title), _LONGEST_TITLE)


def best_notifier(tray: QSystemTrayIcon | None, parent: QObject | None = None) -> Notifier:
    """Return the best way of this desktop: its service on D-Bus, else the tray icon's balloon, else in the program."""
    if sys.platform not in ("win32", "darwin") and has_session_bus():
        from fossatray.system.notifications_dbus import DBusNotifier

        return DBusNotifier(parent=parent)
    if tray is not None and sys.platform in ("win32", "darwin"):
        return TrayMessageNotifier(tray, parent)
    return InAppNotifier(parent)
