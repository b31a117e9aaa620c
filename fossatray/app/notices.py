"""Notices on their way to the desktop: shown if the person wants them, then marked as told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QSystemTrayIcon

from fossatray.core.commands import MarkNotified
from fossatray.core.errors import FossaError, StoreError
from fossatray.core.notices import Notice
from fossatray.store.reader import Reader
from fossatray.system.notifications import best_notifier
from fossatray.system.paths import Paths

if TYPE_CHECKING:
    from fossatray.app.desktop import Desktop


class Notices(QObject):
    """Shows notices through the desktop's service, the tray icon, or the program itself.

    Signals: `clicked` carries the target of a clicked notice; `in_app` a Notice that only the program can show.
    """

    clicked = Signal(str)
    in_app = Signal(object)

    def __init__(self, desktop: Desktop, paths: Paths, tray: QSystemTrayIcon | None) -> None:
        super().__init__(desktop)
        self._desktop = desktop
        self._paths = paths
        self._due: dict[str, int] = {}
        self._notifier = best_notifier(tray, self)
        self._notifier.clicked.connect(self.clicked)
        self._notifier.in_app.connect(self.in_app)
        self._notifier.told.connect(self._told)

    def show_for_run(self, notice: Notice, run_id: int) -> None:
        """Show a run's notice, unless notices are switched off; the run is marked as told once it was handed over."""
        if self._wanted():
            self._due[notice.id] = run_id
            self._notifier.show(notice)
        else:
            self._desktop.submit(MarkNotified(run_id), _ignore, _ignore_error)

    @Slot(str)
    def _told(self, notice_id: str) -> None:
        run_id = self._due.pop(notice_id, None)
        if run_id is not None:
            self._desktop.submit(MarkNotified(run_id), _ignore, _ignore_error)

    def show_test(self, notice: Notice) -> None:
        """Show a notice at once, whatever the setting."""
        self._notifier.show(notice)

    def close(self) -> None:
        """Give the notification service back."""
        self._notifier.close()

    def _wanted(self) -> bool:
        reader = Reader(self._paths.database)
        try:
            return reader.settings().get("notifications", "on") != "off"
        except StoreError:
            return True  # rather one too many than a failure that nobody hears of
        finally:
            reader.close()


def _ignore(result: object) -> None:
    """The row is marked; nothing to show."""


def _ignore_error(error: FossaError) -> None:
    """The row stays unmarked and the notice is due again at the next start."""
