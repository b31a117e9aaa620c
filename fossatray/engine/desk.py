"""The commands that a person gives, carried out: accounts, settings, and what to sync; see also schedule_desk."""

from __future__ import annotations

import logging
from dataclasses import replace

from fossatray.core.accounts import Account, checked_account, new_account_id
from fossatray.core.commands import (
    AcceptEmptyList,
    CheckPassword,
    CheckPortal,
    CredentialsChanged,
    ForgetSession,
    RemoveAccount,
    SaveAccount,
    SaveSettings,
    SyncNow,
    TestSignIn,
)
from fossatray.core.errors import (
    Busy,
    CredentialsError,
    EmptyNotBelieved,
    InvalidInput,
    KeyringAbsent,
    NotFound,
    SignInRefused,
    StoreError,
)
from fossatray.core.portal_check import PortalStep
from fossatray.core.runs import WORK_ORDERS, Run, Trigger
from fossatray.core.secret import Secret
from fossatray.engine.check_doubts import steps_beside_kept
from fossatray.engine.jobs import refuse_unknown
from fossatray.engine.kept_sessions import forget_all_sessions, forget_session
from fossatray.engine.parts import EngineParts
from fossatray.engine.planner import Planner
from fossatray.engine.runner import Plan, Runner
from fossatray.engine.sign_ins import forget_unseen
from fossatray.store.store import Store
from fossatray.system.credentials_client import CredentialState, SessionOverlay

log = logging.getLogger("fossatray.engine.desk")


BY_CHANGE = "the account was changed"
BY_FORGETTING = "the session was forgotten"


