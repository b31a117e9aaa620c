"""The database's versions, as frozen SQL. A released entry is never changed: what is new is a new entry.

Each migration lands with its version number in one transaction, and each can be run again without harm. Moments are
integer milliseconds since 1970 in UTC; texts that hold several values are JSON.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from fossatray.core.errors import StoreTooNew


@dataclass(frozen=True, slots=True)
class Migration:
    """The step to `version`: statements that are run in order.

    `rebuilds` is for one that makes a table anew under its old name: foreign keys are not followed meanwhile, and all
    are checked before it lands. `done` is a query that has a row where the statements have been run before.
    """

    version: int
    statements: tuple[str, ...]
    rebuilds: bool = False
    done: str = ""


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        (
            """CREATE TABLE IF NOT EXISTS account (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                name_key TEXT NOT NULL UNIQUE,
                origin TEXT NOT NULL,
                username TEXT NOT NULL,
                blocked TEXT,
                held_back TEXT,
                empty_sign TEXT)""",
            """CREATE TABLE IF NOT EXISTS schedule (
                id INTEGER NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                job TEXT NOT NULL,
                interval_minutes INTEGER NOT NULL,
                anchor_minute INTEGER NOT NULL,
                active_start INTEGER,
                active_end INTEGER,
                enabled INTEGER NOT NULL,
                accounted_until INTEGER,
                UNIQUE (account_id, job))""",
            """CREATE TABLE IF NOT EXISTS run (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                job TEXT NOT NULL,
                "trigger" TEXT NOT NULL,
                planned_at INTEGER,
                started_at INTEGER NOT NULL,
                finished_at INTEGER,
                outcome TEXT,
                reason TEXT,
                found INTEGER NOT NULL DEFAULT 0,
                new INTEGER NOT NULL DEFAULT 0,
                changed INTEGER NOT NULL DEFAULT 0,
                archived INTEGER NOT NULL DEFAULT 0,
                attempts INTEGER NOT NULL DEFAULT 1,
                error_kind TEXT,
                error_title TEXT,
                error_message TEXT,
                error_advice TEXT,
                error_retryable INTEGER,
                notified INTEGER)""",
            "CREATE INDEX IF NOT EXISTS run_account_started ON run (account_id, started_at)",
            "CREATE INDEX IF NOT EXISTS run_started ON run (started_at)",
            "CREATE INDEX IF NOT EXISTS run_under_way ON run (id) WHERE outcome IS NULL",
            "CREATE INDEX IF NOT EXISTS run_to_notify ON run (id) WHERE notified = 0",
            """CREATE TABLE IF NOT EXISTS occurrence (
                id INTEGER NOT NULL PRIMARY KEY,
                schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
                planned_at INTEGER NOT NULL,
                fate TEXT NOT NULL,
                reason TEXT,
                run_id INTEGER REFERENCES run (id) ON DELETE SET NULL,
                UNIQUE (schedule_id, planned_at))""",
            "CREATE INDEX IF NOT EXISTS occurrence_run ON occurrence (run_id) WHERE run_id IS NOT NULL",
            "CREATE INDEX IF NOT EXISTS occurrence_not_run ON occurrence (planned_at) WHERE fate <> 'run'",
            """CREATE TABLE IF NOT EXISTS work_order (
                id INTEGER NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                number TEXT NOT NULL,
                first_seen INTEGER NOT NULL,
                last_seen INTEGER NOT NULL,
                archived_at INTEGER,
                visit_date TEXT,
                data TEXT NOT NULL,
                UNIQUE (account_id, number))""",
            "CREATE INDEX IF NOT EXISTS work_order_open ON work_order (account_id) WHERE archived_at IS NULL",
            """CREATE TABLE IF NOT EXISTS change (
                id INTEGER NOT NULL PRIMARY KEY,
                run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                at INTEGER NOT NULL,
                number TEXT NOT NULL,
                kind TEXT NOT NULL,
                fields TEXT NOT NULL)""",
            "CREATE INDEX IF NOT EXISTS change_run ON change (run_id)",
            "CREATE INDEX IF NOT EXISTS change_order ON change (number, account_id)",
            "CREATE TABLE IF NOT EXISTS setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
            """CREATE TABLE IF NOT EXISTS sign_in (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                at INTEGER NOT NULL,
                result TEXT NOT NULL)""",
            "CREATE INDEX IF NOT EXISTS sign_in_account_at ON sign_in (account_id, at)",
        ),
    ),
    Migration(2, ("CREATE INDEX IF NOT EXISTS run_half_told ON run (id) WHERE notified = 2",)),
    Migration(
        3,
        (
            """CREATE TABLE schedule_anew (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                job TEXT NOT NULL,
                name TEXT NOT NULL,
                timetable TEXT NOT NULL,
                lateness TEXT NOT NULL,
                late_hours REAL,
                paused_until INTEGER,
                after_id INTEGER REFERENCES schedule (id),
                enabled INTEGER NOT NULL,
                failures INTEGER NOT NULL DEFAULT 0,
                switched_off INTEGER NOT NULL DEFAULT 0,
                accounted_until INTEGER,
                changed_at INTEGER)""",
            """INSERT INTO schedule_anew (id, account_id, job, name, timetable, lateness, enabled, accounted_until)
                SELECT id, account_id, job, 'Work orders', json_object(
                    'rule', json_object('kind', 'every', 'minutes', interval_minutes, 'anchor_minute', anchor_minute),
                    'weekdays', json_array(0, 1, 2, 3, 4, 5, 6),
                    'active_hours', json(CASE WHEN active_start IS NOT NULL
                        THEN json_object('start', active_start, 'end', active_end) END),
                    'holidays', NULL),
                'run_once', enabled, accounted_until FROM schedule""",
            "DROP TABLE schedule",
            "ALTER TABLE schedule_anew RENAME TO schedule",
            "CREATE INDEX schedule_account ON schedule (account_id)",
            "CREATE INDEX schedule_after ON schedule (after_id) WHERE after_id IS NOT NULL",
            "ALTER TABLE run ADD COLUMN schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL",
            "ALTER TABLE run ADD COLUMN phases TEXT NOT NULL DEFAULT '{}'",
            "CREATE INDEX run_schedule ON run (schedule_id, started_at)",
            """UPDATE run SET schedule_id = (SELECT occurrence.schedule_id FROM occurrence
                WHERE occurrence.run_id = run.id LIMIT 1)""",
            """CREATE TABLE change_anew (
                id INTEGER NOT NULL PRIMARY KEY,
                run_id INTEGER NOT NULL,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                at INTEGER NOT NULL,
                number TEXT NOT NULL,
                kind TEXT NOT NULL,
                fields TEXT NOT NULL)""",
            "INSERT INTO change_anew SELECT id, run_id, account_id, at, number, kind, fields FROM change",
            "DROP TABLE change",
            "ALTER TABLE change_anew RENAME TO change",
            "CREATE INDEX change_run ON change (run_id)",
            "CREATE INDEX change_order ON change (number, account_id)",
            """CREATE TABLE daily_total (
                id INTEGER NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL,
                day INTEGER NOT NULL,
                succeeded INTEGER NOT NULL,
                failed INTEGER NOT NULL,
                cancelled INTEGER NOT NULL,
                interrupted INTEGER NOT NULL,
                skipped INTEGER NOT NULL,
                missed INTEGER NOT NULL,
                found INTEGER NOT NULL,
                new INTEGER NOT NULL,
                changed INTEGER NOT NULL,
                archived INTEGER NOT NULL,
                portal_seconds REAL NOT NULL,
                own_seconds REAL NOT NULL,
                durations TEXT NOT NULL,
                successes TEXT NOT NULL)""",
            "CREATE INDEX daily_total_day ON daily_total (day)",
            "CREATE INDEX daily_total_account ON daily_total (account_id, day)",
            "CREATE INDEX daily_total_schedule ON daily_total (schedule_id, day)",
        ),
        rebuilds=True,
        done="SELECT 1 FROM pragma_table_info('schedule') WHERE name = 'timetable'",
    ),
    Migration(4, ("CREATE INDEX IF NOT EXISTS run_account ON run (account_id)",)),  # the newest by their number
    Migration(
        5,
        (
            """CREATE TABLE location (
                id INTEGER NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                url TEXT NOT NULL,
                store_number TEXT,
                site_name TEXT,
                state TEXT NOT NULL,
                asked_at INTEGER NOT NULL,
                read_at INTEGER,
                error TEXT,
                UNIQUE (account_id, url))""",
            """CREATE TABLE dispenser (
                id INTEGER NOT NULL PRIMARY KEY,
                location_id INTEGER NOT NULL REFERENCES location (id) ON DELETE CASCADE,
                key TEXT NOT NULL,
                place INTEGER NOT NULL,
                first_seen INTEGER NOT NULL,
                last_seen INTEGER NOT NULL,
                archived_at INTEGER,
                data TEXT NOT NULL,
                UNIQUE (location_id, key))""",
            "ALTER TABLE daily_total ADD COLUMN dispensers_found INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE daily_total ADD COLUMN dispensers_new INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE daily_total ADD COLUMN dispensers_changed INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE daily_total ADD COLUMN dispensers_archived INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE change ADD COLUMN partner TEXT",
            "ALTER TABLE change ADD COLUMN location_url TEXT",
            "ALTER TABLE change ADD COLUMN numbers TEXT",
            "CREATE INDEX change_partner ON change (partner, account_id) WHERE partner IS NOT NULL",
        ),
        done="SELECT 1 FROM pragma_table_info('change') WHERE name = 'numbers'",
    ),
    Migration(
        6,
        (
            """CREATE TABLE IF NOT EXISTS session (
                account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
                origin TEXT NOT NULL,
                sealed TEXT NOT NULL,
                at INTEGER NOT NULL)""",
        ),
    ),
    Migration(
        7,
        ("ALTER TABLE schedule ADD COLUMN removed_at INTEGER",),
        done="SELECT 1 FROM pragma_table_info('schedule') WHERE name = 'removed_at'",
    ),
    Migration(
        8,
        (
            """UPDATE work_order SET data = json_insert(data,
                '$.contact', json('null'), '$.billing', json('null'), '$.completed_on', json('null'))
                WHERE typeof(data) = 'text' AND json_valid(data)""",
        ),
    ),
)

SCHEMA_VERSION = MIGRATIONS[-1].version


def version_of(connection: sqlite3.Connection) -> int:
    """Return the database's version; 0 is one without tables of ours."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(version: int, known: int = SCHEMA_VERSION) -> None:
    """Raise StoreTooNew for a version that this program does not know."""
    if version > known:
        raise StoreTooNew(f"The database has version {version}; this FossaTray knows versions up to {known}.")


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a database to the newest version. The connection must be in autocommit mode (`isolation_level=None`)."""
    version = version_of(connection)
    refuse_newer(version, migrations[-1].version)
    for migration in migrations:
        if migration.version > version:
            _apply(connection, migration)


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    followed = bool(connection.execute("PRAGMA foreign_keys").fetchone()[0])
    if migration.rebuilds:
        connection.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not (migration.done and connection.execute(migration.done).fetchone()):
            for statement in migration.statements:
                connection.execute(statement)
        if migration.rebuilds:
            _refuse_dangling(connection)
        connection.execute(f"PRAGMA user_version = {migration.version:d}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if followed:
            connection.execute("PRAGMA foreign_keys = ON")


def _refuse_dangling(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.IntegrityError where a row refers to one that is not there."""
    found = connection.execute("PRAGMA foreign_key_check").fetchone()
    if found is not None:
        raise sqlite3.IntegrityError(f"a row of {found[0]} refers to a row of {found[2]} that is not there")
