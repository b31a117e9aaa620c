"""The windows, made when first needed: the glow card, the main window, dialogs. What they ask for goes out here."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QMessageBox

from fossatray.core.accounts import Account
from fossatray.core.commands import CheckPassword, InstallBrowser, SaveSettings
from fossatray.core.errors import BrowserInstallCancelled, BrowserInstallFailed, ErrorInfo, FossaError
from fossatray.core.notices import Notice
from fossatray.core.status import AppState
from fossatray.core.words import Words
from fossatray.engine.beside import Beside
from fossatray.store.reader import Reader
from fossatray.system.autostart import Autostart
from fossatray.system.clock import utc_now
from fossatray.system.paths import Paths
from fossatray.ui.glow_card import GlowCard
from fossatray.ui.labels import plain_box
from fossatray.ui.services import Done, Failed, KeyringReply, OrdersReader, WindowServices
from fossatray.ui.window_place import place_text, put_back

if TYPE_CHECKING:
    from fossatray.app.desktop import Desktop
    from fossatray.ui.main_window import MainWindow

_log = logging.getLogger("fossatray.app")

Question = Callable[[OrdersReader], object]

NOTICES_KEPT = 20
"""So many notices that the desktop could not show wait for the window to be opened."""


class Windows(QObject):
    """Opens windows and keeps them up to date; nothing opens or closes by itself.

    `notice_seen` carries the id of a notice that was before the person's eyes, or made room for newer ones.
    """

    notice_seen = Signal(str)

    def __init__(self, desktop: Desktop, paths: Paths, words: Words, autostart: Autostart) -> None:
        super().__init__(desktop)
        self._desktop = desktop
        self._paths = paths
        self._words = words
        self._autostart = autostart
        self._state = AppState()
        self._reader: Reader | None = None
        self._beside = Beside(self)
        self._card: GlowCard | None = None
        self._window: MainWindow | None = None
        self._dialogs: set[QDialog] = set()
        self._notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)
        self._has_tray = True
        self._kept_place = ""

    def close(self) -> None:
        """Keep where the window is, close all windows and give the database back, while the engine still runs."""
        self._keep_place()
        for widget in (self._card, self._window):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._card = self._window = None
        for dialog in self._dialogs:
            dialog.hide()
            dialog.deleteLater()
        self._dialogs.clear()
        self._beside.close()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def show_state(self, state: AppState) -> None:
        """Show a state in every window there is."""
        self._state = state
        if self._card is not None:
            self._card.show_state(state)
        if self._window is not None:
            self._window.show_state(state)

    def orders_changed(self) -> None:
        """Read the orders anew, where they are shown."""
        if self._window is not None:
            self._window.orders_changed()

    def history_changed(self) -> None:
        """Read the history anew, where it is shown."""
        if self._window is not None:
            self._window.history_changed()

    @Slot(str)
    def open(self, target: str) -> None:
        """Open "card", "notices" or a page of the window, such as "orders", and bring it to the front."""
        if target == "card":
            self._need_card().present()
        elif target == "notices":
            self._need_window().present_notices()
        else:
            self._need_window().present(target)

    def without_tray(self) -> None:
        """No tray is there: open the window, and ask what to do when it is closed."""
        self._has_tray = False
        self.open("orders" if self._state.accounts else "settings")

    def with_tray(self) -> None:
        """A tray has come after all: closing the window is no question any more."""
        self._has_tray = True

    def complain(self, error: FossaError) -> None:
        """Say what went wrong and what to do."""
        self._message(QMessageBox.Icon.Warning, error.title, f"{error.message}\n\n{error.what_to_do}")

    def show_notice(self, notice: Notice) -> None:
        """Show a notice that the desktop cannot show: above the window's page, now or when it is opened next."""
        if len(self._notices) == NOTICES_KEPT:
            self.notice_seen.emit(self._notices[0].id)
        self._notices.append(notice)
        for widget in (self._card, self._window):
            if widget is not None:
                widget.show_notice(notice)

    def withdraw_notice(self, notice_id: str) -> None:
        """Take a notice away that need not be seen any more."""
        for notice in [one for one in self._notices if one.id == notice_id]:
            self._notices.remove(notice)
        for widget in (self._card, self._window):
            if widget is not None:
                widget.withdraw_notice(notice_id)

    def show_crash(self, trace: str) -> None:
        """Show an unexpected exception, with a copy button; the same one only once while it is shown."""
        from fossatray.ui.crash_dialog import CrashDialog

        if any(dialog.property("trace") == trace for dialog in self._dialogs):
            return
        dialog = CrashDialog(trace)
        dialog.setProperty("trace", trace)
        self._keep_until_closed(dialog)

    def offer_crash(self, trace: str) -> None:
        """Offer the trace that the last hard crash left."""
        from fossatray.ui.crash_dialog import CrashDialog

        self._keep_until_closed(CrashDialog(trace, previous=True))

    def offer_restore(self, fault: ErrorInfo, made_at: datetime, restore: Callable[[], None]) -> None:
        """Offer to put the newest backup, made at `made_at`, in the damaged database's place, which is kept."""
        what = self.tr("The newest backup was made {when}. What came after it is not in it.")
        told = [self.tr(fault.message), what.format(when=self._words.when(made_at, utc_now(), inside=True))]
        told.append(self.tr("Restore it? The damaged file is kept beside it."))
        advice = "\n\n".join(told)
        box = plain_box(None, QMessageBox.Icon.Warning, self.tr("FossaTray"), self.tr(fault.title), advice)
        yes = box.addButton(self.tr("&Restore the backup"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("&Not now"), QMessageBox.ButtonRole.RejectRole)
        yes.clicked.connect(restore)
        self._keep_until_closed(box)

    # --- making -----------------------------------------------------------------------------------------------------

    def _need_card(self) -> GlowCard:
        if self._card is None:
            card = GlowCard(self._words, utc_now)
            card.sync_requested.connect(self._desktop.sync_now)
            card.cancel_requested.connect(self._desktop.cancel)
            card.resume_requested.connect(self._desktop.resume)
            card.orders_requested.connect(self._open_orders)
            card.dispensers_requested.connect(self._open_dispensers)
            card.settings_requested.connect(self._open_settings)
            card.install_requested.connect(self._install_browser)
            card.cancel_install_requested.connect(self._desktop.cancel_install)
            card.notice_seen.connect(self.notice_seen)
            card.show_state(self._state)
            if self._notices:
                card.show_notice(self._notices[-1])
            self._card = card
        return self._card

    def _need_window(self) -> MainWindow:
        if self._window is None:
            from fossatray.ui.main_window import MainWindow

            services = WindowServices(
                words=self._words,
                now=utc_now,
                reader=self._need_reader,
                ask_store=self._ask_store,
                beside=self._beside.ask,
                submit=self._desktop.submit,
                autostart=self._autostart,
                notify_test=self._desktop.test_notice,
                keyring_state=self._keyring_state,
                own_profile=self._paths.own_profile,
            )
            window = MainWindow(services)
            window.card_requested.connect(self._open_card)
            window.log_requested.connect(self._desktop.open_log)
            window.quit_requested.connect(self._desktop.quit)
            window.closed.connect(self._window_closed)
            window.notice_seen.connect(self.notice_seen)
            window.show_state(self._state)
            for notice in self._notices:
                window.show_notice(notice)
            self._put_back(window)
            self._window = window
        return self._window

    def _put_back(self, window: MainWindow) -> None:
        """Give the window the size and place that it was closed with, if that is known."""
        try:
            self._kept_place = self._need_reader().settings()["window_geometry"]
        except FossaError as error:
            _log.info("where the window was is not known: %s", error.message)
            return
        if self._kept_place and not put_back(window, self._kept_place):
            _log.info("where the window was is not used: it is on no screen, or not readable")

    def _keep_place(self) -> None:
        """Keep where the window is, if it is seen and has moved; nobody waits for that."""
        if self._window is None or not self._window.isVisible():
            return
        place = place_text(self._window)
        if place != self._kept_place:
            self._kept_place = place
            self._desktop.submit(SaveSettings({"window_geometry": place}), _ignore, _log_not_kept)

    def _need_reader(self) -> OrdersReader:
        if self._reader is None:
            self._reader = Reader(self._paths.database)
        return self._reader

    def _ask_store(self, owner: QObject, question: Question, done: Done, failed: Failed) -> None:
        """Read beside the GUI thread, with a reader of its own: a connection belongs to one thread."""
        reader = Reader(self._paths.database)
        self._beside.ask(owner, partial(_answered, reader, question), done, failed, reader.interrupt)

    def _keyring_state(self, account: Account, reply: KeyringReply) -> None:
        self._desktop.submit(CheckPassword(account.id), partial(_reply, reply), partial(_reply_error, reply))

    @Slot()
    def _open_orders(self) -> None:
        self.open("orders")

    @Slot()
    def _open_dispensers(self) -> None:
        self.open("dispensers")

    @Slot()
    def _open_settings(self) -> None:
        self.open("settings")

    @Slot()
    def _install_browser(self) -> None:
        """Install a browser; the card follows by the state, so that only what the state does not say is said here."""
        self._desktop.submit(InstallBrowser(), _ignore, self._not_installed)

    def _not_installed(self, error: FossaError) -> None:
        if error.kind not in (BrowserInstallFailed.kind, BrowserInstallCancelled.kind):
            self.complain(error)

    @Slot()
    def _open_card(self) -> None:
        self.open("card")

    @Slot()
    def _window_closed(self) -> None:
        """The person closed the window; without a tray that could look like quitting, so ask."""
        self._keep_place()
        if self._has_tray:
            return
        box = QMessageBox()
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("FossaTray"))
        box.setText(self.tr("No tray was found on this desktop. Keep syncing in the background?"))
        box.setInformativeText(self.tr("To come back, start FossaTray again."))
        keep = box.addButton(self.tr("&Keep running"), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(self.tr("&Quit"), QMessageBox.ButtonRole.DestructiveRole)
        leave.clicked.connect(self._desktop.quit)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)  # whoever only waves the question away has not asked to quit
        self._keep_until_closed(box)

    def _message(self, icon: QMessageBox.Icon, title: str, text: str) -> None:
        box = plain_box(None, icon, self.tr("FossaTray"), title, text)
        box.addButton(QMessageBox.StandardButton.Ok)
        self._keep_until_closed(box)

    def _keep_until_closed(self, dialog: QDialog) -> None:
        dialog.setModal(False)
        self._dialogs.add(dialog)
        dialog.finished.connect(self._dialog_finished)
        dialog.show()
        dialog.raise_()

    @Slot()
    def _dialog_finished(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, QDialog):
            self._dialogs.discard(dialog)
            dialog.deleteLater()


def _answered(reader: Reader, question: Question) -> object:
    """Return what a reader answers, and close it: in the thread that this is called in."""
    with closing(reader):
        return question(reader)


def _ignore(result: object) -> None:
    """What became of it shows in the state."""


def _log_not_kept(error: FossaError) -> None:
    """Where the window was is no matter to trouble anybody with."""
    _log.info("where the window was is not kept: %s", error.message)


def _reply(reply: KeyringReply, state: object) -> None:
    reply(str(state))


def _reply_error(reply: KeyringReply, error: FossaError) -> None:
    reply(error.kind)
