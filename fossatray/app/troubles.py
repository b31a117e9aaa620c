"""What went wrong, told to the person: a fault of the engine, a damaged database with its backup, a crash."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from fossatray.core.errors import ErrorInfo, FossaError, StoreDamaged, error_from_info
from fossatray.system.paths import Paths

if TYPE_CHECKING:
    from fossatray.app.windows import Windows

_TOLD_BY_THE_CRASH = "engine_restarts"
"""The fault of an engine that ended unasked and starts again: the crash dialog says it."""

_log = logging.getLogger("fossatray.app")


class LogNotShown(FossaError):
    """No program of the desktop shows folders."""

    kind = "log_not_shown"
    title = "The folder with the logs could not be opened"
    advice = "Open it in your file manager or in an editor."


class Troubles(QObject):
    """Tells of troubles in windows, which are made when first needed.

    `windows` gives the windows; `restart` starts the engine again after a backup was restored.
    """

    _crashed = Signal(str)

    def __init__(
        self, paths: Paths, windows: Callable[[], Windows], restart: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._paths = paths
        self._windows = windows
        self._restart = restart
        self._told: ErrorInfo | None = None
        self._previous_crash: str | None = None
        self._crashed.connect(self.show_crash)

    def complain(self, error: FossaError) -> None:
        """Say what went wrong and what to do."""
        self._windows().complain(error)

    def tell_fault(self, fault: ErrorInfo | None) -> None:
        """The engine cannot work: say why, once, and offer the newest backup where the database is damaged."""
        is_news, self._told = fault != self._told, fault
        if fault is None or not is_news or fault.kind == _TOLD_BY_THE_CRASH:
            return
        if fault.kind == StoreDamaged.kind:
            self._offer_restore(fault)
        else:
            self.complain(error_from_info(fault))

    def keep_previous_crash(self, trace: str | None) -> None:
        """Keep the trace that the last hard crash left, if it left one, until the windows can be shown."""
        self._previous_crash = trace

    def offer_previous_crash(self) -> None:
        """Offer the trace that was kept, if there is one."""
        if self._previous_crash:
            self._windows().offer_crash(self._previous_crash)

    def report_crash(self, trace: str) -> None:
        """Show an unexpected exception, from whichever thread it comes."""
        self._crashed.emit(trace)

    @Slot(str)
    def show_crash(self, trace: str) -> None:
        """Show an unexpected exception; in the GUI thread."""
        try:
            self._windows().show_crash(trace)
        except Exception:  # noqa: BLE001 - a dialog that fails must not ask for a dialog about it
            _log.exception("the crash dialog itself failed")

    def _offer_restore(self, fault: ErrorInfo) -> None:
        from fossatray.store.backups import NO_BACKUP, newest_sound

        newest = newest_sound(self._paths.backups)
        if newest is None:
            self.complain(StoreDamaged(fault.message, advice=NO_BACKUP))
        else:
            self._windows().offer_restore(fault, newest.made_at, self._restore)

    def _restore(self) -> None:
        from fossatray.store.store import Store

        try:
            restored = Store.restore_newest_backup(self._paths.database, self._paths.backups, self._paths.lock)
        except FossaError as error:
            self.complain(error)
            return
        _log.warning("backup %s restored; damaged file kept as %s", restored.backup.file.name, restored.kept.name)
        self._told = None  # the same fault again would be news
        self._restart()
