"""The editor of a schedule: said back in words as it is typed, refused where it cannot be kept."""

from dataclasses import replace
from datetime import UTC, time, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fossatray.core.commands import SaveSchedule
from fossatray.core.errors import StoreBusy
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.timetable import ActiveHours, Cron, Every, Times, Timetable
from fossatray.ui.schedule_dialog import ScheduleDialog
from fossatray.ui.words_qt import make_words
from tests.desktop.fakes import ACCOUNT, NOW, SCHEDULE, Desk
from tests.desktop.schedule_editor import (
    Open,
    box,
    check,
    choose,
    less_than,
    line,
    open_editor,
    retype,
    runs,
    save,
    spin,
    texts,
)


@pytest.fixture
def edit(qtbot: QtBot, desk: Desk) -> Open:
    return partial(open_editor, qtbot, desk)


# --- what follows -----------------------------------------------------------------------------------------------------


def test_what_is_typed_is_said_back_with_the_next_five_runs(edit: Open) -> None:
    dialog = edit(SCHEDULE)
    assert "Every hour" in texts(dialog)
    assert runs(dialog) == [
        "Today at 2:00 PM",
        "Today at 3:00 PM",
        "Today at 4:00 PM",
        "Today at 5:00 PM",
        "Today at 6:00 PM",
    ]
    spin(dialog, "Interval, hours").setValue(5)
    check(dialog, "Only between certain hours").click()
    choose(box(dialog, "Until"), "9:00 PM")
    assert "Every 5 hours from 6:00 AM to 9:00 PM" in texts(dialog)
    assert runs(dialog)[:2] == ["Today at 4:00 PM", "Tomorrow at 6:00 AM"]
    check(dialog, "Monday").click()
    assert "Tuesday to Sunday" in texts(dialog)
    assert runs(dialog)[0] == "Tomorrow at 6:00 AM"


def test_times_of_day(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    choose(box(dialog, "Runs"), "At times of day")
    retype(line(dialog, "At"), "18:30, 6 am")
    assert "At 6:00 AM and 6:30 PM" in texts(dialog)
    retype(line(dialog, "At"), "18:30, 25:00")
    assert '✗ "25:00" is no time of day.' in texts(dialog)
    assert '"25:00" is no time of day.' in line(dialog, "At").accessibleDescription()
    assert "The next runs:" not in texts(dialog)
    save(dialog)
    assert desk.commands == []
    assert line(dialog, "At").text() == "18:30, 25:00"
    retype(line(dialog, "At"), "18:30, 6:00")
    save(dialog)
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, timetable=Timetable(Times((time(6), time(18, 30))))))]


def test_a_cron_expression(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    choose(box(dialog, "Runs"), "By a cron expression")
    retype(line(dialog, "Expression"), "61 6 * * *")
    assert '✗ The minute "61" cannot be used: it goes from 0 to 59.' in texts(dialog)
    retype(line(dialog, "Expression"), "0 6 * * 1-5")
    assert "At 6:00 AM, Monday to Friday" in texts(dialog)
    save(dialog)
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, timetable=Timetable(Cron("0 6 * * 1-5"))))]


def test_an_interval_of_nothing_is_refused_as_it_is_chosen(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    spin(dialog, "Interval, hours").setValue(0)
    assert "✗ The interval must be 15 minutes to 24 hours, in steps of 15 minutes." in texts(dialog)
    save(dialog)
    assert desk.commands == []
    spin(dialog, "Interval, minutes").setValue(45)
    assert "✗" not in texts(dialog)


def test_equal_hours_and_no_weekday_are_refused_beside_the_field(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    check(dialog, "Only between certain hours").click()
    choose(box(dialog, "Until"), "6:00 AM")
    assert "✗ Active hours must not start and end at the same hour." in texts(dialog)
    check(dialog, "Only between certain hours").click()
    assert "✗" not in texts(dialog)
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        check(dialog, name).click()
    assert "✗ Choose at least one weekday." in texts(dialog)
    save(dialog)
    assert desk.commands == []


def test_one_that_would_never_run_is_refused_with_the_reason(edit: Open, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, timetable=Timetable(Times((time(5),)))))
    assert "The next runs:" in texts(dialog)
    check(dialog, "Only between certain hours").click()
    reason = "It would not run once in the next 60 days: none of its times lies within the active hours."
    assert f"✗ {reason}" in texts(dialog)
    assert "The next runs:" not in texts(dialog)
    save(dialog)
    assert desk.commands == []
    assert dialog.isVisible()
    choose(box(dialog, "From"), "5:00 AM")
    assert "✗" not in texts(dialog)
    save(dialog)
    assert [type(command) for command in desk.commands] == [SaveSchedule]


def test_a_window_that_ends_at_the_hour_0_is_shown_and_kept(edit: Open, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, timetable=Timetable(active_hours=ActiveHours(20, 0))))
    assert box(dialog, "Until").currentText() == "midnight"
    assert "Every hour from 8:00 PM to midnight" in texts(dialog)
    choose(box(dialog, "From"), "10:00 PM")
    save(dialog)
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, timetable=Timetable(active_hours=ActiveHours(22, 24))))]


