"""The sixth version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

from tests.unit.store.old_database_5 import VERSION_5

VERSION_6 = VERSION_5.replace(
    "PRAGMA user_version = 5;",
    """
CREATE INDEX run_account ON run (account_id);
PRAGMA user_version = 6;
""",
)
