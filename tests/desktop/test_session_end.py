"""The end of a desktop session that somebody may yet call off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fossatray.core.commands import GetState
from fossatray.core.errors import FossaError
from fossatray.core.status import AppState
from fossatray.system.autostart import InertAutostart, XdgAutostart
from tests.desktop.program import PATIENCE_MS, Life


@pytest.fixture
def life(qtbot: QtBot, qapp: QApplication, own_home: Path) -> Iterator[Life]:
    one = Life(qtbot, qapp, own_home / "data")
    yield one
    one.close()


def test_a_logout_that_is_called_off_leaves_the_program_at_work(life: Life, qtbot: QtBot) -> None:
    answers: list[AppState | FossaError] = []
    life.desktop._session_ends()
    life.desktop.submit(GetState(), answers.append, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE_MS)
    assert isinstance(answers[0], AppState)


def test_start_at_login_keeps_to_the_data_folder_of_choice(life: Life, own_home: Path) -> None:
    autostart = life.desktop._autostart()
    assert isinstance(autostart, XdgAutostart)
    assert not isinstance(autostart, InertAutostart)
    autostart.enable()
    (entry,) = own_home.rglob("autostart/*.desktop")
    assert f"--data-dir={own_home / 'data'}" in entry.read_text("utf-8")
