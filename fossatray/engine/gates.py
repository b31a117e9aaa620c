"""The gates before a planned run: in their order, the first that says no gives the reason for the ledger."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from fossatray.core.accounts import Account
from fossatray.core.errors import SignInLocked
from fossatray.core.runs import Outcome, Reason
from fossatray.engine.parts import EngineParts
from fossatray.engine.passwords import Passwords
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.gates")


class Gates:
    """Asks whether an account's planned run may start now. `busy` tells whether one of its runs is under way."""

    def __init__(self, parts: EngineParts, store: Store, passwords: Passwords, busy: Callable[[str], bool]) -> None:
        self._parts = parts
        self._store = store
        self._passwords = passwords
        self._busy = busy
        self._reached_at: dict[str, datetime] = {}  # by origin

    def is_waiting_needed(self, account: Account) -> bool:
        """Tell whether `wait` has something to find out before `refusal` is asked."""
        if not self._passwords.is_known(account):
            return True
        return self._parts.wait_for_network is not None and not self._was_just_reached(account.origin)

    async def look_ahead(self, account: Account) -> None:
        """Find out right before a slot whether the portal can be reached; that it cannot is found out at the slot."""
        limits = self._parts.limits
        if self._parts.wait_for_network is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.look_ahead.total_seconds()):
                if await self._parts.wait_for_network(account.origin):
                    self._reached_at[account.origin] = self._parts.clock()

    def forget_ways(self) -> None:
        """Know nothing of the network any more: the computer has slept, or moved."""
        self._reached_at.clear()

    def refusal(self, account: Account) -> Reason | None:
        """Return why nothing is to be started now, by what is known already; None: nothing speaks against it."""
        if self._busy(account.id):
            return Reason.STILL_RUNNING
        held = self.held(account.id)
        if held is not None:
            return held
        if self._is_locked_out(account.id):
            return Reason.LOCKED
        if self._is_battery_low():
            return Reason.BATTERY
        if self._store.settings.get("metered") == "skip" and self._parts.network.metered():
            return Reason.METERED
        return None

    def held(self, account_id: str) -> Reason | None:
        """Return why nothing of the account is planned at all: until the person does something about it."""
        if self._store.accounts.blocked(account_id) is not None:
            return Reason.REFUSED
        return Reason.NO_PASSWORD if self._passwords.is_missing(account_id) else None

    async def wait(self, account: Account) -> Reason | None:
        """Find out about the password, and wait until the portal can be reached; returns why it is of no use."""
        if not self._passwords.is_known(account):
            await self._passwords.ask(account)
        refused = self.refusal(account)
        if refused is not None or self._parts.wait_for_network is None:
            return refused
        if not await self._parts.wait_for_network(account.origin):
            return Reason.OFFLINE
        return self.refusal(account)

    def _was_just_reached(self, origin: str) -> bool:
        at = self._reached_at.get(origin)
        return at is not None and timedelta(0) <= self._parts.clock() - at <= self._parts.limits.way_known

    def _is_locked_out(self, account_id: str) -> bool:
        """Tell whether the portal said lately that it has locked the sign-in."""
        last = self._store.runs.last_ended(account_id)
        if last is None or last.outcome is not Outcome.FAILED or last.error is None or last.finished_at is None:
            return False
        is_recent = timedelta(0) <= self._parts.clock() - last.finished_at < self._parts.limits.lock_out
        return is_recent and last.error.kind == SignInLocked.kind

    def _is_battery_low(self) -> bool:
        below = self._store.settings.get("battery_below")
        if not below or not self._parts.battery.on_battery():
            return False
        level = self._parts.battery.level_percent()
        return level is not None and level < int(below)
