"""The commands that a person gives about schedules, carried out: what passed before is written down by the old plan."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from fossatray.core.commands import PauseSchedule, RemoveSchedule, ResumeSchedule, SaveSchedule
from fossatray.core.errors import InvalidInput, NotFound
from fossatray.core.schedules import Schedule, check_schedule
from fossatray.engine.jobs import refuse_unknown
from fossatray.engine.parts import EngineParts
from fossatray.engine.planner import Planner
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.desk")


class ScheduleDesk:
    """Carries out commands. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, planner: Planner) -> None:
        self._parts = parts
        self._store = store
        self._planner = planner

    def save(self, command: SaveSchedule) -> Schedule:
        """Add a schedule (id 0), or change one and plan anew. Raises InvalidInput, NotFound.

        What was noted of it since it was shown stays: that it was paused (unless the command means that, too) or
        switched off, and its failures; these only as long as its job does.
        """
        schedule, now, schedules = command.schedule, self._parts.clock(), self._store.schedules
        refuse_unknown(schedule.job)
        if schedule.id == 0 or command.pauses:
            self._refuse_past(schedule.paused_until)
        if schedule.id == 0:
            check_schedule(schedule, schedules.all(), now, self._parts.zone(), self._parts.words().day)
            added = schedules.add(replace(schedule, failures=0, switched_off=False), now)
            self._planner.begin(added)
            return added
        before = self._schedule(schedule.id)
        schedule = replace(
            schedule,
            account_id=before.account_id,
            enabled=schedule.enabled if command.pauses else before.enabled,
            paused_until=schedule.paused_until if command.pauses else before.paused_until,
            failures=before.failures if schedule.job == before.job else 0,
            switched_off=before.switched_off,
        )
        check_schedule(schedule, schedules.all(), now, self._parts.zone(), self._parts.words().day)
        return self._change(before, schedule)

    def remove(self, command: RemoveSchedule) -> None:
        """Remove a schedule, accounted for up to now. Raises InvalidInput where another one runs after it, NotFound."""
        schedule = self._schedule(command.schedule_id)
        self._store.schedules.refuse_removal(schedule.id)
        self._planner.settle_one(schedule)
        self._store.schedules.remove(schedule.id, self._parts.clock())
        self._planner.forget(command.schedule_id)

    def pause(self, command: PauseSchedule) -> None:
        """Pause a schedule until a moment, or until it is resumed. Raises InvalidInput, NotFound."""
        self._refuse_past(command.until)
        self._pause(self._schedule(command.schedule_id), command.until)

    def resume(self, command: ResumeSchedule) -> None:
        """Let a schedule go on, also one that was switched off. Raises NotFound."""
        self._resume(self._schedule(command.schedule_id))

    def switch(self, account_ids: list[str], *, on: bool) -> None:
        """Pause or resume all schedules of some accounts; where some are switched off, only these are resumed."""
        ours = [one for account_id in account_ids for one in self._store.schedules.of_account(account_id)]
        if not on:
            for schedule in ours:
                self._pause(schedule, None)
            return
        for schedule in [one for one in ours if one.switched_off] or ours:
            self._resume(schedule)

    def _refuse_past(self, until: datetime | None) -> None:
        if until is not None and (until.tzinfo is None or until <= self._parts.clock()):
            raise InvalidInput("A pause ends in the future.", advice="Choose a later date or time.")

    def _pause(self, schedule: Schedule, until: datetime | None) -> None:
        self._change(schedule, replace(schedule, enabled=until is not None, paused_until=until))

    def _resume(self, schedule: Schedule) -> None:
        resumed = replace(schedule, enabled=True, paused_until=None, switched_off=False, failures=0)
        if schedule.rests(self._parts.clock()):
            self._change(schedule, resumed)

    def _change(self, before: Schedule, after: Schedule) -> Schedule:
        """Account for the schedule as it was, keep it as it is from now on, and plan from now on."""
        now = self._parts.clock()
        resting = after.rests(now) and not before.rests(now)
        self._planner.settle_one(before, pausing=resting)
        saved = self._store.schedules.save(after, now)
        self._planner.begin(saved)
        return saved

    def _schedule(self, schedule_id: int) -> Schedule:
        schedule = self._store.schedules.get(schedule_id)
        if schedule is None:
            raise NotFound("There is no such schedule.")
        return schedule
