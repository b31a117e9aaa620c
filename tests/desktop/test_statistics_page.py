"""The statistics: which period, account and schedule are asked for, and what is said of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QComboBox, QDateEdit, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.errors import StoreBusy
from fossatray.core.runs import Counts
from fossatray.core.statistics import Statistics
from fossatray.core.status import AccountState, AppState
from fossatray.ui.main_window import MainWindow
from fossatray.ui.statistics_model import Period, StatisticsModel
from fossatray.ui.statistics_page import StatisticsPage
from tests.desktop.fakes import ACCOUNT, NOW, OTHER, Desk, account_state, armed, states, words

Show = Callable[[QWidget], QWidget]
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
SOME = Statistics(
    succeeded=57,
    failed=3,
    cancelled=1,
    skipped=4,
    missed=2,
    counts=Counts(60, 3, 1, 2),
    median_seconds=42.3,
    p95_seconds=80.0,
    portal_seconds=1800.0,
    own_seconds=90.0,
    longest_gap=timedelta(hours=5, minutes=12),
    last_success=NOW - timedelta(minutes=3),
)
OF_OTHER = AccountState(OTHER, (armed(id=2, account_id=OTHER.id), armed(id=3, account_id=OTHER.id, name="Nightly")))
MONTH = datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> StatisticsPage:
    desk.reader.kept_statistics = SOME
    made = StatisticsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(AppState((account_state(), OF_OTHER)))
    return made


def chooser(page: StatisticsPage, name: str) -> QComboBox:
    return next(item for item in page.findChildren(QComboBox) if item.accessibleName() == name)


def day(page: StatisticsPage, name: str) -> QDateEdit:
    return next(item for item in page.findChildren(QDateEdit) if item.accessibleName() == name)


def choose(page: StatisticsPage, name: str, text: str) -> None:
    box = chooser(page, name)
    assert box.findText(text) >= 0, [box.itemText(place) for place in range(box.count())]
    box.setCurrentIndex(box.findText(text))


def lines(page: StatisticsPage) -> dict[str, str]:
    model = page.table.model()
    return {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    model = StatisticsModel()
    testers = (QAbstractItemModelTester(model, FATAL),)
    for made in ([("Runs", "1")], [("Runs", "2")], [("Runs", "2"), ("Rate", "3")], [], []):
        model.set_lines(made)
        assert [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())] == made
    assert testers


def test_every_figure_is_said_in_words(page: StatisticsPage, shown: Show) -> None:
    shown(page)
    assert lines(page) == {
        "Runs": "61 (57 succeeded, 3 failed, 1 cancelled, 0 interrupted)",
        "Success rate": "95.0 %",
        "Did not run": "4 skipped, 2 missed",
        "Work orders": "60 found, 3 new, 1 changed, 2 no longer in your open list",
        "Duration": "42.3 s in the middle, 95 of 100 within 1 min 20 s",
        "Time spent": "30 min 0 s waiting for the portal, 1 min 30 s our own",
        "Longest gap": "5 h 12 min between two successes",
        "Last success": "Today at 12:57 PM",
    }
    assert page._summary.text() == "From Oct 25 to Nov 23"
    assert page.table.accessibleDescription() == ""


@pytest.mark.parametrize(
    ("text", "first", "said"),
    [
        ("Last 7 days", datetime(2026, 11, 17, tzinfo=UTC), "From Nov 17 to Nov 23"),
        ("Last 90 days", datetime(2026, 8, 26, tzinfo=UTC), "From Aug 26 to Nov 23"),
        ("All", None, "Everything that is kept"),
    ],
)
def test_a_period_is_asked_for_by_whole_days(
    page: StatisticsPage, desk: Desk, shown: Show, text: str, first: datetime | None, said: str
) -> None:
    shown(page)
    assert desk.reader.asked_statistics == [(*MONTH, None, None)]
    choose(page, "Period", text)
    assert desk.reader.asked_statistics[1:] == [(first, first and MONTH[1], None, None)]
    assert page._summary.text() == said


def test_days_of_ones_own_are_both_included(page: StatisticsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    assert not day(page, "From").isVisible()
    choose(page, "Period", "From – to")
    assert day(page, "From").isVisible()
    assert day(page, "To").isVisible()
    assert desk.reader.asked_statistics[-1][:2] == MONTH
    day(page, "From").setDate(QDate(2025, 12, 30))
    day(page, "To").setDate(QDate(2026, 1, 2))
    since, until = datetime(2025, 12, 30, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)
    assert desk.reader.asked_statistics[-1] == (since, until, None, None)
    assert page._summary.text() == "From Dec 30, 2025 to Jan 2"


def test_one_day_pushes_the_other_so_that_no_period_ends_before_it_begins(page: StatisticsPage, shown: Show) -> None:
    shown(page)
    choose(page, "Period", "From – to")
    day(page, "To").setDate(QDate(2026, 9, 1))
    assert page.period == Period(date(2026, 9, 1), date(2026, 9, 1))
    assert page._summary.text() == "Sep 1"
    day(page, "From").setDate(QDate(2026, 9, 20))
    assert page.period == Period(date(2026, 9, 20), date(2026, 9, 20))


def test_days_begin_at_midnight_by_the_wall_clock_also_when_clocks_change() -> None:
    begin, end = Period(date(2026, 11, 1), date(2026, 11, 1)).bounds(ZoneInfo("America/New_York"))
    assert (begin, end) == (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC))


def test_an_account_and_one_of_its_schedules(page: StatisticsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    schedules = chooser(page, "Schedule")
    offered = [schedules.itemText(place) for place in range(schedules.count())]
    assert offered == [
        "All, with manual syncs",
        "Field: Work orders",
        "Night shift: Work orders",
        "Night shift: Nightly",
    ]
    choose(page, "Account", "Night shift")
    assert [schedules.itemText(place) for place in range(1, schedules.count())] == ["Work orders", "Nightly"]
    choose(page, "Schedule", "Nightly")
    choose(page, "Account", "Field")
    about = [asked[2:] for asked in desk.reader.asked_statistics]
    assert about == [(None, None), (OTHER.id, None), (OTHER.id, 3), (ACCOUNT.id, None)]


def test_one_account_is_no_choice(page: StatisticsPage, shown: Show) -> None:
    shown(page)
    assert chooser(page, "Account").isVisible()
    page.show_state(states()["idle"])
    assert not chooser(page, "Account").isVisible()
    assert chooser(page, "Schedule").itemText(1) == "Work orders"
    page.show_state(AppState())
    assert not chooser(page, "Schedule").isVisible()


def test_what_is_chosen_stays_so_until_it_is_gone(page: StatisticsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    choose(page, "Schedule", "Night shift: Nightly")
    renamed = armed(id=3, account_id=OTHER.id, name="Late")
    page.show_state(AppState((account_state(), AccountState(OTHER, (renamed,)))))
    assert chooser(page, "Schedule").currentText() == "Night shift: Late"
    asked = len(desk.reader.asked_statistics)
    page.show_state(AppState((account_state(open_orders=5), AccountState(OTHER, (renamed,)))))
    assert len(desk.reader.asked_statistics) == asked  # nothing that it shows has changed
    page.show_state(AppState((account_state(),)))
    assert chooser(page, "Schedule").currentText() == "All, with manual syncs"
    assert desk.reader.asked_statistics[-1] == (*MONTH, None, None)


def test_without_figures_it_says_why(page: StatisticsPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_statistics = Statistics()
    shown(page)
    assert lines(page) == {}
    hint = page.table.accessibleDescription()
    assert hint == "Nothing ran or was planned then. Choose another period, account or schedule."
    for state, said in (
        (AppState((account_state(last_run=None, schedules=(armed(name="New"),)),)), "Nothing has run yet."),
        (AppState(), "No account yet. Open Settings to add one."),
    ):
        page.show_state(state)
        assert page.table.accessibleDescription() == said
    desk.reader.kept_statistics = Statistics(skipped=1)
    page.mark_stale()
    assert lines(page)["Did not run"] == "1 skipped, 0 missed"
    assert lines(page)["Success rate"] == "none yet"
    assert page.table.accessibleDescription() == ""


def test_it_is_read_only_where_it_is_seen(window: MainWindow, desk: Desk, shown: Show) -> None:
    desk.reader.kept_statistics = SOME
    window.show_state(states()["idle"])
    shown(window)
    window.history_changed()
    assert desk.reader.asked_statistics == []
    window.open_page("statistics")
    assert len(desk.reader.asked_statistics) == 1
    desk.reader.kept_statistics = Statistics(succeeded=1)
    window.history_changed()
    assert lines(window.statistics_page)["Runs"].startswith("1 (1 succeeded")
    window.open_page("history")
    window.open_page("statistics")
    assert len(desk.reader.asked_statistics) == 2


def test_the_period_moves_on_at_midnight(window: MainWindow, desk: Desk, shown: Show) -> None:
    desk.reader.kept_statistics = SOME
    shown(window)
    window.open_page("statistics")
    desk.clock.now = NOW + timedelta(days=1)
    window._midnight.look()
    assert window.statistics_page._summary.text() == "From Oct 26 to Nov 24"


def test_a_failure_is_said_and_tried_again(window: MainWindow, desk: Desk, shown: Show, qtbot: QtBot) -> None:
    shown(window)
    desk.reader.error = StoreBusy()
    with qtbot.waitSignal(window.statistics_page.problem):
        window.open_page("statistics")
    assert window._notice.isVisible()
    desk.reader.error = None
    desk.reader.kept_statistics = SOME
    window.open_page("history")
    window.open_page("statistics")
    assert lines(window.statistics_page)["Success rate"] == "95.0 %"


def test_a_newer_question_supersedes_an_older_one(page: StatisticsPage, desk: Desk, shown: Show) -> None:
    desk.is_reading = True
    shown(page)
    choose(page, "Period", "Last 7 days")
    choose(page, "Period", "All")
    assert lines(page) == {}, "it is being read"
    desk.read()
    assert desk.reader.asked_statistics == [(None, None, None, None)]
    assert page._summary.text() == "Everything that is kept"
    assert lines(page)["Success rate"] == "95.0 %"


def test_only_what_takes_long_is_said_to_be_read(
    page: StatisticsPage, desk: Desk, shown: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: heard.append(event.message()))
    shown(page)
    month = page._summary.text()
    assert not page._slow.isActive(), "it was answered at once"
    desk.is_reading = True
    choose(page, "Period", "All")
    assert page._slow.isActive()
    assert page._slow.interval() == 200
    assert page._summary.text() == month
    qtbot.waitUntil(lambda: page._summary.text() == "Reading…", timeout=30_000)
    assert page._summary.accessibleDescription() == "Reading…"
    assert heard == ["Reading…"]
    desk.read()
    assert page._summary.text() == "Everything that is kept"
    assert not page._slow.isActive()


def test_a_reading_that_fails_takes_its_word_back(page: StatisticsPage, desk: Desk, shown: Show, qtbot: QtBot) -> None:
    shown(page)
    desk.is_reading = True
    desk.reader.error = StoreBusy()
    page.mark_stale()
    page._slow.timeout.emit()
    with qtbot.waitSignal(page.problem):
        desk.read()
    assert page._summary.text() == "From Oct 25 to Nov 23"
    assert not page._slow.isActive()


@pytest.mark.parametrize("name", ["From", "To"])
def test_days_that_cannot_be_reckoned_with_cannot_be_chosen(page: StatisticsPage, shown: Show, name: str) -> None:
    shown(page)
    choose(page, "Period", "From – to")
    for typed, kept in ((QDate(1752, 9, 14), date(2000, 1, 1)), (QDate(9999, 12, 31), date(2999, 12, 31))):
        day(page, name).setDate(typed)
        period = page.period
        assert (period.first if name == "From" else period.last) == kept
        for zone in (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Honolulu")):
            assert None not in period.bounds(zone)


def test_all_by_the_keyboard(window: MainWindow, desk: Desk, shown: Show, qtbot: QtBot) -> None:
    desk.reader.kept_statistics = SOME
    window.show_state(states()["idle"])
    shown(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    QTest.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.windowTitle() == "Statistics – FossaTray"
    page = window.statistics_page
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert chooser(page, "Period").hasFocus()
    QTest.keyClick(chooser(page, "Period"), Qt.Key.Key_End)
    assert day(page, "From").isVisible()
    names: list[str] = []
    for _ in range(8):  # a day has three parts, each with a stop of its own
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        names.append(window.focusWidget().accessibleName())
    assert names == ["From"] * 3 + ["To"] * 3 + ["Schedule", "Statistics"]
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.currentIndex().row() == 1
    page.mark_stale()
    assert page.table.currentIndex().row() == 1  # whoever reads stays in the line


def test_long_figures_are_wrapped_and_years_have_four_digits(page: StatisticsPage, shown: Show) -> None:
    page.resize(330, 500)
    shown(page)
    heights = {page.table.rowHeight(row) for row in range(page.table.model().rowCount())}
    assert len(heights) > 1
    assert page.table.horizontalScrollBar().maximum() == 0
    assert "yyyy" in day(page, "From").displayFormat()


def test_a_period_is_said_of_this_and_of_other_years() -> None:
    today = date(2026, 1, 3)
    assert Period.of_last(7, today).text(words(), today) == "From Dec 28, 2025 to Jan 3"
    assert Period.of_last(1, today).text(words(), today) == "Jan 3"
