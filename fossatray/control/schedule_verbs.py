"""What the socket offers of schedules: to save, remove, pause and resume one. The command line reads them by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fossatray.control.protocol import Json
from fossatray.control.schedule_wire import moment, number, schedule_from
from fossatray.control.server import Answer, Refuse, Verb
from fossatray.core.commands import (
    Command,
    GetState,
    PauseSchedule,
    RemoveSchedule,
    ResumeSchedule,
    SaveSchedule,
)
from fossatray.core.errors import FossaError, InvalidInput, StoreBusy


class Engine(Protocol):
    """What is needed of the running program."""

    @property
    def is_waiting(self) -> bool:
        """Whether the engine waits for a data folder that another FossaTray holds."""

    def submit(self, command: Command, done: Callable[[Any], None], failed: Callable[[FossaError], None]) -> None:
        """Hand a command to the engine; exactly one of the two is called, in the GUI thread."""


class ScheduleVerbs:
    """The verbs of schedules. While another FossaTray holds the data folder they raise StoreBusy."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def table(self) -> dict[str, Verb]:
        """Return the verbs by name."""
        return {
            "save_schedule": self._save,
            "remove_schedule": self._remove,
            "pause_schedule": self._pause,
            "resume_schedule": self._resume,
        }

    def _save(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        """Answer with the schedule's id. What cannot be chosen is taken from the state as it is then."""

        def saved(schedule: Any) -> None:
            answer({"id": schedule.id})

        def save(state: Any) -> None:
            try:
                schedule = schedule_from(arguments, state)
            except FossaError as error:
                refuse(error)
                return
            self._engine.submit(SaveSchedule(schedule, arguments.get("pauses") is True), saved, refuse)

        self._submit(GetState(), save, refuse)

    def _remove(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._submit(RemoveSchedule(_id(arguments)), lambda _: answer({}), refuse)

    def _pause(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        try:
            until = moment(arguments.get("until"))
        except ValueError as error:
            raise InvalidInput("The moment to pause until is not given.") from error
        self._submit(PauseSchedule(_id(arguments), until), lambda _: answer({}), refuse)

    def _resume(self, arguments: Json, answer: Answer, refuse: Refuse) -> None:
        self._submit(ResumeSchedule(_id(arguments)), lambda _: answer({}), refuse)

    def _submit(self, command: Command, done: Callable[[Any], None], refuse: Refuse) -> None:
        if self._engine.is_waiting:
            raise StoreBusy(
                "Another FossaTray command is using the work orders.", advice="Try again when that has ended."
            )
        self._engine.submit(command, done, refuse)


def _id(arguments: Json) -> int:
    try:
        return number(arguments.get("id"))
    except ValueError as error:
        raise InvalidInput("The schedule is not given.") from error
