"""Accounts, and whether their schedule is stopped until the credentials change."""

from __future__ import annotations

from datetime import datetime

from fossatray.core.accounts import Account
from fossatray.core.errors import ErrorInfo, InvalidInput, NotFound
from fossatray.core.schedules import DEFAULT_NAME, Schedule
from fossatray.store.convert import account_from, error_from_text, error_text, name_key
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import AccountRow, first
from fossatray.store.schedules import insert_schedule


class Accounts:
    """The accounts, in the order in which they were added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def all(self) -> list[Account]:
        """Return all accounts."""
        return [account_from(row) for row in self._database.rows("SELECT * FROM account ORDER BY rowid")]

    @store_errors()
    def get(self, account_id: str) -> Account | None:
        """Return an account by its id, or None."""
        row = self._database.one("SELECT * FROM account WHERE id = ?", account_id)
        return account_from(row) if row else None

    @store_errors()
    def by_name(self, name: str) -> Account | None:
        """Return an account by its name, whatever the case and spacing, or None."""
        row = first(AccountRow.select().where(AccountRow.name_key == name_key(name)))
        return account_from(row) if row else None

    @store_errors()
    def add(self, account: Account, at: datetime | None = None) -> Account:
        """Keep a new account with its default schedule (every hour on the hour), made `at`.

        Raises InvalidInput: name taken.
        """
        with self._database.atomic():
            self._refuse_taken(account)
            AccountRow.insert(id=account.id, **_columns(account)).execute()
            insert_schedule(Schedule(0, account.id, name=DEFAULT_NAME), at)
        return account

    @store_errors()
    def update(self, account: Account) -> Account:
        """Change name, portal or user name. Raises NotFound, InvalidInput (name taken).

        Another portal forgets what was learned at the former one: the sign of an empty list, and what is held back. So
        is a session of another portal or user.
        """
        with self._database.atomic():
            self._refuse_taken(account)
            elsewhere = (AccountRow.id == account.id) & (AccountRow.origin != account.origin)
            AccountRow.update(empty_sign=None, held_back=None).where(elsewhere).execute()
            moved = "SELECT id FROM account WHERE id = ? AND (origin, username) <> (?, ?)"
            values = (account.id, account.origin, account.username)
            self._database.execute(f"DELETE FROM session WHERE account_id IN ({moved})", values)  # noqa: S608 - ours
            _found(AccountRow.update(**_columns(account)).where(AccountRow.id == account.id).execute())
        return account

    @store_errors()
    def remove(self, account_id: str) -> None:
        """Remove an account with its schedule, runs, orders, changes and sign-ins. Raises NotFound."""
        with self._database.atomic():
            _found(AccountRow.delete().where(AccountRow.id == account_id).execute())

    @store_errors()
    def block(self, account_id: str, error: ErrorInfo) -> None:
        """Stop the account's schedule until the credentials change, and remember why. Raises NotFound."""
        _found(AccountRow.update(blocked=error_text(error)).where(AccountRow.id == account_id).execute())

    @store_errors()
    def unblock(self, account_id: str) -> None:
        """Let the schedule go on. Raises NotFound."""
        _found(AccountRow.update(blocked=None).where(AccountRow.id == account_id).execute())

    @store_errors()
    def blocked(self, account_id: str) -> ErrorInfo | None:
        """Return why the account's schedule is stopped, or None."""
        row = self._database.one("SELECT blocked FROM account WHERE id = ?", account_id)
        return error_from_text(row["blocked"]) if row else None

    def _refuse_taken(self, account: Account) -> None:
        other = self.by_name(account.name)
        if other is not None and other.id != account.id:
            raise InvalidInput(f'There is an account with the name "{other.name}" already.')


def _columns(account: Account) -> dict[str, str]:
    return {
        "name": account.name,
        "name_key": name_key(account.name),
        "origin": account.origin,
        "username": account.username,
    }


def _found(count: int) -> None:
    if not count:
        raise NotFound("There is no such account.")
