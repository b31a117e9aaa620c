"""What is stored, shown until the engine has come: it may wait long for a data folder that a headless sync holds."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from fossatray.core.errors import FossaError, StoreBusy
from fossatray.core.status import AppState
from fossatray.system.clock import local_zone, utc_now

_log = logging.getLogger("fossatray.app")

LOOK_MS = 3000
"""How long the engine may be silent before what is stored is shown, and how often it is read again meanwhile."""


class FolderInUse(StoreBusy):
    """The program waits until another FossaTray command, such as a headless sync, has let go of the data folder."""

    kind = "folder_in_use"
    title = "Another FossaTray command is at work"
    advice = "Wait until it has ended, or end it where it was started. Then try again."

    def __init__(self, message: str = "", *, advice: str | None = None) -> None:
        super().__init__(
            message or "Another FossaTray command, such as a sync from the command line, is using the work orders.",
            advice=advice,
        )


class StoredState(QObject):
    """Reads the stored state until the engine has one of its own. Emits `read` with an AppState when it is another."""

    read = Signal(object)

    def __init__(self, database: Path, parent: QObject | None = None, *, look_ms: int = LOOK_MS) -> None:
        super().__init__(parent)
        self._database = database
        self._is_waiting = False
        self._shown: AppState | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(look_ms)
        self._timer.timeout.connect(self._look)

    @property
    def is_waiting(self) -> bool:
        """Whether the engine waits for a data folder that another FossaTray holds."""
        return self._is_waiting

    def start(self) -> None:
        """The engine is on its way."""
        self._timer.start()

    @Slot()
    def engine_waits(self) -> None:
        """The engine has found the data folder held by another: show at once what that one has stored."""
        self._is_waiting = True
        self._timer.start()
        self._look()

    def stop(self) -> None:
        """The engine has come, or is no longer awaited: from here on it alone tells the state."""
        self._is_waiting = False
        self._shown = None
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        """Read. A run without an end can be alive only while another holds the data folder: else it was killed."""
        from fossatray.store.reader import Reader

        reader = Reader(self._database)
        try:
            state = reader.state(utc_now(), local_zone(), instance_alive=self._is_waiting)
        except FossaError as error:
            _log.info("nothing can be shown yet: %s", error.kind)
        else:
            if state != self._shown:
                self._shown = state
                self.read.emit(state)
        finally:
            reader.close()
