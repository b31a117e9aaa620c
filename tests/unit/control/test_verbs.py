"""What the socket offers: the tray's commands, and a sync while another FossaTray holds the data folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from fossatray.control.verbs import Verbs
from fossatray.core.accounts import Account
from fossatray.core.commands import CheckPortal, Command, ForgetSession, Pause, Resume, SyncNow
from fossatray.core.errors import FossaError, InvalidInput, NotFound
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.runs import Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.status import AccountState, AppState, ScheduleState
from fossatray.core.words import Words

NOW = datetime(2026, 3, 2, 14, 20, tzinfo=UTC)
WORK = Account("a" * 32, "Work", "https://portal.example", "me@example.com")
HOME = Account("b" * 32, "Home", "https://portal.example", "me@example.com")
RUN = Run(5, WORK.id, "work_orders", Trigger.MANUAL, None, NOW)


class Program:
    """A running program whose engine has answered nothing yet."""

    def __init__(self) -> None:
        self.state = AppState((account(WORK, RUN), account(HOME)))
        self.is_waiting = False
        self.commands: list[Command] = []
        self.answers: list[tuple[Callable[[Any], None], Callable[[FossaError], None]]] = []
        self.opened: list[str] = []

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        self.commands.append(command)
        self.answers.append((done, failed))

    def show_itself(self) -> None:
        self.opened.append("itself")

    def open(self, target: str) -> None:
        self.opened.append(target)

    def quit(self) -> None:
        raise AssertionError("not asked for")


def account(of: Account, run: Run | None = None) -> AccountState:
    return AccountState(of, (ScheduleState(Schedule(1, of.id)),), run=run)


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def verbs(program: Program, qapp: object) -> Iterator[Verbs]:
    made = Verbs(program, Words(UTC), lambda: NOW)
    yield made
    made.deleteLater()


def sync(verbs: Verbs, **arguments: Any) -> list[Any]:
    """Ask for a sync and return the list that its answers go to."""
    said: list[Any] = []
    verbs.table()["sync"](arguments, said.append, said.append)
    return said


def test_it_is_answered_with_its_runs(verbs: Verbs, program: Program) -> None:
    said = sync(verbs)
    assert said == []
    program.answers[0][0]([8, 9])
    assert said == [[8, 9]]


def test_the_job_is_passed_on_and_another_one_under_way_is_not_joined(verbs: Verbs, program: Program) -> None:
    sync(verbs, account="Home", job="dispensers", force=True)
    assert program.commands == [SyncNow(HOME.id, job="dispensers", force=True)]
    sync(verbs, account="Home", job="dispensers", believe=True)
    assert program.commands[1:] == [SyncNow(HOME.id, job="dispensers", believe=True)]
    program.is_waiting = True
    assert sync(verbs, account="Work", job="dispensers") == [[]]
    assert sync(verbs, account="Work") == [[5]]


def test_a_session_is_forgotten_by_the_name_of_its_account(verbs: Verbs, program: Program) -> None:
    verbs.table()["forget_session"]({"account": "home"}, print, print)
    assert program.commands == [ForgetSession(HOME.id)]


def test_a_check_of_the_portal_is_answered_with_its_steps(verbs: Verbs, program: Program) -> None:
    step = PortalStep("Work list", "work_list.row", "rows", ".row", Verdict.MISSING)
    said: list[Any] = []
    verbs.table()["check_portal"]({"account": "Home", "profile": "/a/profile.toml"}, said.append, said.append)
    assert program.commands == [CheckPortal(HOME.id, "/a/profile.toml")]
    program.answers[0][0]([step])
    assert said == [[step.to_json()]]
    with pytest.raises(NotFound):
        verbs.table()["check_portal"]({"account": "Nobody"}, said.append, said.append)


def test_while_the_folder_is_awaited_it_is_kept_and_answered_at_once(verbs: Verbs, program: Program) -> None:
    program.is_waiting = True
    assert sync(verbs, account="Home") == [[]]
    assert program.commands == [SyncNow(HOME.id)]


def test_it_is_answered_as_soon_as_it_is_known_that_the_folder_is_awaited(verbs: Verbs, program: Program) -> None:
    said = sync(verbs)
    program.is_waiting = True
    verbs.folder_awaited()
    program.answers[0][0]([8, 9])
    assert said == [[]]


def test_what_the_other_one_is_syncing_is_joined(verbs: Verbs, program: Program) -> None:
    program.is_waiting = True
    assert sync(verbs, account="work") == [[5]]
    assert program.commands == []
    assert sync(verbs) == [[]], "of one account nothing is under way"
    program.state = AppState((account(WORK, RUN), account(HOME, replace(RUN, id=6, account_id=HOME.id))))
    assert sync(verbs) == [[5, 6]]


def test_whoever_waits_for_the_end_waits_for_the_folder_too(verbs: Verbs, program: Program) -> None:
    program.is_waiting = True
    said = sync(verbs, account="Work", wait=True)
    verbs.folder_awaited()
    assert said == []
    program.answers[0][0]([8])
    assert said == [[8]]


def test_what_comes_to_nothing_later_is_logged(
    verbs: Verbs, program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    program.is_waiting = True
    said = sync(verbs)
    with caplog.at_level(logging.WARNING):
        program.answers[0][1](NotFound("There is no account yet."))
    assert said == [[]]
    assert "came to nothing" in caplog.text


@pytest.mark.parametrize(("verb", "kind"), [("pause", Pause), ("resume", Resume)])
def test_the_schedule_is_switched_for_one_account_or_for_all(
    verbs: Verbs, program: Program, verb: str, kind: type[Pause | Resume]
) -> None:
    said: list[Any] = []
    verbs.table()[verb]({"account": "home"}, said.append, said.append)
    verbs.table()[verb]({}, said.append, said.append)
    assert program.commands == [kind(HOME.id), kind()]
    assert said == []
    for done, _ in program.answers:
        done(None)
    assert said == [None, None]


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("orders", "orders"),
        ("dispensers", "dispensers"),
        ("history", "history"),
        ("statistics", "statistics"),
        ("progress", "card"),
        ("settings", "settings"),
        (None, "itself"),
    ],
)
def test_every_page_of_the_tray_can_be_asked_for(verbs: Verbs, program: Program, page: str | None, target: str) -> None:
    said: list[Any] = []
    verbs.table()["show"]({"page": page}, said.append, said.append)
    assert program.opened == [target]
    assert said == [{}]


@pytest.mark.parametrize("page", ["card", "log", 7, ["orders"]])
def test_another_page_is_refused(verbs: Verbs, program: Program, page: object) -> None:
    said: list[Any] = []
    with pytest.raises(InvalidInput, match="no such page"):
        verbs.table()["show"]({"page": page}, said.append, said.append)
    assert program.opened == said == []
