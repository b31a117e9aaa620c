"""Where no tray comes a window opens instead, everything is reachable in it, and closing it asks what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from fossatray.core.accounts import Account, new_account_id
from fossatray.store.store import Store
from fossatray.system.clock import utc_now
from fossatray.system.paths import app_paths, prepare
from fossatray.ui.glow_card import GlowCard
from fossatray.ui.main_window import MainWindow
from fossatray.ui.tray import Tray
from tests.desktop.fakes import states, words
from tests.desktop.program import PATIENCE_MS, Life, press, shown

Start = Callable[..., Life]


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, own_home: Path) -> Iterator[Start]:
    """Starts the program where no tray ever comes."""
    lives: list[Life] = []

    def begin(**how: object) -> Life:
        lives.append(Life(qtbot, qapp, own_home / "data", tray_s=0.05, **how))  # type: ignore[arg-type]
        return lives[-1]

    yield begin
    for life in lives:
        life.close()


@pytest.fixture
def account(own_home: Path) -> Account:
    """An account in the data folder, before the program starts."""
    paths = app_paths(own_home / "data")
    prepare(paths)
    made = Account(new_account_id(), "Work", "https://portal.example", "me@portal.example")
    store = Store.open(paths.database, paths.lock, paths.backups)
    store.accounts.add(made)
    store.close()
    return made


def test_the_settings_open_for_whoever_has_no_account(start: Start) -> None:
    window = start().wait_for(MainWindow)
    assert window._stack.currentWidget() is window.settings_page


def test_the_orders_open_once_for_whoever_has_one(start: Start, account: Account, qtbot: QtBot) -> None:
    life = start()
    window = life.wait_for(MainWindow)
    qtbot.waitUntil(lambda: bool(life.desktop.state.accounts), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window._stack.currentWidget() is window.orders_page, timeout=PATIENCE_MS)
    stopped = "Syncing is stopped: no password is stored"
    qtbot.waitUntil(lambda: window._strip._sentence.text() == stopped, timeout=PATIENCE_MS)
    assert window._strip._detail.text() == "Enter it in Settings."


def test_everything_in_the_trays_menu_is_in_the_window(start: Start) -> None:
    window = start().wait_for(MainWindow)
    tray = Tray()
    tray.speak(words(), utc_now)
    tray.show_state(states()["idle"])
    wanted = {_plain(action) for action in tray.menu.actions() if action.isEnabled() and not action.isSeparator()}
    wanted |= {_plain(action) for action in (tray._cancel, tray._resume)}
    tray.close()
    tray.deleteLater()
    offered = {_plain(action) for action in window.findChildren(QAction)}
    assert wanted == {
        *("Sync now", "Cancel sync", "Pause", "Resume", "Work orders", "History", "Progress", "Settings"),
        *("Read dispensers now", "Dispensers", "Open log folder", "Quit"),
    }
    assert wanted - {"Quit"} <= offered
    assert "Quit FossaTray" in offered


def test_the_card_opens_from_the_window(start: Start, account: Account) -> None:
    life = start()
    life.wait_for(MainWindow)._card.trigger()
    life.wait_for(GlowCard)


@pytest.mark.parametrize("way", ["Keep running", "Escape"])
def test_closing_the_window_asks_and_it_can_be_kept_running(start: Start, qtbot: QtBot, way: str) -> None:
    life = start()
    life.wait_for(MainWindow).close()
    box = life.wait_for(QMessageBox)
    assert "Keep syncing" in box.text()
    assert not box.isModal()
    if way == "Escape":
        QTest.keyClick(box, Qt.Key.Key_Escape)
    else:
        press(box, "&Keep running")
    qtbot.waitUntil(lambda: not shown(QMessageBox), timeout=20_000)
    assert not life.desktop._quitting
    life.desktop.show_itself()  # what a second start asks for
    life.wait_for(MainWindow)


def test_closing_the_window_asks_and_it_can_be_quit(start: Start) -> None:
    life = start()
    life.wait_for(MainWindow).close()
    press(life.wait_for(QMessageBox), "&Quit")
    assert life.desktop._quitting
    assert not life.paths.token.exists(), "the control socket is closed"
    assert life.desktop._engine is not None
    assert not life.desktop._engine.running


def test_quit_is_in_the_windows_menu(start: Start) -> None:
    life = start()
    life.wait_for(MainWindow)._quit.trigger()
    assert life.desktop._quitting


def _plain(action: QAction) -> str:
    return action.text().replace("&", "").replace("…", "")
