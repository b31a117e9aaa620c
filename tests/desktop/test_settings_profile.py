"""Settings, this program: a portal profile of the person's own is shown, as long as there is one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from fossatray.ui.settings_page import SettingsPage
from tests.desktop.fakes import Desk, states


def test_a_profile_of_the_persons_own_is_shown_with_its_path(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    own = tmp_path / "{profiles} <b>&" / "workfossa.toml"
    page = SettingsPage(replace(desk.services(), own_profile=own))
    qtbot.addWidget(page)
    page.show_state(states()["idle"])
    label = page._general._profile
    assert label.isHidden()
    own.parent.mkdir()
    own.symlink_to(tmp_path / "nowhere")  # a sync fails because of it: it is there
    page.load()
    assert not label.isHidden()
    assert label.text() == f"Syncs use your own portal profile: {own}. Delete it to use FossaTray's again."
    assert not page.is_changed()
    own.unlink()
    page.load()
    assert label.isHidden()
