"""The commands about evidence, with and without a running program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fossatray.cli import main
from fossatray.control.verbs import Verbs
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.commands import Command, DeleteEvidence
from fossatray.core.errors import FossaError, InvalidInput
from fossatray.core.evidence import Evidence
from fossatray.core.runs import Outcome, Trigger
from fossatray.core.status import AppState
from fossatray.core.words import Words
from fossatray.store.store import Store
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.paths import Paths, app_paths, prepare

EVIDENCE = Evidence("list", "layout_changed", "/app/work/list", "<p>Xxxx</p>")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = app_paths(tmp_path / "data")
    prepare(made)
    store = Store.open(made.database, made.lock, made.backups)
    account = Account(new_account_id(), "Work", "https://p.example", "me@p.example")
    store.accounts.add(account)
    for number in (1, 2):
        run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, utc_now(), None)
        assert run.id == number
        store.runs.finish(run.id, Outcome.FAILED, utc_now())
        store.evidence.keep(run.id, EVIDENCE)
    store.close()
    return made


def run(paths: Paths, *words: str) -> int:
    return main(["evidence", *words, "--data-dir", str(paths.data)])


def test_it_is_listed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(paths, "list") == 0
    assert str(paths.data / "evidence" / "2") in capsys.readouterr().out
    assert run(paths, "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    folder = str(paths.data / "evidence" / "1")
    assert listed[0] == {"run": 1, "folder": folder, "files": ["about.json", "page.html"]}


def test_one_and_all_are_deleted_without_a_running_program(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(paths, "delete", "--run", "1") == 0
    assert capsys.readouterr().out == "Deleted the evidence of 1 failed sync.\n"
    assert run(paths, "delete", "--run", "1") == 2
    assert "No evidence of run 1 is kept." in capsys.readouterr().err
    assert run(paths, "delete") == 0
    assert run(paths, "delete") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Deleted the evidence of 0 failed syncs."
    assert run(paths, "list") == 0
    assert capsys.readouterr().out == "No evidence is kept.\n"


class Program:
    """A running instance that remembers what it is told to do."""

    def __init__(self) -> None:
        self.state = AppState()
        self.is_waiting = False
        self.commands: list[Command] = []

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        self.commands.append(command)
        done(1)

    def show_itself(self) -> None:
        """Nobody looks."""

    def open(self, target: str) -> None:
        """Nobody looks."""

    def quit(self) -> None:
        """It stays."""


def test_a_running_program_is_told(qapp: object) -> None:
    program = Program()
    delete = Verbs(program, Words(local_zone), utc_now).table()["delete_evidence"]
    said: list[Any] = []
    delete({"run": 7}, said.append, said.append)
    delete({"run": None}, said.append, said.append)
    assert program.commands == [DeleteEvidence(7), DeleteEvidence()]
    assert said == [1, 1]
    for wrong in ("7", True, 1.5):
        with pytest.raises(InvalidInput):
            delete({"run": wrong}, said.append, said.append)
