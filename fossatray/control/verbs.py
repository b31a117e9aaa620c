"""What the socket offers: the same commands as the tray, in JSON. No password is among the arguments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QObject, Slot

from fossatray.control.protocol import Json
from fossatray.control.server import Answer, Refuse, Verb
from fossatray.control.status_words import status_of
from fossatray.core.accounts import Account
from fossatray.core.commands import (
    Cancel,
    Command,
    CredentialsChanged,
    RemoveAccount,
    SaveAccount,
    SyncNow,
    TestSignIn,
)
from fossatray.core.errors import FossaError, InvalidInput, NotFound
from fossatray.core.runs import Run
from fossatray.core.status import AppState
from fossatray.core.words import Words

Submit = Callable[[Command, Callable[[Any], None], Callable[[FossaError], None]], None]


class Instance(Protocol):
    """What the verbs need of the running program."""

    @property
    def state(self) -> AppState:
        """The present state."""

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        """Hand a command to the engine; exactly one of the two is called, in the GUI thread."""

    def show_itself(self) -> None:
        """Come to the front."""

    def quit(self) -> None:
        """Quit in an orderly way."""


class Verbs(QObject):
    """The verbs of one instance; `run_finished` is to be connected to the engine's signal."""

    def __init__(
        self, instance: Instance, words: Words, now: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._instance = instance
        self._words = words
        self._now = now
        self._waiting: list[tuple[set[int], Answer]] = []

    def table(self) -> dict[str, Verb]:
        """Return the verbs by name."""
        return {
            "status": self._status,
            "show": self._show,
            "quit": self._quit,
            "sync": self._sync,
            "wait": self._wait,
            "cancel": self._cancel,
            "test_sign_in": self._test_sign_in,
            "save_account": self._save_account,
            "remove_account": self._remove_account,
            "credentials_changed": self._credentials_changed,
        }

    @Slot(object)
    def run_finished(self, run: Run) -> None:
        """Answer those who wait for this run."""
        still: list[tuple[set[int], Answer]] = []
        for runs, answer in self._waiting:
            runs.discard(run.id)
            if runs:
                still.append((runs, answer))
            else:
                answer({})
        self._waiting = still

    def _status(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        answer(status_of(self._instance.state, self._now(), self._words))

    def _show(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        answer({})
        self._instance.show_itself()

    def _quit(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        answer({})
        self._instance.quit()

    def _sync(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        account = self._chosen(arguments)
        self._instance.submit(SyncNow(account.id if account else None), answer, refuse)

    def _wait(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        runs = arguments.get("runs")
        if not isinstance(runs, list) or not all(isinstance(run, int) for run in runs):
            raise InvalidInput("The runs to wait for are not given.")
        running = {one.run.id for one in self._instance.state.accounts if one.run is not None}
        left = set(runs) & running
        if left:
            self._waiting.append((left, answer))
        else:
            answer({})

    def _cancel(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        account = self._chosen(arguments)
        self._instance.submit(Cancel(account.id if account else None), answer, refuse)

    def _test_sign_in(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(TestSignIn(self._needed(arguments).id), answer, refuse)

    def _save_account(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        name, portal, username = (arguments.get(key) for key in ("name", "portal", "username"))
        if not (isinstance(name, str) and isinstance(portal, str) and isinstance(username, str)):
            raise InvalidInput("Name, portal and user name are needed.")
        there = self._by_name(name)
        command = SaveAccount(name, portal, username, account_id=there.id if there else None)

        def saved(account: Any) -> None:
            answer({"id": account.id, "origin": account.origin})

        self._instance.submit(command, saved, refuse)

    def _remove_account(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(RemoveAccount(self._needed(arguments).id), answer, refuse)

    def _credentials_changed(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(CredentialsChanged(self._needed(arguments).id), answer, refuse)

    def _by_name(self, name: str) -> Account | None:
        accounts = (one.account for one in self._instance.state.accounts)
        return next((one for one in accounts if one.name.casefold() == name.casefold()), None)

    def _chosen(self, arguments: Json) -> Account | None:
        """Return the account named, or None where none is named. Raises NotFound."""
        name = arguments.get("account")
        if name is None:
            return None
        account = self._by_name(str(name))
        if account is None:
            raise NotFound("There is no account of this name.", advice="List them: fossatray accounts list")
        return account

    def _needed(self, arguments: Json) -> Account:
        account = self._chosen(arguments)
        if account is not None:
            return account
        accounts = self._instance.state.accounts
        if len(accounts) != 1:
            raise NotFound("Which account? Give its --name.", advice="List them: fossatray accounts list")
        return accounts[0].account
