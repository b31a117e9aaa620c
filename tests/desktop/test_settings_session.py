"""Settings, signing in: staying signed in is shown as stored and stored as chosen, and a session is forgotten."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fossatray.core.commands import ForgetSession, SaveSettings
from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import ACCOUNT, Desk, states


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


def test_it_is_on_until_it_is_switched_off(page: SettingsPage, desk: Desk) -> None:
    section = page._session
    assert section._keep.isChecked()
    section._keep.click()
    assert page.is_changed()
    page.save()
    assert desk.commands == [SaveSettings({"keep_session": "off"})]
    assert not page.is_changed()
    page.restore_defaults()
    page.save()
    assert desk.commands[1:] == [SaveSettings({"keep_session": "on"})]


def test_it_is_shown_as_stored(page: SettingsPage, desk: Desk) -> None:
    desk.reader.kept_settings["keep_session"] = "off"
    page.load()
    assert not page._session._keep.isChecked()
    assert not page.is_changed()


def test_the_button_forgets_the_session_of_the_edited_account(page: SettingsPage, desk: Desk) -> None:
    section = page._session
    section._forget.click()
    assert desk.commands == [ForgetSession(ACCOUNT.id)]
    assert section._result.text() == "✓ Forgotten. The next sync signs in."
    assert section._forget.isEnabled()
    page.load()
    assert section._result.text() != ""
    page._on_add()
    assert section._result.text() == ""
    assert not section._forget.isEnabled()
