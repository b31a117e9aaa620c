"""What runs after another schedule's success: one after another, and after a kill in between at the next start.

A chained schedule is accounted for up to the end of the success that it has answered last; its run is written down
together with that. So a success that is newer is owed a run, also by the next life of the program.
"""

from __future__ import annotations

from datetime import datetime

from fossatray.core.ledger import Due, rests_at
from fossatray.core.runs import Fate, Occurrence, Outcome, Reason, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.engine.departures import Departures, Runs
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store


class Chains:
    """Leads chained schedules to their departure, those of an account in line. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, runs: Runs, departures: Departures) -> None:
        self._parts = parts
        self._store = store
        self._runs = runs
        self._departures = departures
        self._lines: dict[str, dict[int, datetime]] = {}
        """By account: the schedules in line, the first first, each with the end of the success that it answers."""

    def waits(self, schedule_id: int) -> bool:
        """Tell whether a schedule is in line."""
        return any(schedule_id in line for line in self._lines.values())

    def line(self, account_id: str) -> list[int]:
        """Return the schedules of an account that are in line."""
        return list(self._lines.get(account_id, {}))

    def forget(self, schedule_id: int) -> None:
        """Take a schedule out of its line."""
        for line in self._lines.values():
            line.pop(schedule_id, None)

    def stop(self) -> None:
        """Let nothing wait any more: it is owed at the next start."""
        self._lines.clear()

    def run_ended(self, run: Run) -> None:
        """Put what runs after a success in line, and let the first depart."""
        first = self._first_of(run)
        if run.outcome is Outcome.SUCCEEDED and run.finished_at is not None and first is not None:
            for schedule in self._store.schedules.of_account(run.account_id):
                if schedule.after == first:
                    self._lines.setdefault(run.account_id, {})[schedule.id] = run.finished_at
        self.go_on(run.account_id)

    def recall(self, schedule: Schedule) -> None:
        """Put a schedule in line that owes a run to a success: it was killed, or it could not be written down."""
        if self._departures.waits_since(schedule.id) is None and not self.waits(schedule.id):
            at = self._owed(schedule)
            if at is not None:
                self._lines.setdefault(schedule.account_id, {})[schedule.id] = at

    def give_up(self, schedule: Schedule) -> None:
        """Write down that what a schedule owes is missed, since nobody is there to start it and it is changed next."""
        at = self._owed(schedule)
        if at is not None:
            missed = Occurrence(schedule.id, at, Fate.MISSED, Reason.NOT_RUNNING)
            self._store.schedules.add_occurrences([missed])

    def go_on(self, account_id: str) -> None:
        """Let those in line depart until one runs, or waits for the network."""
        line = self._lines.get(account_id, {})
        while line and not self._runs.busy(account_id) and not self._is_one_leaving(account_id):
            number, at = next(iter(line.items()))
            schedule = self._store.schedules.get(number)
            if schedule is not None and schedule.after is not None:
                if schedule.rests(self._parts.clock()):
                    self._departures.skip(schedule, at, rests_at(schedule, at) or Reason.PAUSED)
                else:
                    self._departures.depart(schedule, Due(at, Trigger.CHAINED))
            line.pop(number, None)

    def _is_one_leaving(self, account_id: str) -> bool:
        ours = self._store.schedules.of_account(account_id)
        return any(self._departures.waits_since(one.id) is not None for one in ours)

    def _owed(self, schedule: Schedule) -> datetime | None:
        """Return the end of the newest success that a chained schedule has not answered yet, or None."""
        until = self._store.schedules.accounted_until(schedule.id)
        now = self._parts.clock()
        if until is None or until > now:  # it is new, or the clock was set back since
            self._store.schedules.forget_future(schedule.id, now)
            self._store.schedules.set_accounted_until(schedule.id, now)
            return None
        first = self._store.schedules.get(schedule.after) if schedule.after is not None else None
        if first is None:
            return None
        by_hand = self._stands_for_hand(first.account_id, first.job) == first.id
        return self._store.runs.success_after(first, until, by_hand=by_hand)

    def _first_of(self, run: Run) -> int | None:
        """Return the schedule that a run counts for: its own; where a person started it, the account's first."""
        if run.trigger is Trigger.MANUAL:
            return self._stands_for_hand(run.account_id, run.job)
        return run.schedule_id

    def _stands_for_hand(self, account_id: str, job: str) -> int | None:
        """Return the first schedule with times of its own for a kind of job: a run by hand counts as one of it."""
        ours = self._store.schedules.of_account(account_id)
        return next((one.id for one in ours if one.job == job and one.after is None), None)
