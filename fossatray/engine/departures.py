"""From a slot that is due to its run, or to the reason why there is none: each becomes exactly one row.

What has to be waited for (the network, the keyring) is waited for here. Until the row is written the schedule counts as
accounted for up to just before the slot, so that a kill in between loses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from fossatray.core.accounts import Account
from fossatray.core.ledger import Due
from fossatray.core.runs import Fate, Occurrence, Reason, Trigger
from fossatray.core.schedules import Schedule, next_run
from fossatray.engine.gates import Gates
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.departures")

Keep = Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]]
"""Does some work in the background; a bug in it is told."""

Guard = Callable[[Callable[[], None]], None]
"""Does a step that nobody waits for, tells of a bug in it, and shows what became of it."""


class Runs(Protocol):
    """Who starts runs."""

    def busy(self, account_id: str) -> bool:
        """Tell whether a run of the account is under way."""

    def does_another_job(self, account_id: str, job: str) -> bool:
        """Tell whether the account's run under way is of another kind."""

    def start_planned(self, schedule: Schedule, due: Due, next_slot: datetime | None) -> None:
        """Write down a planned run, with its occurrence (a chained one has none), and start it.

        None of its tries is begun after half the way to `next_slot`.
        """


@dataclass
class _Waiting:
    """A slot that waits since `began`: in line if it has no `task`. `is_quiet` while it is not worth telling."""

    schedule: Schedule
    due: Due
    began: datetime
    task: asyncio.Task[None] | None = None
    is_quiet: bool = True


@dataclass(frozen=True, slots=True)
class Ears:
    """Whom the departures tell: a slot's wait is to be shown; a schedule waits no more; its slot could not be kept."""

    waits: Callable[[], None]
    settled: Callable[[int], None]
    stuck: Callable[[int], None]


