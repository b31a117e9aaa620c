"""Notices on their way to the desktop: shown if the person wants them, then marked as told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from fossatray.core.commands import BeginToNotify, Command, MarkNotified
from fossatray.core.errors import FossaError, StoreError
from fossatray.core.notices import Notice
from fossatray.store.reader import Reader
from fossatray.system.notifications import Notifier
from fossatray.system.paths import Paths


class Engine(Protocol):
    """Who stores what was told."""

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        """Hand a command over; exactly one of the two is called, in the GUI thread."""


class Notices(QObject):
    """Shows notices through a notifier: the desktop's service, the tray icon, or the program itself.

    Signals: `clicked` carries the target of a clicked notice; `in_app` a Notice that only the program can show.
    """

    clicked = Signal(str)
    in_app = Signal(object)

    def __init__(self, engine: Engine, paths: Paths, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._paths = paths
        self._due: dict[str, int] = {}
        self._is_closed = False
        self._notifier = notifier
        notifier.setParent(self)
        self._notifier.clicked.connect(self.clicked)
        self._notifier.in_app.connect(self.in_app)
        self._notifier.told.connect(self._told)

    def show_for_run(self, notice: Notice, run_id: int) -> None:
        """Show a run's notice, unless notices are switched off; the run is marked as told once it was handed over.

        That it is being told is stored first. One of which an earlier life of the program had stored just that, and
        no more, goes to the program's own window: the desktop may have shown it already.
        """
        if notice.id in self._due:  # the engine was started again and knows no better
            return
        if not self._wanted():
            self._engine.submit(MarkNotified(run_id), _ignore, _ignore_error)
            return
        self._due[notice.id] = run_id
        if notice.is_in_doubt:
            self._notifier.show_in_app(notice)
        else:
            hand_over = partial(self._hand_over, notice)
            self._engine.submit(BeginToNotify(run_id), hand_over, hand_over)

    def _hand_over(self, notice: Notice, _answer: object) -> None:
        """Give it to the desktop; also where that could not be stored: rather one too many than one that is lost."""
        if not self._is_closed:  # else it is in doubt at the next start
            self._notifier.show(notice)

    @Slot(str)
    def _told(self, notice_id: str) -> None:
        run_id = self._due.pop(notice_id, None)
        if run_id is not None:
            self._engine.submit(MarkNotified(run_id), _ignore, _ignore_error)

    def show_test(self, notice: Notice) -> None:
        """Show a notice at once, whatever the setting."""
        self._notifier.show(notice)

    def close(self) -> None:
        """Give the notification service back."""
        self._is_closed = True
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
