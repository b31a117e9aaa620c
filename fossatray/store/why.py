"""Why the schedules of an account did or did not run at a moment, from the ledger and, where it is silent, the plan."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from fossatray.core.errors import InvalidInput
from fossatray.core.plan import why_not_planned
from fossatray.core.runs import Occurrence, Reason, Run
from fossatray.core.schedules import Schedule, missed_runs
from fossatray.core.why import Why
from fossatray.store.convert import from_ms, occurrence_from, run_from, schedule_from, to_ms
from fossatray.store.history import Query

NEAR = timedelta(minutes=30)


def why(query: Query, account_id: str, moment: datetime, zone: tzinfo, schedule_id: int | None = None) -> list[Why]:
    """Return what is known of each schedule of the account at a moment, the oldest schedule first; or of one of them.

    A removed one is left out where it had gone by then, unless it is asked for by its id.
    """
    rows = query(
        "SELECT schedule.*, account.blocked FROM schedule JOIN account ON account.id = schedule.account_id"
        " WHERE account_id = ? ORDER BY schedule.id",
        [account_id],
    )
    schedules = {row["id"]: schedule_from(row) for row in rows}
    known = [_of_schedule(query, row, schedules, moment, zone) for row in rows if schedule_id in (None, row["id"])]
    return [one for one in known if schedule_id is not None or not one.had_gone]


def _of_schedule(query: Query, row: sqlite3.Row, schedules: dict[int, Schedule], moment: datetime, zone: tzinfo) -> Why:
    schedule, removed_at = schedules[row["id"]], from_ms(row["removed_at"])
    found = _nearest(query, schedule.id, moment)
    follows = schedules.get(schedule.after) if schedule.after is not None else None
    chained = _nearest_chained(query, schedule.id, moment) if follows is not None else None
    if found is not None and (chained is None or abs(found.planned_at - moment) <= abs(chained.started_at - moment)):
        return Why(schedule, moment, found, _run(query, found.run_id), removed_at=removed_at)
    if follows is not None:
        return Why(schedule, moment, run=chained, follows=follows, removed_at=removed_at)
    changed_at = from_ms(row["changed_at"])
    if changed_at is not None and moment < changed_at:
        return Why(schedule, moment, changed_at=changed_at, removed_at=removed_at)
    try:
        not_planned = why_not_planned(schedule.timetable, moment, zone)
    except InvalidInput:  # a holiday calendar that is known no longer
        not_planned = why_not_planned(replace(schedule.timetable, holidays=None), moment, zone)
    accounted = from_ms(row["accounted_until"]) if removed_at is None else None  # what is removed was settled
    unsettled = _unsettled(accounted, schedule, moment, zone)
    held = Reason.REFUSED if row["blocked"] is not None else None
    return Why(schedule, moment, not_planned=not_planned, unsettled=unsettled, held=held, removed_at=removed_at)


def _unsettled(accounted: datetime | None, schedule: Schedule, moment: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the slots near a moment up to which the schedule is not accounted for yet."""
    if accounted is None:
        return ()
    return tuple(missed_runs(schedule, max(accounted, moment - NEAR), moment + NEAR, zone))


def _nearest(query: Query, schedule_id: int, moment: datetime) -> Occurrence | None:
    """Return the occurrence nearest to a moment, the earlier of two; None if none is within half an hour."""
    at = to_ms(moment)
    rows = query(
        "SELECT * FROM occurrence WHERE schedule_id = ? AND planned_at BETWEEN ? AND ? ORDER BY planned_at",
        [schedule_id, to_ms(moment - NEAR), to_ms(moment + NEAR)],
    )
    nearest = min(rows, key=lambda row: abs(row["planned_at"] - at), default=None)
    return None if nearest is None else occurrence_from(nearest)


def _nearest_chained(query: Query, schedule_id: int, moment: datetime) -> Run | None:
    """Return the run of a chained schedule that started nearest to a moment; None if none did within half an hour."""
    at = to_ms(moment)
    rows = query(
        "SELECT * FROM run WHERE schedule_id = ? AND planned_at IS NULL AND started_at BETWEEN ? AND ?"
        " ORDER BY abs(started_at - ?), started_at LIMIT 1",
        [schedule_id, to_ms(moment - NEAR), to_ms(moment + NEAR), at],
    )
    return run_from(rows[0]) if rows else None


def _run(query: Query, run_id: int | None) -> Run | None:
    rows = query("SELECT * FROM run WHERE id = ?", [run_id]) if run_id is not None else []
    return run_from(rows[0]) if rows else None
