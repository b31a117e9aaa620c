"""The changes below the history by their kind, and what a run for dispensers says of itself in history and card."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.changes import Change, Kind, StoredChange
from fossatray.core.runs import Counts, Outcome
from fossatray.core.status import AppState
from fossatray.ui.card_face import face_of
from fossatray.ui.history_model import ChangeColumn, Column
from fossatray.ui.history_page import HistoryPage
from fossatray.ui.run_changes import kind_names
from tests.desktop.fakes import ACCOUNT, NOW, Desk, account_state, entry, run, words

Show = Callable[[QWidget], QWidget]


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> HistoryPage:
    made = HistoryPage(desk.services())
    qtbot.addWidget(made)
    made.resize(1000, 600)
    return made


def texts(page: HistoryPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if not label.isHidden())


def kinds(page: HistoryPage) -> QComboBox:
    return next(item for item in page.findChildren(QComboBox) if item.accessibleName() == "Kind of change")


def shown_changes(page: HistoryPage) -> list[str]:
    model = page._changes.model
    return [model.index(row, ChangeColumn.ABOUT).data() for row in range(model.rowCount())]


def test_changes_are_filtered_by_kind_in_the_run_and_in_all(page: HistoryPage, desk: Desk, shown: Show) -> None:
    dispenser = Change("", Kind.DISPENSER_ADDED, location_url="https://app.workfossa.com/l/1/", numbers="5/6")
    desk.reader.kept_changes.append(StoredChange(ACCOUNT.id, "Field", 4, NOW - timedelta(days=1), dispenser, "#12"))
    shown(page)
    box, of_all = kinds(page), next(item for item in page.findChildren(QCheckBox) if item.text() == "Of all &runs")
    assert shown_changes(page) == ["W-129003", "W-129001", "W-129002"]
    box.setCurrentIndex(box.findText("Rescheduled visits"))
    assert shown_changes(page) == ["W-129001"]
    box.setCurrentIndex(box.findText("Dispensers added"))
    assert shown_changes(page) == []
    assert page._changes.table.accessibleDescription() == "No such change in this run."
    assert page._changes.table.isColumnHidden(ChangeColumn.WHEN)
    of_all.click()
    assert shown_changes(page) == ["Dispenser 5/6 at #12"]
    assert page._changes.model.index(0, ChangeColumn.WHEN).data() == "Yesterday at 1:00 PM"
    assert not page._changes.table.isColumnHidden(ChangeColumn.WHEN)
    box.setCurrentIndex(0)
    assert len(shown_changes(page)) == 4
    of_all.click()
    assert shown_changes(page) == ["W-129003", "W-129001", "W-129002"]


def test_every_kind_of_change_can_be_chosen_by_a_name_of_its_own(page: HistoryPage) -> None:
    names = kind_names()
    assert list(names) == list(Kind)
    assert len(set(names.values())) == len(Kind)
    assert [kinds(page).itemText(place) for place in range(1, kinds(page).count())] == list(names.values())


def test_which_job_ran_is_said_where_there_are_several(page: HistoryPage, desk: Desk, shown: Show) -> None:
    shown(page)
    assert page.table.isColumnHidden(Column.JOB)
    reason = "1 of 31 locations could not be read; 2 of 31 locations no longer in the portal"
    run = replace(entry(12, "succeeded", hours=0.5, reason=reason), job="dispensers")
    desk.reader.kept_history.insert(0, run)
    page.mark_stale()
    assert not page.table.isColumnHidden(Column.JOB)
    assert page.table.model().index(0, Column.JOB).data() == "Dispensers"
    told = "1 of 31 sites could not be read; 2 of 31 sites are no longer in the portal"
    assert page.table.model().index(0, Column.ERROR).data() == told
    assert "· Dispensers ·" in texts(page)


def test_the_card_tells_of_dispensers_and_of_sites_in_vain() -> None:
    read = replace(run(Outcome.SUCCEEDED, ended_ago=2), job="dispensers", reason="2 of 31 locations could not be read")
    face = face_of(AppState((account_state(last_run=read),)), words(), NOW)
    assert face.found == "60 dispensers found"
    assert face.sentence == "3 new, 1 changed, 2 no longer there\n2 of 31 sites could not be read"
    nothing = replace(read, counts=Counts(), reason="all dispensers were read lately")
    face = face_of(AppState((account_state(last_run=nothing),)), words(), NOW)
    assert face.sentence == "All dispensers were read lately"
    last = words().last_result(replace(nothing, finished_at=NOW), NOW)
    assert last == "Last sync today at 1:00 PM: all dispensers were read lately"
