"""The commands that tray, windows and command line have in common, handed to the engine, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from fossatray.app.stored_state import FolderInUse, StoredState
from fossatray.app.troubles import Troubles
from fossatray.core.commands import Cancel, CancelInstall, Command, Pause, Resume, SyncNow
from fossatray.core.errors import FossaError
from fossatray.core.runs import DISPENSERS

if TYPE_CHECKING:
    from fossatray.app.replies import Replies
    from fossatray.engine.engine import Engine


class Commander(QObject):
    """Gives commands to the engine, which comes later than this; lives in the GUI thread."""

    _engine: Engine | None = None
    _replies: Replies | None = None
    _stored: StoredState
    _troubles: Troubles

    @property
    def is_waiting(self) -> bool:
        """Whether the engine waits for a data folder that another FossaTray holds."""
        return self._stored.is_waiting

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        """Hand a command to the engine; exactly one of the two is called, in the GUI thread.

        While the engine waits for the data folder a sync is kept until it is free; everything else is refused, so that
        nobody waits without being told for what.
        """
        if self._engine is None or self._replies is None:
            failed(FossaError("FossaTray is still starting.", advice="Try again in a moment."))
        elif self.is_waiting and not isinstance(command, SyncNow):
            failed(FolderInUse())
        else:
            self._replies.when_done(self._engine.submit(command), done, failed)

    @Slot()
    def sync_now(self) -> None:
        """Sync all accounts."""
        self._order(SyncNow())

    @Slot()
    def read_dispensers(self) -> None:
        """Read the dispensers of all accounts' sites that were not read lately."""
        self._order(SyncNow(job=DISPENSERS))

    @Slot()
    def cancel(self) -> None:
        """Cancel the running syncs."""
        self._order(Cancel())

    @Slot()
    def cancel_install(self) -> None:
        """Cancel the installation of a browser."""
        self._order(CancelInstall())

    @Slot()
    def pause(self) -> None:
        """Pause all schedules."""
        self._order(Pause())

    @Slot()
    def resume(self) -> None:
        """Resume all schedules."""
        self._order(Resume())

    def _order(self, command: Command) -> None:
        self.submit(command, _ignore, self._troubles.complain)


def _ignore(result: object) -> None:
    """What came back is shown by the state already."""