def test_the_hour_0_is_an_hour_like_any_other(edit: Open, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, timetable=Timetable(active_hours=ActiveHours(0, 6))))
    assert box(dialog, "From").currentText() == "12:00 AM"
    assert "Every hour from 12:00 AM to 6:00 AM" in texts(dialog)
    choose(box(dialog, "From"), "10:00 PM")
    choose(box(dialog, "Until"), "midnight")
    save(dialog)
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, timetable=Timetable(active_hours=ActiveHours(22, 24))))]


# --- while it stands open ---------------------------------------------------------------------------------------------


def test_at_midnight_the_next_runs_are_said_anew(edit: Open, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, timetable=Timetable(Times((time(6),)))))
    assert runs(dialog)[0] == "Tomorrow at 6:00 AM"
    desk.clock.now = NOW.replace(day=24, hour=0, minute=0, second=1)
    dialog._midnight._timer.timeout.emit()
    assert runs(dialog)[:2] == ["Today at 6:00 AM", "Tomorrow at 6:00 AM"]


def test_a_run_that_has_passed_is_no_next_one(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    assert runs(dialog)[0] == "Today at 2:00 PM"
    assert 0 < dialog._first_run.interval() <= 3_601_000
    desk.clock.now = NOW.replace(hour=14, second=1)
    dialog._first_run.timeout.emit()
    assert runs(dialog)[0] == "Today at 3:00 PM"
    dialog.reject()
    assert not dialog._first_run.isActive()
    assert not dialog._midnight._timer.isActive()


def test_in_another_zone_the_next_runs_are_others(qtbot: QtBot, desk: Desk) -> None:
    zones: list[tzinfo] = [UTC]
    every_six = replace(SCHEDULE, timetable=Timetable(Times((time(6),))))
    dialog = ScheduleDialog(replace(desk.services(), words=make_words(lambda: zones[-1])), every_six, [])
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitExposed(dialog)
    assert runs(dialog)[0] == "Tomorrow at 6:00 AM"
    zones.append(ZoneInfo("Pacific/Honolulu"))  # where it is three in the morning
    dialog.follow([every_six])
    assert runs(dialog)[0] == "Today at 6:00 AM"


def test_a_refusal_of_the_engine_stays_said(edit: Open, desk: Desk) -> None:
    desk.answers[SaveSchedule] = StoreBusy()
    dialog = edit(SCHEDULE)
    save(dialog)
    dialog.follow([SCHEDULE])
    assert "✗ Another FossaTray uses this data folder" in texts(dialog)
    retype(line(dialog, "Name"), "Early")
    assert "✗" not in texts(dialog)


# --- lateness, chains -------------------------------------------------------------------------------------------------


def test_what_a_late_run_does(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    assert not less_than(dialog).isVisibleTo(dialog)
    assert less_than(dialog).accessibleName() == "Less late than"
    choose(box(dialog, "More than 5 minutes late"), "Run only if not too late")
    less_than(dialog).setValue(2.5)
    save(dialog)
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, lateness=Lateness.WITHIN, late_hours=2.5))]


def test_one_after_another_has_no_times_and_none_of_another_account(edit: Open, desk: Desk) -> None:
    dialog = edit(Schedule(0, ACCOUNT.id, name="Second"))
    choose(box(dialog, "Runs"), "After another schedule")
    offered = box(dialog, "After a success of")
    assert [offered.itemText(index) for index in range(offered.count())] == ["Work orders", "Dispensers"]
    choose(offered, "Dispensers")
    assert "After a success of Dispensers" in texts(dialog)
    assert not check(dialog, "Only between certain hours").isVisibleTo(dialog)
    assert "The next runs:" not in texts(dialog)
    save(dialog)
    assert desk.commands == [SaveSchedule(Schedule(0, ACCOUNT.id, name="Second", after=2))]


def test_a_circle_is_refused_beside_the_field(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    choose(box(dialog, "Runs"), "After another schedule")
    assert "✗ These schedules would wait for each other:" in texts(dialog)
    assert "wait for each other" in box(dialog, "After a success of").accessibleDescription()
    save(dialog)
    assert desk.commands == []


# --- saving -----------------------------------------------------------------------------------------------------------


def test_it_closes_when_it_is_kept_and_not_before(edit: Open, desk: Desk) -> None:
    desk.is_slow = True
    dialog = edit(SCHEDULE)
    retype(line(dialog, "Name"), "Early")
    save(dialog)
    assert dialog.isVisible()
    assert not line(dialog, "Name").isEnabled()
    desk.answer()
    assert not dialog.isVisible()
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, name="Early"))]


