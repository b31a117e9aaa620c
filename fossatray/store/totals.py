"""What is no longer kept one by one: old runs and occurrences become daily totals. Days are those of UTC.

A row is counted in the totals or kept, never both: what is deleted is what is added. A removed schedule goes when
nothing of it is kept one by one any more. Several rows of one day, account and schedule may stand side by side (those
of a removed schedule lose its number when it goes), so readers add them up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fossatray.core.statistics import histogram
from fossatray.store.convert import Row, to_ms
from fossatray.store.database import Database
from fossatray.store.models import DailyTotalRow, first
from fossatray.store.statistics import ALL_SQL, DAY_MS, OF_DISPENSERS, OF_ORDERS, PORTAL_SQL, histogram_from

_OLD_OCCURRENCES = (  # the last of each schedule is kept, unless the schedule was removed
    "occurrence.planned_at < ? AND (EXISTS (SELECT 1 FROM occurrence AS newer"
    " WHERE newer.schedule_id = occurrence.schedule_id AND newer.planned_at > occurrence.planned_at)"
    " OR EXISTS (SELECT 1 FROM schedule AS removed"
    " WHERE removed.id = occurrence.schedule_id AND removed.removed_at IS NOT NULL))"
)
_DONE_WITH = (  # removed, and nothing of it is kept for the history, nor what ran after it
    "schedule.removed_at < ?1 AND NOT EXISTS (SELECT 1 FROM occurrence WHERE occurrence.schedule_id = schedule.id)"
    " AND NOT EXISTS (SELECT 1 FROM run WHERE run.schedule_id = schedule.id AND run.started_at >= ?1)"
    " AND NOT EXISTS (SELECT 1 FROM schedule AS follower WHERE follower.after_id = schedule.id)"
)
_OLD_RUNS = (  # the last of each schedule and outcome is kept
    "run.started_at < ? AND run.outcome IS NOT NULL AND (run.notified IS NULL OR run.notified = 1)"
    " AND NOT EXISTS (SELECT 1 FROM occurrence WHERE occurrence.run_id = run.id AND occurrence.run_id IS NOT NULL)"
    " AND EXISTS (SELECT 1 FROM run AS newer WHERE newer.schedule_id IS run.schedule_id"
    " AND newer.account_id = run.account_id AND newer.job = run.job AND newer.outcome = run.outcome"
    " AND newer.started_at > run.started_at)"
)
_SUMS = (
    *("succeeded", "failed", "cancelled", "interrupted", "skipped", "missed"),
    *("found", "new", "changed", "archived", "portal_seconds", "own_seconds"),
    *("dispensers_found", "dispensers_new", "dispensers_changed", "dispensers_archived"),
)
_RUNS_BY_DAY = f"""
    SELECT account_id, schedule_id, started_at - started_at % {DAY_MS} AS day,
        sum(outcome = 'succeeded') AS succeeded, sum(outcome = 'failed') AS failed,
        sum(outcome = 'cancelled') AS cancelled, sum(outcome = 'interrupted') AS interrupted, 0 AS skipped, 0 AS missed,
        sum({OF_ORDERS} * found) AS found, sum({OF_ORDERS} * new) AS new,
        sum({OF_ORDERS} * changed) AS changed, sum({OF_ORDERS} * archived) AS archived,
        sum({OF_DISPENSERS} * found) AS dispensers_found, sum({OF_DISPENSERS} * new) AS dispensers_new,
        sum({OF_DISPENSERS} * changed) AS dispensers_changed, sum({OF_DISPENSERS} * archived) AS dispensers_archived,
        sum({PORTAL_SQL}) AS portal_seconds, sum({ALL_SQL}) - sum({PORTAL_SQL}) AS own_seconds,
        json_group_array(max(finished_at - started_at, 0)) FILTER (WHERE outcome = 'succeeded') AS spent,
        json_group_array(finished_at) FILTER (WHERE outcome = 'succeeded') AS successes
    FROM run WHERE {_OLD_RUNS} GROUP BY account_id, schedule_id, day"""  # noqa: S608 - fixed texts alone
_OCCURRENCES_BY_DAY = f"""
    SELECT schedule.account_id, schedule.id AS schedule_id, planned_at - planned_at % {DAY_MS} AS day,
        0 AS succeeded, 0 AS failed, 0 AS cancelled, 0 AS interrupted,
        sum(fate = 'skipped') AS skipped, sum(fate = 'missed') AS missed,
        0 AS found, 0 AS new, 0 AS changed, 0 AS archived, 0.0 AS portal_seconds, 0.0 AS own_seconds,
        0 AS dispensers_found, 0 AS dispensers_new, 0 AS dispensers_changed, 0 AS dispensers_archived,
        '[]' AS spent, '[]' AS successes
    FROM (SELECT * FROM occurrence WHERE {_OLD_OCCURRENCES} AND fate <> 'run') AS old
    JOIN schedule ON schedule.id = old.schedule_id GROUP BY schedule.id, day"""  # noqa: S608 - fixed texts alone


def fold(database: Database, before: datetime) -> int:
    """Fold what is older than the UTC day of a moment into daily totals; returns how many rows went.

    Kept are each schedule's last occurrence and, by outcome, its last runs, what is under way and what is to be told.
    Of a removed schedule nothing is kept on its own account: what is left of its runs counts as without a schedule.
    """
    border = to_ms(before.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    with database.atomic():
        for row in _rows(database, _OCCURRENCES_BY_DAY, border):
            _add(row)
        gone = database.execute(f"DELETE FROM occurrence WHERE {_OLD_OCCURRENCES}", [border]).rowcount  # noqa: S608
        while database.execute(f"DELETE FROM schedule WHERE {_DONE_WITH}", [border]).rowcount:  # noqa: S608
            pass  # what it ran after may go next
        for row in _rows(database, _RUNS_BY_DAY, border):
            _add(row)
        gone += database.execute(f"DELETE FROM run WHERE {_OLD_RUNS}", [border]).rowcount  # noqa: S608
    return gone


def _rows(database: Database, sql: str, value: int) -> list[dict[str, Any]]:
    found = database.execute(sql, [value])
    names = [column[0] for column in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def _add(row: Mapping[str, Any]) -> None:
    """Add one day's figures to the row of totals that there is, or keep a new one."""
    of_schedule = DailyTotalRow.schedule_id
    asked = (
        (DailyTotalRow.account_id == row["account_id"])
        & (of_schedule.is_null() if row["schedule_id"] is None else of_schedule == row["schedule_id"])
        & (DailyTotalRow.day == row["day"])
    )
    kept = first(DailyTotalRow.select().where(asked))
    columns = {name: row[name] + (kept[name] if kept else 0) for name in _SUMS}
    columns |= _lists(row, kept)
    if kept is None:
        key = {name: row[name] for name in ("account_id", "schedule_id", "day")}
        DailyTotalRow.insert(**key, **columns).execute()
    else:
        DailyTotalRow.update(**columns).where(DailyTotalRow.id == kept["id"]).execute()


def _lists(row: Mapping[str, Any], kept: Row | None) -> dict[str, str]:
    before = histogram_from(kept["durations"]) if kept else {}
    ends = json.loads(kept["successes"]) if kept else []
    return {
        "durations": json.dumps(histogram(json.loads(row["spent"]), before)),
        "successes": json.dumps(sorted([*ends, *json.loads(row["successes"])])),
    }
