"""The window: work orders, dispensers, history, statistics and settings, and everything that the tray's menu offers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.commands import Cancel, CancelInstall, Command, Pause, Resume, SyncNow
from fossatray.core.errors import FossaError
from fossatray.core.notices import Notice
from fossatray.core.runs import DISPENSERS
from fossatray.core.status import AppState
from fossatray.ui.dispensers_page import DispensersPage
from fossatray.ui.history_page import HistoryPage
from fossatray.ui.icons import app_icon
from fossatray.ui.midnight import Midnight
from fossatray.ui.navigation import PlaceButton
from fossatray.ui.notice_bar import NoticeBar
from fossatray.ui.orders_page import OrdersPage
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_page import SettingsPage
from fossatray.ui.statistics_page import StatisticsPage
from fossatray.ui.status_strip import StatusStrip
from fossatray.ui.texts import error_text

PAGES = ("orders", "dispensers", "history", "statistics", "settings")
"""In the order of the menu, the side bar and their keys: Ctrl+1 is the first."""

_FIRST_SIZE = QSize(1440, 900)
_SHARE = 0.9
"""No window begins larger than this share of the screen."""


class MainWindow(QMainWindow):
    """The program's window. Closing it hides it; the program runs on.

    Signals:
        card_requested, log_requested, quit_requested: chosen in the menu.
        notice_seen: the person had a notice before the eyes, or it is not shown any more; carries its id.
        closed: the person has closed the window (the composition root decides what that means without a tray).
    """

    card_requested = Signal()
    log_requested = Signal()
    quit_requested = Signal()
    notice_seen = Signal(str)
    closed = Signal()

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._state = AppState()
        self.setWindowIcon(app_icon())
        self.resize(self.first_size(self.screen().availableSize()))
        self._strip = StatusStrip(services.words, services.now)
        self._notice = NoticeBar()
        self._stack = QStackedWidget()
        self.orders_page = OrdersPage(services)
        self.history_page = HistoryPage(services)
        self.statistics_page = StatisticsPage(services)
        self.settings_page = SettingsPage(services)
        self.dispensers_page = DispensersPage(services)
        pages = (self.orders_page, self.dispensers_page, self.history_page, self.statistics_page, self.settings_page)
        for page in pages:
            self._stack.addWidget(page)
        self._navigation = QButtonGroup(self)
        self._navigation.setExclusive(True)
        self._make_actions()
        self._make_menus()
        self._lay_out()
        self._connect()
        self._midnight = Midnight(services.now, services.words, self)
        self._midnight.day_changed.connect(self._on_new_day)
        self.open_page("orders")
        self._on_page_turned(self._stack.currentIndex())
        self.show_state(self._state)

    # --- building -------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self._sync = self._action(self.tr("&Sync now"), "F5", self._on_sync)
        self._dispensers = self._action(self.tr("Read &dispensers now"), "", self._on_dispensers)
        self._cancel = self._action(self.tr("&Cancel sync"), "", self._on_cancel)
        self._cancel_install = self._action(self.tr("Cancel &installation"), "", self._on_cancel_install)
        self._pause = self._action(self.tr("&Pause"), "", self._on_pause)
        self._resume = self._action(self.tr("&Resume"), "", self._on_resume)
        self._card = self._action(self.tr("Pr&ogress…"), "Ctrl+P", self.card_requested)
        self._log = self._action(self.tr("Open &log folder"), "", self.log_requested)
        self._close = self._action(self.tr("C&lose window"), QKeySequence(QKeySequence.StandardKey.Close), self.close)
        self._quit = self._action(self.tr("&Quit FossaTray"), "Ctrl+Q", self.quit_requested)

    def _action(self, text: str, keys: str | QKeySequence, slot: object) -> QAction:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        return action

    def _make_menus(self) -> None:
        sync = self.menuBar().addMenu(self.tr("S&ync"))
        sync.addActions([self._sync, self._dispensers, self._cancel, self._cancel_install, self._pause, self._resume])
        sync.addSeparator()
        sync.addActions([self._card, self._log])
        sync.addSeparator()
        sync.addActions([self._close, self._quit])
        go = self.menuBar().addMenu(self.tr("&Go"))
        texts = {
            "orders": self.tr("&Work orders"),
            "dispensers": self.tr("&Dispensers"),
            "history": self.tr("&History"),
            "statistics": self.tr("S&tatistics"),
            "settings": self.tr("&Settings"),
        }
        for place, name in enumerate(PAGES):
            text, keys = texts[name], f"Ctrl+{place + 1}"
            action = self._action(text, keys, self._on_page_chosen)
            action.setData(name)
            go.addAction(action)
            button = PlaceButton(text.replace("&", ""))
            button.setProperty("page", name)
            button.setAccessibleName(text.replace("&", ""))
            button.setToolTip(self.tr("{name} ({keys})").format(name=text.replace("&", ""), keys=keys))
            self._navigation.addButton(button, place)
        find = self._action(self.tr("&Find work orders"), "", self._on_find)
        go.addAction(find)

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(2)
        for button in self._navigation.buttons():
            side.addWidget(button)
        side.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self._notice)
        right.addWidget(self._stack, 1)
        body = QHBoxLayout()
        body.addLayout(side)
        body.addLayout(right, 1)
        body.setSpacing(10)
        central = QWidget()
        column = QVBoxLayout(central)
        column.addWidget(self._strip)
        column.addLayout(body, 1)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        self._navigation.idClicked.connect(self._on_navigated)
        self._stack.currentChanged.connect(self._on_page_turned)
        self._strip.sync_requested.connect(self._on_sync)
        self._strip.cancel_requested.connect(self._on_cancel)
        self._strip.resume_requested.connect(self._on_resume)
        self._notice.opened.connect(self._on_notice_opened)
        self._notice.seen.connect(self.notice_seen)
        self.orders_page.problem.connect(self.show_problem)
        self.history_page.problem.connect(self.show_problem)
        self.statistics_page.problem.connect(self.show_problem)
        self.dispensers_page.problem.connect(self.show_problem)

    @staticmethod
    def first_size(screen: QSize) -> QSize:
        """Return how large the window is before the person has given it a size, on a screen with so much room."""
        return _FIRST_SIZE.boundedTo(screen * _SHARE)

    # --- what it shows --------------------------------------------------------------------------------------------

    def open_page(self, name: str) -> None:
        """Turn to a page, one of PAGES; does not show the window."""
        index = PAGES.index(name)
        self._stack.setCurrentIndex(index)
        self._navigation.button(index).setChecked(True)

    def present(self, name: str | None = None) -> None:
        """Show the window at a page (or where it was) and bring it to the front."""
        if name is not None:
            self.open_page(name)
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)  # maximised, if it was
        self.show()
        self.raise_()
        self.activateWindow()
        self._notice.presented()

    def show_state(self, state: AppState) -> None:
        """Show a state."""
        self._state = state
        if self.isVisible():
            self._midnight.look()  # this state may come since the computer has slept or is in another zone
        self._strip.show_state(state)
        self.settings_page.show_state(state)
        self.history_page.show_state(state)
        self.statistics_page.show_state(state)
        self.dispensers_page.show_state(state)
        usable = bool(state.accounts) and state.fault is None
        syncing = any(account.run is not None for account in state.accounts)
        self._sync.setEnabled(usable and not syncing)
        self._dispensers.setEnabled(usable and not syncing)
        self._cancel.setEnabled(syncing)
        self._cancel_install.setVisible(state.is_installing)
        self._pause.setEnabled(usable and not all(account.paused for account in state.accounts))
        self._resume.setEnabled(usable and any(account.paused or account.switched_off for account in state.accounts))

    def orders_changed(self) -> None:
        """Read the orders again, at once if they are seen."""
        self.orders_page.mark_stale()

    def history_changed(self) -> None:
        """Read the history, its figures, and what is known of sites again, at once if they are seen."""
        self.history_page.mark_stale()
        self.statistics_page.mark_stale()
        self.dispensers_page.mark_stale()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice that the desktop cannot show, above the page; the last ones are kept until they are closed."""
        self._notice.show_notice(notice)

    def withdraw_notice(self, notice_id: str) -> None:
        """Take a notice away that need not be seen any more."""
        self._notice.withdraw(notice_id)

    def present_notices(self) -> None:
        """Show the window where it was, with all its notices."""
        self._notice.show_all()
        self.present()

    @Slot(str)
    def show_problem(self, text: str) -> None:
        """Say above the page what went wrong."""
        self._notice.show_text(text)

    # --- what it does ---------------------------------------------------------------------------------------------

    def _submit(self, command: Command) -> None:
        self._services.submit(command, self._on_done, self._on_failed)

    def _on_done(self, result: object) -> None:
        """The state that follows shows what became of it."""

    def _on_failed(self, error: FossaError) -> None:
        self.show_problem(error_text(error.info()))

    @Slot()
    def _on_sync(self) -> None:
        self._submit(SyncNow())

    @Slot()
    def _on_dispensers(self) -> None:
        self._submit(SyncNow(job=DISPENSERS))

    @Slot()
    def _on_cancel(self) -> None:
        self._submit(Cancel())

    @Slot()
    def _on_cancel_install(self) -> None:
        self._submit(CancelInstall())

    @Slot()
    def _on_pause(self) -> None:
        self._submit(Pause())

    @Slot()
    def _on_resume(self) -> None:
        self._submit(Resume())

    @Slot()
    def _on_page_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_page(str(action.data()))

    @Slot(int)
    def _on_navigated(self, index: int) -> None:
        self._stack.setCurrentIndex(index)

    @Slot(int)
    def _on_page_turned(self, index: int) -> None:
        """Name the page in the title, by which a screen reader and the task bar tell where the person is."""
        self.setWindowTitle(self.tr("{page} – FossaTray").format(page=self._navigation.button(index).text()))

    @Slot()
    def _on_find(self) -> None:
        self.open_page("orders")
        self.orders_page.focus_search()

    @Slot(str)
    def _on_notice_opened(self, target: str) -> None:
        if target in PAGES:
            self.open_page(target)
        else:
            self.card_requested.emit()

    @Slot()
    def _on_new_day(self) -> None:
        self._strip.show_state(self._state)
        self.settings_page.show_state(self._state)
        self.orders_page.mark_stale()
        self.history_page.mark_stale()
        self.statistics_page.mark_stale()
        self.dispensers_page.mark_stale()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the desktop from light to dark and back."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._apply_palette()

    def _apply_palette(self) -> None:
        palette = QGuiApplication.palette()
        self.orders_page.apply_palette(palette)
        self.settings_page.apply_palette(palette)
        self.dispensers_page.apply_palette(palette)

    def showEvent(self, event: QShowEvent) -> None:
        """Watch for the next day while the window is open."""
        super().showEvent(event)
        self._apply_palette()
        self._strip.show_state(self._state)
        self._midnight.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: no need to know about the next day."""
        super().hideEvent(event)
        self._midnight.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide; what was typed in the settings stays there."""
        super().closeEvent(event)
        self.closed.emit()
