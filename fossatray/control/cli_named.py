"""What the words of a command name: an account, a schedule."""

from __future__ import annotations

from collections.abc import Sequence

from fossatray.core.accounts import Account
from fossatray.core.errors import InvalidInput, NotFound

_LIST = "List them: fossatray accounts list"


def named_account(accounts: Sequence[Account], name: str) -> Account:
    """Return the account of this name, whatever its case. Raises NotFound."""
    for account in accounts:
        if account.name.casefold() == name.casefold():
            return account
    raise NotFound("There is no account of this name.", advice=_LIST)


def chosen_account(accounts: Sequence[Account], name: str | None) -> Account:
    """Return the account of this name, or the only one. Raises NotFound, or InvalidInput where it must be named."""
    if not accounts:
        raise NotFound("There is no account yet.", advice="Add one: fossatray accounts add --name NAME --username USER")
    if name is not None:
        return named_account(accounts, name)
    if len(accounts) != 1:
        raise InvalidInput("Which account? Name it with --account.", advice=_LIST)
    return accounts[0]


def no_schedule(schedule_id: int) -> NotFound:
    """Return the error for a schedule that is not there."""
    return NotFound(f"There is no schedule {schedule_id}.", advice="List them: fossatray schedules list")
