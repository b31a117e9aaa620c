"""Passwords as the tray process sees them: stored, checked and deleted in a short-lived helper, never held here.

The exceptions are the practice portal's made-up password, one given on standard input for one run, and one that the
person agreed to keep for the session only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from fossatray.core.errors import CredentialsError, ErrorInfo, KeyringTimeout, error_from_info, error_kinds
from fossatray.core.secret import Secret
from fossatray.system.credentials import ATTENDED_DEADLINE_S, UNATTENDED_DEADLINE_S
from fossatray.system.processes import child_command, child_environment, end_tree

log = logging.getLogger("fossatray.credentials")

_GRACE_S = 2.0
"""Time for the helper to start and to answer by itself that the keyring's deadline has passed."""

_MOST_STDERR = 2000


class CredentialState(StrEnum):
    """What became of a check: the password is there, is not, or why nobody can tell."""

    PRESENT = "present"
    MISSING = "missing"
    LOCKED = "locked"
    DENIED = "denied"
    ABSENT = "absent"
    TIMEOUT = "timeout"


class CredentialStore(Protocol):
    """Where passwords are kept, by account id and portal origin. Failures are CredentialsError or one of its kinds."""

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep a password; a prompt of the keyring is allowed."""

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        """Tell whether a password is there, without getting it."""

    async def delete(self, account_id: str, origin: str) -> None:
        """Delete a password, and the session's key; that there was none is no error."""

    async def forget_session(self, account_id: str, origin: str) -> None:
        """Delete the key of the session that is kept sealed; that there was none is no error."""

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        """Return the password if it is held in memory for this session; None means that the scrape reads the keyring.

        With an origin, only a password that was given for that portal is returned.
        """


class KeyringCredentialStore:
    """The operating system's keyring, through the helper process."""

    def __init__(self, *, deadlines_s: tuple[float, float] = (UNATTENDED_DEADLINE_S, ATTENDED_DEADLINE_S)) -> None:
        self._unattended_s, self._attended_s = deadlines_s

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep a password in the keyring, read back by the helper; the key of an earlier session goes."""
        fields = {"account_id": account_id, "origin": origin, "password": password.reveal()}
        await self._ask("store", fields, may_prompt=True)

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        """Tell whether the keyring holds a password."""
        fields = {"account_id": account_id, "origin": origin}
        try:
            return CredentialState(await self._ask("check", fields, may_prompt=may_prompt))
        except KeyringTimeout:
            return CredentialState.TIMEOUT
        except ValueError:
            raise CredentialsError("The keyring helper gave no sensible answer.") from None

    async def delete(self, account_id: str, origin: str) -> None:
        """Delete a password, and the session's key, from the keyring."""
        await self._ask("delete", {"account_id": account_id, "origin": origin}, may_prompt=True)

    async def forget_session(self, account_id: str, origin: str) -> None:
        """Delete the key of the session from the keyring."""
        await self._ask("forget_session", {"account_id": account_id, "origin": origin}, may_prompt=True)

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        """Return None: what is in the keyring is never held here."""
        return None

    async def _ask(self, action: str, fields: dict[str, str], *, may_prompt: bool) -> str:
        """Let the helper carry out one action and return its state; it is killed at the deadline."""
        request = json.dumps({"action": action, "may_prompt": may_prompt, **fields}).encode()
        limit = (self._attended_s if may_prompt else self._unattended_s) + _GRACE_S
        process = await asyncio.create_subprocess_exec(
            *child_command("credentials"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment(),
            cwd=Path(sys.executable).anchor,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(limit):
                out, err = await process.communicate(request)
        except TimeoutError:
            raise KeyringTimeout from None
        finally:
            if process.returncode is None:
                end_tree(process.pid)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if err:
            log.warning("keyring helper: %s", err[:_MOST_STDERR].decode("utf-8", "replace"))
        return _read_answer(out)


def _read_answer(out: bytes) -> str:
    """Return the state in the helper's answer. Raises the error in it, or CredentialsError if there is no answer."""
    try:
        reply: Any = json.loads(out)
    except ValueError:
        raise CredentialsError("The keyring helper ended without an answer.") from None
    if isinstance(reply, dict) and isinstance(reply.get("state"), str):
        return str(reply["state"])
    error = reply.get("error") if isinstance(reply, dict) else None
    kind = str(error.get("kind")) if isinstance(error, dict) else ""
    known = error_kinds().get(kind)
    if not isinstance(error, dict) or known is None or not issubclass(known, CredentialsError):
        raise CredentialsError("The keyring helper gave no sensible answer.")
    message = str(error.get("message", ""))
    raise error_from_info(ErrorInfo(kind, known.title, message, known.advice, known.retryable))


class MemoryCredentialStore:
    """Passwords in memory only: for the practice portal, `--password-stdin`, and tests."""

    def __init__(self) -> None:
        self._passwords: dict[str, tuple[str, Secret]] = {}

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep a password until the program ends."""
        self.keep(account_id, origin, password)

    def keep(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep a password until the program ends; the same as :meth:`store`, from any code."""
        self._passwords[account_id] = (origin, password)

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        """Tell whether a password is held for this account at this portal."""
        held = self._passwords.get(account_id)
        return CredentialState.PRESENT if held is not None and held[0] == origin else CredentialState.MISSING

    async def delete(self, account_id: str, origin: str) -> None:
        """Forget a password; one for another portal address stays."""
        held = self._passwords.get(account_id)
        if held is not None and held[0] == origin:
            del self._passwords[account_id]

    async def forget_session(self, account_id: str, origin: str) -> None:
        """Do nothing: where there is no keyring, no session is kept."""

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        """Return the password that is held."""
        held = self._passwords.get(account_id)
        return held[1] if held is not None and origin in (None, held[0]) else None


class SessionOverlay:
    """A keyring, and above it the passwords that the person agreed to keep for this session only."""

    def __init__(self, below: CredentialStore) -> None:
        self._below = below
        self._memory = MemoryCredentialStore()

    def keep_for_session(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep a password until the program ends; to be called only after the person has agreed."""
        self._memory.keep(account_id, origin, password)

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep a password in the keyring; one of the session gives way to it."""
        await self._below.store(account_id, origin, password)
        await self._memory.delete(account_id, origin)

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        """Tell whether the session or the keyring holds a password."""
        if await self._memory.check(account_id, origin) is CredentialState.PRESENT:
            return CredentialState.PRESENT
        return await self._below.check(account_id, origin, may_prompt=may_prompt)

    async def delete(self, account_id: str, origin: str) -> None:
        """Forget the session's password and delete the keyring's."""
        await self._memory.delete(account_id, origin)
        await self._below.delete(account_id, origin)

    async def forget_session(self, account_id: str, origin: str) -> None:
        """Delete the session's key from the keyring."""
        await self._below.forget_session(account_id, origin)

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        """Return the password that is held for the session, if one is."""
        return self._memory.session_password(account_id, origin)
