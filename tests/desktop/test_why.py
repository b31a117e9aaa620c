"""History: "why did it not run?" for any past moment of the last 90 days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.errors import StoreBusy
from fossatray.core.plan import NotPlanned
from fossatray.core.plan import Reason as PlanReason
from fossatray.core.runs import Fate, Occurrence, Reason
from fossatray.core.schedules import Schedule
from fossatray.core.why import Why
from fossatray.ui.history_page import HistoryPage
from fossatray.ui.why_dialog import WhyDialog
from tests.desktop.fakes import ACCOUNT, NOW, OTHER, SCHEDULE, Desk

Show = Callable[[QWidget], QWidget]
AT = NOW - timedelta(hours=1)
OFFLINE = Why(SCHEDULE, AT, Occurrence(1, AT, Fate.SKIPPED, Reason.OFFLINE))
SECOND = Why(Schedule(2, ACCOUNT.id, name="Second"), AT, not_planned=NotPlanned(PlanReason.WEEKDAY))


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> HistoryPage:
    desk.reader.kept_why = [OFFLINE]
    made = HistoryPage(desk.services())
    qtbot.addWidget(made)
    return made


def ask(page: HistoryPage) -> WhyDialog:
    next(item for item in page.findChildren(QPushButton) if item.accessibleName() == "Why did it not run?").click()
    return page.findChildren(WhyDialog)[-1]


def test_the_last_hour_is_answered_at_once(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    dialog = ask(page)
    assert dialog._answer.text() == "The run planned today at 12:00 PM was skipped: there was no network."
    assert desk.reader.asked_why == [(ACCOUNT.id, NOW)]


def test_another_moment_is_asked_as_it_is_chosen(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    dialog = ask(page)
    desk.reader.kept_why = [OFFLINE, SECOND]
    moment = dialog.findChildren(QDateTimeEdit)[0]
    moment.setDateTime(QDateTime(QDate(2026, 11, 20), QTime(14, 0)))
    assert desk.reader.asked_why[-1] == (ACCOUNT.id, datetime(2026, 11, 20, 14, 0, tzinfo=UTC))
    assert dialog._answer.text() == (
        "Work orders: The run planned today at 12:00 PM was skipped: there was no network.\n\n"
        "Second: Nothing was planned: the schedule does not run on this weekday."
    )


def test_one_that_was_removed_since_is_named_as_such(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    desk.reader.kept_why = [replace(OFFLINE, removed_at=NOW)]
    assert ask(page)._answer.text() == (
        "Work orders (removed): The run planned today at 12:00 PM was skipped: there was no network."
    )


def test_ninety_days_back_and_nothing_ahead(page: HistoryPage, shown: Show) -> None:
    shown(page)
    dialog = ask(page)
    moment = dialog.findChildren(QDateTimeEdit)[0]
    moment.setDateTime(QDateTime(QDate(2020, 1, 1), QTime(0, 0)))
    assert dialog.moment == NOW - timedelta(days=90)
    moment.setDateTime(QDateTime(QDate(2030, 1, 1), QTime(0, 0)))
    assert dialog.moment <= NOW


def test_of_two_accounts_one_is_chosen(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    assert not ask(page).findChildren(QComboBox)[0].isVisible()
    desk.reader.kept_accounts = [ACCOUNT, OTHER]
    dialog = ask(page)
    accounts = dialog.findChildren(QComboBox)[0]
    assert accounts.isVisible()
    accounts.setCurrentIndex(1)
    assert desk.reader.asked_why[-1] == (OTHER.id, NOW)


def test_what_cannot_be_read_is_said(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    dialog = ask(page)
    desk.reader.error = StoreBusy()
    dialog.findChildren(QDateTimeEdit)[0].setDateTime(QDateTime(QDate(2026, 11, 20), QTime(14, 0)))
    assert "Another FossaTray uses this data folder" in dialog._answer.text()
    problems: list[str] = []
    page.problem.connect(problems.append)
    next(item for item in page.findChildren(QPushButton) if item.accessibleName() == "Why did it not run?").click()
    assert len(problems) == 1


def test_without_an_account_there_is_nothing_to_tell(page: HistoryPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_accounts = []
    shown(page)
    assert ask(page)._answer.text() == "The account has no schedule."
