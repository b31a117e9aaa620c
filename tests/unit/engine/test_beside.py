"""Work beside the GUI thread: answered there, the newest question of an owner only, and ended with the program."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from fossatray.core.errors import FossaError, StoreBusy
from fossatray.engine.beside import Beside
from fossatray.store.errors import store_errors
from fossatray.store.reader import Reader

PATIENCE = 30_000
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Owner(QObject):
    """Somebody who asks, and what was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.threads: list[QThread] = []

    def hear(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.append(QThread.currentThread())


class Held:
    """Work that goes on until it is let go, or stopped."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.stops = 0

    def __call__(self) -> str:
        self.begun.set()
        assert self.go.wait(PATIENCE / 1000)
        return "held"

    def stop(self) -> None:
        self.stops += 1
        self.go.set()


@pytest.fixture
def beside(qtbot: QtBot) -> Iterator[Beside]:
    made = Beside()
    yield made
    made.close()


def waits(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def test_it_works_in_another_thread_and_answers_in_this_one(beside: Beside, qtbot: QtBot) -> None:
    owner, here = Owner(), QThread.currentThread()
    beside.ask(owner, threading.get_ident, owner.hear, owner.hear)
    waits(qtbot, lambda: len(owner.answers) == 1)
    assert owner.answers != [threading.get_ident()]
    assert owner.threads == [here]


def test_an_error_of_ours_is_answered(beside: Beside, qtbot: QtBot) -> None:
    owner = Owner()
    failed: list[FossaError] = []

    def work() -> object:
        raise StoreBusy

    beside.ask(owner, work, owner.hear, failed.append)
    waits(qtbot, lambda: len(failed) == 1)
    assert isinstance(failed[0], StoreBusy)
    assert owner.answers == []


def test_only_the_newest_question_of_an_owner_is_answered(beside: Beside, qtbot: QtBot) -> None:
    one, other, held = Owner(), Owner(), Held()
    done: list[str] = []
    beside.ask(one, held, one.hear, one.hear, held.stop)
    assert held.begun.wait(PATIENCE / 1000)
    beside.ask(other, lambda: "other", other.hear, other.hear)
    assert held.stops == 0, "another's question stops nobody"

    def work(text: str) -> str:
        done.append(text)
        return text

    for text in ("older", "newer"):
        beside.ask(one, partial(work, text), one.hear, one.hear)
    assert held.stops == 1
    waits(qtbot, lambda: one.answers == ["newer"])
    assert other.answers == ["other"]
    assert done == ["newer"], "what nobody waits for is not even begun"


def test_an_owner_that_is_gone_gets_no_answer(beside: Beside, qtbot: QtBot) -> None:
    gone, held, last = Owner(), Held(), Owner()
    beside.ask(gone, held, gone.hear, gone.hear)
    assert held.begun.wait(PATIENCE / 1000)
    gone.deleteLater()
    with qtbot.waitSignal(gone.destroyed, timeout=PATIENCE):
        pass
    held.go.set()
    beside.ask(last, lambda: "last", last.hear, last.hear)
    waits(qtbot, lambda: last.answers == ["last"])
    assert gone.answers == []


def test_closing_ends_the_work_and_answers_nobody(beside: Beside, qtbot: QtBot) -> None:
    one, other, held = Owner(), Owner(), Held()
    beside.ask(one, held, one.hear, one.hear, held.stop)
    beside.ask(other, lambda: "other", other.hear, other.hear)
    beside.close()
    assert held.stops >= 1
    beside.ask(other, lambda: "anew", other.hear, other.hear)
    waits(qtbot, lambda: other.answers == ["anew"])
    assert one.answers == []


def test_what_is_being_read_is_broken_off_in_the_middle(beside: Beside, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "some.sqlite"
    sqlite3.connect(file).close()
    reader, owner = Reader(file), Owner()
    begun = threading.Event()

    def endless() -> object:
        connection = reader._opened()
        assert connection is not None
        begun.set()
        try:
            with store_errors():
                return connection.execute(ENDLESS).fetchall()
        finally:
            reader.close()

    beside.ask(owner, endless, owner.hear, owner.hear, reader.interrupt)
    assert begun.wait(PATIENCE / 1000)
    beside.close()
    reader.interrupt()  # nothing is being read any more
    assert owner.answers == []
