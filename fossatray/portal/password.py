"""The account's password out of the keyring: read in a thread and, where it needs no person, as the browser starts."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Protocol

from fossatray.core.errors import CredentialsError
from fossatray.core.messages import ScrapeRequest
from fossatray.core.secret import Secret

FROM_ENGINE = "engine"
"""Who holds the password, if not the keyring."""


class Read(Protocol):
    """Reads a password."""

    def __call__(self, origin: str, account_id: str, *, may_prompt: bool) -> Secret:
        """Return the password of an account. Raises CredentialsError."""


class StoredPassword:
    """The password of one run's account. Whether it may be sent is asked of the engine each time, and not here."""

    def __init__(self, request: ScrapeRequest, read: Read | None = None) -> None:
        """`read` reads a keyring (see KeyringVault.read); by default it is the operating system's."""
        self._request = request
        self._read = read or _from_keyring
        self._early: asyncio.Future[Secret] | None = None

    def begin(self) -> None:
        """Begin to read it, without a prompt, if this run is likely to need it: there is no session that may hold."""
        if self._request.password_from != FROM_ENGINE and self._request.session is None:
            self._early = self._reading(may_prompt=False)
            self._early.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def read(self) -> Secret:
        """Return it. May wait for a person, and has its own deadline (10 s or 120 s). Raises CredentialsError."""
        early, self._early = self._early, None
        if early is not None:
            try:
                return await early
            except CredentialsError:
                if not self._request.may_prompt:
                    raise
        return await self._reading(may_prompt=self._request.may_prompt)

    def _reading(self, *, may_prompt: bool) -> asyncio.Future[Secret]:
        reading = partial(self._read, self._request.origin, self._request.account_id, may_prompt=may_prompt)
        return asyncio.get_running_loop().run_in_executor(None, reading)


def _from_keyring(origin: str, account_id: str, *, may_prompt: bool) -> Secret:
    from fossatray.system.credentials import KeyringVault

    return KeyringVault().read(origin, account_id, may_prompt=may_prompt)
