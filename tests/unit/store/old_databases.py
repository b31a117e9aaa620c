"""Databases as released versions left them, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.unit.store.old_database_3 import VERSION_3
from tests.unit.store.old_database_4 import VERSION_4
from tests.unit.store.old_database_5 import VERSION_5
from tests.unit.store.old_database_6 import VERSION_6
from tests.unit.store.old_database_7 import VERSION_7

VERSION_1 = """
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, origin TEXT NOT NULL,
    username TEXT NOT NULL, blocked TEXT, held_back TEXT, empty_sign TEXT);
CREATE TABLE schedule (
    id INTEGER NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    job TEXT NOT NULL, interval_minutes INTEGER NOT NULL, anchor_minute INTEGER NOT NULL, active_start INTEGER,
    active_end INTEGER, enabled INTEGER NOT NULL, accounted_until INTEGER, UNIQUE (account_id, job));
CREATE TABLE run (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    job TEXT NOT NULL, "trigger" TEXT NOT NULL, planned_at INTEGER, started_at INTEGER NOT NULL, finished_at INTEGER,
    outcome TEXT, reason TEXT, found INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 1,
    error_kind TEXT, error_title TEXT, error_message TEXT, error_advice TEXT, error_retryable INTEGER,
    notified INTEGER);
CREATE INDEX run_account_started ON run (account_id, started_at);
CREATE INDEX run_started ON run (started_at);
CREATE INDEX run_under_way ON run (id) WHERE outcome IS NULL;
CREATE INDEX run_to_notify ON run (id) WHERE notified = 0;
CREATE TABLE occurrence (
    id INTEGER NOT NULL PRIMARY KEY, schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
    planned_at INTEGER NOT NULL, fate TEXT NOT NULL, reason TEXT, run_id INTEGER REFERENCES run (id) ON DELETE SET NULL,
    UNIQUE (schedule_id, planned_at));
CREATE INDEX occurrence_run ON occurrence (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX occurrence_not_run ON occurrence (planned_at) WHERE fate <> 'run';
CREATE TABLE work_order (
    id INTEGER NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    number TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, archived_at INTEGER,
    visit_date TEXT, data TEXT NOT NULL, UNIQUE (account_id, number));
CREATE INDEX work_order_open ON work_order (account_id) WHERE archived_at IS NULL;
CREATE TABLE change (
    id INTEGER NOT NULL PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE, at INTEGER NOT NULL, number TEXT NOT NULL,
    kind TEXT NOT NULL, fields TEXT NOT NULL);
CREATE INDEX change_run ON change (run_id);
CREATE INDEX change_order ON change (number, account_id);
CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sign_in (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, result TEXT NOT NULL);
CREATE INDEX sign_in_account_at ON sign_in (account_id, at);

INSERT INTO account VALUES ('a1', 'Work', 'work', 'https://portal.example', 'technician', NULL, '["5"]', 'none here');
INSERT INTO schedule VALUES (1, 'a1', 'work_orders', 30, 15, 22, 6, 1, 1767614400000);
INSERT INTO run VALUES (1, 'a1', 'work_orders', 'scheduled', 1767614400000, 1767614401000, 1767614410000, 'succeeded',
    NULL, 1, 1, 0, 0, 1, NULL, NULL, NULL, NULL, NULL, 1);
INSERT INTO run VALUES (2, 'a1', 'work_orders', 'manual', NULL, 1767618001000, 1767618010000, 'failed', NULL, 0, 0, 0,
    0, 2, 'portal_unreachable', 'The portal could not be reached', 'No route.', 'Check the network.', 1, 0);
INSERT INTO occurrence VALUES (1, 1, 1767614400000, 'run', NULL, 1);
INSERT INTO occurrence VALUES (2, 1, 1767616200000, 'missed', 'not running', NULL);
INSERT INTO work_order VALUES (1, 'a1', '129651', 1767614410000, 1767614410000, NULL, NULL,
    '{"number":"129651","customer":"Example","customer_url":null,"store_number":null,"site_name":null,
    "location_url":null,"address":{"street":null,"extra":[],"city":null,"state":null,"postal_code":null,"county":null},
    "services":[],"instructions":null,"visit":null,"visits_done":null,"visits_total":null,"status":null,"reason":null,
    "project":null,"po_number":null,"created_by":null,"created_at":null,"categories":[]}');
INSERT INTO change VALUES (1, 1, 'a1', 1767614410000, '129651', 'new', '[]');
INSERT INTO setting VALUES ('notifications', 'off');
INSERT INTO sign_in VALUES (1, 'a1', 1767614402000, 'accepted');
PRAGMA user_version = 1;
"""

VERSION_2 = VERSION_1.replace(
    "PRAGMA user_version = 1;",
    """
CREATE INDEX run_half_told ON run (id) WHERE notified = 2;
INSERT INTO account VALUES ('a2', 'Home', 'home', 'https://portal.example', 'technician', NULL, NULL, NULL);
INSERT INTO schedule VALUES (7, 'a2', 'work_orders', 1440, 5, NULL, NULL, 0, NULL);
INSERT INTO run VALUES (3, 'a2', 'work_orders', 'catch_up', 1767614400000, 1767618001000, NULL, NULL, NULL, 0, 0, 0,
    0, 1, NULL, NULL, NULL, NULL, NULL, 2);
INSERT INTO occurrence VALUES (3, 7, 1767614400000, 'run', NULL, 3);
PRAGMA user_version = 2;
""",
)


def build_version_0(file: Path) -> None:
    """A database that SQLite made and nothing more."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def build_version_1(file: Path) -> None:
    """The first released version, with rows in every table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_1)


def build_version_2(file: Path) -> None:
    """The second released version: of two accounts, one paused."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_2)


def build_version_3(file: Path) -> None:
    """The third released version: schedules with timetables, chains and names; daily totals."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_3)


def build_version_4(file: Path) -> None:
    """The fourth version: an index of the newest runs."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_4)


def build_version_5(file: Path) -> None:
    """The fifth version: sites and their dispensers."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_5)


def build_version_6(file: Path) -> None:
    """The sixth version: kept sessions."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_6)


def build_version_7(file: Path) -> None:
    """The seventh version: removed schedules that are remembered."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_7)


BUILDERS = {
    0: build_version_0,
    1: build_version_1,
    2: build_version_2,
    3: build_version_3,
    4: build_version_4,
    5: build_version_5,
    6: build_version_6,
    7: build_version_7,
}
"""A builder for each version that a person may still have; the program's present version needs none."""


def build_newer(file: Path, version: int) -> None:
    """A database of a version that does not exist yet."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE future (x)")
        connection.execute("INSERT INTO future VALUES (1)")
        connection.execute(f"PRAGMA user_version = {version:d}")
        connection.commit()
