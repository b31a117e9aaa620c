"""When each schedule runs next, and what became of every slot: from the stored plan and the clock that is passed in.

The alarm clock only rings. What it means is decided here when it rings, from the ledger: every slot since the schedule
was last accounted for becomes one occurrence (run, skipped, missed). While a schedule is paused or its account blocked,
no slots are planned, and none are missed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from fossatray.core.errors import SignInLocked
from fossatray.core.runs import Fate, Occurrence, Outcome, Trigger
from fossatray.core.schedules import Schedule, missed_runs, next_run
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.planner")

NOT_RUNNING = "FossaTray was not running"
ASLEEP = "the computer was asleep or busy"
STILL_RUNNING = "still running"
LOCKED = "the portal has locked the sign-in"


class Runs(Protocol):
    """Who starts runs."""

    def busy(self, account_id: str) -> bool:
        """Tell whether a run of the account is under way."""

    def start_planned(self, schedule: Schedule, trigger: Trigger, planned_at: datetime) -> None:
        """Write down a planned run, with its occurrence, and start it."""


Guard = Callable[[Callable[[], None]], None]
"""Does a step that nobody waits for, and tells of a bug in it."""


class Planner:
    """Arms one alarm for each schedule. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, runs: Runs, guard: Guard) -> None:
        self._parts = parts
        self._store = store
        self._runs = runs
        self._guard = guard
        self._alarm = parts.alarm() if parts.scheduling else None
        self._next: dict[str, datetime] = {}

    def start(self) -> None:
        """Account for the time since the program last ran, start a catch-up where slots were missed, and arm."""
        if self._alarm is None:
            return
        self._alarm.start()
        for schedule in self._store.schedules.all():
            self._account_for(schedule, NOT_RUNNING)
            self.arm(schedule)

    def stop(self) -> None:
        """Take every alarm away."""
        if self._alarm is not None:
            self._alarm.stop()

    def next_run(self, account_id: str) -> datetime | None:
        """Return the account's next planned run (UTC), or None if none is planned."""
        return self._next.get(account_id)

    def replan(self, account_id: str) -> None:
        """Plan anew from now on: after a change of the schedule, a pause, a refusal, or new credentials."""
        schedule = self._store.schedules.of_account(account_id)
        if schedule is None:
            self._next.pop(account_id, None)
        elif self._alarm is not None:
            self._store.schedules.set_accounted_until(schedule.id, self._parts.clock())
            self.arm(schedule)

    def arm(self, schedule: Schedule) -> None:
        """Set the alarm for the schedule's next slot, or take it away."""
        if self._alarm is None:
            return
        at = next_run(schedule, self._accounted(schedule), self._parts.zone()) if self._is_on(schedule) else None
        if at is None:
            self._alarm.clear(schedule.id)
            self._next.pop(schedule.account_id, None)
        else:
            self._set(schedule, at)

    def forget(self, schedule: Schedule) -> None:
        """Take away the alarm of a schedule that is removed."""
        self._next.pop(schedule.account_id, None)
        if self._alarm is not None:
            self._alarm.clear(schedule.id)

    def wake_up(self) -> None:
        """Look at clock and zone again: after the computer has slept, or its clock or zone was changed."""
        if self._alarm is not None:
            for schedule in self._store.schedules.all():
                self.arm(schedule)
            self._alarm.wake_up()

    def _set(self, schedule: Schedule, at: datetime) -> None:
        assert self._alarm is not None
        log.debug("schedule %d runs next at %s", schedule.id, at.isoformat())
        self._alarm.set(schedule.id, at, partial(self._ring, schedule.id))
        self._next[schedule.account_id] = at

    async def _ring(self, schedule_id: int) -> None:
        self._guard(partial(self._fire, schedule_id))

    def _fire(self, schedule_id: int) -> None:
        schedule = self._store.schedules.get(schedule_id)
        if schedule is None:
            return
        try:
            self._account_for(schedule, ASLEEP)
        except Exception:  # a full disk, say: the slot is not lost, and not tried without a pause
            self._set(schedule, self._parts.clock() + self._parts.limits.pause)
            raise
        self.arm(schedule)

    def _account_for(self, schedule: Schedule, why_missed: str) -> None:
        """Write down what becomes of every slot since the schedule was last accounted for, and run the newest."""
        now = self._parts.clock()
        since = max(self._accounted(schedule), now - self._parts.limits.look_back)
        slots = missed_runs(schedule, since, now, self._parts.zone()) if self._is_on(schedule) else []
        if slots:
            self._foresee(schedule, slots[-1])
            late = why_missed == NOT_RUNNING or now - slots[-1] > self._parts.limits.late
            self._run(schedule, slots[-1], Trigger.CATCH_UP if late else Trigger.SCHEDULED)
        with self._store.atomic():
            missed = [Occurrence(schedule.id, slot, Fate.MISSED, why_missed) for slot in slots[:-1]]
            self._store.schedules.add_occurrences(missed)
            self._store.schedules.set_accounted_until(schedule.id, slots[-1] if slots else now)

    def _foresee(self, schedule: Schedule, slot: datetime) -> None:
        """Know the run after a slot before that slot's run is told; its alarm is set when the run has begun."""
        following = next_run(schedule, slot, self._parts.zone())
        if following is None:
            self._next.pop(schedule.account_id, None)
        else:
            self._next[schedule.account_id] = following

    def _run(self, schedule: Schedule, planned_at: datetime, trigger: Trigger) -> None:
        reason = self._why_not(schedule.account_id)
        if reason is not None:
            log.info("a planned run is skipped: %s", reason)
            skipped = Occurrence(schedule.id, planned_at, Fate.SKIPPED, reason)
            self._store.schedules.add_occurrences([skipped])
        else:  # a slot that comes twice, since the clock was set back, is run twice; its occurrence keeps the first run
            self._runs.start_planned(schedule, trigger, planned_at)

    def _why_not(self, account_id: str) -> str | None:
        if self._runs.busy(account_id):
            return STILL_RUNNING
        last = self._store.runs.last_ended(account_id)
        if last is None or last.outcome is not Outcome.FAILED or last.error is None or last.finished_at is None:
            return None
        locked = last.error.kind == SignInLocked.kind
        recent = self._parts.clock() - last.finished_at < self._parts.limits.lock_out
        return LOCKED if locked and recent else None

    def _accounted(self, schedule: Schedule) -> datetime:
        """Until when the schedule is accounted for: from now on if it is new, or if the clock was set back since."""
        now = self._parts.clock()
        until = self._store.schedules.accounted_until(schedule.id)
        if until is None or until > now:
            self._store.schedules.set_accounted_until(schedule.id, now)
            return now
        return until

    def _is_on(self, schedule: Schedule) -> bool:
        return schedule.enabled and self._store.accounts.blocked(schedule.account_id) is None
