"""The settings: load, check, save, restore the defaults; an error loses nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.accounts import Account
from fossatray.core.commands import RemoveAccount, SaveAccount, SaveSettings, TestSignIn
from fossatray.core.errors import InvalidInput, KeyringAbsent, KeyringLocked, SignInRefused, StoreFull
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.core.timetable import Every, Timetable
from fossatray.system.autostart import AutostartFailed
from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import (
    ACCOUNT,
    OTHER,
    Desk,
    account_state,
    armed,
    saved_account,
    states,
)

Show = Callable[[QWidget], QWidget]
PASSWORD = "correct horse battery"


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    desk.answers = {SaveAccount: saved_account}
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


@pytest.fixture
def new_page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    desk.answers = {SaveAccount: saved_account}
    desk.reader.kept_accounts = []
    desk.reader.kept_schedules = []
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(AppState())
    return made


def edit(page: SettingsPage, name: str) -> QLineEdit:
    return next(item for item in page.findChildren(QLineEdit) if item.accessibleName() == name)


def button(page: SettingsPage, name: str) -> QPushButton:
    return next(item for item in page.findChildren(QPushButton) if item.accessibleName() == name)


def type_in(page: SettingsPage, name: str, text: str) -> None:
    """Type as a person does: textEdited is emitted."""
    field = edit(page, name)
    field.setText(text)
    field.textEdited.emit(text)


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if not label.isHidden())


def answer(page: SettingsPage, which: QMessageBox.StandardButton) -> None:
    box = page.findChildren(QMessageBox)[-1]
    box.button(which).click()


# --- load -------------------------------------------------------------------------------------------------------------


def test_it_shows_what_is_stored_but_never_the_password(page: SettingsPage, shown: Show) -> None:
    shown(page)
    assert edit(page, "Account name").text() == "Field"
    assert edit(page, "Portal address").text() == "https://app.workfossa.com"
    assert edit(page, "User name").text() == "tech@example.com"
    assert edit(page, "Password").text() == ""
    assert edit(page, "Password").placeholderText() == "Stored. Type to replace it"
    assert edit(page, "Password").echoMode() == QLineEdit.EchoMode.Password
    assert not page.is_changed()
    assert not button(page, "Save").isEnabled()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("missing", "Not stored yet"),
        ("locked", "The keyring is locked"),
        ("absent", "No keyring was found"),
        ("keyring_denied", "The keyring denied access"),
    ],
)
def test_it_says_whether_a_password_is_stored(
    page: SettingsPage, desk: Desk, shown: Show, state: str, text: str
) -> None:
    desk.keyring = state
    shown(page)
    assert edit(page, "Password").placeholderText() == text


def test_the_keyring_is_not_asked_while_nobody_looks(page: SettingsPage, shown: Show) -> None:
    page.load()
    assert edit(page, "Password").placeholderText() == ""
    shown(page)
    assert edit(page, "Password").placeholderText() == "Stored. Type to replace it"


def test_a_blocked_account_says_why(page: SettingsPage) -> None:
    page.show_state(AppState((account_state(blocked=SignInRefused().info(), schedules=(armed(held="blocked"),)),)))
    assert "The portal refused the sign-in" in texts(page)


# --- check ------------------------------------------------------------------------------------------------------------


def test_errors_are_shown_beside_the_field_and_nothing_is_saved(page: SettingsPage, desk: Desk) -> None:
    type_in(page, "Account name", " ")
    type_in(page, "Portal address", "http://portal.example")
    type_in(page, "User name", "")
    type_in(page, "Browser program", "/nowhere/browser")
    page.save()
    assert desk.commands == []
    shown = texts(page)
    for message in (
        "✗ The account name must be 1 to 60 printable characters.",
        "✗ The portal address must begin with https://",
        "✗ The user name must not be empty.",
        "✗ This is no program on this computer.",
        "Not saved: correct what is marked with ✗.",
    ):
        assert message in shown
    assert "must begin with https://" in edit(page, "Portal address").accessibleDescription()
    assert edit(page, "User name").text() == ""


def test_a_new_account_needs_a_password(new_page: SettingsPage, desk: Desk) -> None:
    type_in(new_page, "User name", "tech@example.com")
    new_page.save()
    assert "✗ Enter the password that you sign in with." in texts(new_page)
    assert desk.commands == []


# --- save -------------------------------------------------------------------------------------------------------------


def test_only_what_changed_is_saved(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    page._general._notices.setChecked(False)
    with qtbot.waitSignal(page.saved):
        page.save()
    assert [type(command) for command in desk.commands] == [SaveSettings]
    assert "✓ Saved" in texts(page)
    assert not page.is_changed()


def test_the_password_goes_as_a_secret_and_leaves_the_field(page: SettingsPage, desk: Desk) -> None:
    type_in(page, "Password", PASSWORD)
    page.save()
    command = desk.commands[0]
    assert isinstance(command, SaveAccount)
    assert command.password == Secret(PASSWORD)
    assert command.account_id == ACCOUNT.id
    assert PASSWORD not in repr(command)
    assert edit(page, "Password").text() == ""


def test_a_first_account_is_added(new_page: SettingsPage, desk: Desk) -> None:
    assert edit(new_page, "Account name").text() == "WorkFossa"
    assert edit(new_page, "Portal address").text() == "https://app.workfossa.com"
    type_in(new_page, "User name", "tech@example.com")
    type_in(new_page, "Password", PASSWORD)
    new_page.save()
    assert desk.commands == [
        SaveAccount("WorkFossa", "https://app.workfossa.com", "tech@example.com", None, Secret(PASSWORD)),
    ]
    assert "✓ Saved" in texts(new_page)


@pytest.mark.parametrize("error", [StoreFull(), KeyringLocked(), InvalidInput("The name is taken.")])
def test_a_failed_save_keeps_everything_that_was_typed(page: SettingsPage, desk: Desk, error: Exception) -> None:
    desk.answers[SaveAccount] = error
    type_in(page, "Account name", "Another")
    type_in(page, "Password", PASSWORD)
    page._general._notices.setChecked(False)
    page.save()
    assert [type(command) for command in desk.commands] == [SaveAccount]
    assert str(error) in texts(page)
    assert edit(page, "Account name").text() == "Another"
    assert edit(page, "Password").text() == PASSWORD
    assert not page._general._notices.isChecked()
    assert button(page, "Save").isEnabled()
    desk.answers[SaveAccount] = saved_account
    page.save()
    assert [type(command) for command in desk.commands] == [SaveAccount, SaveAccount, SaveSettings]


def test_without_a_keyring_it_asks_to_keep_the_password_for_the_session(
    page: SettingsPage, desk: Desk, shown: Show
) -> None:
    shown(page)
    desk.answers[SaveAccount] = [KeyringAbsent(), saved_account]
    type_in(page, "Password", PASSWORD)
    page.save()
    assert "Keep the password for this session only?" in texts(page)
    answer(page, QMessageBox.StandardButton.Yes)
    assert [getattr(command, "session_only", None) for command in desk.commands] == [False, True]
    assert "✓ Saved" in texts(page)


def test_the_session_is_used_only_after_the_person_agrees(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    desk.answers[SaveAccount] = KeyringAbsent()
    type_in(page, "Password", PASSWORD)
    page.save()
    answer(page, QMessageBox.StandardButton.No)
    assert len(desk.commands) == 1
    assert "No keyring was found" in texts(page)
    assert edit(page, "Password").text() == PASSWORD
    assert button(page, "Save").isEnabled()


def test_the_programs_own_settings(page: SettingsPage, desk: Desk, own_home: Path) -> None:
    program = own_home / "browser"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    page._general._notices.setChecked(False)
    page._general._login.setChecked(True)
    type_in(page, "Browser program", str(program))
    page.save()
    stored = {
        "notifications": "off",
        "browser_path": str(program),
        "log_level": "normal",
        "evidence": "on",
        "show_browser": "off",
    }
    assert desk.commands == [SaveSettings(stored)]
    assert desk.autostart.on


def test_a_login_switch_that_fails_is_told_beside_it(page: SettingsPage, desk: Desk) -> None:
    def fail() -> None:
        raise AutostartFailed

    desk.autostart.enable = fail  # type: ignore[method-assign]
    page._general._login.setChecked(True)
    page.save()
    assert "Starting at login could not be changed" in texts(page)
    assert desk.commands == []
    assert page.is_changed()


def test_the_login_switch_shows_what_the_system_says(page: SettingsPage, desk: Desk) -> None:
    desk.autostart.on = True
    page.load()
    assert page._general._login.isChecked()
    assert not page.is_changed()


def test_a_test_notice(page: SettingsPage, desk: Desk) -> None:
    button(page, "Show a test notification").click()
    assert desk.test_notices == 1


# --- defaults, discarding ---------------------------------------------------------------------------------------------


def test_defaults_are_shown_and_not_saved(page: SettingsPage, desk: Desk) -> None:
    page._general._notices.setChecked(False)
    type_in(page, "Portal address", "https://other.example")
    button(page, "Restore defaults").click()
    assert edit(page, "Portal address").text() == "https://app.workfossa.com"
    assert page._general._notices.isChecked()
    assert edit(page, "User name").text() == "tech@example.com"
    assert desk.commands == []


def test_changes_can_be_discarded(page: SettingsPage) -> None:
    type_in(page, "Account name", "Another")
    button(page, "Discard changes").click()
    assert edit(page, "Account name").text() == "Field"
    assert not page.is_changed()


def test_a_new_state_does_not_overwrite_what_is_typed(page: SettingsPage) -> None:
    type_in(page, "Account name", "Another")
    renamed = replace(ACCOUNT, name="Elsewhere")
    page.show_state(AppState((account_state(account=renamed, schedules=(armed(timetable=Timetable(Every(180))),)),)))
    assert edit(page, "Account name").text() == "Another"
    assert "Every 3 hours" in page._schedule._list.item(0).text(), "the schedules follow meanwhile"
    button(page, "Discard changes").click()
    assert edit(page, "Account name").text() == "Elsewhere"


# --- test, add, remove ------------------------------------------------------------------------------------------------


def test_testing_the_sign_in(page: SettingsPage, desk: Desk) -> None:
    button(page, "Test sign-in").click()
    assert desk.commands == [TestSignIn(ACCOUNT.id)]
    assert "✓ The portal accepted the sign-in." in texts(page)
    desk.answers[TestSignIn] = SignInRefused()
    button(page, "Test sign-in").click()
    assert "✗ The portal refused the sign-in" in texts(page)
    assert "Check the user name and password" in texts(page)
    assert button(page, "Test sign-in").isEnabled()


def test_what_was_typed_is_saved_before_it_is_tested(page: SettingsPage, desk: Desk) -> None:
    type_in(page, "Password", PASSWORD)
    button(page, "Test sign-in").click()
    assert [type(command) for command in desk.commands] == [SaveAccount, TestSignIn]


def test_nothing_is_tested_if_it_could_not_be_saved(page: SettingsPage, desk: Desk) -> None:
    desk.answers[SaveAccount] = KeyringLocked()
    type_in(page, "Password", PASSWORD)
    button(page, "Test sign-in").click()
    assert [type(command) for command in desk.commands] == [SaveAccount]


def test_an_account_is_removed_only_after_a_question(page: SettingsPage, desk: Desk, shown: Show) -> None:
    shown(page)
    button(page, "Remove account").click()
    assert 'Remove the account "Field"?' in texts(page)
    answer(page, QMessageBox.StandardButton.Cancel)
    assert desk.commands == []
    button(page, "Remove account").click()
    answer(page, QMessageBox.StandardButton.Yes)
    assert desk.commands == [RemoveAccount(ACCOUNT.id)]
    assert not button(page, "Remove account").isEnabled()


def test_another_account_is_chosen_only_without_unsaved_changes(page: SettingsPage) -> None:
    other = account_state(account=OTHER, schedules=(armed(Schedule(2, OTHER.id)),))
    page.show_state(AppState((account_state(), other)))
    assert not page._chooser.isHidden()
    type_in(page, "User name", "x")
    page._chooser.setCurrentIndex(1)
    page._chooser.activated.emit(1)
    assert "Save or discard your changes first." in texts(page)
    assert edit(page, "Account name").text() == "Field"
    page.load()
    page._chooser.setCurrentIndex(1)
    page._chooser.activated.emit(1)
    assert edit(page, "Account name").text() == "Night shift"


def test_the_new_account_stays_chosen_while_the_state_follows(page: SettingsPage, desk: Desk) -> None:
    button(page, "Add an account").click()
    assert edit(page, "User name").text() == ""
    type_in(page, "Account name", "Second")
    type_in(page, "User name", "second@example.com")
    type_in(page, "Password", PASSWORD)
    page.save()
    page.show_state(states()["syncing"])
    assert edit(page, "Account name").text() == "Second"
    made = Account("c" * 32, "Second", "https://app.workfossa.com", "second@example.com")
    page.show_state(AppState((account_state(), account_state(account=made, last_run=None))))
    assert edit(page, "Account name").text() == "Second"
    assert button(page, "Remove account").isEnabled()
