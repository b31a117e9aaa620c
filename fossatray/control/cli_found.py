"""The schedules that a command speaks of, from the running instance, else from what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fossatray.control.cli_named import named_account, no_schedule
from fossatray.control.cli_reports import present, reading, stored
from fossatray.core.schedules import Schedule
from fossatray.core.status import ScheduleState
from fossatray.core.text import visible
from fossatray.system.paths import Paths

_NO_ACCOUNT = "No account yet. Add one: fossatray accounts add --name NAME --username USER --password-stdin"
_NO_SCHEDULE = "No schedule yet. Add one: fossatray schedules add --every 1"


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule: its public form and its state."""

    public: dict[str, Any]
    state: ScheduleState

    @property
    def titles(self) -> tuple[str, str, str]:
        """Its id, account and name."""
        return str(self.public["id"]), self.public["account"], self.public["name"]

    @property
    def name(self) -> str:
        """What sentences call it."""
        return name_of(self.state.schedule.id, self.public["name"], self.public["account"])


def none_yet(paths: Paths) -> str:
    """Return the sentence for no schedules: what there has to be first."""
    with reading(paths) as reader:
        return _NO_SCHEDULE if reader.accounts() else _NO_ACCOUNT


def name_of(schedule_id: int, name: str, account: str) -> str:
    """Return "Schedule 2 (Work orders) of Work"."""
    named = f" ({visible(name)})" if name else ""
    return f"Schedule {schedule_id}{named} of {visible(account)}"


def found_schedules(paths: Paths, account: str | None = None) -> tuple[bool, list[Found]]:
    """Return whether FossaTray runs, and all schedules, or those of an account. Raises NotFound."""
    running, data = present(paths)
    accounts = data["accounts"] or stored(paths)["accounts"]  # one that has just started does not know them yet
    with reading(paths) as reader:
        if account is not None:
            name = named_account(reader.accounts(), account).name
            accounts = [one for one in accounts if one["account"] == name]
        kept = {schedule.id: schedule for schedule in reader.schedules()}
    public = [schedule for one in accounts for schedule in one["schedules"] if schedule["id"] in kept]
    return running, [Found(one, _state(kept[one["id"]], one)) for one in public]


def _state(schedule: Schedule, public: dict[str, Any]) -> ScheduleState:
    at = public["next_run"]
    return ScheduleState(schedule, datetime.fromisoformat(at) if at else None, public["held"], public.get("hint"))


def one_schedule(paths: Paths, schedule_id: int) -> Found:
    """Return the schedule of an id. Raises NotFound."""
    return of_id(found_schedules(paths)[1], schedule_id)


def of_id(found: list[Found], schedule_id: int) -> Found:
    """Return the one of an id among those found. Raises NotFound."""
    for one in found:
        if one.state.schedule.id == schedule_id:
            return one
    raise no_schedule(schedule_id)
