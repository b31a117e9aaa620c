"""Passwords as the tray process sees them: through the helper, in memory, and for the session."""

from __future__ import annotations

import asyncio
import sys

import pytest

from fossatray.core.errors import CredentialsError, KeyringAbsent, KeyringTimeout
from fossatray.core.secret import Secret
from fossatray.system import credentials_client
from fossatray.system.credentials_client import (
    CredentialState,
    CredentialStore,
    KeyringCredentialStore,
    MemoryCredentialStore,
    SessionOverlay,
)

ORIGIN, ACCOUNT = "https://portal.example", "a1"


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that holds the helper's command: a test puts its own program there."""
    command: list[str] = []
    monkeypatch.setattr(credentials_client, "child_command", lambda _role: command)
    return command


def test_memory_keeps_and_forgets() -> None:
    store = MemoryCredentialStore()

    async def use() -> None:
        assert await store.check(ACCOUNT, ORIGIN) is CredentialState.MISSING
        await store.store(ACCOUNT, ORIGIN, Secret("x"))
        assert await store.check(ACCOUNT, ORIGIN) is CredentialState.PRESENT
        assert await store.check(ACCOUNT, "https://other.example") is CredentialState.MISSING
        assert store.session_password(ACCOUNT) == Secret("x")
        assert store.session_password(ACCOUNT, "https://other.example") is None
        await store.delete(ACCOUNT, ORIGIN)
        assert store.session_password(ACCOUNT) is None

    asyncio.run(use())


def test_a_password_of_the_session_lies_above_the_keyring_until_one_is_stored() -> None:
    below = MemoryCredentialStore()
    overlay = SessionOverlay(below)
    typed: CredentialStore = overlay

    async def use() -> None:
        assert await typed.check(ACCOUNT, ORIGIN) is CredentialState.MISSING
        overlay.keep_for_session(ACCOUNT, ORIGIN, Secret("session"))
        assert await typed.check(ACCOUNT, ORIGIN) is CredentialState.PRESENT
        assert below.session_password(ACCOUNT) is None
        await typed.store(ACCOUNT, ORIGIN, Secret("stored"))
        assert typed.session_password(ACCOUNT) is None
        assert below.session_password(ACCOUNT) == Secret("stored")
        await typed.delete(ACCOUNT, ORIGIN)
        assert await typed.check(ACCOUNT, ORIGIN) is CredentialState.MISSING

    asyncio.run(use())


def test_the_real_helper_says_absent_without_a_session_bus() -> None:
    store = KeyringCredentialStore()
    assert asyncio.run(store.check(ACCOUNT, ORIGIN)) is CredentialState.ABSENT
    with pytest.raises(KeyringAbsent):
        asyncio.run(store.store(ACCOUNT, ORIGIN, Secret("x")))
    assert store.session_password(ACCOUNT) is None


@pytest.mark.parametrize(("may_prompt", "deadline_s"), [(False, 10.0), (True, 120.0)])
def test_the_helper_has_the_keyrings_deadline_and_two_seconds_more(
    helper: list[str], monkeypatch: pytest.MonkeyPatch, may_prompt: bool, deadline_s: float
) -> None:
    helper += [sys.executable, "-c", 'import sys; sys.stdin.read(); print(\'{"state": "present"}\')']
    limits: list[float | None] = []
    timeout = asyncio.timeout

    def noting(delay: float | None) -> asyncio.Timeout:
        limits.append(delay)
        return timeout(delay)

    monkeypatch.setattr(asyncio, "timeout", noting)
    state = asyncio.run(KeyringCredentialStore().check(ACCOUNT, ORIGIN, may_prompt=may_prompt))
    assert (state, limits) == (CredentialState.PRESENT, [deadline_s + 2.0])


def test_a_helper_that_hangs_is_killed_at_the_deadline(helper: list[str]) -> None:
    helper += [sys.executable, "-c", "import time; time.sleep(60)"]
    store = KeyringCredentialStore(deadlines_s=(-1.5, -1.5))
    assert asyncio.run(store.check(ACCOUNT, ORIGIN)) is CredentialState.TIMEOUT
    with pytest.raises(KeyringTimeout):
        asyncio.run(store.delete(ACCOUNT, ORIGIN))


@pytest.mark.parametrize(
    "said",
    ["", "nonsense", "[]", '{"state": "party"}', '{"error": {"kind": "party"}}', '{"error": {"kind": "store_full"}}'],
)
def test_a_helper_that_talks_nonsense_is_an_error_of_ours(said: str, helper: list[str]) -> None:
    helper += [sys.executable, "-c", f"import sys; sys.stdin.read(); print({said!r})"]
    with pytest.raises(CredentialsError, match="helper"):
        asyncio.run(KeyringCredentialStore().check(ACCOUNT, ORIGIN))


def test_the_password_goes_in_by_standard_input_alone(helper: list[str]) -> None:
    code = (
        "import os, sys; said = sys.stdin.read(); "
        "found = 'canary' in said and 'canary' not in ' '.join(sys.argv) + str(dict(os.environ)); "
        "print('{\"state\": \"done\"}' if found else '')"
    )
    helper += [sys.executable, "-c", code]
    asyncio.run(KeyringCredentialStore().store(ACCOUNT, ORIGIN, Secret("canary")))
