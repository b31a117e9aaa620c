"""What the windows need from the rest of the program, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from fossatray.core.accounts import Account
from fossatray.core.changes import Kind, StoredChange
from fossatray.core.commands import Command
from fossatray.core.dispensers import StoredDispenser
from fossatray.core.errors import FossaError
from fossatray.core.locations import StoredLocation
from fossatray.core.orders import StoredOrder
from fossatray.core.runs import HistoryEntry
from fossatray.core.schedules import Schedule
from fossatray.core.statistics import Statistics
from fossatray.core.why import Why
from fossatray.core.words import Words
from fossatray.system.autostart import Autostart

Done = Callable[[object], None]
"""Takes a command's result, in the GUI thread."""

Failed = Callable[[FossaError], None]
"""Takes the error that a command ended with, in the GUI thread.

An error's kind ("keyring_locked") says the same as its state.
"""

Submit = Callable[[Command, Done, Failed], None]

Beside = Callable[[QObject, Callable[[], object], Done, Failed], None]
"""Does work beside the GUI thread for an owner, who then is told of its result in the GUI thread.

An owner's newest question supersedes the older ones; an owner that is gone gets no answer.
"""

KeyringReply = Callable[[str], None]
"""Takes "present", "missing", "locked", "denied", "absent" or "timeout", in the GUI thread."""


class OrdersReader(Protocol):
    """The part of the store's reader that the windows use (store.reader.Reader). Failures are StoreError."""

    def accounts(self) -> list[Account]:
        """Return all accounts."""

    def schedules(self) -> list[Schedule]:
        """Return all schedules."""

    def orders(
        self, account_id: str | None = None, search: str | None = None, *, archived: bool = False
    ) -> list[StoredOrder]:
        """Return the open orders; the archived ones with `archived`."""

    def history(self, limit: int = 200, account_id: str | None = None) -> list[HistoryEntry]:
        """Return runs and occurrences, the newest first."""

    def changes(
        self,
        run_id: int | None = None,
        number: str | None = None,
        limit: int | None = None,
        kinds: Collection[Kind] = (),
    ) -> Sequence[StoredChange]:
        """Return changes, the newest first; of some kinds only, if any are given."""

    def dispensers(
        self,
        account_id: str | None = None,
        search: str | None = None,
        *,
        archived: bool = False,
        location_url: str | None = None,
    ) -> list[StoredDispenser]:
        """Return the dispensers that are there; with `archived` those that are no longer."""

    def locations(self, account_id: str | None = None, url: str | None = None) -> list[StoredLocation]:
        """Return the sites whose dispensers were asked for, and what came of it."""

    def why(self, account_id: str, moment: datetime, zone: tzinfo) -> list[Why]:
        """Return for each of an account's schedules why it did or did not run at a moment (aware)."""

    def statistics(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        account_id: str | None = None,
        schedule_id: int | None = None,
    ) -> Statistics:
        """Return the statistics of the runs begun in [since, until) (aware), of all, one account or one schedule."""

    def settings(self) -> dict[str, str]:
        """Return all settings."""


AskStore = Callable[[QObject, Callable[[OrdersReader], object], Done, Failed], None]
"""Puts a question to the store beside the GUI thread, for what may take longer than a moment; as :data:`Beside`."""


def open_in_browser(url: str) -> bool:
    """Open an address in the person's browser; tells whether that was possible."""
    return QDesktopServices.openUrl(QUrl(url))


@dataclass(frozen=True)
class WindowServices:
    """The windows' collaborators.

    `reader` is for what is read in a moment, in the GUI thread; `ask_store` and `beside` are for what is not.
    `submit` hands a command to the engine and calls back in the GUI thread. `keyring_state` asks whether an account's
    password is stored and replies in the GUI thread. `notify_test` shows a test notice. `open_url` opens a
    checked address. `own_profile` is where a portal profile of the person's own lies, if there is one.
    """

    words: Words
    now: Callable[[], datetime]
    reader: Callable[[], OrdersReader]
    ask_store: AskStore
    beside: Beside
    submit: Submit
    autostart: Autostart
    notify_test: Callable[[], None]
    keyring_state: Callable[[Account, KeyringReply], None]
    open_url: Callable[[str], bool] = open_in_browser
    own_profile: Path | None = None

    def today(self) -> date:
        """Return the person's date."""
        return self.now().astimezone(self.words.zone).date()
