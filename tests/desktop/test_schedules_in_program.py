"""Schedules are edited in the window of the whole program, and every face of it follows at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from fossatray.core.accounts import Account, new_account_id
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.core.timetable import ActiveHours, Timetable
from fossatray.store.store import Store
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.credentials_client import MemoryCredentialStore
from fossatray.system.paths import app_paths, prepare
from fossatray.system.time_change import TimeChangeWatch
from fossatray.ui.main_window import MainWindow
from fossatray.ui.schedule_dialog import ScheduleDialog
from fossatray.ui.schedule_pause import PauseDialog
from tests.desktop.program import Life

PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Hours:
    """When the schedule runs at first, and after the change: so far ahead that nothing is due while the test runs."""

    first: datetime
    later: datetime


def hour_ahead(hours: int) -> datetime:
    """Return the start of a later hour by the computer's clock."""
    now = utc_now().astimezone(local_zone()) + timedelta(hours=hours)
    return now.replace(minute=0, second=0, microsecond=0)


def window_at(moment: datetime) -> ActiveHours:
    """Return the active hours of the one hour that a moment begins."""
    return ActiveHours(moment.hour, moment.hour + 1)


@pytest.fixture
def hours() -> Hours:
    return Hours(hour_ahead(6), hour_ahead(9))


@pytest.fixture
def life(qtbot: QtBot, qapp: QApplication, own_home: Path, hours: Hours) -> Iterator[Life]:
    """The program with one account, whose schedule runs once a day; its window is open."""
    paths = app_paths(own_home / "data")
    prepare(paths)
    account = Account(new_account_id(), "Work", "https://portal.example", "me@portal.example")
    store = Store.open(paths.database, paths.lock, paths.backups)
    store.accounts.add(account)
    for schedule in store.schedules.of_account(account.id):
        store.schedules.remove(schedule.id, utc_now())
    timetable = Timetable(active_hours=window_at(hours.first))
    store.schedules.add(Schedule(0, account.id, name="Daily", timetable=timetable))
    store.close()
    passwords = MemoryCredentialStore()
    passwords.keep(account.id, account.origin, Secret("made up for this test"))
    made = Life(qtbot, qapp, own_home / "data", tray_s=0.05, credentials=passwords)
    yield made
    if isValid(made.desktop):
        made.close()


def lines(window: MainWindow) -> list[str]:
    shown = window.settings_page._schedule._list
    return [shown.item(row).text() for row in range(shown.count())]


def press(window: MainWindow, name: str) -> None:
    section = window.settings_page._schedule
    next(item for item in section.findChildren(QPushButton) if item.accessibleName() == name).click()


def accept(dialog: ScheduleDialog | PauseDialog) -> None:
    buttons = dialog.findChildren(QDialogButtonBox)[0]
    accepting = QDialogButtonBox.ButtonRole.AcceptRole
    next(item for item in buttons.buttons() if buttons.buttonRole(item) == accepting).click()


def next_sync(window: MainWindow, moment: datetime) -> str:
    words = window._services.words
    return f"Next sync {words.when(moment, utc_now(), inside=True)}"


def test_changed_active_hours_change_the_next_run_everywhere_at_once(life: Life, hours: Hours, qtbot: QtBot) -> None:
    window = life.wait_for(MainWindow)
    window.open_page("settings")
    sentence = window._strip._sentence
    qtbot.waitUntil(lambda: sentence.text() == next_sync(window, hours.first), timeout=PATIENCE_MS)
    assert lines(window)[0].splitlines()[-1] == next_sync(window, hours.first)
    press(window, "Edit the schedule")
    dialog = life.wait_for(ScheduleDialog)
    later = window_at(hours.later)
    boxes = {box.accessibleName(): box for box in dialog.findChildren(QComboBox)}
    boxes["From"].setCurrentIndex(boxes["From"].findData(later.start))
    boxes["Until"].setCurrentIndex(boxes["Until"].findData(later.end))
    accept(dialog)
    qtbot.waitUntil(lambda: sentence.text() == next_sync(window, hours.later), timeout=PATIENCE_MS)
    assert lines(window)[0].splitlines()[-1] == next_sync(window, hours.later)
    (stored,) = window._services.reader().schedules()
    assert stored.timetable.active_hours == later
    assert life.desktop.state.accounts[0].next_run == hours.later
    engine = life.desktop._engine
    assert engine is not None
    with qtbot.waitSignal(engine.state_changed, timeout=PATIENCE_MS):  # a clock that is set is looked at at once
        life.desktop.findChildren(TimeChangeWatch)[0].time_changed.emit()


def test_add_pause_resume_and_remove(life: Life, qtbot: QtBot) -> None:
    window = life.wait_for(MainWindow)
    window.open_page("settings")
    qtbot.waitUntil(lambda: len(lines(window)) == 1 and "Daily" in lines(window)[0], timeout=PATIENCE_MS)
    press(window, "Add a schedule")
    dialog = life.wait_for(ScheduleDialog)
    kind = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "Runs")
    kind.setCurrentIndex(kind.findText("After another schedule"))
    accept(dialog)
    qtbot.waitUntil(lambda: len(lines(window)) == 2, timeout=PATIENCE_MS)
    assert lines(window)[1] == "Work orders\nAfter a success of Daily"
    window.settings_page._schedule._list.setCurrentRow(0)
    press(window, "Pause the schedule until…")
    pause = life.wait_for(PauseDialog)
    assert pause.until is not None
    until = pause.until
    accept(pause)

    def says_until_when() -> bool:
        when = window._services.words.when(until, utc_now(), inside=True)
        return lines(window)[0].splitlines()[-1] == f"Paused until {when}"

    qtbot.waitUntil(says_until_when, timeout=PATIENCE_MS)
    press(window, "Resume the schedule")
    qtbot.waitUntil(lambda: "Next sync" in lines(window)[0], timeout=PATIENCE_MS)
    remove(window)
    result = window.settings_page._schedule._result
    qtbot.waitUntil(lambda: result.text().startswith("✗"), timeout=PATIENCE_MS)
    assert len(lines(window)) == 2, "another one runs after it"
    window.settings_page._schedule._list.setCurrentRow(1)
    remove(window)
    qtbot.waitUntil(lambda: len(lines(window)) == 1, timeout=PATIENCE_MS)
    assert "Daily" in lines(window)[0]


def remove(window: MainWindow) -> None:
    press(window, "Remove the schedule")
    window.settings_page.findChildren(QMessageBox)[-1].button(QMessageBox.StandardButton.Yes).click()


def test_the_statistics_are_read_beside_the_gui_thread_and_a_reading_ends_with_the_program(
    life: Life, qtbot: QtBot
) -> None:
    window = life.wait_for(MainWindow)
    window.open_page("statistics")
    page = window.statistics_page
    qtbot.waitUntil(lambda: page._summary.text().startswith("From "), timeout=PATIENCE_MS)
    assert life.desktop._windows is not None
    beside = life.desktop._windows._beside
    page.mark_stale()
    assert beside._current is not None, "it is read in another thread"
    errand = beside._current
    life.close()
    assert errand.isFinished()
