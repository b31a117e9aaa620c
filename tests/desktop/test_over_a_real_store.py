"""The windows over the real store and its reader, instead of the example data in memory."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.changes import compare
from fossatray.core.errors import PortalUnreachable
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import Counts, Outcome, Trigger
from fossatray.core.timetable import Every, Timetable
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from fossatray.ui.main_window import MainWindow
from fossatray.ui.orders_model import Column
from fossatray.ui.services import Done, Failed, OrdersReader, WindowServices
from tests.desktop.fakes import ACCOUNT, NOW, Desk, order, words

Show = Callable[[QWidget], QWidget]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "data.sqlite3", tmp_path / "lock", tmp_path / "backups")
    made.accounts.add(ACCOUNT)
    yield made
    made.close()


@pytest.fixture
def reader(tmp_path: Path, store: Store) -> Iterator[Reader]:
    made = Reader(tmp_path / "data.sqlite3")
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, desk: Desk, reader: Reader, tmp_path: Path) -> MainWindow:
    def the_reader() -> OrdersReader:
        return reader

    def answered(question: Callable[[OrdersReader], object]) -> object:
        with closing(Reader(tmp_path / "data.sqlite3")) as other:
            return question(other)

    def ask_store(owner: QObject, question: Callable[[OrdersReader], object], done: Done, failed: Failed) -> None:
        desk.beside.ask(owner, partial(answered, question), done, failed)

    services = replace(desk.services(), reader=the_reader, ask_store=ask_store)
    assert isinstance(services, WindowServices)
    made = MainWindow(services)
    qtbot.addWidget(made)
    return made


def sync(store: Store, orders: list[WorkOrder], *, first: bool) -> int:
    run = store.runs.start(ACCOUNT.id, "work_orders", Trigger.MANUAL, None, NOW, None)
    diff = compare(store.orders.open(ACCOUNT.id), store.orders.archived(ACCOUNT.id), orders, first=first)
    with store.atomic():
        store.orders.save_read(run.id, ACCOUNT.id, orders, diff, NOW)
        store.runs.finish(run.id, Outcome.SUCCEEDED, NOW + timedelta(seconds=4), Counts(len(orders)), None, None)
    return run.id


def numbers(window: MainWindow) -> list[str]:
    model = window.orders_page.table.model()
    return sorted(model.index(row, Column.NUMBER).data() for row in range(model.rowCount()))


def test_orders_history_and_changes_as_they_are_stored(window: MainWindow, store: Store, shown: Show) -> None:
    shown(window)
    window.show_state(Reader.state(window._services.reader(), NOW, words().zone))  # type: ignore[arg-type]
    assert numbers(window) == []
    sync(store, [order(1), order(2)], first=True)
    window.orders_changed()
    assert numbers(window) == ["W-129001", "W-129002"]
    sync(store, [order(2), order(3)], first=False)
    window.orders_changed()
    assert numbers(window) == ["W-129002", "W-129003"]
    window.orders_page._archived.click()
    assert numbers(window) == ["W-129001"]
    window.open_page("history")
    table = window.history_page.table
    assert table.model().rowCount() == 2
    changed = window.history_page._changes.model
    kinds = {changed.index(row, 0).data(): changed.index(row, 1).data() for row in range(changed.rowCount())}
    assert kinds == {"W-129003": "new", "W-129001": "no longer in your open list"}


def test_a_stored_failure_is_shown_with_its_advice(window: MainWindow, store: Store, shown: Show) -> None:
    run = store.runs.start(ACCOUNT.id, "work_orders", Trigger.SCHEDULED, NOW, NOW, None)
    error = PortalUnreachable("portal.example could not be found.").info()
    store.runs.finish(run.id, Outcome.FAILED, NOW + timedelta(seconds=3), Counts(), error, None)
    shown(window)
    window.open_page("history")
    texts = "\n".join(label.text() for label in window.history_page.findChildren(QLabel))
    assert "portal.example could not be found." in texts
    assert "Check your internet connection." in texts


def test_the_settings_show_the_stored_schedule(window: MainWindow, store: Store, reader: Reader, shown: Show) -> None:
    (schedule,) = store.schedules.of_account(ACCOUNT.id)
    store.schedules.save(replace(schedule, timetable=Timetable(Every(90))))
    window.show_state(reader.state(NOW, words().zone))
    shown(window)
    window.open_page("settings")
    shown_text = window.settings_page._schedule._list.item(0).text()
    assert shown_text.startswith("Work orders\nEvery hour and 30 minutes, counted from 12:00 AM\nNext sync ")


def test_the_statistics_are_those_of_the_stored_runs(
    window: MainWindow, store: Store, reader: Reader, shown: Show, qtbot: QtBot
) -> None:
    window.show_state(reader.state(NOW, words().zone))
    shown(window)
    window.open_page("statistics")
    table = window.statistics_page.table
    qtbot.waitUntil(lambda: table.accessibleDescription() == "Nothing has run yet.", timeout=30_000)
    sync(store, [order(1), order(2)], first=True)
    window.history_changed()
    qtbot.waitUntil(lambda: table.model().rowCount() > 0, timeout=30_000)
    shown_texts = [table.model().index(row, 1).data() for row in range(table.model().rowCount())]
    assert shown_texts[0] == "1 (1 succeeded, 0 failed, 0 cancelled, 0 interrupted)"
    assert "4.0 s in the middle, 95 of 100 within 4.0 s" in shown_texts
    schedules = window.statistics_page._schedule
    schedules.setCurrentIndex(schedules.findText("Work orders"))  # the run was asked for by hand
    qtbot.waitUntil(lambda: table.model().rowCount() == 0, timeout=30_000)