class Departures:
    """Leads what is due through the gates. Used in the engine's loop alone."""

    def __init__(
        self, parts: EngineParts, store: Store, runs: Runs, gates: Gates, guard: Guard, keep: Keep, ears: Ears
    ) -> None:
        self._parts = parts
        self._store = store
        self._runs = runs
        self._gates = gates
        self._guard = guard
        self._keep = keep
        self._ears = ears
        self._waiting: dict[int, _Waiting] = {}

    def waits_since(self, schedule_id: int) -> datetime | None:
        """Return the slot of the schedule that waits, or None."""
        waiting = self._waiting.get(schedule_id)
        return waiting.due.planned_at if waiting is not None else None

    def waits_for_network(self, schedule_id: int) -> bool:
        """Tell whether that is to be shown: a slot has waited for more than a moment."""
        waiting = self._waiting.get(schedule_id)
        return waiting is not None and not waiting.is_quiet

    def has_just_begun(self, schedule_id: int) -> bool:
        """Tell whether a slot has begun to wait so lately that it goes on, also where the computer has slept since."""
        waiting = self._waiting.get(schedule_id)
        if waiting is None:
            return False
        return timedelta(0) <= self._parts.clock() - waiting.began <= self._parts.limits.wait_goes_on

    def go_on(self, account_id: str) -> None:
        """Let those of an account depart, in their turn, that wait for the end of a run of another job."""
        ours = [one for one in self._waiting.values() if one.task is None and one.schedule.account_id == account_id]
        for waiting in ours:
            if not self._runs.does_another_job(account_id, waiting.schedule.job):
                del self._waiting[waiting.schedule.id]
                self.depart(waiting.schedule, waiting.due)
                if waiting.schedule.id not in self._waiting:
                    self._ears.settled(waiting.schedule.id)

    def depart(self, schedule: Schedule, due: Due, *, may_wait: bool = True) -> None:
        """Start the run of a slot, or write down why not; at once, or after what has to be waited for.

        A run of another job of the account is waited for, too: only one of its own kind stands for this one.
        """
        account = self._store.accounts.get(schedule.account_id)
        if account is None:
            return
        refused = self._gates.refusal(account)
        if may_wait and self._is_in_line(schedule, refused):
            self._waiting[schedule.id] = _Waiting(schedule, due, self._parts.clock())
            return
        if refused is not None or not may_wait or not self._gates.is_waiting_needed(account):
            self._decide(schedule, due, refused)
            return
        waiting = _Waiting(schedule, due, self._parts.clock())
        self._waiting[schedule.id] = waiting
        waiting.task = self._keep(self._wait(waiting, account))

    def call_off(self, schedule_id: int) -> _Waiting | None:
        """Let a slot wait no more and write nothing; returns what waited."""
        waiting = self._waiting.pop(schedule_id, None)
        if waiting is not None and waiting.task is not None:
            waiting.task.cancel()
        return waiting

    def depart_now(self, schedule_id: int, reason: Reason | None = None) -> None:
        """Let a slot wait no more, since its schedule becomes another one: it is skipped for the reason, if given.

        Else it starts, or is skipped where it has waited for the network for more than a moment.
        """
        waiting = self.call_off(schedule_id)
        if waiting is None:
            return
        if reason is not None or not waiting.is_quiet:
            self.skip(waiting.schedule, waiting.due.planned_at, reason or Reason.OFFLINE)
        else:
            self.depart(waiting.schedule, waiting.due, may_wait=False)

    def stop(self) -> None:
        """Let nothing wait any more; a slot that waited is due again at the next start."""
        for schedule_id in list(self._waiting):
            self.call_off(schedule_id)

    def skip(self, schedule: Schedule, planned_at: datetime, reason: Reason) -> None:
        """Write down that a slot does not run, and that the schedule is accounted for up to it."""
        log.info("a planned run is skipped: %s", reason)
        with self._store.atomic():
            self._store.schedules.add_occurrences([Occurrence(schedule.id, planned_at, Fate.SKIPPED, reason)])
            self._store.schedules.set_accounted_until(schedule.id, planned_at)

    async def _wait(self, waiting: _Waiting, account: Account) -> None:
        later = asyncio.get_running_loop().call_later(self._parts.limits.quiet_wait_s, self._show, waiting)
        try:
            refused = await self._gates.wait(account)
        finally:
            later.cancel()
        if self._waiting.get(waiting.schedule.id) is waiting:  # else it was called off
            del self._waiting[waiting.schedule.id]
            self._guard(partial(self._after_wait, waiting, refused))

    def _show(self, waiting: _Waiting) -> None:
        log.info("a planned run waits for the network")
        waiting.is_quiet = False
        self._ears.waits()

    def _after_wait(self, waiting: _Waiting, refused: Reason | None) -> None:
        busy = refused is Reason.STILL_RUNNING and waiting.due.trigger is Trigger.CHAINED
        try:
            if not busy and self._is_in_line(waiting.schedule, refused):
                self._waiting[waiting.schedule.id] = _Waiting(waiting.schedule, waiting.due, self._parts.clock())
            elif not busy:  # else it gets in line again when it is looked at
                self._decide(waiting.schedule, waiting.due, refused)
        except Exception:
            self._ears.stuck(waiting.schedule.id)
            raise
        self._ears.settled(waiting.schedule.id)

    def _decide(self, schedule: Schedule, due: Due, refused: Reason | None) -> None:
        if refused is not None:
            self.skip(schedule, due.planned_at, refused)
            return
        next_slot = next_run(self._root(schedule), self._parts.clock(), self._parts.zone())
        self._runs.start_planned(schedule, due, next_slot)

    def _is_in_line(self, schedule: Schedule, refused: Reason | None) -> bool:
        """Tell whether a slot waits for the end of the run under way; one that is chained has a line of its own."""
        if refused is not Reason.STILL_RUNNING or schedule.after is not None:
            return False
        return self._runs.does_another_job(schedule.account_id, schedule.job)

    def _root(self, schedule: Schedule) -> Schedule:
        """Return the schedule whose times start a chain: itself where it has times of its own."""
        while schedule.after is not None and (before := self._store.schedules.get(schedule.after)) is not None:
            schedule = before
        return schedule
