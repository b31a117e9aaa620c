"""Settings, schedules: the list says when each runs and why not; every step goes to the engine at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QThread, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateTimeEdit, QDialogButtonBox, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core import holiday_calendar
from fossatray.core.commands import PauseSchedule, RemoveSchedule, ResumeSchedule, SaveSchedule
from fossatray.core.errors import InvalidInput
from fossatray.core.schedules import Schedule
from fossatray.core.status import AppState, ScheduleState
from fossatray.core.timetable import ActiveHours, HolidayCalendar, Timetable
from fossatray.ui.schedule_dialog import ScheduleDialog
from fossatray.ui.schedule_pause import PauseDialog
from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import ACCOUNT, NOW, OTHER, Desk, account_state, armed

Show = Callable[[QWidget], QWidget]
SECOND = Schedule(2, ACCOUNT.id, name="Second")


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    show(made, armed(), armed(SECOND, enabled=False, held="paused"))
    return made


def show(page: SettingsPage, *schedules: ScheduleState) -> None:
    page.show_state(AppState((account_state(schedules=schedules),)))


def lines(page: SettingsPage) -> list[str]:
    shown = page._schedule._list
    return [shown.item(row).text() for row in range(shown.count())]


def button(page: SettingsPage, name: str) -> QPushButton:
    return next(item for item in page._schedule.findChildren(QPushButton) if item.accessibleName() == name)


def usable(page: SettingsPage) -> set[str]:
    return {item.text() for item in page._schedule.findChildren(QPushButton) if item.isEnabled()}


def editor(page: SettingsPage) -> ScheduleDialog:
    return page.findChildren(ScheduleDialog)[-1]


def accept(dialog: QWidget) -> None:
    buttons = dialog.findChildren(QDialogButtonBox)[0]
    chosen = [item for item in buttons.buttons() if buttons.buttonRole(item) == QDialogButtonBox.ButtonRole.AcceptRole]
    chosen[0].click()


# --- the list ---------------------------------------------------------------------------------------------------------


def test_each_says_when_it_runs_and_what_comes_next(page: SettingsPage) -> None:
    assert lines(page) == ["Work orders\nEvery hour\nNext sync today at 2:00 PM", "Second\nEvery hour\nPaused"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (armed(held="paused", paused_until=NOW + timedelta(days=1)), "Paused until tomorrow at 1:00 PM"),
        (armed(held="switched_off", switched_off=True, failures=6), "Switched off after 6 failed syncs in a row"),
        (armed(held="no_password"), "Syncing is stopped: no password is stored"),
        (armed(held="blocked"), "Syncing is stopped until the sign-in is put right"),
        (armed(held="waiting_for_network"), "Waiting for the network"),
        (ScheduleState(replace(SECOND, after=1)), "After a success of Work orders"),
    ],
)
def test_what_holds_it_is_said(page: SettingsPage, state: ScheduleState, said: str) -> None:
    other = armed() if state.schedule.id != 1 else armed(SECOND)
    show(page, other, state)
    assert lines(page)[1].splitlines()[-1] == said


def test_a_stored_place_that_is_not_known_is_said(page: SettingsPage, qtbot: QtBot) -> None:
    show(page, armed(timetable=Timetable(holidays=HolidayCalendar("US", "XX"))))
    assert "Work orders" in lines(page)[0]
    show(page, armed(timetable=Timetable(holidays=HolidayCalendar("XX", "A"))))
    said = 'No holidays are known for the country "XX".'
    qtbot.waitUntil(lambda: said in lines(page)[0], timeout=30_000)


def test_the_place_of_holidays_is_looked_up_beside_the_gui_thread(
    page: SettingsPage, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[QThread] = []
    known = holiday_calendar.subdivisions

    def subdivisions(country: str) -> dict[str, str]:
        threads.append(QThread.currentThread())
        return known(country)

    monkeypatch.setattr(holiday_calendar, "subdivisions", subdivisions)
    desk.is_busy = True
    in_texas = armed(timetable=Timetable(holidays=HolidayCalendar("US", "TX")), held="paused", enabled=False)
    for _ in range(2):
        show(page, in_texas, armed(SECOND, timetable=Timetable(holidays=HolidayCalendar("US"))))
        assert lines(page)[0].splitlines()[1:] == ["Looking up the holidays…", "Paused"]
        assert "not on holidays (US)" in lines(page)[1], "that needs no names"
    assert len(desk.put_off) == 1, "it is asked for once"
    desk.go_on()
    qtbot.waitUntil(lambda: "not on holidays (US, Texas)" in lines(page)[0], timeout=30_000)
    assert threads
    assert QThread.currentThread() not in threads


def test_it_follows_at_once_and_keeps_what_is_selected(page: SettingsPage) -> None:
    page._schedule._list.setCurrentRow(1)
    hours = Timetable(active_hours=ActiveHours(0, 6))
    show(page, armed(timetable=hours), armed(SECOND))
    assert lines(page)[0].splitlines()[1] == "Every hour from 12:00 AM to 6:00 AM"
    assert page._schedule._list.currentRow() == 1
    show(page, armed(), armed(SECOND))
    assert lines(page)[0].splitlines()[1] == "Every hour", "active hours can be switched off again"


def test_what_has_not_changed_is_not_touched(page: SettingsPage) -> None:
    before = page._schedule._list.item(0)
    page.show_state(
        AppState((account_state(schedules=(armed(), armed(SECOND, enabled=False, held="paused")), open_orders=7),))
    )
    assert page._schedule._list.item(0) is before


def test_what_is_typed_in_the_account_does_not_stop_it(page: SettingsPage) -> None:
    field = next(item for item in page.findChildren(QLineEdit) if item.accessibleName() == "Account name")
    QTest.keyClicks(field, "x")
    show(page, armed(SECOND))
    assert lines(page) == ["Second\nEvery hour\nNext sync today at 2:00 PM"]
    assert field.text() == "Fieldx"


def test_before_there_is_an_account_it_says_what_comes(page: SettingsPage, desk: Desk) -> None:
    page.show_state(AppState())
    assert lines(page) == ["Save the account first. It then syncs every hour; change that here."]
    assert usable(page) == set()
    QTest.keyClick(page._schedule._list, Qt.Key.Key_Delete)
    QTest.keyClick(page._schedule._list, Qt.Key.Key_Return)
    assert page.findChildren(ScheduleDialog) == []


def test_what_can_be_done_fits_what_is_selected(page: SettingsPage) -> None:
    page._schedule._list.setCurrentRow(0)
    assert usable(page) == {"Add…", "Edit…", "Pause…", "Remove…"}
    page._schedule._list.setCurrentRow(1)
    assert usable(page) == {"Add…", "Edit…", "Pause…", "Resume", "Remove…"}
    show(page, armed(held="switched_off", switched_off=True, failures=5))
    assert usable(page) == {"Add…", "Edit…", "Resume", "Remove…"}
    show(page)
    assert usable(page) == {"Add…"}


def test_another_accounts_schedules_come_with_the_account(page: SettingsPage) -> None:
    night = account_state(account=OTHER, schedules=(armed(Schedule(5, OTHER.id, name="Night")),))
    page.show_state(AppState((account_state(schedules=(armed(),)), night)))
    page._chooser.setCurrentIndex(1)
    page._chooser.activated.emit(1)
    assert lines(page)[0].startswith("Night\n")


# --- what it does -----------------------------------------------------------------------------------------------------


def test_a_schedule_is_added_with_a_name_that_is_free(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Add a schedule").click()
    accept(editor(page))
    assert desk.commands == [SaveSchedule(Schedule(0, ACCOUNT.id, name="Work orders 2"))]


def test_one_is_edited_by_keyboard(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page._schedule._list.setCurrentRow(1)
    page.activateWindow()
    page._schedule._list.setFocus()
    QTest.keyClick(page._schedule._list, Qt.Key.Key_Return)
    dialog = editor(page)
    assert dialog.isVisible()
    accept(dialog)
    assert desk.commands == [SaveSchedule(replace(SECOND, enabled=False))]


def test_one_is_removed_only_after_a_question(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.activateWindow()
    page._schedule._list.setFocus()
    QTest.keyClick(page._schedule._list, Qt.Key.Key_Delete)
    box = page.findChildren(QMessageBox)[-1]
    assert box.text() == 'Remove the schedule "Work orders"?'
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert desk.commands == []
    button(page, "Remove the schedule").click()
    page.findChildren(QMessageBox)[-1].button(QMessageBox.StandardButton.Yes).click()
    assert desk.commands == [RemoveSchedule(1)]


def test_a_refusal_is_said_below_the_list(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    desk.answers[RemoveSchedule] = InvalidInput("Another schedule runs after this one.")
    button(page, "Remove the schedule").click()
    page.findChildren(QMessageBox)[-1].button(QMessageBox.StandardButton.Yes).click()
    shown_texts = [label.text() for label in page.findChildren(QLabel) if not label.isHidden()]
    assert any("✗" in text and "Another schedule runs after this one." in text for text in shown_texts)


def test_one_click_resumes(page: SettingsPage, desk: Desk) -> None:
    show(page, armed(SECOND, switched_off=True, failures=5, held="switched_off"))
    button(page, "Resume the schedule").click()
    assert desk.commands == [ResumeSchedule(2)]


# --- pausing ----------------------------------------------------------------------------------------------------------


def test_it_is_paused_until_a_moment(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    assert "It goes on by itself tomorrow at 8:00 AM." in dialog._said.text()
    moment = dialog.findChildren(QDateTimeEdit)[0]
    moment.setDateTime(QDateTime(QDate(2026, 12, 1), QTime(6, 30)))
    assert "It goes on by itself Dec 1 at 6:30 AM." in dialog._said.text()
    accept(dialog)
    assert desk.commands == [PauseSchedule(1, datetime(2026, 12, 1, 6, 30, tzinfo=UTC))]


def test_it_is_paused_without_an_end(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    dialog._open.setChecked(True)
    assert dialog._said.text() == "Nothing runs until you resume it."
    accept(dialog)
    assert desk.commands == [PauseSchedule(1, None)]


def test_a_pause_is_made_longer_or_shorter(page: SettingsPage, desk: Desk, shown: Show) -> None:
    until = NOW.replace(month=12, day=27)
    show(page, armed(held="paused", paused_until=until))
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    assert dialog.windowTitle() == "Change the pause"
    assert dialog.until == until, "it begins with the pause there is"
    dialog.findChildren(QDateTimeEdit)[0].setDateTime(QDateTime(QDate(2027, 1, 4), QTime(6, 30)))
    assert dialog._said.text() == "It goes on by itself Jan 4, 2027 at 6:30 AM."
    accept(dialog)
    assert desk.commands == [PauseSchedule(1, datetime(2027, 1, 4, 6, 30, tzinfo=UTC))]


def test_a_pause_without_an_end_can_get_one(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page._schedule._list.setCurrentRow(1)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    assert dialog.until is None
    dialog._until.setChecked(True)
    accept(dialog)
    assert desk.commands == [PauseSchedule(2, datetime(2026, 11, 24, 8, tzinfo=UTC))]


@pytest.mark.parametrize("row", [0, 1])
def test_enter_pauses_from_where_the_person_begins(
    page: SettingsPage, desk: Desk, shown: Show, qtbot: QtBot, row: int
) -> None:
    shown(page)
    page._schedule._list.setCurrentRow(row)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    qtbot.waitExposed(dialog)
    begins = dialog.focusWidget()
    assert isinstance(begins, QDateTimeEdit if row == 0 else QPushButton)
    QTest.keyClick(begins, Qt.Key.Key_Return)
    assert [type(command) for command in desk.commands] == [PauseSchedule]


def test_a_moment_that_passes_while_the_question_stands_is_refused(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    desk.clock.now = NOW + timedelta(days=2)
    accept(dialog)
    assert desk.commands == []
    assert dialog.isVisible()
    assert dialog._said.text() == "✗ Choose a time that is still to come."


def test_the_end_of_a_pause_is_said_of_the_day_it_is(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    desk.clock.now = NOW.replace(day=24, hour=0, minute=1)
    dialog._midnight._timer.timeout.emit()
    assert dialog._said.text() == "It goes on by itself today at 8:00 AM."
    dialog.reject()
    assert not dialog._midnight._timer.isActive()


@pytest.mark.parametrize(("typed", "until"), [(QDate(2020, 1, 1), NOW), (QDate(9999, 12, 31), None)])
def test_years_that_cannot_be_reckoned_with_cannot_be_chosen(
    page: SettingsPage, shown: Show, typed: QDate, until: datetime | None
) -> None:
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    moment = dialog.findChildren(QDateTimeEdit)[0]
    moment.setDateTime(QDateTime(typed, QTime(13, 0)))
    assert dialog.until == (until or datetime(2999, 12, 31, 23, 59, tzinfo=UTC))
    assert "yyyy" in moment.displayFormat()


def test_an_editor_does_not_undo_a_pause_made_meanwhile(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Edit the schedule").click()
    dialog = editor(page)
    paused = armed(enabled=False, held="paused")
    show(page, paused, armed(SECOND))
    assert "It is paused now" in dialog._runs.text()
    accept(dialog)
    assert desk.commands == [SaveSchedule(paused.schedule)]
    show(page, armed(), armed(SECOND))  # nobody is there to follow any more


def test_a_moment_that_has_passed_is_refused(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Pause the schedule until…").click()
    dialog = page.findChildren(PauseDialog)[-1]
    moment = dialog.findChildren(QDateTimeEdit)[0]
    moment.setDateTime(QDateTime(QDate(2020, 1, 1), QTime(0, 0)))
    assert dialog._said.text() == "✗ Choose a time that is still to come."
    accept(dialog)
    assert desk.commands == []