def test_a_failed_save_loses_nothing(edit: Open, desk: Desk) -> None:
    desk.answers[SaveSchedule] = StoreBusy()
    dialog = edit(SCHEDULE)
    retype(line(dialog, "Name"), "Early")
    save(dialog)
    assert dialog.isVisible()
    assert "✗ Another FossaTray uses this data folder" in texts(dialog)
    assert line(dialog, "Name").text() == "Early"
    assert line(dialog, "Name").isEnabled()


def test_escape_while_it_saves_does_not_close_it(edit: Open, desk: Desk) -> None:
    desk.is_slow = True
    dialog = edit(SCHEDULE)
    retype(line(dialog, "Name"), "Early")
    save(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible(), "what became of the saving is not known yet"
    desk.answers[SaveSchedule] = StoreBusy()
    desk.answer()
    assert "✗ Another FossaTray uses this data folder" in texts(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_name_that_cannot_be_printed_is_refused(edit: Open, desk: Desk) -> None:
    dialog = edit(SCHEDULE)
    line(dialog, "Name").setText("a\u202eb")
    line(dialog, "Name").textEdited.emit("")
    assert "✗ The name of a schedule has at most 60 printable characters." in texts(dialog)
    save(dialog)
    assert desk.commands == []


def test_what_is_not_edited_stays(edit: Open, desk: Desk) -> None:
    paused = replace(SCHEDULE, enabled=False, failures=2)
    dialog = edit(paused)
    assert "It is paused now" in texts(dialog)
    spin(dialog, "Interval, hours").setValue(2)
    save(dialog)
    assert desk.commands == [SaveSchedule(replace(paused, timetable=Timetable(Every(120))))]


def test_a_pause_with_an_end_is_said_with_the_runs_after_it(edit: Open) -> None:
    dialog = edit(replace(SCHEDULE, paused_until=NOW.replace(year=2027, month=2, day=1, hour=0)))
    assert runs(dialog)[0] == "Feb 1, 2027 at 1:00 AM"
    assert dialog._runs.text().endswith("\nIt is paused until Feb 1, 2027 at 12:00 AM.")


def test_everything_is_reached_by_keyboard_and_has_a_name(edit: Open) -> None:
    dialog = edit(replace(SCHEDULE, lateness=Lateness.WITHIN, late_hours=2.0))
    line(dialog, "Name").setFocus()
    reached: list[QWidget] = []
    while (focus := dialog.focusWidget()) not in reached and focus is not None:
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    wanted = [
        part
        for kind in (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)
        for part in dialog.findChildren(kind)
        if part.isVisibleTo(dialog) and part.isEnabled() and part.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    wanted = [part for part in wanted if not isinstance(part.parent(), (QAbstractSpinBox, QComboBox))]
    assert wanted
    assert [part.accessibleName() for part in wanted if part not in reached] == []
    assert [part for part in reached if not (part.accessibleName() or getattr(part, "text", str)())] == []


def test_dispensers_come_after_the_work_orders_by_themselves(edit: Open, desk: Desk) -> None:
    dialog = edit(Schedule(0, ACCOUNT.id, name="Work orders 2"))
    QTest.keyClick(box(dialog, "Reads"), Qt.Key.Key_Down)
    assert line(dialog, "Name").text() == "Dispensers"
    assert box(dialog, "Runs").currentText() == "After another schedule"
    assert box(dialog, "After a success of").currentText() == "Work orders"
    QTest.keyClick(box(dialog, "Reads"), Qt.Key.Key_Up)
    assert (line(dialog, "Name").text(), box(dialog, "Runs").currentText()) == ("Work orders", "At an interval")
    QTest.keyClick(box(dialog, "Reads"), Qt.Key.Key_Down)
    save(dialog)
    (command,) = desk.commands
    assert isinstance(command, SaveSchedule)
    kept = command.schedule
    assert (kept.job, kept.name, kept.after) == ("dispensers", "Dispensers", SCHEDULE.id)


def test_a_name_that_was_typed_and_times_that_are_kept_stay_with_another_job(edit: Open, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, name="Mine"))
    QTest.keyClick(box(dialog, "Reads"), Qt.Key.Key_Down)
    assert (line(dialog, "Name").text(), box(dialog, "Runs").currentText()) == ("Mine", "At an interval")
    save(dialog)
    (command,) = desk.commands
    assert isinstance(command, SaveSchedule)
    assert (command.schedule.job, command.schedule.after) == ("dispensers", None)
