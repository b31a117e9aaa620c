"""Brings the engine's answers back into the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future  # noqa: TID251 - the type of the engine's answer; no thread is started here
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from fossatray.core.errors import FossaError

Done = Callable[[Any], None]
Failed = Callable[[FossaError], None]


class Replies(QObject):
    """Calls back in the thread that it lives in. A bug's trace comes by the engine's `failed` signal, not here."""

    _arrived = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrived.connect(self._deliver)

    def when_done(self, future: Future[Any], done: Done, failed: Failed) -> None:
        """Call `done` with the result or `failed` with the error, once, in this object's thread."""
        future.add_done_callback(partial(self._hand_over, done, failed))

    def _hand_over(self, done: Done, failed: Failed, future: Future[Any]) -> None:
        self._arrived.emit(done, failed, future)

    @Slot(object, object, object)
    def _deliver(self, done: Done, failed: Failed, future: Future[Any]) -> None:
        error = future.exception()
        if error is None:
            done(future.result())
        elif isinstance(error, FossaError):
            failed(error)
        else:
            failed(FossaError("The program met a fault of its own.", advice="Copy the report and tell the developers."))
