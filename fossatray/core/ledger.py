"""What becomes of the slots of a schedule when the program next looks: a pure function.

Each slot since the last look becomes exactly one row: those told here, and the one that is due, whose row is written
by the run that it starts or by whoever holds it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from fossatray.core.runs import Fate, Occurrence, Reason, Trigger
from fossatray.core.schedules import Lateness, Schedule, missed_runs

ON_TIME = timedelta(minutes=5)
"""A run that starts at most so late is on time."""


@dataclass(frozen=True, slots=True)
class Due:
    """The slot (UTC) that is to run now, and as what."""

    planned_at: datetime
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of every slot: those skipped and missed, ascending, and the one to run now, if there is one."""

    occurrences: tuple[Occurrence, ...] = ()
    due: Due | None = None


def settle(
    schedule: Schedule,
    since: datetime,
    now: datetime,
    zone: tzinfo,
    *,
    was_off: bool,
    held: Reason | None = None,
) -> Settled:
    """Return what becomes of the slots in (since, now].

    `was_off` says that the program did not run meanwhile, else the computer slept or was busy. `held` is why nothing of
    this schedule may run at all, such as a refused sign-in: then every slot is skipped for it. The slots up to the end
    of a pause are skipped; of the others the newest runs, or is skipped as too late, and the older ones were missed.
    """
    slots = missed_runs(schedule, since, now, zone)
    resting = [(slot, reason) for slot in slots if (reason := rests_at(schedule, slot, held)) is not None]
    awake = slots[len(resting) :]
    rows = [_skipped(schedule, slot, reason) for slot, reason in resting]
    why = Reason.NOT_RUNNING if was_off else Reason.ASLEEP
    rows += [Occurrence(schedule.id, slot, Fate.MISSED, why) for slot in awake[:-1]]
    if not awake:
        return Settled(tuple(rows))
    newest = awake[-1]
    trigger = _trigger(schedule, now - newest)
    if trigger is None:
        return Settled((*rows, _skipped(schedule, newest, Reason.TOO_LATE)))
    return Settled(tuple(rows), Due(newest, trigger))


def rests_at(schedule: Schedule, slot: datetime, held: Reason | None = None) -> Reason | None:
    """Return why nothing is started at a slot, as the schedule is now; None where it does not rest then."""
    if schedule.is_off:
        return Reason.SWITCHED_OFF if schedule.switched_off else Reason.PAUSED
    paused = schedule.paused_until is not None and slot <= schedule.paused_until
    return held or (Reason.PAUSED if paused else None)


def _trigger(schedule: Schedule, late: timedelta) -> Trigger | None:
    """Return as what a slot runs that is so late, or None if it does not."""
    if late <= ON_TIME:
        return Trigger.SCHEDULED
    if schedule.lateness is Lateness.RUN_ONCE:
        return Trigger.CATCH_UP
    within = schedule.lateness is Lateness.WITHIN and schedule.late_hours is not None
    return Trigger.CATCH_UP if within and late < timedelta(hours=schedule.late_hours or 0) else None


def _skipped(schedule: Schedule, slot: datetime, reason: Reason) -> Occurrence:
    return Occurrence(schedule.id, slot, Fate.SKIPPED, reason)
