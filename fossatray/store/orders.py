"""Work orders and their changes. An order that left the list is archived, never deleted."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fossatray.core.changes import COMPLETED_ON, Change, Diff, Kind
from fossatray.core.errors import NotFound
from fossatray.core.orders import WorkOrder
from fossatray.store.convert import CHANGE_SQL, NOT_OURS, change_row, from_ms, order_data, order_from_data, to_ms
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import AccountRow, WorkOrderRow, first

log = logging.getLogger("fossatray.store")

_UPSERT = """
    INSERT INTO work_order (account_id, number, first_seen, last_seen, visit_date, data)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, number) DO UPDATE SET
        last_seen = excluded.last_seen, archived_at = NULL, visit_date = excluded.visit_date,
        data = excluded.data"""
_SEEN = """
    UPDATE work_order SET last_seen = ?, archived_at = NULL
    WHERE account_id = ? AND number IN (SELECT value FROM json_each(?))"""
_MEND = "UPDATE work_order SET first_seen = ? WHERE account_id = ? AND typeof(first_seen) <> 'integer'"
_ARCHIVE = """
    UPDATE work_order SET archived_at = ?
    WHERE account_id = ? AND archived_at IS NULL AND number IN (SELECT value FROM json_each(?))"""

_DEPARTED = """
    SELECT number, archived_at FROM work_order WHERE account_id = ? AND archived_at >= ? AND NOT EXISTS (
        SELECT 1 FROM change WHERE change.number = work_order.number AND change.account_id = work_order.account_id
            AND change.kind = 'completed' AND change.at >= work_order.archived_at)
    ORDER BY archived_at DESC, id DESC LIMIT ?"""
_COMPLETED = """
    UPDATE work_order SET data = json_set(data, '$.completed_on', ?, '$.visits_done',
        coalesce(json_extract(data, '$.visits_total'), json_extract(data, '$.visits_done')))
    WHERE account_id = ? AND number = ? AND json_valid(data)"""


class Orders:
    """The work orders of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def open(self, account_id: str) -> dict[str, WorkOrder]:
        """Return an account's open orders by number; of one whose row was altered on the disk only the number."""
        return _orders((WorkOrderRow.account_id == account_id) & WorkOrderRow.archived_at.is_null())

    @store_errors()
    def archived(self, account_id: str) -> dict[str, WorkOrder]:
        """Return an account's archived orders by number; of one whose row was altered on the disk only the number."""
        return _orders((WorkOrderRow.account_id == account_id) & WorkOrderRow.archived_at.is_null(False))

    @store_errors()
    def open_numbers(self, account_id: str) -> tuple[str, ...]:
        """Return the numbers of an account's open orders."""
        asked = "SELECT number FROM work_order WHERE account_id = ? AND archived_at IS NULL ORDER BY id"
        return tuple(number for (number,) in self._database.execute(asked, (account_id,)).fetchall())

    @store_errors()
    def departed(self, account_id: str, since: datetime, most: int) -> dict[str, datetime]:
        """Return which orders left the list since a moment and are not known to be completed, and when (UTC).

        Of more than `most` those that left last, which come first.
        """
        rows = self._database.execute(_DEPARTED, (account_id, to_ms(since), most)).fetchall()
        return {number: from_ms(at) for number, at in rows}

    @store_errors()
    def count_open(self, account_id: str) -> int:
        """Return how many open orders an account has."""
        asked = (WorkOrderRow.account_id == account_id) & WorkOrderRow.archived_at.is_null()
        return int(WorkOrderRow.select().where(asked).count())

    @store_errors()
    def has_any(self, account_id: str) -> bool:
        """Tell whether an account has ever had an order, open or archived."""
        return bool(WorkOrderRow.select().where(WorkOrderRow.account_id == account_id).exists())

    @store_errors()
    def save_read(self, run_id: int, account_id: str, orders: Sequence[WorkOrder], diff: Diff, now: datetime) -> None:
        """Keep a complete list and what changed: for use inside `atomic()`, with the run's end (works without).

        Unchanged orders get a new `last_seen` and nothing else; orders that are back are open again; `diff.gone` is
        archived, with all visits and the day where it is completed; changes become rows of the run.
        """
        moment = to_ms(now)
        with self._database.atomic():
            kept = self._kept_data(account_id)
            fresh: list[tuple[Any, ...]] = []
            seen: list[str] = []
            for order in orders:
                data = order_data(order)
                if kept.get(order.number) == data:
                    seen.append(order.number)
                else:
                    fresh.append(_row(account_id, order, data, moment))
            self._database.executemany(_UPSERT, fresh)
            self._database.execute(_SEEN, (moment, account_id, json.dumps(seen)))
            self._database.execute(_MEND, (moment, account_id))
            self._database.execute(_ARCHIVE, (moment, account_id, json.dumps(diff.gone)))
            completed = [change for change in diff.changes if change.kind is Kind.COMPLETED]
            days = [(_day(change), account_id, change.number) for change in completed]
            self._database.executemany(_COMPLETED, days)
            changes = (change_row(change, run_id, account_id, moment) for change in diff.changes)
            self._database.executemany(CHANGE_SQL, changes)

    @store_errors()
    def change_counts(self, run_id: int) -> dict[Kind, int]:
        """Return how many changes of each kind a run brought; kinds that do not occur are left out."""
        found = self._database.execute("SELECT kind, count(*) FROM change WHERE run_id = ? GROUP BY kind", (run_id,))
        return {Kind(kind): count for kind, count in found.fetchall()}

    @store_errors()
    def count_not_completed(self, run_id: int) -> int:
        """Return how many orders a removed that are known not to be completed (see core.changes.is_not_completed)."""
        asked = "SELECT count(*) AS n FROM change WHERE run_id = ? AND kind = 'removed' AND fields <> '[]'"
        row = self._database.one(asked, run_id)
        return int(row["n"]) if row else 0

    def _kept_data(self, account_id: str) -> dict[str, str]:
        asked = "SELECT number, CAST(data AS BLOB) FROM work_order WHERE account_id = ?"
        rows = self._database.execute(asked, (account_id,)).fetchall()
        return {number: data.decode("utf-8", "replace") for number, data in rows}

    @store_errors()
    def held_back(self, account_id: str) -> frozenset[str] | None:
        """Return the numbers that a first read would have archived and that wait for a second read, or None."""
        text = _of_account(account_id, "held_back")
        return None if text is None else frozenset(json.loads(text))

    @store_errors()
    def hold_back(self, account_id: str, numbers: Iterable[str] | None) -> None:
        """Remember the numbers that a read would archive until a second read agrees; None forgets. Raises NotFound."""
        _set_of_account(account_id, "held_back", None if numbers is None else json.dumps(sorted(numbers)))

    @store_errors()
    def empty_sign(self, account_id: str) -> str | None:
        """Return the sign by which this account's empty list is known, as a person has confirmed it, or None."""
        return _of_account(account_id, "empty_sign")

    @store_errors()
    def remember_empty_sign(self, account_id: str, sign: str | None) -> None:
        """Remember the sign of an empty list that a person confirmed; None forgets. Raises NotFound."""
        _set_of_account(account_id, "empty_sign", sign)


