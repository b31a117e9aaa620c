"""What the socket offers: the same commands as the tray, in JSON. No password is among the arguments."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QObject, Slot

from fossatray.control.protocol import Json
from fossatray.control.schedule_verbs import ScheduleVerbs
from fossatray.control.server import Answer, Refuse, Verb
from fossatray.control.status_words import status_of
from fossatray.core.accounts import Account
from fossatray.core.commands import (
    Cancel,
    CancelInstall,
    CheckPortal,
    Command,
    CredentialsChanged,
    DeleteEvidence,
    ForgetSession,
    InstallBrowser,
    Pause,
    RemoveAccount,
    Resume,
    SaveAccount,
    SyncNow,
    TestSignIn,
)
from fossatray.core.errors import FossaError, InvalidInput, NotFound
from fossatray.core.runs import WORK_ORDERS, Run
from fossatray.core.status import AppState
from fossatray.core.words import Words

_log = logging.getLogger("fossatray.control")


class Instance(Protocol):
    """What the verbs need of the running program."""

    @property
    def state(self) -> AppState:
        """The present state."""

    @property
    def is_waiting(self) -> bool:
        """Whether the engine waits for a data folder that another FossaTray holds."""

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        """Hand a command to the engine; exactly one of the two is called, in the GUI thread."""

    def show_itself(self) -> None:
        """Come to the front."""

    def open(self, target: str) -> None:
        """Open "card" or a page of the window, such as "orders", and bring it to the front."""

    def quit(self) -> None:
        """Quit in an orderly way."""


PAGES = {
    "orders": "orders",
    "dispensers": "dispensers",
    "history": "history",
    "statistics": "statistics",
    "progress": "card",
    "settings": "settings",
}
"""The pages that can be asked for, and what the program calls them."""


class _Asked:
    """A sync that was asked for: answered once, with what comes first."""

    def __init__(self, answer: Answer, refuse: Refuse) -> None:
        self._answer = answer
        self._refuse = refuse
        self.is_open = True

    def answer(self, runs: Any) -> None:
        """Tell the runs; none yet, if it is kept for later."""
        if self.is_open:
            self.is_open = False
            self._answer(runs)

    def refuse(self, error: FossaError) -> None:
        """Tell an error, or note it where nobody waits for it any more."""
        if self.is_open:
            self.is_open = False
            self._refuse(error)
        else:
            _log.warning("a sync that was kept for later came to nothing: %s (%s)", error.message, error.kind)


class Verbs(QObject):
    """The verbs of one instance.

    `run_finished` is to be connected to the engine's signal, `folder_awaited` to the program's.
    """

    def __init__(
        self, instance: Instance, words: Words, now: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._instance = instance
        self._words = words
        self._now = now
        self._schedules = ScheduleVerbs(instance)
        self._waiting: list[tuple[set[int], Answer]] = []
        self._asked: list[_Asked] = []

    def table(self) -> dict[str, Verb]:
        """Return the verbs by name."""
        return {
            "status": self._status,
            "show": self._show,
            "quit": self._quit,
            "sync": self._sync,
            "wait": self._wait,
            "cancel": self._cancel,
            "pause": self._pause,
            "resume": self._resume,
            "install_browser": self._install_browser,
            "delete_evidence": self._delete_evidence,
            "cancel_install": self._cancel_install,
            "test_sign_in": self._test_sign_in,
            "check_portal": self._check_portal,
            "save_account": self._save_account,
            "remove_account": self._remove_account,
            "credentials_changed": self._credentials_changed,
            "forget_session": self._forget_session,
            **self._schedules.table(),
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

    @Slot()
    def folder_awaited(self) -> None:
        """The engine waits for the data folder: answer those who asked for a sync before that was known."""
        asked, self._asked = self._asked, []
        for one in asked:
            one.answer([])

    def _status(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        answer(status_of(self._instance.state, self._now(), self._words))

    def _show(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        """Open the page that is named; without one come to the front, as for a second start."""
        page = arguments.get("page")
        if page is not None and page not in list(PAGES):
            raise InvalidInput("There is no such page.", advice=f"These can be shown: {', '.join(PAGES)}.")
        answer({})
        if page is None:
            self._instance.show_itself()
        else:
            self._instance.open(PAGES[page])

    def _quit(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        answer({})
        self._instance.quit()

    def _sync(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        """Answer with the runs' ids; while another FossaTray holds the data folder with none, and sync afterwards.

        What that one is syncing anyway is joined. Whoever waits for the end of the sync waits for the folder, too.
        """
        account = self._chosen(arguments)
        job, force = str(arguments.get("job") or WORK_ORDERS), arguments.get("force") is True
        believe = arguments.get("believe") is True
        command = SyncNow(account.id if account else None, job=job, force=force, believe=believe)
        if arguments.get("wait") is True:
            self._instance.submit(command, answer, refuse)
            return
        under_way = self._under_way(account, job) if self._instance.is_waiting else []
        if under_way:
            answer(under_way)
            return
        asked = _Asked(answer, refuse)
        self._instance.submit(command, asked.answer, asked.refuse)
        self._asked = [*(one for one in self._asked if one.is_open), asked]
        if self._instance.is_waiting:
            self.folder_awaited()

    def _under_way(self, account: Account | None, job: str) -> list[int]:
        """Return the runs under way of a job, of the account or of all, if each has one; else nothing."""
        states = [one for one in self._instance.state.accounts if account is None or one.account.id == account.id]
        runs = [one.run.id for one in states if one.run is not None and one.run.job == job]
        return runs if len(runs) == len(states) else []

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

    def _pause(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        account = self._chosen(arguments)
        self._instance.submit(Pause(account.id if account else None), answer, refuse)

    def _resume(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        account = self._chosen(arguments)
        self._instance.submit(Resume(account.id if account else None), answer, refuse)

    def _install_browser(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(InstallBrowser(), answer, refuse)

    def _cancel_install(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(CancelInstall(), answer, refuse)

    def _delete_evidence(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        run = arguments.get("run")
        if run is not None and (not isinstance(run, int) or isinstance(run, bool)):
            raise InvalidInput("The run is not given by its number.")
        self._instance.submit(DeleteEvidence(run), answer, refuse)

    def _test_sign_in(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(TestSignIn(self._needed(arguments).id), answer, refuse)

    def _check_portal(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        profile = arguments.get("profile")
        command = CheckPortal(self._needed(arguments).id, None if profile is None else str(profile))
        self._instance.submit(command, lambda steps: answer([step.to_json() for step in steps]), refuse)

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

    def _forget_session(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._instance.submit(ForgetSession(self._needed(arguments).id), answer, refuse)

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
