"""The portals' sessions, sealed: one an account, of no use without the key in the keyring."""

from __future__ import annotations

from datetime import datetime

from fossatray.core.errors import NotFound
from fossatray.store.convert import to_ms
from fossatray.store.database import Database
from fossatray.store.errors import store_errors


class Sessions:
    """The kept sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def get(self, account_id: str, origin: str) -> str | None:
        """Return the sealed session of an account at a portal, or None."""
        row = self._database.one("SELECT sealed FROM session WHERE account_id = ? AND origin = ?", account_id, origin)
        return str(row["sealed"]) if row else None

    @store_errors()
    def keep(self, account_id: str, origin: str, sealed: str, now: datetime) -> None:
        """Keep a sealed session instead of the one before. Raises NotFound where the account has another portal."""
        with self._database.atomic():
            if self._database.one("SELECT 1 FROM account WHERE id = ? AND origin = ?", account_id, origin) is None:
                raise NotFound("There is no such account.")
            self._database.execute(
                "INSERT OR REPLACE INTO session (account_id, origin, sealed, at) VALUES (?, ?, ?, ?)",
                (account_id, origin, sealed, to_ms(now)),
            )

    @store_errors()
    def forget(self, account_id: str) -> bool:
        """Forget an account's session; tell whether there was one."""
        with self._database.atomic():
            return self._database.execute("DELETE FROM session WHERE account_id = ?", (account_id,)).rowcount > 0

    @store_errors()
    def forget_all(self) -> list[str]:
        """Forget every session; returns the ids of the accounts that had one."""
        with self._database.atomic():
            kept = [str(row["account_id"]) for row in self._database.rows("SELECT account_id FROM session")]
            self._database.execute("DELETE FROM session")
        return kept
