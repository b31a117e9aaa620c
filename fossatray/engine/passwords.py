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
    """Knows which passwords are gone. A keyring that cannot be asked is no reason to hold anything back.

    `changing` is called right before a password is found to be gone, or to be there again; `changed` right after.
    """

    def __init__(
        self, credentials: CredentialStore, changing: Callable[[str], None], changed: Callable[[str], None]
    ) -> None:
        self._credentials = credentials
        self._changing = changing
        self._changed = changed
        self._is_missing: dict[str, bool] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    def is_known(self, account: Account) -> bool:
        """Tell whether it was found out; one that is held in memory is known to be there."""
        if self._credentials.session_password(account.id, account.origin) is not None:
            self.learn(account.id, missing=False)
        return account.id in self._is_missing

    def is_missing(self, account_id: str) -> bool:
        """Tell whether the password is known to be gone."""
        return self._is_missing.get(account_id, False)

    def learn(self, account_id: str, *, missing: bool) -> None:
        """Take note of what a run, or a command, has found."""
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
        self._asking.pop(account_id, None)

    async def ask(self, account: Account) -> None:
        """Find out anew, without a prompt; whoever asks meanwhile waits for the same answer."""
        lock = self._asking.setdefault(account.id, asyncio.Lock())
        if lock.locked():
            async with lock:
                return
        async with lock:
            if self._credentials.session_password(account.id, account.origin) is not None:
                missing = False
            else:
                missing = await self._look(account) is CredentialState.MISSING
            if self._asking.get(account.id) is lock:  # else the account was removed meanwhile
                self.learn(account.id, missing=missing)

    async def _look(self, account: Account) -> CredentialState | None:
        try:
            return await self._credentials.check(account.id, account.origin)
        except CredentialsError as error:
            log.warning("it could not be found out whether a password is stored: %s", error.kind)
            return None
