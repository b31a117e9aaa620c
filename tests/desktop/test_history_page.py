"""The history: runs and occurrences, their errors and changes."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.commands import AcceptEmptyList
from fossatray.core.errors import NotFound
from fossatray.ui.history_model import ChangesModel, Column, HistoryModel
from fossatray.ui.history_page import HistoryPage
from tests.desktop.fakes import HOSTILE, Clock, Desk, changes, entry, history, words

Show = Callable[[QWidget], QWidget]
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> HistoryPage:
    made = HistoryPage(desk.services())
    qtbot.addWidget(made)
    made.resize(1000, 600)
    return made


def accept_button(page: HistoryPage) -> QPushButton:
    return page.findChildren(QPushButton)[0]


def texts(page: HistoryPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_the_models_keep_qts_rules(qtbot: QtBot) -> None:
    runs, changed = HistoryModel(words(), Clock()), ChangesModel(words())
    testers = QAbstractItemModelTester(runs, FATAL), QAbstractItemModelTester(changed, FATAL)
    runs.set_entries(history())
    changed.set_changes(changes())
    runs.set_entries([])
    changed.set_changes([])
    assert testers


def test_every_outcome_has_its_line(qtbot: QtBot) -> None:
    model = HistoryModel(words(), Clock())
    model.set_entries(history())
    rows = [[model.index(row, part).data() for part in Column] for row in range(model.rowCount())]
    assert rows[0] == [
        "Today at 12:00 PM",
        "Scheduled",
        "✓ Succeeded",
        "60",
        "3",
        "1",
        "2",
        "42.3 s",
        "",
        "Field",
    ]
    assert [row[Column.OUTCOME] for row in rows[1:]] == [
        "✗ Failed",
        "✗ Failed",
        "→ Skipped",
        "○ Missed",
        "■ Cancelled",
        "⚡ Interrupted",
    ]
    assert rows[1][Column.ERROR] == "The portal could not be reached"
    assert rows[3][Column.ERROR] == "A sync was already running."
    assert rows[4][Column.DURATION] == ""
    assert rows[5][Column.WHEN] == "Yesterday at 11:00 AM"


def test_a_chosen_failure_shows_message_and_advice(page: HistoryPage, shown: Show) -> None:
    shown(page)
    page.table.selectRow(1)
    assert "app.workfossa.com could not be found." in texts(page)
    assert "Check your internet connection." in texts(page)
    assert not accept_button(page).isVisible()


def test_a_chosen_run_lists_its_changes(page: HistoryPage, shown: Show) -> None:
    shown(page)
    page.table.selectRow(0)
    tables = page.findChildren(QTableView)
    table = next(item for item in tables if item.accessibleName() == "Changes of the run")
    rows = [[table.model().index(row, part).data() for part in range(3)] for row in range(table.model().rowCount())]
    assert ["W-129003", "new", ""] in rows
    assert ["W-129001", "rescheduled", "Visit date: 2026-11-24 → 2026-11-27"] in rows
    assert ["W-129002", "no longer in your open list", ""] in rows


def test_an_empty_list_can_be_accepted(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.table.selectRow(2)
    assert accept_button(page).isVisible()
    accept_button(page).click()
    assert desk.commands == [AcceptEmptyList(7)]


def test_a_refused_acceptance_is_told_and_can_be_tried_again(
    page: HistoryPage, desk: Desk, shown: Show, qtbot: QtBot
) -> None:
    desk.answers[AcceptEmptyList] = NotFound("There is no such run.")
    shown(page)
    page.table.selectRow(2)
    with qtbot.waitSignal(page.problem) as caught:
        accept_button(page).click()
    assert caught.args is not None
    assert "There is no such run." in caught.args[0]
    assert accept_button(page).isEnabled()


def test_sorting_by_numbers_is_by_value(page: HistoryPage, shown: Show) -> None:
    shown(page)
    page.table.sortByColumn(Column.FOUND, Qt.SortOrder.DescendingOrder)
    assert page.table.model().index(0, Column.FOUND).data() == "60"


def test_the_newest_is_followed_and_another_choice_kept(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    assert page.table.currentIndex().row() == 0
    desk.reader.kept_history.insert(0, entry(10, "succeeded", hours=0.2))
    page.mark_stale()
    assert page.table.currentIndex().row() == 0
    page.table.selectRow(3)
    desk.reader.kept_history.insert(0, entry(11, "succeeded", hours=0.1))
    page.mark_stale()
    assert page.table.currentIndex().row() == 4


def test_hostile_text_stays_plain(page: HistoryPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_history = [entry(None, "skipped", reason=HOSTILE)]
    shown(page)
    shown_labels = [label for label in page.findChildren(QLabel) if HOSTILE in label.text()]
    assert shown_labels
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown_labels)
    tooltip = page.table.model().index(0, Column.ERROR).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tooltip
