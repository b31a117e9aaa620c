"""A schedule whose password is gone is not armed and says so; what passes while it rests is written down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from fossatray.core.commands import CredentialsChanged, Pause, Resume, SaveAccount
from fossatray.core.errors import CredentialsError, PasswordMissing
from fossatray.core.runs import Reason
from fossatray.core.secret import Secret
from fossatray.system.credentials_client import CredentialState, MemoryCredentialStore
from tests.unit.engine.plans import (
    SLOT,
    history,
    hour,
    next_run,
    the_state,
)
from tests.unit.engine.world import ORIGIN, PATIENCE_S, World, failing, run, success


class Keyring(MemoryCredentialStore):
    """A keyring: what is in it is asked for, never held."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self._news = asyncio.Event()
        self.state: CredentialState | CredentialsError | None = None

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        return None

    async def asked_once_more(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._news.wait()
        self._news.clear()

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        assert not may_prompt
        self.asked += 1
        self._news.set()
        await asyncio.sleep(0)
        if isinstance(self.state, CredentialsError):
            raise self.state
        return self.state or await super().check(account_id, origin)


@pytest.fixture
def keyring(world: World) -> Keyring:
    world.credentials = keyring = Keyring()
    return keyring


def test_a_schedule_whose_password_is_gone_is_not_armed_and_says_so_until_it_is_there_again(
    world: World, keyring: Keyring
) -> None:
    async def lives() -> None:
        async with world.life() as life:
            account = await life.add_account()
            assert keyring.asked == 0, "what was just stored is known to be there"
        keyring.state = CredentialState.MISSING
        world.clock.now = SLOT + timedelta(minutes=1)
        async with world.life() as life:
            await life.ear.until(lambda: the_state(life).held == "no_password" and history(world))
            assert (world.alarm.at, next_run(life), world.started) == (None, None, 0)
            world.clock.now = hour(1) + timedelta(minutes=1)
            keyring.state = None
            await life.do(CredentialsChanged(account.id))
            assert (the_state(life).held, next_run(life)) == (None, hour(2))
            assert world.alarm.at == hour(2)
        assert history(world) == [
            ("skipped", "scheduled", hour(1), Reason.NO_PASSWORD),
            ("skipped", "scheduled", SLOT, Reason.NO_PASSWORD),
        ]

    run(lives())


def test_a_password_that_a_run_does_not_find_holds_the_schedule_and_a_new_one_frees_it(
    world: World, keyring: Keyring
) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(failing(PasswordMissing()))
            assert (the_state(life).held, world.alarm.at) == ("no_password", None)
            await life.do(SaveAccount("Work", ORIGIN, account.username, account.id, Secret("another")))
            assert (the_state(life).held, world.alarm.at) == (None, SLOT)

    run(story())


@pytest.mark.parametrize("state", [CredentialState.LOCKED, CredentialState.TIMEOUT, CredentialsError("it broke")])
def test_a_keyring_that_cannot_be_asked_holds_nothing(world: World, keyring: Keyring, state: Any) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        keyring.state = state
        world.clock.now = SLOT
        world.scripts.append(success(1))
        async with world.life() as life:
            await life.ear.until(lambda: life.ear.ended)
            assert (the_state(life).held, next_run(life)) == (None, hour(1))

    run(lives())


def test_the_password_is_asked_for_once_an_hour_at_most(world: World, keyring: Keyring) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        async with world.life() as life:
            await keyring.asked_once_more()
            house = life.conductor._house
            assert house is not None
            for _ in range(59):
                world.clock.forward(seconds=60)
                house.planner.tick()
            assert keyring.asked == 1
            keyring.state = CredentialState.MISSING
            world.clock.forward(seconds=61)
            house.planner.tick()
            await life.ear.until(lambda: the_state(life).held == "no_password")
            assert keyring.asked == 2

    run(lives())


def test_what_passes_while_a_schedule_rests_is_written_down_once_an_hour(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.do(Pause())
            house = life.conductor._house
            assert house is not None
            for _ in range(4):
                world.clock.forward(minutes=30)
                house.planner.tick()
            assert [row[2:] for row in history(world)] == [(hour(1), Reason.PAUSED), (SLOT, Reason.PAUSED)]
            await life.do(Resume())
            assert len(history(world)) == 2

    run(story())


@pytest.mark.parametrize("state", [CredentialState.LOCKED, CredentialState.TIMEOUT, CredentialsError("No answer.")])
def test_a_keyring_that_cannot_be_read_holds_nothing_back_and_is_told(
    world: World, keyring: Keyring, state: CredentialState | CredentialsError
) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            assert the_state(life).hint is None
        keyring.state = state
        async with world.life() as life:
            await life.ear.until(lambda: the_state(life).hint == "keyring")
            assert (the_state(life).held, next_run(life), world.alarm.at) == (None, SLOT, SLOT)
            keyring.state = None
            world.clock.forward(hours=1)
            life.conductor._tick()
            await life.ear.until(lambda: the_state(life).hint is None)

    run(lives())
