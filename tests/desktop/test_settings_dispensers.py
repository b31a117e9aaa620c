"""Settings, dispensers: for which services, how often and how many pages at once, shown as stored, stored as typed."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from fossatray.core.commands import SaveSettings
from fossatray.store import defaults
from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import Desk, states

CHOSEN = {"dispenser_codes": "2861, AB-9", "dispenser_fresh_days": "0", "pages_at_once": "5"}


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


@pytest.mark.parametrize("end", [0, -1])
def test_what_can_be_chosen_can_be_stored(page: SettingsPage, end: int) -> None:
    for spin in page._dispensers.findChildren(QSpinBox):
        spin.setValue((spin.minimum(), spin.maximum())[end])
    for name, value in page._dispensers._typed().items():
        defaults.check(name, value)


def test_it_is_shown_as_stored(page: SettingsPage, desk: Desk) -> None:
    desk.reader.kept_settings.update(CHOSEN)
    page.load()
    section = page._dispensers
    assert section._codes.text() == "2861, AB-9"
    assert section._days.text() == "every time"
    assert section._pages.value() == 5
    assert not page.is_changed()


def test_it_is_stored_as_typed_with_each_code_once(page: SettingsPage, desk: Desk) -> None:
    section = page._dispensers
    section._codes.clear()
    QTest.keyClicks(section._codes, " 2861 AB-9,2861")
    section._days.setValue(0)
    section._pages.setValue(5)
    page.save()
    assert desk.commands == [SaveSettings(CHOSEN)]
    assert not page.is_changed()


@pytest.mark.parametrize("typed", ["", " , ", "28 61; 3", "x" * 21, "2861\u200b"])
def test_what_is_no_service_code_is_refused_beside_the_field(page: SettingsPage, desk: Desk, typed: str) -> None:
    codes: QLineEdit = page._dispensers._codes
    codes.setText(typed)
    page._dispensers.on_edited()
    page.save()
    assert desk.commands == []
    assert "such as 2861, 2862, 3002, 3146" in codes.accessibleDescription()
    page.restore_defaults()
    assert codes.accessibleDescription() == ""
    assert codes.text() == defaults.DEFAULTS["dispenser_codes"]
