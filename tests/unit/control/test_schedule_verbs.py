"""What the socket offers of schedules, and the form in which one crosses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from fossatray.control.schedule_verbs import ScheduleVerbs
from fossatray.control.schedule_wire import wished
from fossatray.core.accounts import Account
from fossatray.core.commands import (
    Command,
    GetState,
    PauseSchedule,
    RemoveSchedule,
    ResumeSchedule,
    SaveSchedule,
)
from fossatray.core.errors import FossaError, InvalidInput, NotFound, StoreBusy
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.status import AccountState, AppState, ScheduleState
from fossatray.core.timetable import ActiveHours, HolidayCalendar, Times, Timetable

NOW = datetime(2026, 3, 2, 14, 20, tzinfo=UTC)
WORK = Account("a" * 32, "Work", "https://portal.example", "me@example.com")
KEPT = Schedule(3, WORK.id, name="Work orders", enabled=False, failures=4, switched_off=True)
WISHED = replace(
    KEPT,
    enabled=True,
    name="Twice a day",
    timetable=Timetable(
        Times((time(6), time(18))), frozenset(range(5)), ActiveHours(5, 24), HolidayCalendar("US", "TX")
    ),
    lateness=Lateness.WITHIN,
    late_hours=1.5,
    paused_until=NOW,
    after=2,
)


class Engine:
    """An engine that answers when it is told to."""

    def __init__(self) -> None:
        self.is_waiting = False
        self.commands: list[Command] = []
        self.answers: list[tuple[Callable[[Any], None], Callable[[FossaError], None]]] = []

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        self.commands.append(command)
        self.answers.append((done, failed))


@pytest.fixture
def engine() -> Engine:
    return Engine()


def ask(engine: Engine, verb: str, arguments: dict[str, Any]) -> list[Any]:
    """Ask for a verb and return the list that its answers go to."""
    said: list[Any] = []
    ScheduleVerbs(engine).table()[verb](json.loads(json.dumps(arguments)), said.append, said.append)
    return said


def state() -> AppState:
    return AppState((AccountState(WORK, (ScheduleState(KEPT, None, "switched_off"),)),))


def test_what_is_wished_is_saved_and_all_else_is_as_it_is_now(engine: Engine) -> None:
    said = ask(engine, "save_schedule", wished(replace(WISHED, failures=0, switched_off=False)))
    assert engine.commands == [GetState()]
    engine.answers[0][0](state())
    assert engine.commands[1:] == [SaveSchedule(WISHED)]
    assert said == []
    engine.answers[1][0](WISHED)
    assert said == [{"id": 3}]


def test_a_new_one_belongs_to_its_account(engine: Engine) -> None:
    said = ask(engine, "save_schedule", wished(Schedule(0, WORK.id, name="New")))
    engine.answers[0][0](state())
    assert engine.commands[1:] == [SaveSchedule(Schedule(0, WORK.id, name="New"))]
    engine.answers[1][0](Schedule(7, WORK.id, name="New"))
    assert said == [{"id": 7}]


@pytest.mark.parametrize("schedule", [replace(WISHED, id=9), Schedule(0, "b" * 32)])
def test_one_that_is_gone_is_refused(engine: Engine, schedule: Schedule) -> None:
    said = ask(engine, "save_schedule", wished(schedule))
    engine.answers[0][0](state())
    (error,) = said
    assert isinstance(error, NotFound)
    assert engine.commands == [GetState()]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "3"},
        {"id": -1},
        {"id": True},
        {"name": 7},
        {"timetable": {}},
        {"lateness": "often"},
        {"late_hours": "2"},
        {"after": "none"},
        {"paused_until": "2026-03-02T14:20:00"},
        {"paused_until": "soon"},
        {"enabled": "yes"},
    ],
)
def test_another_shape_is_refused_in_plain_words(engine: Engine, wrong: dict[str, Any]) -> None:
    said = ask(engine, "save_schedule", wished(WISHED) | wrong)
    engine.answers[0][0](state())
    (error,) = said
    assert isinstance(error, InvalidInput)
    assert "does not understand this schedule" in error.message


def test_a_missing_part_is_refused_too(engine: Engine) -> None:
    asked = wished(WISHED)
    del asked["after"]
    said = ask(engine, "save_schedule", asked)
    engine.answers[0][0](state())
    assert isinstance(said[0], InvalidInput)


def test_values_out_of_range_are_refused_in_the_words_of_the_dialog(engine: Engine) -> None:
    said = ask(engine, "save_schedule", wished(WISHED) | {"late_hours": 0})
    engine.answers[0][0](state())
    assert "more than 0" in said[0].message


@pytest.mark.parametrize(
    ("verb", "arguments", "command"),
    [
        ("remove_schedule", {"id": 3}, RemoveSchedule(3)),
        ("pause_schedule", {"id": 3}, PauseSchedule(3)),
        ("pause_schedule", {"id": 3, "until": "2026-03-02T14:20:00Z"}, PauseSchedule(3, NOW)),
        ("resume_schedule", {"id": 3}, ResumeSchedule(3)),
    ],
)
def test_one_is_removed_paused_and_resumed(
    engine: Engine, verb: str, arguments: dict[str, Any], command: Command
) -> None:
    said = ask(engine, verb, arguments)
    assert engine.commands == [command]
    assert said == []
    engine.answers[0][0](None)
    assert said == [{}]


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("remove_schedule", {}),
        ("remove_schedule", {"id": "3"}),
        ("resume_schedule", {"id": None}),
        ("pause_schedule", {"id": 3, "until": "2026-03-02"}),
        ("pause_schedule", {"id": 3, "until": 5}),
    ],
)
def test_what_does_not_say_which_or_when_is_refused(engine: Engine, verb: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        ask(engine, verb, arguments)
    assert engine.commands == []


@pytest.mark.parametrize("verb", ["save_schedule", "remove_schedule", "pause_schedule", "resume_schedule"])
def test_while_another_one_holds_the_folder_nothing_is_put_off(engine: Engine, verb: str) -> None:
    engine.is_waiting = True
    with pytest.raises(StoreBusy, match="Another FossaTray command"):
        ask(engine, verb, wished(WISHED))
    assert engine.commands == []