class Desk:
    """Carries out commands. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, runner: Runner, planner: Planner) -> None:
        self._parts = parts
        self._store = store
        self._runner = runner
        self._planner = planner
        self._leaving: set[str] = set()  # accounts that are being removed

    def sync_now(self, command: SyncNow) -> list[int]:
        """Start a sync of one account, or of all; a run under way is joined. Raises NotFound if there is none.

        Raises InvalidInput for an unknown job, Busy where every account is doing another one. A password that the
        person has just typed is tried, even if an earlier one was refused.
        """
        refuse_unknown(command.job)
        accounts = self._accounts(command.account_id)
        if command.fresh_password:
            for account in accounts:
                self._lift_refusal(account.id)
        free = [account for account in accounts if not self._runner.does_another_job(account.id, command.job)]
        return [self._start(account, command).id for account in free or accounts]

    async def save_account(self, command: SaveAccount) -> Account:
        """Add or change an account, with its password if given. New credentials lift a refusal.

        Runs of the account are ended before, and new ones wait meanwhile: none with the old credentials speaks for the
        new ones. Raises InvalidInput for an entry that cannot be used, CredentialsError if the password cannot be
        kept; then nothing is changed.
        """
        account_id = command.account_id or new_account_id()
        before = self._account(account_id) if command.account_id else None
        account = checked_account(account_id, command.name, command.portal, command.username)
        same_name = self._store.accounts.by_name(account.name)
        if same_name is not None and same_name.id != account_id:
            raise InvalidInput("There is an account of this name already.")
        if before is not None and command.password is None and not _signs_in_elsewhere(before, account):
            return self._store.accounts.update(account)
        async with self._runner.held(account_id, BY_CHANGE):
            if command.password is not None:
                await self._keep_password(account, command.password, session_only=command.session_only)
            if before is not None:
                await forget_session(self._parts, self._store, before)
            await self._keep(before, account)
            self._lift_refusal(account_id)
            if command.password is not None:
                self._planner.passwords.learn(account_id, missing=False)
            else:
                await self._planner.ask_for_password(account)
        return account

    async def credentials_changed(self, command: CredentialsChanged) -> None:
        """Forget a refusal: the password in the keyring is another one now. A run with the old one is ended."""
        account = self._account(command.account_id)
        async with self._runner.held(account.id, BY_CHANGE):
            await forget_session(self._parts, self._store, account)
            self._lift_refusal(account.id)
            await self._planner.ask_for_password(account)

    async def forget_session(self, command: ForgetSession) -> None:
        """Forget the account's kept session. A run under way, which would keep it again, is ended."""
        account = self._account(command.account_id)
        async with self._runner.held(account.id, BY_FORGETTING):
            await forget_session(self._parts, self._store, account, by_person=True)

    async def check_password(self, command: CheckPassword) -> str:
        """Tell whether the account's password is stored, without a prompt."""
        account = self._account(command.account_id)
        if self._parts.credentials.session_password(account.id, account.origin) is not None:
            return "present"
        state = await self._parts.credentials.check(account.id, account.origin)
        self._planner.passwords.learn(account.id, missing=state is CredentialState.MISSING)
        return state.value

    async def remove_account(self, command: RemoveAccount) -> str | None:
        """End the account's run and remove it with its password.

        A password that the keyring does not give up hinders nothing: then a sentence that says so is returned.
        """
        account = self._account(command.account_id)
        self._leaving.add(account.id)
        self._forget_plan(account.id)
        try:
            async with self._runner.held(account.id):
                stays = await self._forget_password(account)
                await self._runner.clear(account.id)  # a run that was planned meanwhile
                self._forget_plan(account.id)
                self._store.accounts.remove(account.id)
                self.sweep_evidence()
                self._planner.passwords.forget(account.id)
        finally:
            self._leaving.discard(account.id)
            if self._store.accounts.get(account.id) is not None:  # it could not be removed after all
                self._planner.replan(account.id)
        if stays is None or isinstance(stays, KeyringAbsent):
            return None
        return f"The account is removed, but its password stays in the keyring. {stays.title}."

    async def test_sign_in(self, command: TestSignIn) -> None:
        """Sign in once; success lifts a refusal, a refusal (of the stored password) stops the account."""
        account = self._account(command.account_id)
        try:
            await self._runner.test_sign_in(account, command.password)
        except SignInRefused:
            self._planner.replan(account.id)
            raise
        if self._store.accounts.blocked(account.id) is not None:
            self._lift_refusal(account.id)

    async def check_portal(self, command: CheckPortal) -> list[PortalStep]:
        """Hold a portal profile beside the portal. Raises SignInRefused, as it was said, for a refused account."""
        account = self._account(command.account_id)
        blocked = self._store.accounts.blocked(account.id)
        if blocked is not None and command.password is None:
            raise SignInRefused(blocked.message, advice=blocked.advice)
        try:
            reading = await self._runner.check_portal(account, command.profile, command.password)
        except SignInRefused:
            self._planner.replan(account.id)
            raise
        return steps_beside_kept(self._store, account.id, reading)

    def accept_empty_list(self, command: AcceptEmptyList) -> list[int]:
        """Sync again and believe an empty list this once. Raises NotFound, Busy, or InvalidInput (not such a run)."""
        run = self._store.runs.get(command.run_id)
        if run is None:
            raise NotFound(f"There is no run {command.run_id}.")
        if run.error is None or run.error.kind != EmptyNotBelieved.kind:
            raise InvalidInput("This run did not end with an empty list.")
        if self._runner.busy(run.account_id):
            raise Busy
        account = self._account(run.account_id)
        return [self._runner.start(account, Trigger.MANUAL, plan=self._plan(account), accept_empty=True).id]

    async def save_settings(self, command: SaveSettings) -> None:
        """Store settings by name, all or none. Raises InvalidInput for one that does not exist."""
        with self._store.atomic():
            for name, value in command.values.items():
                self._store.settings.set(name, value)
        self.apply_settings()
        if self._store.settings.get("keep_session") == "off":
            await forget_all_sessions(self._parts, self._store)

    def apply_settings(self) -> None:
        """Let the settings that speak of the engine itself take effect."""
        self._parts.detail_log(self._store.settings.get("log_level") == "detailed")
        self._runner.places.resize(int(self._store.settings.get("at_once")))

    def _start(self, account: Account, command: SyncNow) -> Run:
        plan = replace(self._plan(account, command.job), force=command.force, believe=command.believe)
        return self._runner.start(account, command.trigger, plan=plan)

    def _plan(self, account: Account, job: str = WORK_ORDERS) -> Plan:
        """Return what a run by hand is part of: it is not tried again after half the way to the next planned one."""
        return Plan(job, next_slot=self._planner.next_run(account.id))

    def _lift_refusal(self, account_id: str) -> None:
        """The credentials are new, or known to be right: let the schedule go on from now."""
        self._planner.settle(account_id)  # what passed while it was refused, before that is forgotten
        self._store.accounts.unblock(account_id)
        forget_unseen(self._store, account_id, self._parts.clock())
        self._planner.replan(account_id)

    async def _keep(self, before: Account | None, account: Account) -> None:
        """Add or change an account whose password is kept already."""
        if before is not None:
            self._store.accounts.update(account)
            if before.origin != account.origin:
                await self._forget_password(before)
            return
        try:
            self._store.accounts.add(account, self._parts.clock())
        except InvalidInput:
            await self._forget_password(account)
            raise

    def sweep_evidence(self) -> None:
        """Delete the evidence of runs that are not in the history; what cannot be deleted goes with a later sweep."""
        try:
            self._store.sweep_evidence()
        except StoreError as error:
            log.warning("evidence of runs that are gone stays: %s", error.message)

    def _forget_plan(self, account_id: str) -> None:
        for schedule in self._store.schedules.of_account(account_id):
            self._planner.forget(schedule.id)

    async def _keep_password(self, account: Account, password: Secret, *, session_only: bool) -> None:
        credentials = self._parts.credentials
        if session_only and isinstance(credentials, SessionOverlay):
            credentials.keep_for_session(account.id, account.origin, password)
        else:
            await credentials.store(account.id, account.origin, password)

    async def _forget_password(self, account: Account) -> CredentialsError | None:
        """Delete a password that is of no use any more; that it stays is logged and returned, and hinders nothing."""
        try:
            await self._parts.credentials.delete(account.id, account.origin)
        except CredentialsError as error:
            log.warning("an unused password stays in the keyring: %s", error.kind)
            return error
        return None

    def account_ids(self, account_id: str | None) -> list[str]:
        """Return the ids of one account, or of all. Raises NotFound if there is none."""
        return [account.id for account in self._accounts(account_id)]

    def _account(self, account_id: str) -> Account:
        account = self._store.accounts.get(account_id)
        if account is None or account_id in self._leaving:
            raise NotFound("There is no such account.")
        return account

    def _accounts(self, account_id: str | None) -> list[Account]:
        if account_id is not None:
            return [self._account(account_id)]
        accounts = [account for account in self._store.accounts.all() if account.id not in self._leaving]
        if not accounts:
            raise NotFound("There is no account yet.", advice="Add an account first.")
        return accounts


def _signs_in_elsewhere(before: Account, after: Account) -> bool:
    return (before.origin, before.username) != (after.origin, after.username)
