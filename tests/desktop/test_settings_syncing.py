"""Settings, all schedules: when to hold back and to tell, shown as stored and stored as chosen."""

import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox
from pytestqt.qtbot import QtBot

from fossatray.core.commands import SaveSettings
from fossatray.store import defaults
from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import Desk, states

CHOSEN = {
    "metered": "skip",
    "battery_below": "35",
    "notify_after": "3",
    "silent_hours": "",
    "at_once": "2",
    "run_minutes": "30",
    "retries": "0",
    "retention_days": "365",
}


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    made = SettingsPage(desk.services())
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


@pytest.mark.parametrize("end", [0, -1])
def test_what_can_be_chosen_can_be_stored(page: SettingsPage, end: int) -> None:
    section = page._syncing
    for box in section.findChildren(QCheckBox):
        box.setChecked(True)
    counts = (section._at_once, section._minutes, section._retries, section._days)
    spins = (section._battery, section._failures, section._silence, *counts)
    for spin in spins:
        spin.setValue((spin.minimum(), spin.maximum())[end])
    for name, value in section._typed().items():
        defaults.check(name, value)


def test_it_is_shown_as_stored(page: SettingsPage, desk: Desk) -> None:
    desk.reader.kept_settings.update(CHOSEN)
    page.load()
    section = page._syncing
    assert section._metered.isChecked()
    assert (section._on_battery.isChecked(), section._battery.value()) == (True, 35)
    assert not section._on_silence.isChecked()
    assert not section._silence.isEnabled()
    assert section._retries.value() == 0
    assert not page.is_changed()


def test_it_is_stored_as_chosen(page: SettingsPage, desk: Desk) -> None:
    section = page._syncing
    assert not section._battery.isEnabled()
    section._metered.click()
    section._on_battery.click()
    section._battery.setValue(35)
    section._failures.setValue(3)
    section._on_silence.click()
    section._at_once.setValue(2)
    section._minutes.setValue(30)
    section._retries.setValue(0)
    section._days.setValue(365)
    page.save()
    assert desk.commands == [SaveSettings(CHOSEN)]
    assert not page.is_changed()
    page.restore_defaults()
    page.save()
    assert desk.commands[1:] == [SaveSettings({name: defaults.DEFAULTS[name] for name in CHOSEN})]


def test_everything_has_a_name(page: SettingsPage) -> None:
    for kind in (QCheckBox, QAbstractSpinBox):
        assert [part for part in page._syncing.findChildren(kind) if not part.accessibleName()] == []


def test_what_needs_explaining_is_explained(page: SettingsPage) -> None:
    section = page._syncing
    assert "first planned sync that came to nothing" in section._on_silence.toolTip()
    assert "30 seconds and 2 minutes" in section._retries.toolTip()
    assert section._retries.accessibleName() == "Try again after a passing failure"
