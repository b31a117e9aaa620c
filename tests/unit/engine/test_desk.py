"""Accounts, schedules and settings: what a person changes, and what stays when that fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fossatray.core.commands import (
    AcceptEmptyList,
    CheckPassword,
    CredentialsChanged,
    GetState,
    Pause,
    RemoveAccount,
    SaveAccount,
    SaveSchedule,
    SaveSettings,
    SyncNow,
)
from fossatray.core.errors import (
    Busy,
    CredentialsError,
    EmptyNotBelieved,
    InvalidInput,
    KeyringAbsent,
    KeyringDenied,
    KeyringLocked,
    KeyringTimeout,
    NotFound,
    SignInRefused,
)
from fossatray.core.runs import Outcome
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.core.timetable import Every, Timetable
from fossatray.core.wire import decode_request
from fossatray.system.credentials_client import CredentialState, MemoryCredentialStore, SessionOverlay
from tests.unit.engine.world import ORIGIN, Life, World, beginning, failing, run, success

OTHER = "https://other.example"


class BrokenKeyring(MemoryCredentialStore):
    """A keyring that refuses in one way."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        if self.error:
            raise self.error
        await super().store(account_id, origin, password)

    async def delete(self, account_id: str, origin: str) -> None:
        if self.error:
            raise self.error
        await super().delete(account_id, origin)


def test_an_account_is_kept_with_its_password_and_schedule(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            (state,) = life.state.accounts
            assert state.account == account
            (planned,) = state.schedules
            assert planned.schedule.timetable == Timetable(Every(60))
            assert await life.do(CheckPassword(account.id)) == CredentialState.PRESENT.value
        async with world.life() as life:
            assert [one.account for one in life.state.accounts] == [account]

    run(story())


def test_nothing_is_kept_of_an_account_whose_password_cannot_be(world: World) -> None:
    world.credentials = BrokenKeyring(KeyringAbsent())

    async def story() -> None:
        async with world.life() as life:
            with pytest.raises(KeyringAbsent):
                await life.add_account()
            assert life.state == AppState()

    run(story())


def test_without_a_keyring_the_password_may_be_kept_for_the_session(world: World) -> None:
    overlay = SessionOverlay(BrokenKeyring(KeyringAbsent()))
    world.credentials = overlay

    async def story() -> None:
        async with world.life() as life:
            saving = SaveAccount("Work", ORIGIN, "t@example.com", password=Secret("x"), session_only=True)
            account = await life.do(saving)
            assert overlay.session_password(account.id, ORIGIN) == Secret("x")

    run(story())


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"name": " "}, "name"), ({"portal": "http://portal.example"}, "https"), ({"username": ""}, "user name")],
)
def test_what_cannot_be_used_is_refused(world: World, changes: dict[str, Any], why: str) -> None:
    command = replace(SaveAccount("Work", ORIGIN, "t@example.com", password=Secret("x")), **changes)

    async def story() -> None:
        async with world.life() as life:
            with pytest.raises(InvalidInput, match=why):
                await life.do(command)

    run(story())


