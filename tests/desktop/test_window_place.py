"""The window comes back as large and where it was closed, also at the next start; a place that cannot be is left."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fossatray.store.reader import Reader
from fossatray.store.store import Store
from fossatray.system.paths import app_paths, prepare
from fossatray.ui.main_window import MainWindow
from fossatray.ui.window_place import place_text, put_back
from tests.desktop.program import PATIENCE_MS, Life

Start = Callable[[], Life]
PLACE = QRect(20, 30, 300, 200)


@pytest.fixture
def widget(qtbot: QtBot) -> QWidget:
    """A window, not shown."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, own_home: Path) -> Iterator[Start]:
    """Starts the program on one data folder, where no tray comes, so that its window opens; one life at a time."""
    lives: list[Life] = []

    def begin() -> Life:
        while lives:
            lives.pop().close()
        lives.append(Life(qtbot, qapp, own_home / "data", tray_s=0.05))
        return lives[-1]

    yield begin
    for life in lives:
        life.close()


def kept(life: Life) -> str:
    """Return what is stored."""
    reader = Reader(life.paths.database)
    try:
        return reader.settings()["window_geometry"]
    finally:
        reader.close()


def test_a_place_is_kept_as_text(widget: QWidget, qtbot: QtBot) -> None:
    widget.setGeometry(PLACE)
    text = place_text(widget)
    other = QWidget()
    qtbot.addWidget(other)
    assert put_back(other, text)
    assert other.size() == PLACE.size()
    assert text.isascii()


def test_a_maximised_window_comes_back_maximised(widget: QWidget, qtbot: QtBot) -> None:
    widget.setGeometry(PLACE)
    widget.showMaximized()
    qtbot.waitUntil(widget.isMaximized, timeout=PATIENCE_MS)
    other = QWidget()
    qtbot.addWidget(other)
    assert put_back(other, place_text(widget))
    assert other.isMaximized()


@pytest.mark.parametrize("text", ["", "?", "Ü", "AAAA", "A" * 88, base64.b64encode(b"x" * 66).decode()])
def test_what_is_not_readable_changes_nothing(widget: QWidget, text: str) -> None:
    widget.setGeometry(PLACE)
    assert not put_back(widget, text)
    assert widget.geometry() == PLACE


def test_a_place_on_no_screen_changes_nothing(widget: QWidget) -> None:
    """The second monitor is gone."""
    widget.setGeometry(PLACE)
    raw = bytearray(base64.b64decode(place_text(widget)))
    for offset in (8, 24):  # the frame and the normal geometry: left, top, right, bottom
        struct.pack_into(">4i", raw, offset, 9000, 30, 9299, 229)
    widget.resize(400, 250)
    assert not put_back(widget, base64.b64encode(raw).decode())
    assert widget.width() == 400


def test_a_closed_window_is_as_large_at_the_next_start(start: Start, qtbot: QtBot) -> None:
    life = start()
    window = life.wait_for(MainWindow)
    qtbot.waitUntil(lambda: life.desktop._has_state, timeout=PATIENCE_MS)
    narrow = window.minimumSizeHint().width() + 37
    window.resize(narrow, 641)
    window.close()
    qtbot.waitUntil(lambda: bool(kept(life)), timeout=PATIENCE_MS)
    assert start().wait_for(MainWindow).size().toTuple() == (narrow, 641)


def test_an_open_window_is_kept_when_the_program_quits(start: Start, qtbot: QtBot) -> None:
    life = start()
    window = life.wait_for(MainWindow)
    qtbot.waitUntil(lambda: life.desktop._has_state, timeout=PATIENCE_MS)
    narrow = window.minimumSizeHint().width() + 41
    window.resize(narrow, 643)
    life.desktop.quit()
    assert kept(life)
    assert start().wait_for(MainWindow).size().toTuple() == (narrow, 643)


def test_a_place_that_is_not_readable_hinders_no_start(start: Start, own_home: Path) -> None:
    paths = app_paths(own_home / "data")
    prepare(paths)
    store = Store.open(paths.database, paths.lock, paths.backups)
    store.settings.set("window_geometry", "nonsense")
    store.close()
    start().wait_for(MainWindow)
