"""The history as people read it: every run, and every planned occurrence that became none, newest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from fossatray.core.evidence import KeptEvidence
from fossatray.core.runs import Counts, HistoryEntry, Trigger
from fossatray.store.convert import from_ms, run_from

Query = Callable[[str, Sequence[Any]], list[sqlite3.Row]]


def merged_history(
    query: Query, evidence: Mapping[int, KeptEvidence], limit: int, account_id: str | None
) -> list[HistoryEntry]:
    """Return at most `limit` entries (-1: all). An occurrence that became a run is told by its run.

    `evidence` is what is kept of runs, by their id.
    """
    names = {row["id"]: row["name"] for row in query("SELECT id, name FROM account", ())}
    plans = {
        row["id"]: row for row in query("SELECT id, account_id, job, name, after_id, changed_at FROM schedule", ())
    }
    if account_id is None:
        runs = query("SELECT * FROM run ORDER BY started_at DESC, id DESC LIMIT ?", (limit,))
    else:
        runs = query(
            "SELECT * FROM run WHERE account_id = ? ORDER BY started_at DESC, id DESC LIMIT ?", (account_id, limit)
        )
    chosen = [key for key, plan in plans.items() if account_id in (None, plan["account_id"])]
    others = query(
        "SELECT * FROM occurrence INDEXED BY occurrence_not_run WHERE fate <> 'run'"
        " AND schedule_id IN (SELECT value FROM json_each(?))"
        " ORDER BY planned_at DESC, id DESC LIMIT ?",
        (json.dumps(chosen), limit),
    )
    both = merge(
        (_of_run(row, plans, names, evidence.get(row["id"])) for row in runs),
        (_of_occurrence(row, plans[row["schedule_id"]], names) for row in others),
        key=_moment,
        reverse=True,
    )
    return list(both if limit < 0 else islice(both, limit))


def _moment(entry: HistoryEntry) -> datetime:
    moment = entry.started_at or entry.planned_at
    if moment is None:
        raise ValueError("an entry of the history without a moment")
    return moment


def _of_run(
    row: sqlite3.Row, plans: dict[int, sqlite3.Row], names: dict[str, str], evidence: KeptEvidence | None
) -> HistoryEntry:
    run = run_from(row)
    plan = plans.get(row["schedule_id"])
    return HistoryEntry(
        id=run.id,
        account_id=run.account_id,
        account=names[run.account_id],
        job=run.job,
        trigger=run.trigger,
        planned_at=run.planned_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=run.outcome.value if run.outcome else None,
        reason=run.reason,
        counts=run.counts,
        attempts=run.attempts,
        error=run.error,
        schedule_id=run.schedule_id,
        schedule=plan["name"] if plan is not None else None,
        phases=run.phases,
        evidence=evidence,
    )


def _of_occurrence(row: sqlite3.Row, plan: sqlite3.Row, names: dict[str, str]) -> HistoryEntry:
    return HistoryEntry(
        id=None,
        account_id=plan["account_id"],
        account=names[plan["account_id"]],
        job=plan["job"],
        trigger=_trigger(row, plan),
        planned_at=from_ms(row["planned_at"]),
        started_at=None,
        finished_at=None,
        outcome=row["fate"],
        reason=row["reason"],
        counts=Counts(),
        attempts=0,
        error=None,
        schedule_id=plan["id"],
        schedule=plan["name"],
    )


def _trigger(row: sqlite3.Row, plan: sqlite3.Row) -> Trigger:
    """Return what would have started the run: the success before it, where the schedule was chained already."""
    chained_by_then = plan["after_id"] is not None and (plan["changed_at"] or 0) <= row["planned_at"]
    return Trigger.CHAINED if chained_by_then else Trigger.SCHEDULED
