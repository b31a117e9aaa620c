"""Accounts: who signs in where. The password is not here; it lives in the keyring under the account's random id."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fossatray.core.errors import InvalidInput
from fossatray.core.urls import normal_origin

DEFAULT_PORTAL = "https://app.workfossa.com"
NAME_LIMIT = 60
USERNAME_LIMIT = 254


@dataclass(frozen=True, slots=True)
class Account:
    """One sign-in to one portal. `id` is random and never shown; `origin` is as `normal_origin` gives it."""

    id: str
    name: str
    origin: str
    username: str


def new_account_id() -> str:
    """Return a new random account id (32 hexadecimal digits)."""
    return secrets.token_hex(16)


def checked_account(account_id: str, name: str, portal: str, username: str) -> Account:
    """Return the account as it will be kept. Raises InvalidInput that says which entry cannot be used and why."""
    name, username = name.strip(), username.strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise InvalidInput(f"The account name must be 1 to {NAME_LIMIT} printable characters.")
    if not username or len(username) > USERNAME_LIMIT or not username.isprintable():
        raise InvalidInput("The user name must not be empty. It is the e-mail address you sign in with.")
    return Account(account_id, name, normal_origin(portal), username)
