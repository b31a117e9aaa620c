"""Work that would hold up the windows, done beside them: one thread at a time, which ends with its work.

It is for what only reads and needs no loop: figures over a year, a library that is slow to load. Made and asked in the
GUI thread, where the answers come back as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QThread, Slot
from shiboken6 import isValid

from fossatray.core.errors import FossaError

_PATIENCE_MS = 50

Work = Callable[[], object]
Done = Callable[[object], None]
Failed = Callable[[FossaError], None]


def _no_stop() -> None:
    """What cannot be broken off runs to its end."""


class _Errand(QThread):
    """One piece of work for its owner. `reply` is there when it has ended with a result or an error of ours."""

    def __init__(self, owner: QObject, work: Work, done: Done, failed: Failed, stop: Callable[[], None]) -> None:
        super().__init__()
        self.owner, self.stop = owner, stop
        self.reply: Callable[[], None] | None = None
        self._work, self._done, self._failed = work, done, failed

    def run(self) -> None:
        """Work, in this thread. A bug goes to sys.excepthook, as from any thread; then there is no reply."""
        try:
            self.reply = partial(self._done, self._work())
        except FossaError as error:
            self.reply = partial(self._failed, error)


class Beside(QObject):
    """Does what it is asked for, one thing after the other; only the newest question of each owner is answered."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[_Errand] = []
        self._current: _Errand | None = None
        self._is_superseded = False

    def ask(self, owner: QObject, work: Work, done: Done, failed: Failed, stop: Callable[[], None] = _no_stop) -> None:
        """Do `work` in another thread and hand its result to `done`, or its FossaError to `failed`, in this one.

        What the owner asked before is answered no more; an owner that is gone by then gets no answer. `stop` is called
        in this thread to break the work off when nobody waits for it any longer.
        """
        self._waiting = [errand for errand in self._waiting if errand.owner is not owner]
        self._waiting.append(_Errand(owner, work, done, failed, stop))
        if self._current is None:
            self._begin()
        elif self._current.owner is owner and not self._is_superseded:
            self._is_superseded = True
            self._current.stop()

    def close(self) -> None:
        """End the work under way and wait for that; nobody is answered any more."""
        self._waiting.clear()
        errand, self._current = self._current, None
        if errand is not None:
            while not errand.wait(_PATIENCE_MS):
                errand.stop()  # again: between two of its steps there may have been nothing to break off

    def _begin(self) -> None:
        self._is_superseded = False
        self._current = self._waiting.pop(0) if self._waiting else None
        if self._current is not None:
            self._current.finished.connect(self._ended)
            self._current.start()

    @Slot()
    def _ended(self) -> None:
        """A piece of work has ended: the next one begins, then its owner hears of it."""
        errand = self._current
        if errand is None or not errand.isFinished():  # one that was closed meanwhile says so late
            return
        errand.wait()
        is_wanted = not self._is_superseded
        self._begin()
        if errand.reply is not None and is_wanted and isValid(errand.owner):
            errand.reply()
