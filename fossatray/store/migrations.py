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
    """The step to `version`: statements that are run in order."""

    version: int
    statements: tuple[str, ...]


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
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in migration.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {migration.version:d}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
