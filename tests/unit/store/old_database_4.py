"""The fourth version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

from tests.unit.store.old_database_3 import VERSION_3

VERSION_4 = VERSION_3.replace(
    "PRAGMA user_version = 3;",
    """
CREATE INDEX run_account ON run (account_id);
PRAGMA user_version = 4;
""",
)
