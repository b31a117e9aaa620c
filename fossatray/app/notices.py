"""Notices on their way: to the desktop, or to the program's own window, and marked as told when they have arrived.

What is stored of a run's notice says how far it came: "to be told"; "on its way", from right before it is handed to the
desktop; "told", once the desktop has taken it, or, where the desktop cannot show it, once a person had it before the
eyes in a window of the program or a newer one made it needless. A life that finds one on its way hands it over as one
in doubt: see `system.notifications_dbus` for why it is then on the screen once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from fossatray.core.commands import BeginToNotify, Command, MarkNotified, MarkSilenceNotified, SaveSettings
from fossatray.core.errors import FossaError, StoreError
from fossatray.core.notices import NO_RUN, Notice
from fossatray.store.reader import Reader
from fossatray.system.notifications import Notifier
from fossatray.system.paths import Paths

_PLACES = "notice_places"


class Engine(Protocol):
    """Who stores what was told."""

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        """Hand a command over; exactly one of the two is called, in the GUI thread."""


class Notices(QObject):
    """Shows notices through a notifier: the desktop's service, the tray icon, or the program itself.

    Signals: `clicked` carries the target of a clicked notice; `in_app` a Notice that only the program can show;
    `withdrawn` the id of one of these that need not be seen any more; `unseen_changed` how many wait to be seen.
    """

    clicked = Signal(str)
    in_app = Signal(object)
    withdrawn = Signal(str)
    unseen_changed = Signal(int)

    def __init__(self, engine: Engine, paths: Paths, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._paths = paths
        self._due: dict[str, Command] = {}  # by notice: what marks it as told
        self._unseen: dict[str, Notice] = {}
        self._is_closed = False
        self._notifier = notifier
        notifier.setParent(self)
        notifier.recall(self._setting(_PLACES, ""))
        self._notifier.clicked.connect(self.clicked)
        self._notifier.in_app.connect(self._show_in_app)
        self._notifier.placed.connect(self._keep_places)
        self._notifier.told.connect(self._told)

    def show_for_run(self, notice: Notice, run_id: int) -> None:
        """Show a run's notice, unless notices are switched off. That it is on its way is stored first."""
        if notice.id in self._due:  # the engine was started again and knows no better
            return
        self._withdraw_outdated(notice)
        mark = MarkSilenceNotified(notice.account_id) if run_id == NO_RUN else MarkNotified(run_id)
        if self._setting("notifications", "on") == "off":
            self._engine.submit(mark, _ignore, _ignore_error)
            return
        self._due[notice.id] = mark
        hand_over = partial(self._hand_over, notice)
        self._engine.submit(BeginToNotify(run_id), hand_over, hand_over)

    def _hand_over(self, notice: Notice, _answer: object) -> None:
        """Give it to the desktop; also where that could not be stored: rather one too many than one that is lost."""
        if not self._is_closed:  # else it is in doubt at the next start
            self._notifier.show(notice)

    @Slot(object)
    def _show_in_app(self, notice: Any) -> None:
        self._unseen[notice.id] = notice
        self.in_app.emit(notice)
        self.unseen_changed.emit(len(self._unseen))

    @Slot(str)
    def seen(self, notice_id: str) -> None:
        """A person had a notice of the program's own windows before the eyes, or it made room for newer ones."""
        if self._unseen.pop(notice_id, None) is not None:
            self.unseen_changed.emit(len(self._unseen))
            self._told(notice_id)

    def _withdraw_outdated(self, notice: Notice) -> None:
        """A failure that nobody has seen is no news after the recovery."""
        for earlier in list(self._unseen.values()):
            if notice.outdates(earlier):
                self.withdrawn.emit(earlier.id)
                self.seen(earlier.id)

    @Slot(str)
    def _told(self, notice_id: str) -> None:
        mark = self._due.pop(notice_id, None)
        if mark is not None:
            self._engine.submit(mark, _ignore, _ignore_error)

    @Slot(str)
    def _keep_places(self, places: str) -> None:
        """Keep where the notices are on the screen: the next life replaces them there."""
        self._engine.submit(SaveSettings({_PLACES: places}), _ignore, _ignore_error)

    def show_test(self, notice: Notice) -> None:
        """Show a notice at once, whatever the setting."""
        self._notifier.show(notice)

    def close(self) -> None:
        """Give the notification service back."""
        self._is_closed = True
        self._notifier.close()

    def _setting(self, name: str, default: str) -> str:
        reader = Reader(self._paths.database)
        try:
            return reader.settings().get(name, default)
        except StoreError:
            return default  # rather one too many than a failure that nobody hears of
        finally:
            reader.close()


def _ignore(result: object) -> None:
    """It is kept; nothing to show."""


def _ignore_error(error: FossaError) -> None:
    """It is not kept; a notice is in doubt then, and due again at the next start."""
