"""A schedule that is asked for, as it crosses the socket: what a person can choose of it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from fossatray.control.protocol import Json
from fossatray.core.errors import InvalidInput, NotFound
from fossatray.core.runs import iso
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.status import AppState
from fossatray.core.timetable import timetable_from_json, to_json


def wished(schedule: Schedule) -> Json:
    """Return a schedule as JSON data; id 0 asks for a new one of its account."""
    return {
        "id": schedule.id,
        "account_id": schedule.account_id,
        "job": schedule.job,
        "name": schedule.name,
        "timetable": to_json(schedule.timetable),
        "lateness": schedule.lateness.value,
        "late_hours": schedule.late_hours,
        "after": schedule.after,
        "paused_until": iso(schedule.paused_until),
        "enabled": schedule.enabled,
    }


def schedule_from(data: Json, state: AppState) -> Schedule:
    """Return the schedule that is asked for, everything else as it is at present. Raises InvalidInput or NotFound."""
    try:
        chosen: dict[str, Any] = {
            "job": _text(data["job"]),
            "name": _text(data["name"]),
            "timetable": timetable_from_json(data["timetable"]),
            "lateness": Lateness(data["lateness"]),
            "late_hours": None if data["late_hours"] is None else _hours(data["late_hours"]),
            "after": None if data["after"] is None else number(data["after"]),
            "paused_until": moment(data["paused_until"]),
            "enabled": _flag(data["enabled"]),
        }
        schedule_id, account_id = number(data["id"]), _text(data["account_id"])
    except (KeyError, ValueError) as error:
        raise InvalidInput("The running FossaTray does not understand this schedule.", advice="Update it.") from error
    account = state.account(account_id)
    if account is None:
        raise NotFound("There is no such account.", advice="List them: fossatray accounts list")
    if not schedule_id:
        return Schedule(0, account_id, **chosen)
    for one in account.schedules:
        if one.schedule.id == schedule_id:
            return replace(one.schedule, **chosen)
    raise NotFound(f"There is no schedule {schedule_id}.", advice="List them: fossatray schedules list")


def number(data: object) -> int:
    """Return a whole number from 0 up. Raises ValueError."""
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise ValueError("a whole number was expected")
    return data


def moment(data: object) -> datetime | None:
    """Return an aware moment, or None for none. Raises ValueError."""
    if data is None:
        return None
    found = datetime.fromisoformat(_text(data))
    if found.tzinfo is None:
        raise ValueError("a moment with its zone was expected")
    return found


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise ValueError("a text was expected")
    return data


def _flag(data: object) -> bool:
    if not isinstance(data, bool):
        raise ValueError("true or false was expected")
    return data


def _hours(data: object) -> float:
    if not isinstance(data, int | float) or isinstance(data, bool):
        raise ValueError("a number was expected")
    return float(data)
