"""Between the database's plain values and core's dataclasses; shared by the writing rooms and the reader."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Protocol, TypeVar, overload

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, FieldChange, Kind, StoredChange
from fossatray.core.dispensers import Dispenser, LocationWanted, StoredDispenser
from fossatray.core.errors import ErrorInfo, InvalidInput, StoreDamaged
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.orders import StoredOrder, WorkOrder
from fossatray.core.runs import NOTHING_ASKED, Counts, Fate, Occurrence, Outcome, Run, Trigger
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.text import storable
from fossatray.core.timetable import timetable_from_json, to_json


class Row(Protocol):
    """A row by column name: a dictionary or a sqlite3.Row."""

    def __getitem__(self, name: str, /) -> Any: ...


_Kept = TypeVar("_Kept")
NOT_OURS = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, InvalidInput)
"""What decoding ends in where a row holds what we never wrote: it was altered on the disk."""

READ_ANEW = "Sync now: the order is read anew. If it is no longer in your list, put back the newest of the backups."
PUT_BACK = "Quit FossaTray and put the newest of the backups in the database's place."

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
CHANGE_SQL = """
    INSERT INTO change (run_id, account_id, at, number, kind, fields, partner, location_url, numbers)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ASKED_NOTHING = ", ".join(f"'{reason}'" for reason in NOTHING_ASKED)
PROVED_SQL = f"(outcome = 'succeeded' AND coalesce(reason, '') NOT IN ({_ASKED_NOTHING}))"
JUDGED_SQL = f"(outcome = 'failed' OR {PROVED_SQL})"
"""What selects the runs whose success proves something (see Run.asked_nothing), and with them those that failed."""
_SEPARATOR = "\x1f"  # between the searchable fields: nobody types it, so a search never matches across two fields


@overload
def to_ms(moment: datetime) -> int: ...
@overload
def to_ms(moment: None) -> None: ...
def to_ms(moment: datetime | None) -> int | None:
    """Return an aware moment as milliseconds since 1970 in UTC. Raises ValueError for a naive one."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be stored")
    return (moment - _EPOCH) // _MILLISECOND


@overload
def from_ms(value: int) -> datetime: ...
@overload
def from_ms(value: None) -> None: ...
def from_ms(value: int | None) -> datetime | None:
    """Return stored milliseconds as an aware moment in UTC."""
    return None if value is None else _EPOCH + value * _MILLISECOND


def _decoder(
    what: str, key: str = "id", advice: str = PUT_BACK
) -> Callable[[Callable[[Row], _Kept]], Callable[[Row], _Kept]]:
    """Make of a row's decoder one that raises StoreDamaged, naming the row, for a row that we cannot have written."""

    def with_name(decode: Callable[[Row], _Kept]) -> Callable[[Row], _Kept]:
        @wraps(decode)
        def decoded(row: Row) -> _Kept:
            try:
                return decode(row)
            except NOT_OURS as error:
                raise StoreDamaged(f"What is stored of {what}{row[key]} cannot be read.", advice=advice) from error

        return decoded

    return with_name


def folded(text: str) -> str:
    """Return the form in which texts are compared without regard to case, in any language."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def name_key(name: str) -> str:
    """Return the form of an account's name that must be unique."""
    return folded(" ".join(name.split()))


def account_from(row: Row) -> Account:
    """Return the account of a row of `account`."""
    return Account(row["id"], row["name"], row["origin"], row["username"])


@_decoder("schedule ")
def schedule_from(row: Row) -> Schedule:
    """Return the schedule of a row of `schedule`."""
    return Schedule(
        id=row["id"],
        account_id=row["account_id"],
        job=row["job"],
        name=row["name"],
        timetable=timetable_from_json(json.loads(row["timetable"])),
        lateness=Lateness(row["lateness"]),
        late_hours=row["late_hours"],
        paused_until=from_ms(row["paused_until"]),
        after=row["after_id"],
        enabled=bool(row["enabled"]),
        failures=row["failures"],
        switched_off=bool(row["switched_off"]),
    )


def schedule_columns(schedule: Schedule) -> dict[str, Any]:
    """Return the columns of a row of `schedule` that a Schedule fills, all but the id."""
    return {
        "account_id": schedule.account_id,
        "job": schedule.job,
        "name": schedule.name,
        "timetable": _encode(to_json(schedule.timetable)),
        "lateness": schedule.lateness.value,
        "late_hours": schedule.late_hours,
        "paused_until": to_ms(schedule.paused_until),
        "after_id": schedule.after,
        "enabled": schedule.enabled,
        "failures": schedule.failures,
        "switched_off": schedule.switched_off,
    }


@_decoder("a planned sync of schedule ", "schedule_id")
def occurrence_from(row: Row) -> Occurrence:
    """Return the occurrence of a row of `occurrence`."""
    return Occurrence(row["schedule_id"], from_ms(row["planned_at"]), Fate(row["fate"]), row["reason"], row["run_id"])


@_decoder("run ")
def run_from(row: Row) -> Run:
    """Return the run of a row of `run`."""
    outcome = row["outcome"]
    return Run(
        id=row["id"],
        account_id=row["account_id"],
        job=row["job"],
        trigger=Trigger(row["trigger"]),
        planned_at=from_ms(row["planned_at"]),
        started_at=from_ms(row["started_at"]),
        finished_at=from_ms(row["finished_at"]),
        outcome=None if outcome is None else Outcome(outcome),
        reason=row["reason"],
        counts=Counts(row["found"], row["new"], row["changed"], row["archived"]),
        attempts=row["attempts"],
        error=error_from(row),
        schedule_id=row["schedule_id"],
        phases=tuple(json.loads(row["phases"]).items()),
    )