def _day(change: Change) -> str | None:
    """The day that a completed order's change tells, if it does."""
    return next((field.new for field in change.fields if field.name == COMPLETED_ON), None)


def _orders(asked: Any) -> dict[str, WorkOrder]:
    data = WorkOrderRow.data.cast("BLOB")  # what was altered on the disk may be no text any more
    rows = WorkOrderRow.select(WorkOrderRow.number, data).where(asked).order_by(WorkOrderRow.id).tuples()
    return {number: _order_or_number(number, data) for number, data in rows.iterator()}


def _order_or_number(number: str, data: bytes) -> WorkOrder:
    """Return the order of its JSON text; where that was altered only the number, and the next list mends the row."""
    try:
        return order_from_data(data.decode())
    except NOT_OURS as error:
        log.warning("what is stored of a work order cannot be read (%s): the next list mends it", type(error).__name__)
        return WorkOrder(number)


def _row(account_id: str, order: WorkOrder, data: str, moment: int) -> tuple[Any, ...]:
    visit_date = order.visit.date.isoformat() if order.visit and order.visit.date else None
    return account_id, order.number, moment, moment, visit_date, data


def _of_account(account_id: str, column: str) -> str | None:
    row = first(AccountRow.select(getattr(AccountRow, column)).where(AccountRow.id == account_id))
    return row[column] if row else None


def _set_of_account(account_id: str, column: str, value: str | None) -> None:
    if not AccountRow.update(**{column: value}).where(AccountRow.id == account_id).execute():
        raise NotFound("There is no such account.")
