"""When each schedule runs next, and what became of every slot: from the stored plan and the clock that is passed in.

The alarm clock only rings. What it means is decided here whenever one looks: at the start, when it rings, after waking,
before and after whatever changes the plan, and once an hour for what rests. Every slot since the schedule was last
accounted for becomes one row (core.ledger); the one that is due is handed to the departures.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, tzinfo
from functools import partial

from fossatray.core.accounts import Account
from fossatray.core.errors import PasswordMissing
from fossatray.core.ledger import settle
from fossatray.core.runs import Fate, Occurrence, Outcome, Reason, Run
from fossatray.core.schedules import Schedule, next_run
from fossatray.core.status import ScheduleState
from fossatray.engine.chains import Chains
from fossatray.engine.departures import Departures, Ears, Guard, Keep, Runs
from fossatray.engine.gates import Gates
from fossatray.engine.parts import EngineParts
from fossatray.engine.passwords import Passwords
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.planner")

_TICK = timedelta(milliseconds=1)  # what the store can tell apart
_HELD_BY = {Reason.REFUSED: "blocked", Reason.NO_PASSWORD: "no_password"}


class Planner:
    """Arms one alarm for each schedule. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, runs: Runs, guard: Guard, keep: Keep) -> None:
        self._parts = parts
        self._store = store
        self._guard = guard
        self._keep = keep
        self._alarm = parts.alarm() if parts.scheduling else None
        self._next: dict[int, datetime] = {}
        self._looked_at: datetime | None = None
        self._zone = parts.zone()  # the one that is planned by
        self.passwords = Passwords(parts.credentials, self.settle, self._password_changed)
        self._gates = Gates(parts, store, self.passwords, runs.busy)
        ears = Ears(lambda: guard(_nothing), self._look, self._pause)
        self._departures = Departures(parts, store, runs, self._gates, guard, keep, ears)
        self._chains = Chains(parts, store, runs, self._departures)

    def start(self) -> None:
        """Account for the time since the program last ran, start a catch-up where slots were missed, and arm."""
        if self._alarm is None:
            return
        self._alarm.start()
        self._looked_at = self._parts.clock()
        for schedule in self._store.schedules.all():
            self._settle(schedule, was_off=True)
            self._arm(schedule)
        for account in self._store.accounts.all():
            self._chains.go_on(account.id)
        self._ask_for_passwords()

    def stop(self) -> None:
        """Take every alarm away; nothing is planned any more."""
        self._departures.stop()
        self._chains.stop()
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm = None

    def schedules(self, account_id: str) -> tuple[ScheduleState, ...]:
        """Return the account's schedules as they are now, each with its next planned run (UTC)."""
        ours = self._store.schedules.of_account(account_id)
        return tuple(self._state_of(one) for one in ours)

    def _state_of(self, schedule: Schedule) -> ScheduleState:
        held = self._held(schedule)
        is_unsure = held is None and self.passwords.is_unreadable(schedule.account_id)
        return ScheduleState(schedule, self._next.get(schedule.id), held, "keyring" if is_unsure else None)

    def next_run(self, account_id: str) -> datetime | None:
        """Return the account's soonest planned run (UTC), or None."""
        return min((one.next_run for one in self.schedules(account_id) if one.next_run is not None), default=None)

    def settle(self, account_id: str) -> None:
        """Write down what becomes of the account's slots up to now: before something that changes what is planned."""
        for schedule in self._store.schedules.of_account(account_id):
            self._settle(schedule)

    def settle_one(self, schedule: Schedule, *, pausing: bool = False) -> None:
        """Do so for one schedule that is changed next: nothing of it waits any more.

        Where it is paused, what is due is skipped.
        """
        self._departures.depart_now(schedule.id, Reason.PAUSED if pausing else None)
        self._settle(schedule, may_wait=False, paused=pausing)

    def replan(self, account_id: str) -> None:
        """Plan anew from now on: after a change of the schedules, a refusal, new credentials."""
        for schedule in self._store.schedules.of_account(account_id):
            self._look(schedule.id)

    def begin(self, schedule: Schedule) -> None:
        """Plan a schedule from now on: it is new, or another one than before (then after `settle_one`)."""
        if schedule.after is None or not self._chains.waits(schedule.id):
            self._store.schedules.set_accounted_until(schedule.id, self._parts.clock())
        self._arm(schedule)

    def forget(self, schedule_id: int) -> None:
        """Take away what is set for a schedule that is removed."""
        self._next.pop(schedule_id, None)
        self._departures.call_off(schedule_id)
        self._chains.forget(schedule_id)
        self._clear(schedule_id)

    def wake_up(self) -> None:
        """Look at clock and zone again: after the computer has slept, or its clock or zone was changed."""
        if self._alarm is None:
            return
        self._gates.forget_ways()
        zone = self._parts.zone()
        for schedule in self._store.schedules.all():
            if schedule.after is None and not self._departures.has_just_begun(schedule.id):
                self._departures.call_off(schedule.id)  # what waits may be late by now: it is decided upon anew
            self._guard(partial(self._fire, schedule.id))
        if zone != self._zone:
            self._move_to(zone)
        self._alarm.wake_up()

    def tick(self) -> None:
        """Once an hour write down what passed for the schedules that rest, and ask whether the passwords are there.

        To be called whenever somebody is awake anyhow.
        """
        now = self._parts.clock()
        if self._alarm is None or self._looked_at is None:
            return
        if timedelta(0) <= now - self._looked_at < self._parts.limits.look_again:
            return
        self._looked_at = now
        for schedule in self._store.schedules.all():
            if self._held(schedule) is not None:
                self._guard(partial(self._fire, schedule.id))
        self._ask_for_passwords()

    async def ask_for_password(self, account: Account) -> None:
        """Find out whether an account's password is there, since its credentials are other ones now."""
        if self._alarm is not None:
            await self.passwords.ask(account)

    def run_ended(self, run: Run) -> None:
        """Plan on after a run: it may have stopped its schedules, and found out about the password."""
        if self._alarm is None:
            return
        if run.outcome is Outcome.SUCCEEDED:
            self.passwords.learn(run.account_id, missing=False)
        elif run.error is not None and run.error.kind == PasswordMissing.kind:
            self.passwords.learn(run.account_id, missing=True)
        schedule = self._store.schedules.get(run.schedule_id) if run.schedule_id is not None else None
        if self._gates.held(run.account_id) is not None or (schedule is not None and schedule.switched_off):
            self.replan(run.account_id)

    def chain(self, run: Run) -> None:
        """Start what runs after the schedule whose run has just ended well, or what waited for the end of this run."""
        if self._alarm is None:
            return
        try:
            self._departures.go_on(run.account_id)
            self._chains.run_ended(run)
        except Exception:  # as in _fire
            for schedule_id in self._chains.line(run.account_id):
                self._pause(schedule_id)
            raise

    # --- the slots --------------------------------------------------------------------------------------------------

    def _move_to(self, zone: tzinfo) -> None:
        """Plan by another zone from now on: what passed was planned by the old one, and is accounted for by that."""
        self._zone = zone
        for schedule in self._store.schedules.all():
            if schedule.after is None and self._departures.waits_since(schedule.id) is None:
                self._store.schedules.set_accounted_until(schedule.id, self._parts.clock())
            self._arm(schedule)

    async def _ring(self, schedule_id: int) -> None:
        self._guard(partial(self._fire, schedule_id))

    def _fire(self, schedule_id: int) -> None:
        try:
            self._look(schedule_id)
        except Exception:  # a full disk, say: the slot is not lost, and not tried without a pause
            self._pause(schedule_id)
            raise

    def _look(self, schedule_id: int) -> None:
        """Account for a schedule up to now, as it is stored by now, and arm it."""
        schedule = self._store.schedules.get(schedule_id)
        if schedule is not None and self._alarm is not None:
            self._settle(schedule)
            self._arm(schedule)
            self._departures.go_on(schedule.account_id)
            self._chains.go_on(schedule.account_id)

    def _pause(self, schedule_id: int) -> None:
        """Let a schedule be looked at again in a minute: what was due could not be written down."""
        self._set(schedule_id, self._parts.clock() + self._parts.limits.pause)

    def _settle(
        self, schedule: Schedule, *, was_off: bool = False, may_wait: bool = True, paused: bool = False
    ) -> None:
        """Write down what becomes of every slot since the schedule was last accounted for, and let the newest depart.

        A slot that waits already is what it is accounted for up to; what comes after it is looked at when it has left.
        A headless engine, which starts nothing by plan, leaves the newest to the next program, if that `may_wait`.
        """
        is_headless = not self._parts.scheduling
        if (self._alarm is None and not is_headless) or self._departures.waits_since(schedule.id) is not None:
            return
        if schedule.after is not None:
            self._settle_chained(schedule, may_wait=may_wait)
            return
        now, was_off = self._parts.clock(), was_off or is_headless
        since = max(self._accounted(schedule), now - self._parts.limits.look_back)
        held = self._gates.held(schedule.account_id)
        settled = settle(schedule, since, now, self._zone, was_off=was_off, held=held)
        due = settled.due
        if settled.occurrences or due is None:  # else nothing is written before the run's own row
            with self._store.atomic():
                self._store.schedules.add_occurrences(settled.occurrences)
                self._store.schedules.set_accounted_until(schedule.id, now if due is None else due.planned_at - _TICK)
        if due is not None:
            self._foresee(schedule, due.planned_at)
        if due is not None and paused:
            self._departures.skip(schedule, due.planned_at, Reason.PAUSED)
        elif due is not None and not is_headless:
            self._departures.depart(schedule, due, may_wait=may_wait)
        elif due is not None and not may_wait:
            missed = Occurrence(schedule.id, due.planned_at, Fate.MISSED, Reason.NOT_RUNNING)
            self._store.schedules.add_occurrences([missed])

    def _settle_chained(self, schedule: Schedule, *, may_wait: bool) -> None:
        """Get a schedule in line that owes a run; a command without the program that changes it lets it be missed."""
        if self._parts.scheduling:
            self._chains.recall(schedule)
        elif not may_wait:
            self._chains.give_up(schedule)

    def _foresee(self, schedule: Schedule, slot: datetime) -> None:
        """Know the run after a slot before that slot's run is told; its alarm is set when the run has begun."""
        following = next_run(schedule, slot, self._zone)
        if following is None:
            self._next.pop(schedule.id, None)
        else:
            self._next[schedule.id] = following

    def _accounted(self, schedule: Schedule) -> datetime:
        """Until when the schedule is accounted for: from now on if it is new, or if the clock was set back since.

        Then what was written of moments that are still to come is forgotten; the runs stay.
        """
        now = self._parts.clock()
        until = self._store.schedules.accounted_until(schedule.id)
        if until is not None and until <= now:
            return until
        if until is not None:
            self._store.schedules.forget_future(schedule.id, now)
        return now

    # --- the alarm --------------------------------------------------------------------------------------------------

    def _arm(self, schedule: Schedule) -> None:
        """Set the alarm for the schedule's next slot, or for the end of its pause, or take it away."""
        if self._alarm is None:
            return
        now = self._parts.clock()
        after = max(now, self._departures.waits_since(schedule.id) or now)
        stopped = self._gates.held(schedule.account_id) is not None
        at = None if stopped else next_run(schedule, after, self._zone)
        if at is None:
            self._next.pop(schedule.id, None)
        else:
            self._next[schedule.id] = at
        pause = schedule.paused_until
        ring = min(at, pause) if at is not None and pause is not None and pause > now else at
        if ring is None:
            self._clear(schedule.id)
            return
        self._set(schedule.id, ring)
        ahead = ring - self._parts.limits.look_ahead
        if self._parts.wait_for_network is not None and ahead > now:
            self._alarm.set(-schedule.id, ahead, partial(self._look_ahead, schedule.account_id))

    def _set(self, schedule_id: int, at: datetime) -> None:
        assert self._alarm is not None
        log.debug("schedule %d rings next at %s", schedule_id, at.isoformat())
        self._alarm.set(schedule_id, at, partial(self._ring, schedule_id))

    def _clear(self, schedule_id: int) -> None:
        if self._alarm is not None:
            self._alarm.clear(schedule_id)
            self._alarm.clear(-schedule_id)

    async def _look_ahead(self, account_id: str) -> None:
        account = self._store.accounts.get(account_id)
        if account is not None:
            self._keep(self._gates.look_ahead(account))

    def _held(self, schedule: Schedule) -> str | None:
        """Return why a schedule is not armed, by the words' key, or None."""
        if schedule.switched_off:
            return "switched_off"
        if schedule.rests(self._parts.clock()):
            return "paused"
        stopped = self._gates.held(schedule.account_id)
        if stopped is not None:
            return _HELD_BY[stopped]
        return "waiting_for_network" if self._departures.waits_for_network(schedule.id) else None

    # --- the passwords ----------------------------------------------------------------------------------------------

    def _ask_for_passwords(self) -> None:
        for account in self._store.accounts.all():
            self._keep(self.passwords.ask(account))

    def _password_changed(self, account_id: str) -> None:
        self._guard(partial(self.replan, account_id))


def _nothing() -> None:
    """Nothing is to be done; what changed is shown."""
