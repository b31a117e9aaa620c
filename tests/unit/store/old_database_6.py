"""The sixth version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

from tests.unit.store.old_database_5 import VERSION_5

VERSION_6 = VERSION_5.replace(
    "PRAGMA user_version = 5;",
    """
CREATE TABLE session (account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    origin TEXT NOT NULL, sealed TEXT NOT NULL, at INTEGER NOT NULL);
INSERT INTO session VALUES ('a1', 'https://portal.example', 'c2VhbGVk', 1767614410000);
PRAGMA user_version = 6;
""",
)
