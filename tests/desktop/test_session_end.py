"""The end of a desktop session that somebody may yet call off."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fossatray.core.commands import SESSION_ENDED, GetState, SaveAccount, SyncNow
from fossatray.core.errors import FossaError
from fossatray.core.runs import Outcome
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.system.autostart import InertAutostart, XdgAutostart
from tests.desktop.program import PATIENCE_MS, Life


@pytest.fixture
def life(qtbot: QtBot, qapp: QApplication, own_home: Path) -> Iterator[Life]:
    one = Life(qtbot, qapp, own_home / "data")
    yield one
    one.close()


@pytest.fixture
def silent_portal() -> Iterator[str]:
    """A portal that takes connections and never says a word: a sync of it is under way until it is cancelled."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_logout_ends_the_sync_says_why_and_may_be_called_off(
    life: Life, qtbot: QtBot, qapp: QApplication, silent_portal: str
) -> None:
    answers: list[Any] = []
    password = Secret("made-up")
    life.desktop.submit(SaveAccount("Work", silent_portal, "me", password=password), answers.append, _raise)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE_MS)
    life.desktop.submit(SyncNow(), answers.append, _raise)
    qtbot.waitUntil(lambda: any(one.run for one in life.desktop.state.accounts), timeout=PATIENCE_MS)
    begun = time.monotonic()
    qapp.commitDataRequest.emit(None)  # as Qt does when the session manager asks
    assert time.monotonic() - begun < 5
    qtbot.waitUntil(lambda: life.desktop.state.accounts[0].last_run is not None, timeout=PATIENCE_MS)
    (state,) = life.desktop.state.accounts
    assert state.run is None
    assert state.last_run is not None
    assert (state.last_run.outcome, state.last_run.reason) == (Outcome.CANCELLED, SESSION_ENDED)
    assert list(life.paths.runs.iterdir()) == []
    states: list[AppState] = []
    life.desktop.submit(GetState(), states.append, _raise)  # the program is still at work
    qtbot.waitUntil(lambda: bool(states), timeout=PATIENCE_MS)


def test_start_at_login_keeps_to_the_data_folder_of_choice(life: Life, own_home: Path) -> None:
    autostart = life.desktop._autostart()
    assert isinstance(autostart, XdgAutostart)
    assert not isinstance(autostart, InertAutostart)
    autostart.enable()
    (entry,) = own_home.rglob("autostart/*.desktop")
    assert f"--data-dir={own_home / 'data'}" in entry.read_text("utf-8")


def _raise(error: FossaError) -> None:
    raise error
