"""The read-only view of the database, for windows and command line: plain sqlite3, no Peewee, no lock, no waiting.

A Reader has a connection of its own, opened when first asked, and is used in one thread (`interrupt` apart). It works
beside a running instance and without one. A missing or not yet migrated database reads as empty; a newer one raises
StoreTooNew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fossatray.core.accounts import Account
from fossatray.core.changes import Kind, StoredChange
from fossatray.core.dispensers import StoredDispenser
from fossatray.core.errors import ErrorInfo
from fossatray.core.locations import StoredLocation
from fossatray.core.orders import StoredOrder
from fossatray.core.runs import HistoryEntry, Run
from fossatray.core.schedules import Schedule, next_run
from fossatray.core.status import AccountState, AppState, ScheduleState, standing
from fossatray.store.convert import (
    JUDGED_SQL,
    PROVED_SQL,
    account_from,
    dispenser_search_text,
    error_from_text,
    folded,
    run_from,
    schedule_from,
    search_text,
    stored_change_from,
    stored_dispenser_from,
    stored_location_from,
    stored_order_from,
)
from fossatray.store.defaults import with_defaults
from fossatray.store.errors import folder_errors, store_errors
from fossatray.store.evidence import evidence_beside
from fossatray.store.history import merged_history
from fossatray.store.migrations import SCHEMA_VERSION, refuse_newer, version_of

if TYPE_CHECKING:  # loaded when asked for: most who read ask for neither
    from fossatray.core.statistics import Statistics
    from fossatray.core.why import Why

_BUSY_SECONDS = 1.0  # it may be the GUI thread that waits; only the recovery after a crash makes readers wait
_NO_LIMIT = -1
_CHANGES = (
    "SELECT change.*, account.name AS account, location.store_number FROM change"
    " JOIN account ON account.id = change.account_id"
    " LEFT JOIN location ON location.account_id = change.account_id AND location.url = change.location_url"
)
_DISPENSERS = (
    "SELECT dispenser.*, location.account_id, location.url, location.store_number, location.site_name"
    " FROM dispenser JOIN location ON location.id = dispenser.location_id"
)
_NEWEST = "SELECT * FROM run INDEXED BY run_account WHERE account_id = ? AND {} ORDER BY id DESC LIMIT 1"
_ENDED = _NEWEST.format("outcome IS NOT NULL")
_JUDGED = _NEWEST.format(JUDGED_SQL)
_JUDGED_OF_JOB = _NEWEST.format(f"{JUDGED_SQL} AND job = ?")
_FAILURES = (
    "SELECT count(*) AS n FROM run INDEXED BY run_account WHERE account_id = ?1"  # noqa: S608 - fixed texts alone
    " AND job = ?2 AND outcome = 'failed'"
    " AND id > coalesce((SELECT id FROM run INDEXED BY run_account WHERE account_id = ?1 AND job = ?2"
    f" AND {PROVED_SQL} ORDER BY id DESC LIMIT 1), 0)"
)


class Reader:
    """Reads the database file. Every method may raise StoreTooNew, StoreDamaged, StoreBusy or StoreUnsuitable."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._evidence = evidence_beside(file)
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def close(self) -> None:
        """Close the connection. A later question opens it again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._identity = None

    def interrupt(self) -> None:
        """Break off, from another thread, what is being read: it raises StoreBusy there. Else nothing happens."""
        connection = self._connection
        if connection is not None:
            with suppress(sqlite3.ProgrammingError):  # closed this very moment
                connection.interrupt()

    def accounts(self) -> list[Account]:
        """Return all accounts in the order in which they were added."""
        return [account_from(row) for row in self._rows("SELECT * FROM account ORDER BY rowid")]

    def schedules(self) -> list[Schedule]:
        """Return all schedules; one that was removed is none any more."""
        return [schedule_from(row) for row in self._rows("SELECT * FROM schedule WHERE removed_at IS NULL ORDER BY id")]

    def settings(self) -> dict[str, str]:
        """Return every setting: the value kept, else its default."""
        return with_defaults({row["name"]: row["value"] for row in self._rows("SELECT name, value FROM setting")})

    def orders(
        self, account_id: str | None = None, search: str | None = None, archived: bool = False
    ) -> list[StoredOrder]:
        """Return the open orders (or, with `archived`, those no longer in the list) by visit date, then number.

        `search` is looked for as it stands, whatever the case, in number, customer, store number, site, address,
        services, instructions, status, reason, project, PO number, creator, categories, contact and billing lines.
        """
        sql = "SELECT * FROM work_order WHERE archived_at IS"
        sql += " NOT NULL" if archived else " NULL"
        values: list[Any] = []
        if account_id is not None:
            sql += " AND account_id = ?"
            values.append(account_id)
        sql += " ORDER BY visit_date IS NULL, visit_date, length(number), number, id"
        found = (stored_order_from(row) for row in self._rows(sql, values))
        needle = folded((search or "").strip())
        return [stored for stored in found if not needle or needle in search_text(stored.order)]

    def changes(
        self,
        run_id: int | None = None,
        number: str | None = None,
        limit: int | None = None,
        kinds: Collection[Kind] = (),
    ) -> list[StoredChange]:
        """Return changes, newest first: all, or those of one run, of some kinds, or in which one order has a part."""
        chosen = json.dumps(sorted(kinds)) if kinds else None
        asked = {
            "change.run_id = ?": run_id,
            "(change.number = ? OR change.partner = ?)": number,
            "change.kind IN (SELECT value FROM json_each(?))": chosen,
        }
        given = {test: value for test, value in asked.items() if value is not None}
        where = f" WHERE {' AND '.join(given)}" if given else ""
        values = [value for test, value in given.items() for _ in range(test.count("?"))]
        sql = f"{_CHANGES}{where} ORDER BY change.id DESC LIMIT ?"
        return [stored_change_from(row) for row in self._rows(sql, [*values, _limit(limit)])]

    def dispensers(
        self,
        account_id: str | None = None,
        search: str | None = None,
        archived: bool = False,
        location_url: str | None = None,
    ) -> list[StoredDispenser]:
        """Return the dispensers that are there (or, with `archived`, those no longer there) by store, site and place.

        All of them, or those of one account, or of one site by the URL of its page.

        `search` is looked for as it stands, whatever the case, in the store number, the site's name and all that the
        portal shows of the dispenser.
        """
        sql = f"{_DISPENSERS} WHERE dispenser.archived_at IS{' NOT' if archived else ''} NULL"
        given = {"location.account_id": account_id, "location.url": location_url}
        asked = {column: value for column, value in given.items() if value is not None}
        sql += "".join(f" AND {column} = ?" for column in asked)
        sql += " ORDER BY location.store_number IS NULL, location.store_number, location.id, dispenser.place"
        found = (stored_dispenser_from(row) for row in self._rows(sql, list(asked.values())))
        needle = folded((search or "").strip())
        return [stored for stored in found if not needle or needle in dispenser_search_text(stored)]

    def locations(self, account_id: str | None = None, url: str | None = None) -> list[StoredLocation]:
        """Return the sites whose dispensers were asked for, and what came of it: all, an account's, or one by URL."""
        asked = "(?1 IS NULL OR account_id = ?1) AND (?2 IS NULL OR url = ?2)"
        found = self._rows(f"SELECT * FROM location WHERE {asked} ORDER BY id", [account_id, url])  # noqa: S608
        return [stored_location_from(row) for row in found]

    def history(self, limit: int | None = 200, account_id: str | None = None) -> list[HistoryEntry]:
        """Return runs and skipped or missed occurrences, newest first (by start, or by the planned time)."""
        with self._snapshot():
            return merged_history(self._rows, self._evidence.of_runs(), _limit(limit), account_id)

    def why(self, account_id: str, moment: datetime, zone: tzinfo, schedule_id: int | None = None) -> list[Why]:
        """Return for each of an account's schedules why it did or did not run at a moment (aware); see core.why.

        One that was removed since answers, too, as long as it is kept; for a time after its removal only if it is asked
        for by its id.
        """
        from fossatray.store.why import why

        with self._snapshot():
            return why(self._rows, account_id, moment, zone, schedule_id)

    def statistics(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        account_id: str | None = None,
        schedule_id: int | None = None,
    ) -> Statistics:
        """Return the statistics of the runs begun in [since, until) (aware), of all, one account or one schedule."""
        from fossatray.store.statistics import statistics

        with self._snapshot():
            return statistics(self._rows, since, until, account_id, schedule_id)

    def state(self, now: datetime, zone: tzinfo, *, instance_alive: bool = False) -> AppState:
        """Return the state as it follows from what is stored, for a command line without an instance.

        A run without an end counts as under way only with `instance_alive` (see `folder.is_held`): else it died.
        """
        with self._snapshot():
            rows = self._rows("SELECT * FROM account ORDER BY rowid")
            return AppState(tuple(self._account_state(row, now, zone, alive=instance_alive) for row in rows))

    def _account_state(self, row: sqlite3.Row, now: datetime, zone: tzinfo, *, alive: bool) -> AccountState:
        account, blocked = account_from(row), error_from_text(row["blocked"])
        planned = "SELECT * FROM schedule WHERE account_id = ? AND removed_at IS NULL ORDER BY id"
        schedules = self._rows(planned, [account.id])
        running = "SELECT * FROM run INDEXED BY run_under_way WHERE outcome IS NULL AND account_id = ? ORDER BY id DESC"
        under_way = self._rows(running, [account.id]) if alive else []
        counted = self._rows(
            "SELECT count(*) AS n FROM work_order WHERE account_id = ? AND archived_at IS NULL", [account.id]
        )
        states = tuple(_schedule_state(schedule_from(one), blocked, now, zone) for one in schedules)
        judged = standing(
            self._newest_run(_JUDGED, account.id),
            [one.schedule.job for one in states],
            lambda job: self._newest_run(_JUDGED_OF_JOB, account.id, job),
        )
        return AccountState(
            account=account,
            schedules=states,
            run=run_from(under_way[0]) if under_way else None,
            last_run=self._newest_run(_ENDED, account.id),
            blocked=blocked,
            open_orders=counted[0]["n"],
            last_judged=judged,
            failures=self._rows(_FAILURES, [account.id, judged.job])[0]["n"] if judged is not None else 0,
        )

    def _newest_run(self, query: str, *values: str) -> Run | None:
        return next((run_from(row) for row in self._rows(query, values)), None)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        connection = self._ready()
        if connection is None:
            return []
        with store_errors():
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Everything read inside is from one moment."""
        connection = self._ready()
        if connection is None:
            yield
            return
        with store_errors():
            connection.execute("BEGIN")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                self.close()  # ends the snapshot; a ROLLBACK could fail in its turn, and hide what happened
                raise

    def _ready(self) -> sqlite3.Connection | None:
        """Return the connection to a database of our version, or None where there is nothing to read yet."""
        connection = self._connection
        if connection is not None and connection.in_transaction:
            return connection
        with store_errors():
            connection = self._opened()
            if connection is None:
                return None
            version = version_of(connection)
        refuse_newer(version)
        return connection if version == SCHEMA_VERSION else None

    def _opened(self) -> sqlite3.Connection | None:
        """Return the connection to the file that is there now: after a restore it is another one of the same name."""
        with folder_errors("The database file cannot be read"):
            try:
                status = self._file.stat()  # looked at, never opened outside SQLite
            except FileNotFoundError:
                self.close()
                return None
        identity = (status.st_dev, status.st_ino)
        if identity != self._identity:
            self.close()
        if self._connection is None:
            address = f"{self._file.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._identity = identity
        return self._connection


def _schedule_state(schedule: Schedule, blocked: ErrorInfo | None, now: datetime, zone: tzinfo) -> ScheduleState:
    """Return a schedule's state as far as it is stored: what only a running program knows does not hold it."""
    if schedule.rests(now):
        held: str | None = "switched_off" if schedule.switched_off else "paused"
    else:
        held = None if blocked is None else "blocked"
    return ScheduleState(schedule, next_run(schedule, now, zone) if blocked is None else None, held)


def _limit(limit: int | None) -> int:
    return _NO_LIMIT if limit is None else max(limit, 0)
