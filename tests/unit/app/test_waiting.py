"""While the engine is not there yet: what is stored is shown, no dead run in it, and nobody waits without a word."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fossatray.app.commander import Commander
from fossatray.app.replies import Replies
from fossatray.app.stored_state import FolderInUse, StoredState
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.commands import Cancel, Command, Pause, SyncNow
from fossatray.core.errors import FossaError
from fossatray.core.runs import Outcome, Trigger
from fossatray.core.status import AppState
from fossatray.store.store import Store
from fossatray.system.clock import utc_now
from fossatray.system.paths import Paths, app_paths, prepare

PATIENCE_MS = 30_000


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = app_paths(tmp_path / "data")
    prepare(made)
    return made


@pytest.fixture
def store(paths: Paths) -> Iterator[Store]:
    """The database as another FossaTray has it open, with a run that has not ended."""
    made = Store.open(paths.database, paths.lock, paths.backups)
    account = made.accounts.add(Account(new_account_id(), "Work", "https://portal.example", "me@example.com"))
    made.runs.start(account.id, "work_orders", Trigger.MANUAL, None, utc_now() - timedelta(minutes=1))
    yield made
    made.close()


@pytest.fixture
def stored(paths: Paths, store: Store, qapp: object) -> Iterator[StoredState]:
    made = StoredState(paths.database, look_ms=5)
    yield made
    made.stop()
    made.deleteLater()


def under_way(state: AppState) -> bool:
    return state.accounts[0].run is not None


def test_a_run_without_an_end_is_under_way_only_while_another_holds_the_folder(
    stored: StoredState, qtbot: QtBot
) -> None:
    seen: list[AppState] = []
    stored.read.connect(seen.append)
    stored.start()
    qtbot.waitUntil(lambda: bool(seen), timeout=PATIENCE_MS)
    assert not under_way(seen[-1]), "the engine takes its time; a run without an end was killed"
    stored.engine_waits()
    assert stored.is_waiting
    assert under_way(seen[-1])


def test_what_the_other_one_does_is_followed_until_the_engine_comes(
    stored: StoredState, store: Store, qtbot: QtBot
) -> None:
    seen: list[AppState] = []
    stored.read.connect(seen.append)
    stored.engine_waits()
    store.runs.finish(1, Outcome.SUCCEEDED, utc_now())
    qtbot.waitUntil(lambda: not under_way(seen[-1]), timeout=PATIENCE_MS)
    assert len(seen) == 2, "told when it is another"
    stored.stop()
    assert not stored.is_waiting
    with qtbot.assertNotEmitted(stored.read, wait=50):
        store.runs.start(seen[-1].accounts[0].account.id, "work_orders", Trigger.MANUAL, None, utc_now())


class Engine:
    """Takes commands and answers none."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def submit(self, command: Command) -> Future[Any]:
        self.commands.append(command)
        return Future()


class Program(Commander):
    """The part of the program that gives commands."""

    def __init__(self, stored: StoredState) -> None:
        QObject.__init__(self)
        self.engine = Engine()
        self._engine = self.engine  # type: ignore[assignment]
        self._replies = Replies(self)
        self._stored = stored


def test_while_the_folder_is_awaited_a_sync_is_kept_and_the_rest_refused_at_once(stored: StoredState) -> None:
    program = Program(stored)
    refused: list[FossaError] = []

    def submit(*commands: Command) -> None:
        for command in commands:
            program.submit(command, pytest.fail, refused.append)

    submit(Pause())
    stored.engine_waits()
    submit(Pause(), Cancel(), SyncNow())
    assert program.engine.commands == [Pause(), SyncNow()]
    assert [type(error) for error in refused] == [FolderInUse, FolderInUse]
    assert "Wait until it has ended" in refused[0].what_to_do
    stored.stop()
    submit(Cancel())
    assert program.engine.commands[-1] == Cancel()
    program.deleteLater()
