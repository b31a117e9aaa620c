"""The fifth version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

from tests.unit.store.old_database_4 import VERSION_4

VERSION_5 = VERSION_4.replace(
    "PRAGMA user_version = 4;",
    """
CREATE TABLE session (account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    origin TEXT NOT NULL, sealed TEXT NOT NULL, at INTEGER NOT NULL);
INSERT INTO session VALUES ('a1', 'https://portal.example', 'c2VhbGVk', 1767614410000);
PRAGMA user_version = 5;
""",
)
