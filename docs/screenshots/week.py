# ruff: noqa: INP001 - beside a script
"""A week of made-up history for the pictures: hourly syncs of working days, with a failure, skips and a sleep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from fossatray.core.errors import PortalUnreachable
from fossatray.core.runs import Counts, Fate, Occurrence, Outcome, Reason, Trigger
from fossatray.core.schedules import Schedule
from fossatray.store.models import RunRow
from fossatray.store.store import Store
from fossatray.system.clock import local_zone
from tests.system.program import Program

DAYS = 6
HOURS = range(6, 20)
ORDERS = 230
_DID_NOT_RUN, _FAILED = 0.04, 0.055
_YESTERDAY = {17: _DID_NOT_RUN, 13: 0.0, 12: 0.0}
_CHANGED = (
    Counts(ORDERS),
    Counts(ORDERS),
    Counts(ORDERS),
    Counts(ORDERS, 1),
    Counts(ORDERS, 2, 1),
    Counts(ORDERS, 0, 3),
)


def write_week(program: Program) -> None:
    """Write the history of the last days, before the program starts; the sync that there was becomes their first."""
    paths = program.paths
    store = Store.open(paths.database, paths.lock, paths.backups)
    try:
        schedule = min(store.schedules.all(), key=lambda one: one.id)
        now = datetime.now(UTC)
        today = now.astimezone(local_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=DAYS) + timedelta(hours=HOURS.start - 1)
        at = round(first.timestamp() * 1000)
        RunRow.update(started_at=at, finished_at=at + 11_800).execute()
        dice = Random(7)  # noqa: S311 - nothing secret
        for day in range(DAYS, 0, -1):
            for hour in HOURS:
                chance = _YESTERDAY.get(hour, dice.random()) if day == 1 else dice.random()
                _write_hour(store, schedule, today - timedelta(days=day) + timedelta(hours=hour), chance, dice)
        last = now.replace(minute=0, second=0, microsecond=0)
        store.schedules.add_occurrences([Occurrence(schedule.id, last, Fate.SKIPPED, Reason.OFFLINE)])
    finally:
        store.close()


def _write_hour(store: Store, schedule: Schedule, planned: datetime, chance: float, dice: Random) -> None:
    if chance < _DID_NOT_RUN:
        fate, reason = dice.choice(((Fate.MISSED, Reason.ASLEEP), (Fate.SKIPPED, Reason.OFFLINE)))
        store.schedules.add_occurrences([Occurrence(schedule.id, planned, fate, reason)])
        return
    run = store.runs.start(schedule.account_id, schedule.job, Trigger.SCHEDULED, planned, planned, schedule.id)
    portal = dice.uniform(8.5, 13.5)
    ended = planned + timedelta(seconds=portal + 1.9)
    phases = (("initializing", 1.5), ("logging_in", 0.6), ("scraping", portal - 0.6), ("saving", 0.1))
    if chance < _FAILED:
        store.runs.finish(
            run.id, Outcome.FAILED, ended + timedelta(minutes=2.5), error=PortalUnreachable().info(), attempts=3
        )
    else:
        store.runs.finish(run.id, Outcome.SUCCEEDED, ended, dice.choice(_CHANGED), phases=phases)
