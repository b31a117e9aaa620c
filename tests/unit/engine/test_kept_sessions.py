"""The kept session from the engine's side: when a scrape gets it, when it is kept, and what forgets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fossatray.core.accounts import Account
from fossatray.core.commands import CredentialsChanged, ForgetSession, SaveAccount, SaveSettings, TestSignIn
from fossatray.core.errors import KeyringLocked, PortalTimeout
from fossatray.core.messages import Finished
from fossatray.core.runs import Outcome
from fossatray.core.secret import Secret
from fossatray.core.sessions import SessionDropped, SessionSealed
from fossatray.core.wire import failure
from fossatray.system.credentials_client import CredentialState, MemoryCredentialStore
from tests.unit.engine.world import ORIGIN, Life, Step, World, beginning, listing, orders, run, say, signed_in

SEALED, ANEW = "Zmlyc3Q=", "c2Vjb25k"


class Keyring:
    """A keyring as the tray program sees it: passwords go in and never come back."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self.locked = False

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep it somewhere."""

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        return CredentialState.PRESENT

    async def delete(self, account_id: str, origin: str) -> None:
        """Delete it there."""

    async def forget_session(self, account_id: str, origin: str) -> None:
        self.forgotten.append(origin)
        if self.locked:
            raise KeyringLocked

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        return None


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def world(own_home: Path, keyring: Keyring) -> World:
    made = World(own_home)
    made.credentials = keyring
    return made


def a_run(out: Path, *said: Step, sealed: str | None = None) -> list[Step]:
    """A scrape that writes its request down, says something, reads one order, and seals its session."""
    *read, end = listing(orders(1))
    sealing = [say(SessionSealed(sealed))] if sealed is not None else []
    return [{"request": str(out)}, *beginning()[1:], *said, *read, *sealing, end]


def asked(out: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(out.read_text())
    return told


def kept(life: Life, account: Account) -> str | None:
    return life.store.sessions.get(account.id, account.origin)


async def with_a_session(life: Life, out: Path) -> Account:
    """An account whose first run has left a session."""
    account = await life.add_account()
    ended = await life.sync(a_run(out, *signed_in(), sealed=SEALED))
    assert ended.outcome is Outcome.SUCCEEDED
    assert (asked(out)["session"], asked(out)["keep_session"]) == (None, True)
    assert kept(life, account) == SEALED
    return account


def test_the_next_run_gets_the_session_and_leaves_another(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await with_a_session(life, tmp_path / "first")
            ended = await life.sync(a_run(tmp_path / "next", sealed=ANEW))
            assert ended.outcome is Outcome.SUCCEEDED
            assert asked(tmp_path / "next")["session"] == SEALED
            assert kept(life, account) == ANEW

    run(story())


def test_a_dropped_session_is_gone_at_once_whatever_comes_after(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await with_a_session(life, tmp_path / "first")
            dropped = say(SessionDropped("the portal ended it"))
            failed = [*beginning(), dropped, *signed_in(), say(failure(PortalTimeout()))]
            assert (await life.sync(failed)).outcome is Outcome.FAILED
            assert kept(life, account) is None
            await life.sync(a_run(tmp_path / "next", *signed_in()))
            assert asked(tmp_path / "next")["session"] is None

    run(story())


def test_a_run_that_fails_leaves_the_session_as_it_was(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await with_a_session(life, tmp_path / "first")
            failed = [*beginning(), say(SessionSealed(ANEW)), say(failure(PortalTimeout()))]
            assert (await life.sync(failed)).outcome is Outcome.FAILED
            assert kept(life, account) == SEALED

    run(story())


@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
@pytest.mark.parametrize("change", ["password", "username", "portal", "outside", "request", "setting"])
def test_what_the_session_rests_on_changes_and_it_is_forgotten_with_its_key(
    change: str, locked: bool, world: World, keyring: Keyring, tmp_path: Path
) -> None:
    """Also where the keyring keeps the key: what that would open is gone."""
    keyring.locked = locked

    async def story() -> None:
        async with world.life() as life:
            account = await with_a_session(life, tmp_path / "first")
            await life.do(SaveAccount("Another name", ORIGIN, account.username, account.id))
            assert (kept(life, account), keyring.forgotten) == (SEALED, [])
            commands: dict[str, Any] = {
                "password": SaveAccount("Work", ORIGIN, account.username, account.id, Secret("new")),
                "username": SaveAccount("Work", ORIGIN, "another@example.com", account.id),
                "portal": SaveAccount("Work", "https://other.example", account.username, account.id),
                "outside": CredentialsChanged(account.id),
                "request": ForgetSession(account.id),
                "setting": SaveSettings({"keep_session": "off"}),
            }
            await life.do(commands[change])
            assert (kept(life, account), keyring.forgotten) == (None, [ORIGIN])

    run(story())


def test_switched_off_nothing_is_given_and_nothing_kept(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await with_a_session(life, tmp_path / "first")
            await life.do(SaveSettings({"keep_session": "off"}))
            await life.sync(a_run(tmp_path / "next", *signed_in()))
            told = asked(tmp_path / "next")
            assert (told["session"], told["keep_session"]) == (None, False)
            assert kept(life, account) is None

    run(story())


def test_a_test_of_the_sign_in_gets_none(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await with_a_session(life, tmp_path / "first")
            out = tmp_path / "test"
            life.world.scripts.append([{"request": str(out)}, *beginning()[1:], *signed_in(), say(Finished(0, ""))])
            await life.do(TestSignIn(account.id))
            assert (asked(out)["session"], asked(out)["keep_session"]) == (None, False)
            assert kept(life, account) == SEALED

    run(story())


def test_a_password_that_is_held_in_memory_keeps_none(world: World, tmp_path: Path) -> None:
    world.credentials = MemoryCredentialStore()

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(a_run(tmp_path / "first", *signed_in()))
            assert (asked(tmp_path / "first")["session"], asked(tmp_path / "first")["keep_session"]) == (None, False)

    run(story())


def test_a_session_that_was_not_wanted_ends_the_run(world: World, tmp_path: Path) -> None:
    world.credentials = MemoryCredentialStore()

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            ended = await life.sync(a_run(tmp_path / "first", *signed_in(), sealed=SEALED))
            assert ended.error is not None
            assert ended.error.kind == "scrape_process_died"
            assert kept(life, account) is None

    run(story())
