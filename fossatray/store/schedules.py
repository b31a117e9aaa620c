"""Schedules, what of their plan is accounted for, and what became of each planned occurrence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fossatray.core.errors import NotFound
from fossatray.core.runs import Fate, Occurrence
from fossatray.core.schedules import Schedule
from fossatray.store.convert import from_ms, schedule_from, to_ms
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import OccurrenceRow, ScheduleRow, first, rows


class Schedules:
    """The schedules: one for each account and job."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def all(self) -> list[Schedule]:
        """Return all schedules."""
        return [schedule_from(row) for row in rows(ScheduleRow.select().order_by(ScheduleRow.id))]

    @store_errors()
    def get(self, schedule_id: int) -> Schedule | None:
        """Return a schedule by its id, or None."""
        row = first(ScheduleRow.select().where(ScheduleRow.id == schedule_id))
        return schedule_from(row) if row else None

    @store_errors()
    def of_account(self, account_id: str, job: str = "work_orders") -> Schedule | None:
        """Return an account's schedule for a job, or None."""
        asked = (ScheduleRow.account_id == account_id) & (ScheduleRow.job == job)
        row = first(ScheduleRow.select().where(asked))
        return schedule_from(row) if row else None

    @store_errors()
    def save(self, schedule: Schedule) -> Schedule:
        """Change a schedule by its id; account and job stay. Raises NotFound."""
        columns = {key: value for key, value in _columns(schedule).items() if key not in ("account_id", "job")}
        if not ScheduleRow.update(**columns).where(ScheduleRow.id == schedule.id).execute():
            raise NotFound("There is no such schedule.")
        saved = self.get(schedule.id)
        if saved is None:
            raise NotFound("There is no such schedule.")
        return saved

    @store_errors()
    def accounted_until(self, schedule_id: int) -> datetime | None:
        """Return the moment up to which every planned occurrence has its row, or None at the very beginning."""
        row = first(ScheduleRow.select(ScheduleRow.accounted_until).where(ScheduleRow.id == schedule_id))
        return from_ms(row["accounted_until"]) if row else None

    @store_errors()
    def set_accounted_until(self, schedule_id: int, moment: datetime) -> None:
        """Remember the moment up to which every planned occurrence has its row. Raises NotFound."""
        changed = ScheduleRow.update(accounted_until=to_ms(moment)).where(ScheduleRow.id == schedule_id).execute()
        if not changed:
            raise NotFound("There is no such schedule.")

    @store_errors()
    def add_occurrences(self, occurrences: Iterable[Occurrence]) -> None:
        """Keep what became of planned moments. One that is kept already stays as it is: each is told once."""
        values = [
            (item.schedule_id, to_ms(item.planned_at), item.fate.value, item.reason, item.run_id)
            for item in occurrences
        ]
        with self._database.atomic():
            self._database.executemany(
                "INSERT INTO occurrence (schedule_id, planned_at, fate, reason, run_id) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (schedule_id, planned_at) DO NOTHING",
                values,
            )

    @store_errors()
    def occurrence(self, schedule_id: int, planned_at: datetime) -> Occurrence | None:
        """Return what became of a planned moment, or None if nothing has yet."""
        asked = (OccurrenceRow.schedule_id == schedule_id) & (OccurrenceRow.planned_at == to_ms(planned_at))
        row = first(OccurrenceRow.select().where(asked))
        if row is None:
            return None
        planned = from_ms(row["planned_at"])
        return Occurrence(row["schedule_id"], planned, Fate(row["fate"]), row["reason"], row["run_id"])


def insert_schedule(schedule: Schedule) -> None:
    """Keep a new schedule; its id is given by the database."""
    ScheduleRow.insert(**_columns(schedule)).execute()


def _columns(schedule: Schedule) -> dict[str, Any]:
    hours = schedule.active_hours
    return {
        "account_id": schedule.account_id,
        "job": schedule.job,
        "interval_minutes": schedule.interval_minutes,
        "anchor_minute": schedule.anchor_minute,
        "active_start": hours.start if hours else None,
        "active_end": hours.end if hours else None,
        "enabled": schedule.enabled,
    }
