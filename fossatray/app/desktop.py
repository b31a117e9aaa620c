"""The tray program put together: tray, engine, windows, notices and control socket, and how they speak to each other.

The icon comes first; the engine, the store and the rest are imported after it is shown.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, QUrl, Signal, Slot
from PySide6.QtWidgets import QApplication

from fossatray.app.cleanup import CleanUp
from fossatray.app.commander import Commander
from fossatray.app.first_icon import FirstIcon
from fossatray.app.stored_state import StoredState
from fossatray.app.troubles import LogNotShown, Troubles
from fossatray.core.commands import SESSION_ENDED, Cancel, SaveAccount, SyncNow
from fossatray.core.errors import FossaError
from fossatray.core.health import Health
from fossatray.core.notices import Notice
from fossatray.core.runs import Run
from fossatray.core.status import AppState
from fossatray.system.clock import utc_now
from fossatray.system.paths import Paths
from fossatray.ui.tray import Tray
from fossatray.ui.words_qt import make_words

if TYPE_CHECKING:
    from fossatray.app.notices import Notices
    from fossatray.app.windows import Windows
    from fossatray.system.autostart import Autostart
    from fossatray.system.credentials_client import CredentialStore

_log = logging.getLogger("fossatray.app")

QUIT_SECONDS = 5.0
_TIDY_AFTER_MS = 3000


@dataclass(frozen=True)
class Plan:
    """How this start differs from an ordinary one at login.

    `open_at_start` shows the card (or the settings, without an account); `first_account` is saved and synced first (the
    demo); `run_ended` hears of each run's end and says whether the program shall end.
    """

    open_at_start: bool = False
    open_card: bool = False
    credentials: CredentialStore | None = None
    first_account: SaveAccount | None = None
    run_ended: Callable[[Run], bool] | None = None


class Desktop(Commander):
    """One running tray program. Make it after the QApplication, `start` it, `close` it after the event loop."""

    folder_awaited = Signal()
    """The engine waits for a data folder that another FossaTray holds, and what is stored is shown."""

    def __init__(self, application: QApplication, icon: FirstIcon, paths: Paths, plan: Plan) -> None:
        super().__init__()
        self._application = application
        self._icon = icon
        self._paths = paths
        self._plan = plan
        self._clean_up = CleanUp()
        self._words = make_words()
        self._state = AppState()
        self._tray: Tray | None = None
        self._windows: Windows | None = None
        self._notices: Notices | None = None
        self._tidy = QTimer(self)
        self._tidy.setSingleShot(True)
        self._tidy.timeout.connect(self._give_back)
        self._stored = StoredState(paths.database, self)
        self._stored.read.connect(self._show_state)
        self._troubles = Troubles(paths, self._need_windows, self._restart_engine, self)
        self._unread = 0
        self._has_state = False
        self._has_opened = False
        self._has_no_tray = False
        self._quitting = False

    @property
    def state(self) -> AppState:
        """The present state."""
        return self._state

    def start(self) -> None:
        """Load the rest, and connect the icon, which is shown already or comes with its tray."""
        self._application.commitDataRequest.connect(self._session_ends)
        self._application.aboutToQuit.connect(self.close)
        self._icon.made.connect(self._connect_tray)
        self._icon.given_up.connect(self._no_tray)
        if self._icon.tray is not None:
            self._connect_tray(self._icon.tray)
        self._load()

    def close(self) -> None:
        """Stop everything in reverse order; may be called again."""
        self._clean_up.run()

    def offer_crash(self, trace: str | None) -> None:
        """Offer the trace that the last hard crash left, if it left one, once the windows can be shown."""
        self._troubles.keep_previous_crash(trace)

    def report_crash(self, kind: type[BaseException], error: BaseException, trace: str) -> None:
        """Show an unexpected exception, from whichever thread it comes."""
        self._troubles.report_crash(trace)

    # --- start ------------------------------------------------------------------------------------------------------

    @Slot(object)
    def _connect_tray(self, tray: Tray) -> None:
        self._tray = tray
        if self._has_no_tray:  # it came after all
            self._has_no_tray = False
            _log.info("a tray has come")
            if self._windows is not None:
                self._windows.with_tray()
        tray.sync_requested.connect(self.sync_now)
        tray.dispensers_requested.connect(self.read_dispensers)
        tray.cancel_requested.connect(self.cancel)
        tray.cancel_install_requested.connect(self.cancel_install)
        tray.pause_requested.connect(self.pause)
        tray.resume_requested.connect(self.resume)
        tray.open_requested.connect(self.open)
        tray.quit_requested.connect(self.quit)
        tray.speak(self._words, utc_now)
        tray.show_unread(self._unread)
        if self._has_state:
            tray.show_state(self._state)

    @Slot()
    def _no_tray(self) -> None:
        """No tray came: a window opens instead, and everything remains reachable."""
        _log.warning("no tray was found; a window opens instead")
        self._has_no_tray = True
        if self._has_state:  # else it opens when it is known what to show
            self._open_without_tray()

    def _open_without_tray(self) -> None:
        if self._plan.run_ended is None or self._plan.open_at_start:
            self._need_windows().without_tray()

    def _load(self) -> None:
        from fossatray.app.parts import make_engine
        from fossatray.app.replies import Replies
        from fossatray.control.server import ControlServer
        from fossatray.control.verbs import Verbs

        self._replies = Replies(self)
        engine = make_engine(self._paths, self._plan.credentials, self, self._clean_up)
        self._engine = engine
        engine.state_changed.connect(self._engine_told)
        engine.folder_awaited.connect(self._folder_awaited)
        engine.run_finished.connect(self._run_finished)
        engine.orders_changed.connect(self._orders_changed)
        engine.history_changed.connect(self._history_changed)
        engine.notice_due.connect(self._notice_due)
        engine.failed.connect(self._troubles.show_crash)
        engine.start()
        self._clean_up.add(self._stop_engine)
        self._stored.start()
        self._clean_up.add(self._stored.stop)
        self._clean_up.add(self._tidy.stop)
        verbs = Verbs(self, self._words, utc_now, self)
        engine.run_finished.connect(verbs.run_finished)
        self.folder_awaited.connect(verbs.folder_awaited)
        server = ControlServer(self._paths, verbs.table(), self)
        try:
            server.listen()
        except FossaError as error:
            _log.error("the control socket is not there: %s", error.message)
        self._clean_up.add(server.close)
        self._troubles.offer_previous_crash()
        if self._plan.first_account is not None:
            self.submit(self._plan.first_account, self._sync_first, self._troubles.complain)

    def _sync_first(self, account: Any) -> None:
        self._order(SyncNow(account.id))

    def _stop_engine(self) -> None:
        if self._engine is not None:
            self._engine.stop(QUIT_SECONDS)

    def _restart_engine(self) -> None:
        if self._engine is not None:
            self._engine.start()

    def _need_windows(self) -> Windows:
        if self._windows is None:
            from fossatray.app.windows import Windows

            self._windows = Windows(self, self._paths, self._words, self._autostart())
            self._clean_up.add(self._windows.close)
            self._windows.notice_seen.connect(self._notice_seen)
            self._windows.show_state(self._state)
        return self._windows

    def _autostart(self) -> Autostart:
        from fossatray.system.autostart import InertAutostart, platform_autostart

        if self._plan.first_account is not None:
            return InertAutostart()  # a throw-away data folder
        return platform_autostart(self._paths.data if self._paths.chosen else None)

    # --- what the person asks for -----------------------------------------------------------------------------------

    @Slot(str)
    def open(self, target: str) -> None:
        """Open "card", "notices", "log" or a page of the window, such as "orders"."""
        if target == "log":
            self.open_log()
        else:
            self._need_windows().open(target)

    @Slot()
    def open_log(self) -> None:
        """Open the folder with the logs in the file manager."""
        from PySide6.QtGui import QDesktopServices

        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._paths.logs))):
            self._troubles.complain(LogNotShown(f"The logs are in {self._paths.logs}."))

    def show_itself(self) -> None:
        """Come to the front: asked by a second start."""
        self.open("card" if self._state.accounts else "settings")

    @Slot()
    def quit(self) -> None:
        """Quit in an orderly way: running syncs end within 5 s and are recorded as cancelled."""
        if self._quitting:
            return
        self._quitting = True
        _log.info("FossaTray quits")
        self.close()
        self._application.quit()

    @Slot()
    def _give_back(self) -> None:
        """All is loaded, or a run has ended: what was freed goes back to the system."""
        from fossatray.system.memory import give_back

        give_back()

    @Slot()
    def _session_ends(self) -> None:
        """The desktop session may end (somebody may yet object): end the running syncs, and be ready for both."""
        if self._engine is not None and not self.is_waiting:
            with contextlib.suppress(FossaError, TimeoutError):
                self._engine.submit(Cancel(reason=SESSION_ENDED)).result(QUIT_SECONDS)

    # --- what the engine tells --------------------------------------------------------------------------------------

    @Slot(object)
    def _engine_told(self, state: AppState) -> None:
        self._stored.stop()
        self._show_state(state)

    @Slot()
    def _folder_awaited(self) -> None:
        self._stored.engine_waits()
        self.folder_awaited.emit()

    @Slot(object)
    def _show_state(self, state: AppState) -> None:
        self._state = state
        if self._tray is not None:
            self._tray.show_state(state)
        if self._windows is not None:
            self._windows.show_state(state)
        self._troubles.tell_fault(state.fault)
        is_first, self._has_state = not self._has_state, True
        if is_first or state.health() is not Health.SYNCING:
            self._tidy.start(_TIDY_AFTER_MS)
        if is_first and self._has_no_tray:
            self._open_without_tray()
        if not self._has_opened and state.fault is None:
            self._has_opened = True
            self._open_at_start(state)

    def _open_at_start(self, state: AppState) -> None:
        if self._plan.open_card:
            self.open("card")
        elif self._plan.open_at_start:
            self.open("card" if state.accounts else "settings")

    @Slot(object)
    def _run_finished(self, run: Run) -> None:
        if self._plan.run_ended is not None and self._plan.run_ended(run):
            self.quit()

    @Slot(str)
    def _orders_changed(self, account_id: str) -> None:
        if self._windows is not None:
            self._windows.orders_changed()

    @Slot()
    def _history_changed(self) -> None:
        if self._windows is not None:
            self._windows.history_changed()

    @Slot(object, object)
    def _notice_due(self, notice: Any, run_id: Any) -> None:
        self._need_notices().show_for_run(notice, int(run_id))

    def _need_notices(self) -> Notices:
        if self._notices is None:
            from fossatray.app.notices import Notices
            from fossatray.system.notifications import best_notifier

            notifier = best_notifier(self._tray.icon if self._tray else None)
            self._notices = Notices(self, self._paths, notifier, self)
            self._notices.clicked.connect(self.open)
            self._notices.in_app.connect(self._show_in_app)
            self._notices.withdrawn.connect(self._withdraw)
            self._notices.unseen_changed.connect(self._show_unread)
            self._clean_up.add(self._notices.close)
        return self._notices

    @Slot()
    def test_notice(self) -> None:
        """Show a notice, so that the person sees whether notices arrive."""
        title = self.tr("FossaTray notices work")
        body = self.tr("This is what a notice looks like. A click opens your work orders.")
        self._need_notices().show_test(Notice("test", title, body, "test", "orders"))

    @Slot(object)
    def _show_in_app(self, notice: Any) -> None:
        self._need_windows().show_notice(notice)

    @Slot(str)
    def _withdraw(self, notice_id: str) -> None:
        self._need_windows().withdraw_notice(notice_id)

    @Slot(str)
    def _notice_seen(self, notice_id: str) -> None:
        if self._notices is not None:
            self._notices.seen(notice_id)

    @Slot(int)
    def _show_unread(self, count: int) -> None:
        self._unread = count
        if self._tray is not None:
            self._tray.show_unread(count)
