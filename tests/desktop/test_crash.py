"""What the program itself does wrong is shown, and it goes on; a database it cannot use is explained."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from fossatray.app.desktop import Desktop
from fossatray.core.accounts import Account
from fossatray.core.commands import SaveAccount
from fossatray.core.errors import FossaError
from fossatray.store.migrations import SCHEMA_VERSION
from fossatray.store.store import Store
from fossatray.system.crash import install_excepthook
from fossatray.system.paths import app_paths, prepare
from fossatray.ui.crash_dialog import CrashDialog
from fossatray.ui.main_window import MainWindow
from tests.desktop.program import PATIENCE_MS, Life, shown

Start = Callable[..., Life]


class FaultyDesktop(Desktop):
    """A program with a bug in one of its slots."""

    fault = "the injected fault"

    @Slot()
    def open_log(self) -> None:
        """Fail, where the log folder should open."""
        raise ZeroDivisionError(self.fault)


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, own_home: Path) -> Iterator[Start]:
    """Starts the program with its exception hook."""
    lives: list[Life] = []
    hooks: list[Callable[[], None]] = []

    def begin(**how: object) -> Life:
        life = Life(qtbot, qapp, own_home / "data", **how)  # type: ignore[arg-type]
        lives.append(life)
        hooks.append(install_excepthook(life.desktop.report_crash))
        return life

    yield begin
    for life, restore in zip(lives, hooks, strict=True):
        life.close()
        restore()


def text_of(dialog: CrashDialog) -> str:
    """Return the trace that a crash dialog shows."""
    return dialog.findChildren(QPlainTextEdit)[0].toPlainText()


def test_an_exception_in_a_slot_is_shown_and_the_program_goes_on(start: Start, qtbot: QtBot) -> None:
    life = start(kind=FaultyDesktop, is_open=True)
    window = life.wait_for(MainWindow)
    window._log.trigger()
    dialog = life.wait_for(CrashDialog)
    assert "the injected fault" in text_of(dialog)
    copy = next(button for button in dialog.findChildren(QPushButton) if button.accessibleName() == "Copy")
    copy.click()
    assert QGuiApplication.clipboard().text() == text_of(dialog)
    saved: list[Account] = []
    command = SaveAccount("Work", "https://portal.example", "me@portal.example")
    life.desktop.submit(command, saved.append, _raise)
    qtbot.waitUntil(lambda: bool(saved), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(life.desktop.state.accounts), timeout=PATIENCE_MS)
    assert window.isVisible()


def test_the_same_crash_is_shown_once_and_another_beside_it(start: Start, qtbot: QtBot) -> None:
    life = start(kind=FaultyDesktop, is_open=True)
    window = life.wait_for(MainWindow)
    for _ in range(3):
        window._log.trigger()
    life.wait_for(CrashDialog)
    assert len(shown(CrashDialog)) == 1
    FaultyDesktop.fault = "another fault"
    try:
        window._log.trigger()
    finally:
        FaultyDesktop.fault = "the injected fault"
    assert len(shown(CrashDialog)) == 2
    for dialog in shown(CrashDialog):
        dialog.reject()
    qtbot.waitUntil(lambda: not shown(CrashDialog), timeout=20_000)
    window._log.trigger()
    assert len(shown(CrashDialog)) == 1, "shown again when it happens again later"


def test_an_exception_in_another_thread_is_shown_in_this_one(start: Start) -> None:
    life = start()
    error = RuntimeError("elsewhere")
    thread = threading.Thread(target=life.desktop.report_crash, args=(RuntimeError, error, "Trace: elsewhere"))
    thread.start()
    thread.join()
    assert text_of(life.wait_for(CrashDialog)) == "Trace: elsewhere"


def test_the_trace_of_the_last_hard_crash_is_offered(start: Start) -> None:
    life = start(previous_crash="Fatal Python error: Segmentation fault")
    dialog = life.wait_for(CrashDialog)
    assert text_of(dialog) == "Fatal Python error: Segmentation fault"
    assert shown(MainWindow) == []


def test_a_newer_database_is_explained_and_nothing_else_opens(start: Start, own_home: Path, qtbot: QtBot) -> None:
    file = _database(own_home)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    life = start(is_open=True)
    box = life.wait_for(QMessageBox)
    assert "newer" in f"{box.text()} {box.informativeText()}"
    assert life.desktop.state.fault is not None
    assert shown(MainWindow) == []
    refused: list[FossaError] = []
    life.desktop.submit(SaveAccount("Work", "https://portal.example", "me"), _never, refused.append)
    qtbot.waitUntil(lambda: bool(refused), timeout=PATIENCE_MS)
    assert [error.kind for error in refused] == ["store_too_new"]


def test_a_damaged_database_without_a_backup_is_explained_and_kept(start: Start, own_home: Path) -> None:
    file = _database(own_home)
    file.write_bytes(b"This is no database. " * 500)
    start().wait_for(QMessageBox)
    told = " ".join(f"{box.text()} {box.informativeText()}" for box in shown(QMessageBox))
    assert "no usable backup" in told
    assert file.read_bytes().startswith(b"This is no database.")


def _database(home: Path) -> Path:
    paths = app_paths(home / "data")
    prepare(paths)
    Store.open(paths.database, paths.lock, paths.backups).close()
    return paths.database


def _never(result: object) -> None:
    raise AssertionError(result)


def _raise(error: FossaError) -> None:
    raise error
