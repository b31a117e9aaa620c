"""The commands that a person gives, carried out: accounts, schedules, settings, and what to sync."""

from __future__ import annotations

import logging
from dataclasses import replace

from fossatray.core.accounts import Account, checked_account, new_account_id
from fossatray.core.commands import (
    AcceptEmptyList,
    CheckPassword,
    CredentialsChanged,
    RemoveAccount,
    SaveAccount,
    SaveSchedule,
    SaveSettings,
    SyncNow,
    TestSignIn,
)
from fossatray.core.errors import (
    CredentialsError,
    EmptyNotBelieved,
    InvalidInput,
    KeyringAbsent,
    NotFound,
    SignInRefused,
)
from fossatray.core.runs import Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.engine.parts import EngineParts
from fossatray.engine.planner import Planner
from fossatray.engine.runner import Runner
from fossatray.engine.sign_ins import forget_unseen
from fossatray.store.store import Store
from fossatray.system.credentials_client import SessionOverlay

log = logging.getLogger("fossatray.engine.desk")


BY_CHANGE = "the account was changed"


class Desk:
    """Carries out commands. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, runner: Runner, planner: Planner) -> None:
        self._parts = parts
        self._store = store
        self._runner = runner
        self._planner = planner

    def sync_now(self, command: SyncNow) -> list[int]:
        """Start a sync of one account, or of all; a run under way is joined. Raises NotFound if there is none."""
        return [self._runner.start(account, command.trigger).id for account in self._accounts(command.account_id)]

    async def save_account(self, command: SaveAccount) -> Account:
        """Add or change an account, with its password if given. New credentials lift a refusal.

        Raises InvalidInput for an entry that cannot be used, CredentialsError if the password cannot be kept; then
        nothing is changed.
        """
        account_id = command.account_id or new_account_id()
        before = self._account(account_id) if command.account_id else None
        account = checked_account(account_id, command.name, command.portal, command.username)
        same_name = self._store.accounts.by_name(account.name)
        if same_name is not None and same_name.id != account_id:
            raise InvalidInput("There is an account of this name already.")
        changed = before is None or command.password is not None or _signs_in_elsewhere(before, account)
        if changed:  # a run with the old credentials must not speak for the new ones
            await self._runner.cancel(account_id, BY_CHANGE)
        if command.password is not None:
            await self._keep_password(account, command.password, session_only=command.session_only)
        if before is None:
            await self._add(account)
        else:
            self._store.accounts.update(account)
            if before.origin != account.origin:
                await self._forget_password(before)
        if changed:
            self._lift_refusal(account_id)
        return account

    def credentials_changed(self, command: CredentialsChanged) -> None:
        """Forget a refusal: the password in the keyring is another one now."""
        self._lift_refusal(self._account(command.account_id).id)

    async def check_password(self, command: CheckPassword) -> str:
        """Tell whether the account's password is stored, without a prompt."""
        account = self._account(command.account_id)
        if self._parts.credentials.session_password(account.id, account.origin) is not None:
            return "present"
        return (await self._parts.credentials.check(account.id, account.origin)).value

    async def remove_account(self, command: RemoveAccount) -> None:
        """End the account's run and remove it with its password. Raises CredentialsError if the password stays."""
        account = self._account(command.account_id)
        await self._runner.cancel(account.id)
        try:
            await self._parts.credentials.delete(account.id, account.origin)
        except KeyringAbsent:
            log.info("no keyring: there is no password to delete")
        schedule = self._store.schedules.of_account(account.id)
        if schedule is not None:
            self._planner.forget(schedule)
        self._store.accounts.remove(account.id)

    async def test_sign_in(self, command: TestSignIn) -> None:
        """Sign in once; success lifts a refusal, a refusal stops the account."""
        account = self._account(command.account_id)
        try:
            await self._runner.test_sign_in(account)
        except SignInRefused:
            self._planner.replan(account.id)
            raise
        if self._store.accounts.blocked(account.id) is not None:
            self._lift_refusal(account.id)

    def save_schedule(self, command: SaveSchedule) -> Schedule:
        """Change a schedule and plan anew."""
        self._account(command.schedule.account_id)
        self._store.schedules.save(command.schedule)
        self._planner.replan(command.schedule.account_id)
        return self._store.schedules.of_account(command.schedule.account_id) or command.schedule

    def switch(self, account_id: str | None, *, on: bool) -> None:
        """Pause or resume the schedule of one account, or of all."""
        for account in self._accounts(account_id):
            schedule = self._store.schedules.of_account(account.id)
            if schedule is not None and schedule.enabled != on:
                self._store.schedules.save(replace(schedule, enabled=on))
                self._planner.replan(account.id)

    def accept_empty_list(self, command: AcceptEmptyList) -> list[int]:
        """Sync again and believe an empty list this once. Raises NotFound, or InvalidInput for another kind of run."""
        run = self._store.runs.get(command.run_id)
        if run is None:
            raise NotFound(f"There is no run {command.run_id}.")
        if run.error is None or run.error.kind != EmptyNotBelieved.kind:
            raise InvalidInput("This run did not end with an empty list.")
        if self._runner.busy(run.account_id):
            raise InvalidInput("A sync is under way.", advice="Wait until it has ended.")
        return [self._runner.start(self._account(run.account_id), Trigger.MANUAL, accept_empty=True).id]

    def save_settings(self, command: SaveSettings) -> None:
        """Store settings by name, all or none. Raises InvalidInput for one that does not exist."""
        with self._store.atomic():
            for name, value in command.values.items():
                self._store.settings.set(name, value)

    def _lift_refusal(self, account_id: str) -> None:
        """The credentials are new, or known to be right: let the schedule go on from now."""
        self._store.accounts.unblock(account_id)
        forget_unseen(self._store, account_id, self._parts.clock())
        self._planner.replan(account_id)

    async def _add(self, account: Account) -> None:
        try:
            self._store.accounts.add(account)
        except InvalidInput:
            await self._forget_password(account)
            raise

    async def _keep_password(self, account: Account, password: Secret, *, session_only: bool) -> None:
        credentials = self._parts.credentials
        if session_only and isinstance(credentials, SessionOverlay):
            credentials.keep_for_session(account.id, account.origin, password)
        else:
            await credentials.store(account.id, account.origin, password)

    async def _forget_password(self, account: Account) -> None:
        """Delete a password that is of no use any more; that it stays harms nobody, so it is only logged."""
        try:
            await self._parts.credentials.delete(account.id, account.origin)
        except CredentialsError as error:
            log.warning("an unused password stays in the keyring: %s", error.kind)

    def _account(self, account_id: str) -> Account:
        account = self._store.accounts.get(account_id)
        if account is None:
            raise NotFound("There is no such account.")
        return account

    def _accounts(self, account_id: str | None) -> list[Account]:
        if account_id is not None:
            return [self._account(account_id)]
        accounts = self._store.accounts.all()
        if not accounts:
            raise NotFound("There is no account yet.", advice="Add an account first.")
        return accounts


def _signs_in_elsewhere(before: Account, after: Account) -> bool:
    return (before.origin, before.username) != (after.origin, after.username)
