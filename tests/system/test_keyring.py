"""The real gnome-keyring: open, locked, absent, and a back-end that keeps nothing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fossatray.core.errors import KeyringAbsent, PasswordMissing
from fossatray.core.secret import Secret
from fossatray.system.credentials_client import CredentialState, KeyringCredentialStore
from tests.private_desktop.bus import Place
from tests.private_desktop.secrets import SECRETS, is_locked, lock_all_keyrings
from tests.private_desktop.session import DesktopSession

pytestmark = pytest.mark.system

ORIGIN, ACCOUNT, PASSWORD = "https://portal.example", "a1b2", "canary-Pässwörd '\"\\ 雪"
READ = """
import json, sys
from fossatray.core.errors import FossaError
from fossatray.system.credentials import KeyringVault
vault = KeyringVault()
try:
    answer = [str(vault.state()), vault.read(sys.argv[1], sys.argv[2], may_prompt=False).reveal()]
except FossaError as error:
    answer = [str(vault.state()), error.kind]
print(json.dumps([*answer, "keyring" in sys.modules]))
"""


@pytest.fixture(scope="module")
def desktop() -> Iterator[DesktopSession]:
    with DesktopSession(panel="none", notifications=False) as session:
        yield session


@pytest.fixture
def store(desktop: DesktopSession, monkeypatch: pytest.MonkeyPatch) -> KeyringCredentialStore:
    return enter(desktop, monkeypatch)


def enter(desktop: DesktopSession, monkeypatch: pytest.MonkeyPatch) -> KeyringCredentialStore:
    """Let the helpers that are started now live on this desktop."""
    for name, value in desktop.env().items():
        monkeypatch.setenv(name, value)
    return KeyringCredentialStore()


def read_as_the_scrape_does(desktop: DesktopSession) -> list[object]:
    """The keyring's state, the password or the error's kind, and whether the keyring library was used at all."""
    command = [sys.executable, "-c", READ, ORIGIN, ACCOUNT]
    result = subprocess.run(command, env=desktop.env(), capture_output=True, check=True, timeout=60)
    answer: list[object] = json.loads(result.stdout)
    return answer


def test_a_password_is_stored_checked_read_and_deleted(desktop: DesktopSession, store: KeyringCredentialStore) -> None:
    async def check() -> CredentialState:
        return await store.check(ACCOUNT, ORIGIN)

    assert asyncio.run(check()) is CredentialState.MISSING
    asyncio.run(store.store(ACCOUNT, ORIGIN, Secret(PASSWORD)))
    assert asyncio.run(check()) is CredentialState.PRESENT
    assert asyncio.run(store.check(ACCOUNT, "https://other.example")) is CredentialState.MISSING
    assert read_as_the_scrape_does(desktop) == ["ok", PASSWORD, True]
    asyncio.run(store.store(ACCOUNT, ORIGIN, Secret("newer")))
    assert read_as_the_scrape_does(desktop)[1] == "newer"
    asyncio.run(store.delete(ACCOUNT, ORIGIN))
    asyncio.run(store.delete(ACCOUNT, ORIGIN))
    assert asyncio.run(check()) is CredentialState.MISSING
    assert read_as_the_scrape_does(desktop)[1] == PasswordMissing.kind


def test_the_item_lies_under_our_service_and_the_accounts_id(
    desktop: DesktopSession, store: KeyringCredentialStore
) -> None:
    asyncio.run(store.store("another", ORIGIN, Secret(PASSWORD)))
    service = Place(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
    attributes = {"service": f"FossaTray {ORIGIN}", "username": "another"}
    unlocked, locked = desktop.bus.call(service, "SearchItems", "a{ss}", attributes)
    assert (len(unlocked), locked) == (1, [])
    asyncio.run(store.delete("another", ORIGIN))


def test_a_locked_keyring_is_told_at_once_and_raises_no_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    with DesktopSession(panel="none", notifications=False) as desktop:
        store = enter(desktop, monkeypatch)
        asyncio.run(store.store(ACCOUNT, ORIGIN, Secret(PASSWORD)))
        lock_all_keyrings(desktop.bus)
        began = time.monotonic()
        assert asyncio.run(store.check(ACCOUNT, ORIGIN)) is CredentialState.LOCKED
        assert read_as_the_scrape_does(desktop)[:2] == ["locked", "keyring_locked"]
        assert time.monotonic() - began < 8
        assert desktop.windows() == []
        assert is_locked(desktop.bus)


def test_no_keyring_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with DesktopSession(panel="none", notifications=False, keyring="none") as desktop:
        store = enter(desktop, monkeypatch)
        began = time.monotonic()
        assert asyncio.run(store.check(ACCOUNT, ORIGIN)) is CredentialState.ABSENT
        with pytest.raises(KeyringAbsent):
            asyncio.run(store.store(ACCOUNT, ORIGIN, Secret(PASSWORD)))
        assert read_as_the_scrape_does(desktop)[:2] == ["absent", "keyring_absent"]
        assert time.monotonic() - began < 8


def test_a_configured_null_backend_counts_as_absent(
    desktop: DesktopSession, store: KeyringCredentialStore, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = own_home / "config" / "python_keyring"
    config.mkdir(parents=True)
    (config / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own_home / "config"))
    assert asyncio.run(store.check(ACCOUNT, ORIGIN)) is CredentialState.ABSENT
    with pytest.raises(KeyringAbsent):
        asyncio.run(store.store(ACCOUNT, ORIGIN, Secret(PASSWORD)))
    monkeypatch.undo()
    assert read_as_the_scrape_does(desktop)[1] == PasswordMissing.kind


def test_a_keyring_that_hangs_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with DesktopSession(panel="none", notifications=False) as desktop:
        store = enter(desktop, monkeypatch)
        family = psutil.Process().children(recursive=True)
        daemon = next(
            p for p in family if p.name().startswith("gnome-keyring") and p.environ()["HOME"] == str(desktop.home)
        )
        daemon.suspend()
        try:
            began = time.monotonic()
            assert asyncio.run(store.check(ACCOUNT, ORIGIN)) is CredentialState.TIMEOUT
            assert time.monotonic() - began < 12
        finally:
            daemon.resume()
