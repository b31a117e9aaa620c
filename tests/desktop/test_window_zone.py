"""The window in another time zone: the same state and the same store, at the hours and on the day of that zone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fossatray.ui.history_model import Column as HistoryColumn
from fossatray.ui.labels import PlainLabel
from fossatray.ui.main_window import MainWindow
from fossatray.ui.orders_model import Column
from fossatray.ui.status_strip import StatusStrip
from fossatray.ui.tables import DataTable
from fossatray.ui.words_qt import make_words
from tests.desktop.fakes import TODAY, Desk, first, order, states, stored

Show = Callable[[QWidget], QWidget]
WEST = ZoneInfo("Pacific/Honolulu")
EAST = ZoneInfo("Pacific/Kiritimati")  # 14 hours ahead: the next day there


@pytest.fixture
def zones() -> list[tzinfo]:
    """The computer's zones; the last one is the present one."""
    return [UTC]


@pytest.fixture
def traveller(qtbot: QtBot, desk: Desk, zones: list[tzinfo]) -> MainWindow:
    """A window that follows the zones."""
    visit = order(1).visit
    assert visit is not None
    desk.reader.kept_orders = [stored(order(1, visit=replace(visit, due_date=TODAY)))]
    made = MainWindow(replace(desk.services(), words=make_words(lambda: zones[-1])))
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


def strip(window: MainWindow) -> list[str]:
    return [label.text() for label in first(window, StatusStrip).findChildren(PlainLabel)]


def detail(window: MainWindow) -> str:
    labels = window.history_page.findChildren(PlainLabel)
    return next(label.text() for label in labels if label.accessibleName() == "Details of the run")


def cell(table: DataTable, column: int) -> str:
    return str(table.model().index(0, column).data())


def test_the_strip_tells_the_same_state_in_the_hours_of_the_new_zone(
    traveller: MainWindow, zones: list[tzinfo], shown: Show
) -> None:
    shown(traveller)
    assert "Next sync today at 2:00 PM" in strip(traveller)
    zones.append(WEST)
    traveller.show_state(states()["idle"])
    assert strip(traveller) == ["Next sync today at 4:00 AM", "Last sync today at 2:57 AM: 60 work orders"]


def test_what_is_due_today_is_due_by_the_day_of_the_new_zone(
    traveller: MainWindow, zones: list[tzinfo], shown: Show
) -> None:
    shown(traveller)
    assert cell(traveller.orders_page.table, Column.DUE) == "⚠ Nov 23 (today)"
    zones.append(EAST)
    traveller.show_state(states()["idle"])
    assert cell(traveller.orders_page.table, Column.DUE) == "⚠ Nov 23 (past)"


def test_the_history_is_told_in_the_hours_of_the_new_zone(
    traveller: MainWindow, zones: list[tzinfo], shown: Show
) -> None:
    traveller.open_page("history")
    shown(traveller)
    before = cell(traveller.history_page.table, HistoryColumn.WHEN)
    assert detail(traveller).startswith(before)
    zones.append(WEST)
    traveller.show_state(states()["idle"])
    after = cell(traveller.history_page.table, HistoryColumn.WHEN)
    assert (before, after) == ("Today at 12:00 PM", "Today at 2:00 AM")
    assert detail(traveller).startswith(after)


def test_a_window_that_was_hidden_meanwhile_is_in_the_new_zone_when_it_is_shown(
    traveller: MainWindow, zones: list[tzinfo], shown: Show
) -> None:
    shown(traveller)
    traveller.close()
    zones.append(EAST)
    traveller.show_state(states()["idle"])
    shown(traveller)
    assert cell(traveller.orders_page.table, Column.DUE) == "⚠ Nov 23 (past)"
    assert "Next sync today at 4:00 AM" in strip(traveller)
