"""Notices on their way: stored as such before the desktop gets them, told when it took them or a person saw them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from fossatray.app.notices import Notices
from fossatray.core.commands import BeginToNotify, Command, MarkNotified, MarkSilenceNotified, SaveSettings
from fossatray.core.errors import FossaError, StoreBusy
from fossatray.core.notices import NO_RUN, Notice
from fossatray.store.store import Store
from fossatray.system.notifications import Notifier
from fossatray.system.paths import Paths, app_paths, prepare

NOTICE = Notice("7", "Your work orders have changed", "1 new work order", "batch", "orders")
Done = Callable[[Any], None]
Failed = Callable[[FossaError], None]


class Engine(QObject):
    """Takes commands and answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[Command] = []
        self._waiting: list[tuple[Done, Failed]] = []

    def submit(self, command: Command, done: Done, failed: Failed) -> None:
        self.commands.append(command)
        self._waiting.append((done, failed))

    def answer(self, error: FossaError | None = None) -> None:
        done, failed = self._waiting.pop(0)
        if error is None:
            done(None)
        else:
            failed(error)


class Screen(Notifier):
    """A desktop that takes every notice, when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Notice] = []
        self.recalled = ""

    def show(self, notice: Notice) -> None:
        self.shown.append(notice)

    def recall(self, places: str) -> None:
        self.recalled = places


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = app_paths(tmp_path / "data")
    prepare(made)
    return made


@pytest.fixture
def engine(qapp: object) -> Iterator[Engine]:
    made = Engine()
    yield made
    made.deleteLater()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def notices(engine: Engine, screen: Screen, paths: Paths) -> Notices:
    return Notices(engine, paths, screen)


def in_app(notices: Notices) -> list[Notice]:
    heard: list[Notice] = []
    notices.in_app.connect(heard.append)
    return heard


@pytest.mark.parametrize("error", [None, StoreBusy()])
def test_it_is_shown_once_it_is_stored_that_it_is_being_told(
    notices: Notices, engine: Engine, screen: Screen, error: FossaError | None
) -> None:
    notices.show_for_run(NOTICE, 7)
    assert (engine.commands, screen.shown) == ([BeginToNotify(7)], [])
    engine.answer(error)  # where it cannot be stored it is shown all the same
    assert screen.shown == [NOTICE]
    screen.told.emit(NOTICE.id)
    screen.told.emit(NOTICE.id)
    assert engine.commands == [BeginToNotify(7), MarkNotified(7)]


def test_one_in_doubt_goes_to_the_desktop_as_such(notices: Notices, engine: Engine, screen: Screen) -> None:
    doubtful = replace(NOTICE, is_in_doubt=True)
    notices.show_for_run(doubtful, 7)
    engine.answer()
    assert screen.shown == [doubtful]


def test_one_in_the_program_is_told_when_it_was_seen(notices: Notices, engine: Engine, screen: Screen) -> None:
    heard = in_app(notices)
    counts: list[int] = []
    notices.unseen_changed.connect(counts.append)
    notices.show_for_run(NOTICE, 7)
    engine.answer()
    screen.show_in_app(NOTICE)
    assert (heard, engine.commands, counts) == ([NOTICE], [BeginToNotify(7)], [1])
    notices.seen("another")
    assert engine.commands == [BeginToNotify(7)]
    for _ in range(2):
        notices.seen(NOTICE.id)
    assert (engine.commands, counts) == ([BeginToNotify(7), MarkNotified(7)], [1, 0])


def test_the_notice_of_silence_is_marked_where_it_is_remembered(
    notices: Notices, engine: Engine, screen: Screen
) -> None:
    silence = Notice("silence a", "No successful sync", "", "failure", "history", account_id="a")
    notices.show_for_run(silence, NO_RUN)
    screen.told.emit(silence.id)
    assert engine.commands == [BeginToNotify(NO_RUN), MarkSilenceNotified("a")]


def test_a_failure_that_nobody_saw_is_no_news_after_the_recovery(
    notices: Notices, engine: Engine, screen: Screen
) -> None:
    gone: list[str] = []
    notices.withdrawn.connect(gone.append)
    failure = Notice("7", "The sync failed", "", "failure", "history", account_id="a")
    others = replace(failure, id="8", account_id="b")
    for run_id, notice in ((7, failure), (8, others)):
        notices.show_for_run(notice, run_id)
        engine.answer()
        screen.show_in_app(notice)
    notices.show_for_run(Notice("9", "Syncing works again", "", "recovery", "card", account_id="a"), 9)
    assert gone == ["7"]
    assert engine.commands == [BeginToNotify(7), BeginToNotify(8), MarkNotified(7), BeginToNotify(9)]


def test_where_notices_are_is_kept_for_the_next_life(
    notices: Notices, engine: Engine, screen: Screen, paths: Paths
) -> None:
    assert screen.recalled == ""
    screen.placed.emit("places")
    assert engine.commands == [SaveSettings({"notice_places": "places"})]
    store = Store.open(paths.database, paths.lock, paths.backups)
    store.settings.set("notice_places", "places")
    store.close()
    later = Screen()
    Notices(engine, paths, later)
    assert later.recalled == "places"


def test_an_engine_that_was_started_again_makes_no_second_one(notices: Notices, engine: Engine, screen: Screen) -> None:
    heard = in_app(notices)
    notices.show_for_run(NOTICE, 7)
    engine.answer()
    notices.show_for_run(NOTICE, 7)
    notices.show_for_run(replace(NOTICE, is_in_doubt=True), 7)
    assert (screen.shown, heard, engine.commands) == ([NOTICE], [], [BeginToNotify(7)])


def test_after_the_end_nothing_is_shown(notices: Notices, engine: Engine, screen: Screen) -> None:
    notices.show_for_run(NOTICE, 7)
    notices.close()
    engine.answer()
    assert screen.shown == []


def test_switched_off_it_is_marked_and_not_shown(
    notices: Notices, engine: Engine, screen: Screen, paths: Paths
) -> None:
    store = Store.open(paths.database, paths.lock, paths.backups)
    for name, value in SaveSettings({"notifications": "off"}).values.items():
        store.settings.set(name, value)
    store.close()
    notices.show_for_run(NOTICE, 7)
    assert (engine.commands, screen.shown) == ([MarkNotified(7)], [])
