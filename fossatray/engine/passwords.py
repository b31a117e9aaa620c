"""Whether each account's password is there: asked without a prompt, and remembered until it is asked again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from fossatray.core.accounts import Account
from fossatray.core.errors import CredentialsError
from fossatray.system.credentials_client import CredentialState, CredentialStore

log = logging.getLogger("fossatray.engine.passwords")


class Passwords:
    """Knows which passwords are gone. A keyring that cannot be read is no reason to hold anything back, but is told.

    `changing` is called right before a password is found to be gone, or to be there again; `changed` right after, and
    where it is found that the keyring cannot be read, or can be again.
    """

    def __init__(
        self, credentials: CredentialStore, changing: Callable[[str], None], changed: Callable[[str], None]
    ) -> None:
        self._credentials = credentials
        self._changing = changing
        self._changed = changed
        self._is_missing: dict[str, bool] = {}
        self._unreadable: set[str] = set()
        self._asking: dict[str, asyncio.Lock] = {}

    def is_known(self, account: Account) -> bool:
        """Tell whether it was found out; one that is held in memory is known to be there."""
        if self._credentials.session_password(account.id, account.origin) is not None:
            self.learn(account.id, missing=False)
        return account.id in self._is_missing

    def is_missing(self, account_id: str) -> bool:
        """Tell whether the password is known to be gone."""
        return self._is_missing.get(account_id, False)

    def is_unreadable(self, account_id: str) -> bool:
        """Tell whether the keyring did not say, when it was last asked, if it has the password."""
        return account_id in self._unreadable

    def learn(self, account_id: str, *, missing: bool, unreadable: bool = False) -> None:
        """Take note of what a run, or a command, has found."""
        was_unreadable = self.is_unreadable(account_id)
        (self._unreadable.add if unreadable else self._unreadable.discard)(account_id)
        self._learn(account_id, missing=missing)
        if unreadable != was_unreadable:
            self._changed(account_id)

    def _learn(self, account_id: str, *, missing: bool) -> None:
        if missing == self.is_missing(account_id):
            self._is_missing[account_id] = missing
            return
        self._changing(account_id)
        self._is_missing[account_id] = missing
        log.info("the password of an account is %s", "gone" if missing else "there again")
        self._changed(account_id)

    def forget(self, account_id: str) -> None:
        """Know nothing of an account any more."""
        self._is_missing.pop(account_id, None)
        self._unreadable.discard(account_id)
        self._asking.pop(account_id, None)

    async def ask(self, account: Account) -> None:
        """Find out anew, without a prompt; whoever asks meanwhile waits for the same answer."""
        lock = self._asking.setdefault(account.id, asyncio.Lock())
        if lock.locked():
            async with lock:
                return
        async with lock:
            if self._credentials.session_password(account.id, account.origin) is not None:
                state: CredentialState | None = CredentialState.PRESENT
            else:
                state = await self._look(account)
            if self._asking.get(account.id) is lock:  # else the account was removed meanwhile
                unreadable = state not in (CredentialState.PRESENT, CredentialState.MISSING)
                self.learn(account.id, missing=state is CredentialState.MISSING, unreadable=unreadable)

    async def _look(self, account: Account) -> CredentialState | None:
        try:
            return await self._credentials.check(account.id, account.origin)
        except CredentialsError as error:
            log.warning("it could not be found out whether a password is stored: %s", error.kind)
            return None
