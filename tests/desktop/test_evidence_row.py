"""The evidence of a failed run in the history: seen where there is some, opened, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.commands import DeleteEvidence
from fossatray.core.errors import NotFound
from fossatray.core.evidence import KeptEvidence
from fossatray.ui.history_page import HistoryPage
from fossatray.ui.services import WindowServices
from tests.desktop.fakes import Desk, history

Show = Callable[[QWidget], QWidget]
FOLDER = Path("/data/evidence/8")


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, shown: Show) -> HistoryPage:
    return a_page(qtbot, desk, shown, desk.services())


def a_page(qtbot: QtBot, desk: Desk, shown: Show, services: WindowServices) -> HistoryPage:
    """The history, with a failed run chosen that left evidence."""
    entries = history()
    entries[1] = replace(entries[1], evidence=KeptEvidence(FOLDER, ("about.json", "page.html")))
    desk.reader.kept_history = entries
    made = HistoryPage(services)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    shown(made)
    made.table.selectRow(1)
    return made


def button(page: HistoryPage, name: str) -> QPushButton:
    return next(one for one in page.findChildren(QPushButton) if one.accessibleName() == name)


def test_it_is_seen_where_there_is_some(page: HistoryPage) -> None:
    assert button(page, "Open evidence").isVisible()
    assert button(page, "Delete evidence").isVisible()
    page.table.selectRow(2)
    assert not button(page, "Open evidence").isVisible()
    assert not button(page, "Delete evidence").isVisible()


def test_opening_shows_the_folder(page: HistoryPage, desk: Desk) -> None:
    button(page, "Open evidence").click()
    assert desk.opened == [FOLDER.as_uri()]


def test_where_nothing_opens_folders_it_is_said_where_it_is(qtbot: QtBot, desk: Desk, shown: Show) -> None:
    page = a_page(qtbot, desk, shown, replace(desk.services(), open_url=lambda url: False))
    with qtbot.waitSignal(page.problem) as said:
        button(page, "Open evidence").click()
    assert said.args == [f"The evidence is in {FOLDER}."]


def test_it_is_deleted_and_the_history_read_again(page: HistoryPage, desk: Desk) -> None:
    desk.reader.kept_history = history()
    button(page, "Delete evidence").click()
    assert desk.commands == [DeleteEvidence(8)]
    assert not button(page, "Delete evidence").isVisible()


def test_what_could_not_be_deleted_is_said_and_stays(page: HistoryPage, desk: Desk, qtbot: QtBot) -> None:
    desk.answers[DeleteEvidence] = NotFound("It is gone.")
    with qtbot.waitSignal(page.problem) as said:
        button(page, "Delete evidence").click()
    assert "It is gone." in said.args[0]
    assert button(page, "Delete evidence").isEnabled()
