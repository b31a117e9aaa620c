"""Saving the settings: nothing typed is lost, no account gets another's answer, no portal another's password."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.commands import RemoveAccount, SaveAccount, SaveSettings, TestSignIn
from fossatray.core.errors import KeyringAbsent, KeyringLocked, SignInRefused, StoreBusy
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import OTHER, Desk, account_state, armed, saved_account, states

Show = Callable[[QWidget], QWidget]
PASSWORD = "correct horse battery"
NIGHT = account_state(account=OTHER, schedules=(armed(Schedule(2, OTHER.id)),))


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    desk.answers = {SaveAccount: saved_account}
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


@pytest.fixture
def both(page: SettingsPage) -> SettingsPage:
    """The page with two accounts, the first of which is edited."""
    page.show_state(AppState((account_state(), NIGHT)))
    return page


def edit(page: SettingsPage, name: str) -> QLineEdit:
    return next(item for item in page.findChildren(QLineEdit) if item.accessibleName() == name)


def button(page: SettingsPage, name: str) -> QPushButton:
    return next(item for item in page.findChildren(QPushButton) if item.accessibleName() == name)


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if not label.isHidden())


def type_in(field: QLineEdit, text: str) -> None:
    """Type in place of what is there."""
    field.clear()
    QTest.keyClicks(field, text)


def choose(page: SettingsPage, place: int) -> None:
    page._chooser.setCurrentIndex(place)
    page._chooser.activated.emit(place)


def begin_to_remove(page: SettingsPage) -> None:
    button(page, "Remove account").click()
    page.findChildren(QMessageBox)[-1].button(QMessageBox.StandardButton.Yes).click()


# --- saving -----------------------------------------------------------------------------------------------------------


def test_nothing_can_be_typed_while_it_is_saved(page: SettingsPage, desk: Desk, shown: Show, qtbot: QtBot) -> None:
    shown(page)
    desk.is_slow = True
    QTest.keyClicks(edit(page, "Password"), PASSWORD)
    page.save()
    assert "Saving…" in texts(page)
    for name in ("Account name", "Password", "Browser program"):
        QTest.keyClicks(edit(page, name), "lost")
        assert "lost" not in edit(page, name).text()
        assert not edit(page, name).isEnabled()
    for name in ("Save", "Discard changes", "Restore defaults", "Add an account", "Test sign-in", "Remove account"):
        assert not button(page, name).isEnabled()
    assert not page._schedule._list.isEnabled()
    desk.answer()
    assert "✓ Saved" in texts(page)
    for name in ("Account name", "Password", "Browser program"):
        assert edit(page, name).isEnabled()
    assert edit(page, "Password").text() == ""
    assert button(page, "Restore defaults").isEnabled()
    assert not page.is_changed()


def test_after_a_failure_everything_can_be_typed_again(page: SettingsPage, desk: Desk) -> None:
    desk.answers[SaveAccount] = KeyringLocked()
    desk.is_slow = True
    edit(page, "Password").setText(PASSWORD)
    page.save()
    assert not edit(page, "Password").isEnabled()
    desk.answer()
    assert edit(page, "Password").isEnabled()
    assert edit(page, "Password").text() == PASSWORD
    assert button(page, "Save").isEnabled()


def test_the_focus_waits_and_comes_back(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.activateWindow()
    field = edit(page, "Account name")
    field.setFocus()
    QTest.keyClicks(field, "s")
    desk.is_slow = True
    page.save()
    assert page._status.hasFocus()
    desk.answer()
    assert field.hasFocus()


def test_the_focus_is_not_lost_with_the_save_button(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.activateWindow()
    page._general._notices.setChecked(False)
    button(page, "Save").setFocus()
    desk.is_slow = True
    QTest.keyClick(button(page, "Save"), Qt.Key.Key_Space)
    desk.answer()
    assert not button(page, "Save").isEnabled()
    assert edit(page, "Account name").hasFocus()


def test_what_counts_as_stored_is_what_was_sent(page: SettingsPage, desk: Desk) -> None:
    desk.is_slow = True
    page._general._notices.setChecked(False)
    page.save()
    assert [type(sent) for sent in desk.commands] == [SaveSettings]
    page._general._notices.setChecked(True)
    desk.answer()
    assert page.is_changed()


def test_the_question_about_the_session_can_be_answered_and_tells_the_truth(
    page: SettingsPage, desk: Desk, shown: Show
) -> None:
    shown(page)
    desk.answers[SaveAccount] = [KeyringAbsent(), saved_account]
    edit(page, "Password").setText(PASSWORD)
    page.save()
    box = page.findChildren(QMessageBox)[-1]
    assert box.isEnabled()
    assert box.informativeText() == "It is kept in memory until FossaTray quits. After that, enter it again here."
    box.button(QMessageBox.StandardButton.Yes).click()
    assert "✓ Saved" in texts(page)


# --- removing ---------------------------------------------------------------------------------------------------------


def test_the_account_that_is_left_stays_when_the_state_comes_first(both: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(both)
    desk.is_slow = True
    begin_to_remove(both)
    both.show_state(AppState((NIGHT,)))
    QTest.keyClicks(edit(both, "Account name"), "s")
    desk.answer()
    assert desk.commands == [RemoveAccount(states()["idle"].accounts[0].account.id)]
    assert edit(both, "Account name").text() == "Night shifts"
    assert "The account was removed." in texts(both)


def test_the_account_that_was_asked_about_is_removed(both: SettingsPage, desk: Desk, shown: Show) -> None:
    """The edited account disappears while the question is open: the answer is not about the next one."""
    shown(both)
    first = states()["idle"].accounts[0].account.id
    button(both, "Remove account").click()
    both.show_state(AppState((NIGHT,)))
    both.findChildren(QMessageBox)[-1].button(QMessageBox.StandardButton.Yes).click()
    assert desk.commands == [RemoveAccount(first)]
    assert edit(both, "Account name").text() == "Night shift"


def test_a_failed_removal_is_told(both: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(both)
    desk.answers[RemoveAccount] = StoreBusy()
    begin_to_remove(both)
    assert "✗ Another FossaTray uses this data folder" in texts(both)
    assert edit(both, "Account name").text() == "Field"


# --- testing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, SignInRefused()])
def test_a_tests_result_is_not_shown_under_another_account(
    both: SettingsPage, desk: Desk, answer: SignInRefused | None
) -> None:
    desk.answers[TestSignIn] = answer
    desk.is_slow = True
    button(both, "Test sign-in").click()
    assert "Signing in to the portal…" in texts(both)
    choose(both, 1)
    assert edit(both, "Account name").text() == "Night shift"
    assert "Signing in" not in texts(both)
    assert button(both, "Test sign-in").isEnabled()
    choose(both, 0)
    assert "Signing in to the portal…" in texts(both)
    assert not button(both, "Test sign-in").isEnabled()
    choose(both, 1)
    desk.answer()
    assert "accepted the sign-in" not in texts(both)
    assert "refused the sign-in" not in texts(both)
    choose(both, 0)
    assert button(both, "Test sign-in").isEnabled()


def test_a_tests_result_stays_while_the_state_follows(page: SettingsPage) -> None:
    page.show_state(AppState((account_state(blocked=SignInRefused().info(), schedules=(armed(held="blocked"),)),)))
    button(page, "Test sign-in").click()
    page.show_state(states()["idle"])
    assert "✓ The portal accepted the sign-in." in texts(page)
    assert "refused" not in texts(page)


def test_the_detailed_log_is_shown_as_stored_and_stored_as_chosen(page: SettingsPage, desk: Desk) -> None:
    desk.reader.kept_settings["log_level"] = "detailed"
    page.load()
    assert page._general._detailed.isChecked()
    assert not page.is_changed()
    page._general._detailed.setChecked(False)
    page.save()
    assert [command.values["log_level"] for command in desk.commands if isinstance(command, SaveSettings)] == ["normal"]


def test_evidence_and_the_browsers_window_are_shown_as_stored_and_stored_as_chosen(
    page: SettingsPage, desk: Desk
) -> None:
    desk.reader.kept_settings |= {"evidence": "off", "show_browser": "on"}
    page.load()
    boxes = page._general._evidence, page._general._shown
    assert [box.isChecked() for box in boxes] == [False, True]
    assert not page.is_changed()
    page.restore_defaults()
    assert [box.isChecked() for box in boxes] == [True, False]
    page.save()
    saved = [command.values for command in desk.commands if isinstance(command, SaveSettings)]
    assert [(values["evidence"], values["show_browser"]) for values in saved if "evidence" in values] == [("on", "off")]


# --- the portal's address ---------------------------------------------------------------------------------------------


def test_a_new_portal_address_needs_its_own_password(page: SettingsPage, desk: Desk) -> None:
    why = "✗ The portal address is another one. Enter the password that you sign in with there."
    type_in(edit(page, "Portal address"), "https://APP.workfossa.com/")
    page.save()
    assert why not in texts(page)
    assert [type(command) for command in desk.commands] == [SaveAccount], "it is the same address, written otherwise"
    desk.commands.clear()
    type_in(edit(page, "Portal address"), "https://other.example")
    page.save()
    assert why in texts(page)
    assert desk.commands == []
    type_in(edit(page, "Password"), PASSWORD)
    page.save()
    (command,) = desk.commands
    assert isinstance(command, SaveAccount)
    assert (command.portal, command.password) == ("https://other.example", Secret(PASSWORD))
