"""The history: runs and occurrences, their errors and changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.changes import Change, Diff, FieldChange, Kind, StoredChange
from fossatray.core.commands import SESSION_ENDED, AcceptEmptyList, CancelInstall, InstallBrowser, SyncNow
from fossatray.core.errors import BrowserInstallFailed, BrowserMissing, NoLongerShown, NotFound
from fossatray.core.runs import Reason
from fossatray.core.status import AppState, BrowserInstall
from fossatray.core.text import capital
from fossatray.core.why import reason_words
from fossatray.core.words import Words
from fossatray.engine import desk as engine_desk
from fossatray.engine import runner
from fossatray.engine.ledger import Verdict
from fossatray.ui import texts as ui_texts
from fossatray.ui.history_model import ChangesModel, Column, HistoryModel
from fossatray.ui.history_page import ENTRIES, HistoryPage
from fossatray.ui.main_window import MainWindow
from fossatray.ui.tables import GAP, Indented
from tests.desktop.fakes import ACCOUNT, HOSTILE, NOW, Clock, Desk, changes, entry, history, words

Show = Callable[[QWidget], QWidget]
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> HistoryPage:
    made = HistoryPage(desk.services())
    qtbot.addWidget(made)
    made.resize(1000, 600)
    return made


def accept_button(page: HistoryPage) -> QPushButton:
    return find_button(page, "My list really is empty")


def find_button(page: HistoryPage, name: str) -> QPushButton:
    return next(item for item in page.findChildren(QPushButton) if item.accessibleName() == name)


def texts(page: HistoryPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_the_models_keep_qts_rules(qtbot: QtBot) -> None:
    runs, changed = HistoryModel(words(), Clock()), ChangesModel(words(), Clock())
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
        "Work orders",
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
    assert rows[6][Column.DURATION] == "–"
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
    assert ["W-129001", "rescheduled", "Visit date: Tue, Nov 24 → Fri, Nov 27"] in rows
    assert ["W-129002", "no longer in your open list", ""] in rows


def test_a_swap_and_a_dispenser_are_called_by_name(qtbot: QtBot) -> None:
    swap = Change("1", Kind.SWAPPED, (FieldChange("with.visit.time", "8", "9"),), partner="2")
    edited = (FieldChange("other.Island", "A", None), FieldChange("serial", "EN1", "EN2"))
    dispenser = Change("", Kind.DISPENSER_CHANGED, edited, location_url="https://p/1/", numbers="1/2")
    left = Change("3", Kind.REMOVED, (FieldChange("completed", None, False),))
    model = ChangesModel(words(), Clock())
    model.set_changes([StoredChange("a", "Field", 9, NOW, change, "#12") for change in (swap, dispenser, left)])
    assert [[model.index(row, column).data() for column in range(3)] for row in range(3)] == [
        ["W-1 and W-2", "swapped", "Other order: Visit time: 8 → 9"],
        ["Dispenser 1/2 at #12", "changed", "Island: A → —, Serial number: EN1 → EN2"],
        ["W-3", "removed from your list", ""],
    ]


def test_dates_in_changes_are_said_as_everywhere(qtbot: QtBot) -> None:
    parts = (
        FieldChange("visit.due_date", None, "2027-01-05"),
        FieldChange("created_at", "2026-11-02T09:15:00", "no date"),
        FieldChange("status", "2026-11-24", "Done"),
    )
    model = ChangesModel(words(), Clock())
    model.set_changes([StoredChange("a" * 32, "Field", 9, NOW, Change("129001", Kind.UPDATED, parts))])
    assert model.index(0, 2).data() == (
        "Due date: — → Tue, Jan 5, 2027, Created: Mon, Nov 2, 9:15 AM → no date, Status: 2026-11-24 → Done"
    )


def test_the_reason_keeps_away_from_the_duration(page: HistoryPage, shown: Show) -> None:
    shown(page)
    index = page.table.model().index(1, Column.ERROR)
    delegate = page.table.itemDelegateForIndex(index)
    assert isinstance(delegate, Indented)
    assert delegate.displayText(index.data(), QLocale()) == f"{GAP}The portal could not be reached"
    header = page.table.model().headerData
    assert header(Column.ERROR, Qt.Orientation.Horizontal) == f"{GAP}Reason"
    assert header(Column.ERROR, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole) == "Reason"


def test_an_empty_list_can_be_accepted(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.table.selectRow(2)
    assert accept_button(page).isVisible()
    accept_button(page).click()
    assert desk.commands == [AcceptEmptyList(7)]


def test_that_the_portal_shows_less_can_be_believed(page: HistoryPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_history.insert(0, entry(12, "failed", hours=0.2, error=NoLongerShown().info()))
    shown(page)
    page.table.selectRow(0)
    find_button(page, "The portal really shows less").click()
    assert desk.commands == [SyncNow(ACCOUNT.id, job="work_orders", believe=True)]


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


@pytest.fixture
def lacking(page: HistoryPage, desk: Desk, shown: Show) -> HistoryPage:
    """The page with a run selected that failed for want of a browser."""
    desk.reader.kept_history.insert(0, entry(11, "failed", hours=0.2, error=BrowserMissing().info()))
    shown(page)
    return page


def test_a_missing_browser_can_be_installed_by_keyboard(lacking: HistoryPage, desk: Desk, qtbot: QtBot) -> None:
    desk.is_slow = True
    install = find_button(lacking, "Install a browser")
    assert install.isVisible()
    assert install.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(install, Qt.Key.Key_Space)
    assert desk.commands == [InstallBrowser()]
    assert not install.isEnabled()
    lacking.show_state(AppState(browser_install=BrowserInstall(30)))
    assert "Installing a browser: 30 %." in texts(lacking)
    with qtbot.waitSignal(lacking.problem) as caught:
        desk.answer()
    assert caught.args == ["The browser is installed."]
    assert not install.isEnabled()
    lacking.show_state(AppState())
    assert install.isEnabled()
    assert "Installing" not in texts(lacking)


def test_a_failed_installation_is_told_and_can_be_tried_again(lacking: HistoryPage, desk: Desk, qtbot: QtBot) -> None:
    error = BrowserInstallFailed("The disk is full.", advice="Free about 500 MB.")
    desk.answers[InstallBrowser] = error
    with qtbot.waitSignal(lacking.problem) as caught:
        find_button(lacking, "Install a browser").click()
    assert caught.args is not None
    assert "The disk is full.\nFree about 500 MB." in caught.args[0]
    lacking.show_state(AppState(browser_install=BrowserInstall(error=error.info())))
    assert "The disk is full." in texts(lacking)
    assert find_button(lacking, "Install a browser").isEnabled()


def test_the_window_hands_the_installation_on(window: MainWindow, desk: Desk, shown: Show) -> None:
    desk.reader.kept_history.insert(0, entry(11, "failed", hours=0.2, error=BrowserMissing().info()))
    window.open_page("history")
    shown(window)
    window.show_state(AppState(browser_install=BrowserInstall(55)))
    assert "Installing a browser: 55 %." in texts(window.history_page)


def test_an_installation_can_be_cancelled_by_keyboard(lacking: HistoryPage, desk: Desk, qtbot: QtBot) -> None:
    cancel = find_button(lacking, "Cancel the installation")
    assert not cancel.isVisible()
    lacking.show_state(AppState(browser_install=BrowserInstall(30)))
    assert cancel.isVisible()
    cancel.setFocus()
    desk.is_slow = True
    QTest.keyClick(cancel, Qt.Key.Key_Space)
    assert desk.commands == [CancelInstall()]
    assert not cancel.isEnabled()
    desk.answer()
    lacking.show_state(AppState())
    assert not cancel.isVisible()
    assert find_button(lacking, "Install a browser").isEnabled()
    lacking.show_state(AppState(browser_install=BrowserInstall(0)))
    assert cancel.isEnabled()
    lacking.table.selectRow(2)
    assert not cancel.isVisible()


def test_an_installation_begun_elsewhere_is_joined_in_words(lacking: HistoryPage) -> None:
    lacking.show_state(AppState(browser_install=BrowserInstall(10)))
    assert not find_button(lacking, "Install a browser").isEnabled()
    lacking.table.selectRow(2)
    assert not find_button(lacking, "Install a browser").isVisible()
    assert "Installing a browser" not in texts(lacking)
    lacking.table.selectRow(0)
    assert "Installing a browser: 10 %." in texts(lacking)


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


# --- reasons, durations, older entries --------------------------------------------------------------------------------

ENGINE_REASONS = (
    *Reason,
    runner.BY_PERSON,
    runner.BY_QUIT,
    SESSION_ENDED,
    engine_desk.BY_CHANGE,
)


TRANSLATED = Words(UTC, tr=lambda text: f"«{text}»")


def test_a_run_tells_its_schedule_and_its_phases(page: HistoryPage, desk: Desk, shown: Show) -> None:
    phases = (("logging_in", 2.06), ("scraping", 9.8), ("waiting", 30.0))
    desk.reader.kept_history = [replace(entry(9, "succeeded"), schedule="Night", phases=phases)]
    shown(page)
    assert page._detail.text().splitlines()[0] == "Today at 12:00 PM · Night · Scheduled · ✓ Succeeded"
    assert "Logging in 2.1 s, Scraping 9.8 s, waiting 30.0 s" in page._detail.text()


@pytest.mark.parametrize("reason", ENGINE_REASONS)
def test_every_reason_of_the_engine_is_translated_and_the_same_as_on_the_command_line(reason: str) -> None:
    shown = ui_texts.reason(entry(None, "skipped", reason=reason), TRANSLATED)
    assert shown.startswith("«")
    assert shown == reason_words(reason, TRANSLATED)
    plain = ui_texts.reason(entry(None, "skipped", reason=reason), words())
    assert plain == capital(reason_words(reason, words()))
    assert plain[0].isupper()


def test_what_was_held_back_is_counted_in_words() -> None:
    verdict = Verdict(Diff((), ()), frozenset({"1", "2", "3"}), entry(1, "succeeded").counts)
    shown = ui_texts.reason(entry(1, "succeeded", reason=verdict.reason), TRANSLATED)
    assert shown == "«3 work orders are missing; they are kept until a second read agrees»"


def test_the_sign_of_an_empty_list_is_quoted_and_the_unknown_stays() -> None:
    for reason, shown in (
        ("empty sign: Nothing to see.", "«the portal said: Nothing to see.»"),
        ("the moon is full", "The moon is full"),
        (None, ""),
    ):
        assert ui_texts.reason(entry(1, "failed", reason=reason), TRANSLATED) == shown


def test_an_interrupted_run_sorts_as_without_duration(page: HistoryPage, desk: Desk, shown: Show) -> None:
    died = entry(1, "interrupted", hours=9)
    assert died.finished_at is not None
    desk.reader.kept_history = [entry(2, "succeeded", hours=1), replace(died, finished_at=NOW)]
    shown(page)
    page.table.sortByColumn(Column.DURATION, Qt.SortOrder.DescendingOrder)
    rows = range(page.table.model().rowCount())
    assert [page.table.model().index(row, Column.DURATION).data() for row in rows] == ["42.3 s", "–"]


def test_older_entries_are_read_when_asked_for(page: HistoryPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_history = [entry(2000 - number, "succeeded", hours=number / 10) for number in range(ENTRIES + 3)]
    shown(page)
    page.activateWindow()
    older = find_button(page, "Show older")
    assert page.table.model().rowCount() == ENTRIES
    assert f"The newest {ENTRIES} entries" in texts(page)
    page.table.selectRow(7)
    older.setFocus()
    assert older.hasFocus()
    QTest.keyClick(older, Qt.Key.Key_Space)
    assert page.table.model().rowCount() == ENTRIES + 3
    assert page.table.selectionModel().selectedRows()[0].row() == 7
    assert not older.isVisible()
    assert page.table.hasFocus()
    desk.reader.kept_history.insert(0, entry(2001, "succeeded", hours=0))
    page.mark_stale()
    assert page.table.model().rowCount() == ENTRIES + 4


def test_nothing_older_is_offered_where_all_is_shown(page: HistoryPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_history = [entry(number + 1, "succeeded", hours=9 - number / 100) for number in range(ENTRIES)]
    shown(page)
    assert page.table.model().rowCount() == ENTRIES
    assert not find_button(page, "Show older").isVisible()
