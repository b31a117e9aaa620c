"""The holidays in the editor of a schedule: loaded beside the GUI thread, and only where somebody wants them."""

from dataclasses import replace
from datetime import date, time
from functools import partial

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from fossatray.core import holiday_calendar
from fossatray.core.commands import SaveSchedule
from fossatray.core.timetable import HolidayCalendar, Times, Timetable
from tests.desktop.fakes import SCHEDULE, Desk
from tests.desktop.schedule_editor import (
    PATIENCE,
    Open,
    box,
    check,
    choose,
    line,
    open_editor,
    retype,
    runs,
    save,
    texts,
)


@pytest.fixture
def edit(qtbot: QtBot, desk: Desk) -> Open:
    return partial(open_editor, qtbot, desk)


def test_the_stored_holidays_are_shown_once_their_library_is_loaded(edit: Open, desk: Desk, qtbot: QtBot) -> None:
    desk.is_busy = True
    calendar = HolidayCalendar("US", "TX", (date(2026, 12, 24),))
    dialog = edit(replace(SCHEDULE, timetable=Timetable(Times((time(9),)), holidays=calendar)))
    assert check(dialog, "Not on public holidays").isChecked()
    assert "Looking up the holidays…" in texts(dialog)
    assert box(dialog, "Country").currentText() == "Loading…"
    desk.go_on()
    qtbot.waitUntil(lambda: "The next runs:" in texts(dialog), timeout=PATIENCE)
    assert box(dialog, "Country").currentText() == "United States"
    assert box(dialog, "State or region").currentText() == "Texas"
    assert line(dialog, "Days of your own").text() == "2026-12-24"
    assert "not on holidays (US, Texas) or 1 day of your own" in texts(dialog)
    feasts_left_out = ["Tomorrow at 9:00 AM", "Wednesday at 9:00 AM", "Saturday at 9:00 AM"]
    assert runs(dialog)[:3] == feasts_left_out
    save(dialog)
    (command,) = desk.commands
    assert isinstance(command, SaveSchedule)
    assert command.schedule.timetable.holidays == calendar


def test_a_country_and_its_part_are_chosen(edit: Open, desk: Desk, qtbot: QtBot) -> None:
    dialog = edit(SCHEDULE)
    assert not box(dialog, "Country").isVisibleTo(dialog)
    check(dialog, "Not on public holidays").click()
    qtbot.waitUntil(lambda: box(dialog, "Country").count() > 100, timeout=PATIENCE)
    qtbot.waitUntil(lambda: "Looking up" not in texts(dialog), timeout=PATIENCE)
    choose(box(dialog, "Country"), "Germany")
    assert "Looking up the holidays…" in texts(dialog)
    assert box(dialog, "Country").isEnabled()
    qtbot.waitUntil(lambda: "Looking up" not in texts(dialog), timeout=PATIENCE)
    choose(box(dialog, "State or region"), "Bayern")
    retype(line(dialog, "Days of your own"), "2026-12-24, 2026-13-01")
    assert '✗ "2026-13-01" is no date.' in texts(dialog)
    retype(line(dialog, "Days of your own"), "2026-12-24")
    save(dialog)
    calendar = HolidayCalendar("DE", "BY", (date(2026, 12, 24),))
    assert desk.commands == [SaveSchedule(replace(SCHEDULE, timetable=Timetable(holidays=calendar)))]


def test_the_holidays_are_loaded_beside_the_gui_thread_and_only_where_they_are_wanted(
    edit: Open, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[QThread] = []

    def countries() -> dict[str, str]:
        threads.append(QThread.currentThread())
        return {"US": "United States"}

    monkeypatch.setattr(holiday_calendar, "countries", countries)
    dialog = edit(SCHEDULE)
    assert "The next runs:" in texts(dialog)
    check(dialog, "Not on public holidays").click()
    qtbot.waitUntil(lambda: "The next runs:" in texts(dialog), timeout=PATIENCE)
    assert threads
    assert QThread.currentThread() not in threads


def test_an_editor_that_is_closed_while_holidays_are_loaded(edit: Open, desk: Desk, qtbot: QtBot) -> None:
    desk.is_busy = True
    dialog = edit(replace(SCHEDULE, timetable=Timetable(holidays=HolidayCalendar("DE"))))
    desk.go_on()
    dialog.reject()
    dialog.deleteLater()
    with qtbot.waitSignal(dialog.destroyed, timeout=PATIENCE):
        pass
    other = edit(replace(SCHEDULE, timetable=Timetable(holidays=HolidayCalendar("US"))))
    qtbot.waitUntil(lambda: "The next runs:" in texts(other), timeout=PATIENCE)


def test_holidays_can_be_switched_off_again(edit: Open, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, timetable=Timetable(holidays=HolidayCalendar("US"))))
    check(dialog, "Not on public holidays").click()
    assert "Every hour" in texts(dialog)
    save(dialog)
    assert desk.commands == [SaveSchedule(SCHEDULE)]


def test_a_stored_country_that_is_not_known_is_refused(edit: Open, qtbot: QtBot, desk: Desk) -> None:
    dialog = edit(replace(SCHEDULE, timetable=Timetable(holidays=HolidayCalendar("XX"))))
    qtbot.waitUntil(lambda: 'the country "XX"' in texts(dialog), timeout=PATIENCE)
    save(dialog)
    assert desk.commands == []
    choose(box(dialog, "Country"), "Canada")
    qtbot.waitUntil(lambda: "Looking up" not in texts(dialog), timeout=PATIENCE)
    assert "✗" not in texts(dialog)