def test_a_name_is_taken_whatever_its_case_and_the_password_is_not_touched(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account("Work")
            with pytest.raises(InvalidInput):
                await life.add_account("WORK")
            assert len(life.state.accounts) == 1

    run(story())


def test_a_changed_portal_address_finds_no_password(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            moved = await life.do(SaveAccount("Work", OTHER, "t@example.com", account.id))
            assert moved.origin == OTHER
            assert await life.do(CheckPassword(account.id)) == CredentialState.MISSING.value

    run(story())


class Keyring(MemoryCredentialStore):
    """A keyring: one password for each account and portal address."""

    def __init__(self) -> None:
        super().__init__()
        self.held: set[tuple[str, str]] = set()

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        self.held.add((account_id, origin))

    async def delete(self, account_id: str, origin: str) -> None:
        self.held.discard((account_id, origin))


def test_the_password_for_the_former_portal_address_is_deleted(world: World) -> None:
    world.credentials = keyring = Keyring()

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.do(SaveAccount("Work", OTHER, "t@example.com", account.id, Secret("another")))
            assert keyring.held == {(account.id, OTHER)}

    run(story())


def test_a_new_portal_address_keeps_its_new_password(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.do(SaveAccount("Work", OTHER, "t@example.com", account.id, Secret("another")))
            assert await life.do(CheckPassword(account.id)) == CredentialState.PRESENT.value

    run(story())


def test_removing_an_account_removes_all_of_it(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(success(1))
            await life.do(RemoveAccount(account.id))
            assert life.state == AppState()
            assert world.alarm.at is None
            assert await world.credentials.check(account.id, ORIGIN) is CredentialState.MISSING
            with pytest.raises(NotFound):
                await life.do(RemoveAccount(account.id))

    run(story())


@pytest.mark.parametrize("error", [KeyringDenied(), KeyringLocked(), KeyringTimeout()])
def test_an_account_goes_even_if_its_password_stays_and_that_is_said(
    world: World, error: CredentialsError, caplog: pytest.LogCaptureFixture
) -> None:
    keyring = BrokenKeyring(error)
    keyring.error = None
    world.credentials = keyring

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            keyring.error = error
            told = await life.do(RemoveAccount(account.id))
            assert told == f"The account is removed, but its password stays in the keyring. {error.title}."
            assert life.state == AppState()
            assert world.alarm.at is None

    run(story())
    assert f"an unused password stays in the keyring: {error.kind}" in caplog.text


def test_without_a_keyring_there_is_no_password_to_speak_of(world: World) -> None:
    keyring = BrokenKeyring(KeyringAbsent())
    keyring.error = None
    world.credentials = keyring

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            keyring.error = KeyringAbsent()
            assert await life.do(RemoveAccount(account.id)) is None
            assert life.state == AppState()

    run(story())


def test_an_account_that_could_not_be_removed_is_planned_again(world: World) -> None:
    class Stuck(MemoryCredentialStore):
        """A keyring with a bug."""

        async def delete(self, account_id: str, origin: str) -> None:
            raise ZeroDivisionError

    world.credentials = Stuck()

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            planned = world.alarm.at
            with pytest.raises(ZeroDivisionError):
                await life.do(RemoveAccount(account.id))
            assert world.alarm.at == planned
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    run(story())


def test_a_password_just_typed_is_tried_although_an_earlier_one_was_refused(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(failing(SignInRefused()))
            assert (await life.sync()).error == SignInRefused().info()
            world.scripts.append(success(1))
            (run_id,) = await life.do(SyncNow(account.id, fresh_password=True))
            assert (await life.ended(run_id)).outcome is Outcome.SUCCEEDED
            assert life.state.accounts[0].blocked is None

    run(story())


def test_a_password_changed_from_outside_lifts_a_refusal(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(failing(SignInRefused()))
            await life.do(CredentialsChanged(account.id))
            assert life.state.accounts[0].blocked is None
            assert world.alarm.at is not None

    run(story())


def test_settings_are_kept_all_or_none(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.do(SaveSettings({"notifications": "off", "browser_path": "/usr/bin/chromium"}))
            with pytest.raises(InvalidInput):
                await life.do(SaveSettings({"notifications": "on", "no_such_setting": "1"}))
            assert life.store.settings.get("notifications") == "off"

    run(story())


@pytest.mark.parametrize("command", [SyncNow("nobody"), Pause("nobody"), SyncNow(), RemoveAccount("nobody")])
def test_an_account_that_is_not_there_is_an_error(world: World, command: Any) -> None:
    async def story() -> None:
        async with world.life() as life:
            with pytest.raises(NotFound):
                await life.do(command)

    run(story())


def test_a_schedule_of_another_account_cannot_be_saved(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            (state,) = life.state.accounts
            with pytest.raises(NotFound):
                await life.do(SaveSchedule(replace(state.schedules[0].schedule, account_id="nobody")))

    run(story())


def test_the_state_can_be_asked_for(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            assert await life.do(GetState()) == life.state

    run(story())


def test_the_detailed_log_is_switched_at_once_for_the_next_scrape_and_for_the_next_life(world: World) -> None:
    told: list[bool] = []

    async def level_of_a_sync(life: Life) -> str:
        file = world.home / "request"
        await life.sync([{"request": str(file)}, *success(1)[1:]])
        return decode_request(file.read_bytes()).log_level

    async def lives() -> None:
        async with world.life(detail_log=told.append) as life:
            await life.add_account()
            assert (told, await level_of_a_sync(life)) == ([False], "INFO")
            await life.do(SaveSettings({"log_level": "detailed"}))
            assert (told, await level_of_a_sync(life)) == ([False, True], "DEBUG")
        async with world.life(detail_log=told.append) as life:
            assert told == [False, True, True]
            with pytest.raises(InvalidInput):
                await life.do(SaveSettings({"log_level": "everything"}))

    run(lives())


def test_an_empty_list_is_not_accepted_while_a_sync_is_under_way(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            doubted = await life.sync(failing(EmptyNotBelieved(), empty_sign="Nothing here"))
            await life.begin([*beginning(), {"hang": True}])
            with pytest.raises(Busy):
                await life.do(AcceptEmptyList(doubted.id))

    run(story())


def test_only_a_run_that_doubted_its_empty_list_can_be_accepted(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            ended = await life.sync(success(1))
            with pytest.raises(InvalidInput):
                await life.do(AcceptEmptyList(ended.id))
            with pytest.raises(NotFound):
                await life.do(AcceptEmptyList(999))

    run(story())
