"""Changing and removing an account while something asks for a sync of it: which password and which account count."""

from __future__ import annotations

import asyncio
import json

import pytest

from fossatray.core.commands import CredentialsChanged, RemoveAccount, SaveAccount, SyncNow, TestSignIn
from fossatray.core.errors import NotFound, SignInRefused
from fossatray.core.runs import Outcome
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.system.credentials_client import MemoryCredentialStore
from tests.unit.engine.world import ORIGIN, World, beginning, failing, listing, run, signed_in, success

OTHER = "https://other.example"


class SlowKeyring(MemoryCredentialStore):
    """A keyring whose prompt stays open until the test answers it; only once it is `slow`."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.asked = asyncio.Event()
        self.answered = asyncio.Event()

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        await self._prompt()
        await super().store(account_id, origin, password)

    async def delete(self, account_id: str, origin: str) -> None:
        await self._prompt()
        await super().delete(account_id, origin)

    async def _prompt(self) -> None:
        if self.slow:
            self.asked.set()
            await self.answered.wait()


def test_a_sync_asked_for_while_the_password_is_saved_begins_afterwards_with_the_new_one(world: World) -> None:
    world.credentials = keyring = SlowKeyring()

    async def story() -> None:
        answers, request = world.home / "answers", world.home / "request"
        async with world.life() as life:
            account = await life.add_account()
            keyring.slow = True
            saving = asyncio.create_task(
                life.do(SaveAccount("Work", OTHER, "new@example.com", account.id, Secret("another")))
            )
            await keyring.asked.wait()
            steps = [{"request": str(request)}, *signed_in(str(answers)), *listing([])]
            run_id = await life.begin(steps)
            await asyncio.wait({asyncio.ensure_future(life.ended(run_id))}, timeout=0.3)
            assert world.started == 0
            keyring.answered.set()
            await saving
            assert (await life.ended(run_id)).outcome is Outcome.SUCCEEDED
            assert json.loads(answers.read_text())["password"] == "another"
            told = json.loads(request.read_text())
            assert (told["origin"], told["username"]) == (OTHER, "new@example.com")

    run(story())


def test_quitting_while_the_password_is_saved_ends_what_waits_for_it(world: World) -> None:
    world.credentials = keyring = SlowKeyring()

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            keyring.slow = True
            saving = SaveAccount("Work", ORIGIN, account.username, account.id, Secret("another"))
            life.conductor.keep(life.do(saving))
            await keyring.asked.wait()
            await life.begin()
            async with asyncio.timeout(5):
                await life.conductor.close()
            assert [one.outcome for one in life.ear.ended] == [Outcome.CANCELLED]
            assert life.ear.crashes == []
        async with world.life() as life:
            keyring.slow = False
            assert (await life.sync([*success(1)])).outcome is Outcome.SUCCEEDED

    run(story())
    assert world.left() == []


def test_a_refusal_of_the_old_password_cannot_come_after_one_changed_from_outside(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            account = await life.add_account()
            run_id = await life.begin([*beginning(), {"wait": str(gate.path)}, *failing(SignInRefused())[1:]])
            await gate.reached()
            await life.do(CredentialsChanged(account.id))
            assert (await life.ended(run_id)).outcome is Outcome.CANCELLED
            assert life.state.accounts[0].blocked is None

    run(story())


def test_nothing_of_an_account_begins_while_it_is_removed(world: World) -> None:
    world.credentials = keyring = SlowKeyring()

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            keyring.slow = True
            removing = asyncio.create_task(life.do(RemoveAccount(account.id)))
            await keyring.asked.wait()
            assert world.alarm.at is None
            for command in (SyncNow(account.id), SyncNow(), TestSignIn(account.id), RemoveAccount(account.id)):
                with pytest.raises(NotFound):
                    await life.do(command)
            house = life.conductor._house
            assert house is not None
            world.clock.forward(hours=1)
            house.planner.wake_up()  # the computer has slept, say
            assert house.runner.busy(account.id)
            keyring.answered.set()
            assert await removing is None
            assert life.state == AppState()
            assert world.alarm.at is None
        assert world.started == 0
        assert life.ear.crashes == []

    run(story())
