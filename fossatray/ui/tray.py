"""The tray icon with its menu. It imports only what it needs: it is the first thing a person sees after login."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from fossatray.core.health import Health
from fossatray.ui.icons import IconKey, TrayIcons, icon_key

if TYPE_CHECKING:
    from datetime import datetime

    from fossatray.core.status import AppState
    from fossatray.core.words import Words
    from fossatray.ui.midnight import Midnight


class Tray(QObject):
    """The tray icon: picture, tooltip and menu follow the state. Made only when the tray's host is there.

    Signals:
        sync_requested, dispensers_requested, cancel_requested, cancel_install_requested, pause_requested,
            resume_requested, quit_requested: chosen in the menu.
        open_requested: "card" (also by a double click on the icon), "orders", "dispensers", "history", "settings",
            "log" or "notices" (the window, with those that were not seen yet).
    """

    sync_requested = Signal()
    dispensers_requested = Signal()
    cancel_requested = Signal()
    cancel_install_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    open_requested = Signal(str)
    quit_requested = Signal()

    def __init__(self, parent: QObject | None = None, *, platform: str = sys.platform) -> None:
        super().__init__(parent)
        self._platform = platform
        self._words: Words | None = None
        self._now: Callable[[], datetime] | None = None
        self._state: AppState | None = None
        self._midnight: Midnight | None = None
        self._unread = 0
        self._icons = TrayIcons()
        self._icon_key: IconKey | None = None
        self._icon = QSystemTrayIcon(self)
        self._menu = QMenu()
        self._make_menu()
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._show_start()

    def speak(self, words: Words, now: Callable[[], datetime]) -> None:
        """Take the words, which are loaded after the icon is shown; states are shown from here on."""
        from fossatray.ui.midnight import Midnight

        self._words, self._now = words, now
        self._midnight = Midnight(now, words, self)
        self._midnight.day_changed.connect(self._refresh)
        self._midnight.start()
        self._refresh()

    @property
    def icon(self) -> QSystemTrayIcon:
        """The icon itself, for notices that are shown through it."""
        return self._icon

    @property
    def menu(self) -> QMenu:
        """The menu."""
        return self._menu

    def show(self) -> None:
        """Show the icon."""
        self._icon.show()

    def close(self) -> None:
        """Take the icon away."""
        if self._midnight is not None:
            self._midnight.stop()
        self._icon.hide()
        self._menu.deleteLater()

    def show_state(self, state: AppState) -> None:
        """Show a state."""
        self._state = state
        if self._midnight is not None:
            self._midnight.look()  # this state may come since the computer has slept or is in another zone
        self._refresh()

    def show_unread(self, count: int) -> None:
        """Say that so many notices wait to be seen in the program's window."""
        self._unread = count
        self._refresh()

    def _make_menu(self) -> None:
        self._sentence = self._line()
        self._notices = self._menu.addAction("")
        self._notices.setData("notices")
        self._notices.triggered.connect(self._on_page_chosen)
        self._menu.addSeparator()
        self._sync = self._action(self.tr("&Sync now"), self.sync_requested)
        self._dispensers = self._action(self.tr("Read &dispensers now"), self.dispensers_requested)
        self._cancel = self._action(self.tr("&Cancel sync"), self.cancel_requested)
        self._cancel_install = self._action(self.tr("Cancel &installation"), self.cancel_install_requested)
        self._pause = self._action(self.tr("&Pause"), self.pause_requested)
        self._resume = self._action(self.tr("&Resume"), self.resume_requested)
        self._menu.addSeparator()
        self._next = self._line()
        self._last = self._line()
        self._menu.addSeparator()
        for text, page in (
            (self.tr("&Work orders…"), "orders"),
            (self.tr("Dispe&nsers…"), "dispensers"),
            (self.tr("&History…"), "history"),
            (self.tr("Pr&ogress…"), "card"),
            (self.tr("S&ettings…"), "settings"),
            (self.tr("Open &log folder"), "log"),
        ):
            action = self._menu.addAction(text)
            action.setData(page)
            action.triggered.connect(self._on_page_chosen)
        self._menu.addSeparator()
        self._action(self.tr("&Quit"), self.quit_requested)
        self._menu.aboutToShow.connect(self._refresh)

    def _line(self) -> QAction:
        line = self._menu.addAction("")
        line.setEnabled(False)
        return line

    def _action(self, text: str, signal: object) -> QAction:
        action = self._menu.addAction(text)
        action.triggered.connect(signal)
        return action

    def _show_start(self) -> None:
        """What is seen in the first moments: that it starts, and that it can be quit."""
        self._show_icon(icon_key(Health.PAUSED, 0))
        self._icon.setToolTip(self.tr("FossaTray is starting"))
        _set_text(self._sentence, self.tr("FossaTray is starting"))
        for action in (
            self._notices,
            self._sync,
            self._dispensers,
            self._cancel,
            self._cancel_install,
            self._pause,
            self._resume,
            self._next,
            self._last,
        ):
            _set_shown(action, shown=False)

    def _show_icon(self, key: IconKey) -> None:
        if key != self._icon_key:
            self._icon_key = key
            self._icon.setIcon(self._icons.icon(key))

    @Slot()
    def _refresh(self) -> None:
        """Bring icon, tooltip and menu up to the state and the clock; what has not changed is not touched."""
        if self._words is None or self._now is None or self._state is None:
            return
        from fossatray.core.status import RESTING

        state, words, now = self._state, self._words, self._now()
        leading = state.leading
        percentage = leading.progress.percentage if leading is not None and leading.progress is not None else 0
        self._show_icon(icon_key(state.health(), percentage))
        tooltip = words.tooltip(state, now, self._unread)
        if tooltip != self._icon.toolTip():
            self._icon.setToolTip(tooltip)
        _set_text(self._sentence, tooltip)  # GNOME shows no tooltip
        _set_text(self._notices, f"{words.unread(self._unread)}…")
        _set_shown(self._notices, shown=self._unread > 0)
        _set_text(self._next, words.next_sync(leading, now) if leading else "")
        _set_text(self._last, words.last_of(leading, now) if leading else "")
        syncing = any(account.run is not None for account in state.accounts)
        usable = bool(state.accounts) and state.fault is None
        rests = [one.held in RESTING for account in state.accounts for one in account.schedules]
        _set_shown(self._next, shown=leading is not None)
        _set_shown(self._last, shown=leading is not None)
        _set_shown(self._cancel, shown=syncing)
        _set_shown(self._cancel_install, shown=state.is_installing)
        _set_shown(self._sync, shown=not syncing, enabled=usable)
        _set_shown(self._dispensers, shown=not syncing, enabled=usable)
        _set_shown(self._resume, shown=usable and any(rests))
        _set_shown(self._pause, shown=not (usable and rests and all(rests)), enabled=usable)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        """Open the card by a double click, on hosts that send none by any activation; never close it."""
        if _is_double_click(reason, self._platform):
            self.open_requested.emit("card")

    @Slot()
    def _on_page_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_requested.emit(str(action.data()))


def _is_double_click(reason: QSystemTrayIcon.ActivationReason, platform: str) -> bool:
    """Tell whether an activation counts as the double click; Linux' hosts send that as two single ones."""
    reasons = QSystemTrayIcon.ActivationReason
    if platform == "win32":
        return reason == reasons.DoubleClick
    if platform == "darwin":  # a single click opens the menu there
        return reason not in (reasons.Context, reasons.Trigger)
    return reason != reasons.Context


def _set_text(action: QAction, text: str) -> None:
    shown = text.replace("&", "&&")  # a single one would make a mnemonic
    if action.text() != shown:
        action.setText(shown)


def _set_shown(action: QAction, *, shown: bool, enabled: bool | None = None) -> None:
    if action.isVisible() != shown:
        action.setVisible(shown)
    if enabled is not None and action.isEnabled() != enabled:
        action.setEnabled(enabled)