def phases_text(phases: Iterable[tuple[str, float]]) -> str:
    """Return phase times as the JSON text kept: seconds to the millisecond; a phase that came twice is added up."""
    seconds: dict[str, float] = {}
    for name, spent in phases:
        seconds[name] = round(seconds.get(name, 0.0) + spent, 3)
    return _encode(seconds)


def error_from(row: Row) -> ErrorInfo | None:
    """Return the error of a row of `run`, if it has one."""
    if row["error_kind"] is None:
        return None
    return ErrorInfo(
        row["error_kind"], row["error_title"], row["error_message"], row["error_advice"], bool(row["error_retryable"])
    )


def error_columns(error: ErrorInfo | None) -> dict[str, Any]:
    """Return the error columns of a row of `run`."""
    names = ("kind", "title", "message", "advice", "retryable")
    return {f"error_{name}": None if error is None else getattr(error, name) for name in names}


def error_text(error: ErrorInfo) -> str:
    """Return an error as the JSON text kept with a blocked account."""
    return json.dumps(asdict(error))


def error_from_text(text: str | None) -> ErrorInfo | None:
    """Return the error of that JSON text. Raises StoreDamaged for another text."""
    try:
        return None if text is None else ErrorInfo(**json.loads(text))
    except NOT_OURS as error:
        raise StoreDamaged("What is stored of an account cannot be read.", advice=PUT_BACK) from error


def order_data(order: WorkOrder) -> str:
    """Return an order as the JSON text kept; pure ASCII, so that no text can be refused by SQLite."""
    return _encode(order.to_json())


def order_from_data(data: str) -> WorkOrder:
    """Return the order of that JSON text. Raises ValueError, or another of NOT_OURS, for any other text."""
    return WorkOrder.from_json(json.loads(data))


@_decoder("work order W-", "number", READ_ANEW)
def stored_order_from(row: Row) -> StoredOrder:
    """Return the stored order of a row of `work_order`."""
    return StoredOrder(
        row["account_id"],
        order_from_data(row["data"]),
        from_ms(row["first_seen"]),
        from_ms(row["last_seen"]),
        from_ms(row["archived_at"]),
    )


def dispenser_search_text(stored: StoredDispenser) -> str:
    """Return everything of a dispenser that a search looks in, folded."""
    one = stored.dispenser
    parts = [stored.store_number, stored.site_name, one.numbers, *one.grades, one.make, one.model, one.serial]
    parts += [one.stand_alone_code, one.meter_type, one.ntep, *(text for pair in one.other for text in pair)]
    return folded(_SEPARATOR.join(part for part in parts if part))


def search_text(order: WorkOrder) -> str:
    """Return everything of an order that a search looks in, folded."""
    address = order.address
    parts = [f"W-{order.number}", order.customer, order.store_number, order.site_name]
    parts += [address.street, *address.extra, address.city, address.state, address.postal_code, address.county]
    for service in order.services:
        parts += [service.group, service.description, service.code]
    parts += [order.instructions, order.status, order.reason, order.project, order.po_number, order.created_by]
    parts += (*order.categories, *(order.contact or ()), *(order.billing or ()))
    return folded(_SEPARATOR.join(part for part in parts if part))


def fields_data(change: Change) -> str:
    """Return a change's fields as the JSON text kept."""
    return _encode([[field.name, field.old, field.new] for field in change.fields])


def change_row(change: Change, run_id: int, account_id: str, moment: int) -> tuple[Any, ...]:
    """Return the values of a row of `change`, for CHANGE_SQL."""
    numbers = None if change.numbers is None else storable(change.numbers)[0]
    told = (change.number, change.kind.value, fields_data(change), change.partner, change.location_url, numbers)
    return (run_id, account_id, moment, *told)


@_decoder("a change of work order W-", "number")
def stored_change_from(row: Row) -> StoredChange:
    """Return the change of a row of `change` joined with its account's name as `account` and its site's store."""
    fields = tuple(FieldChange(name, old, new) for name, old, new in json.loads(row["fields"]))
    site = row["location_url"], row["numbers"]
    change = Change(row["number"], Kind(row["kind"]), fields, row["partner"], *site)
    at = from_ms(row["at"])
    return StoredChange(row["account_id"], row["account"], row["run_id"], at, change, row["store_number"])


def dispenser_data(dispenser: Dispenser) -> str:
    """Return a dispenser as the JSON text kept; pure ASCII, so that no text can be refused by SQLite."""
    return _encode(dispenser.to_json())


def dispenser_from_data(data: str) -> Dispenser:
    """Return the dispenser of that JSON text."""
    return Dispenser.from_json(json.loads(data))


def stored_dispenser_from(row: Row) -> StoredDispenser:
    """Return the stored dispenser of a row of `dispenser` joined with its site."""
    return StoredDispenser(
        row["account_id"],
        row["url"],
        row["store_number"],
        row["site_name"],
        dispenser_from_data(row["data"]),
        from_ms(row["last_seen"]),
        from_ms(row["archived_at"]),
    )


def stored_location_from(row: Row) -> StoredLocation:
    """Return the site of a row of `location`."""
    return StoredLocation(
        row["account_id"],
        LocationWanted(row["url"], row["store_number"], row["site_name"]),
        LocationState(row["state"]),
        from_ms(row["asked_at"]),
        from_ms(row["read_at"]),
        error_from_text(row["error"]),
    )
