"""Schedules, what of their plan is accounted for, and what became of each planned occurrence.

A schedule that is removed is no schedule any more: nothing here gives it. Its row stays for the history, and for "why
did it not run?", until what became of its planned moments is folded (see `totals`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from fossatray.core.errors import InvalidInput, NotFound
from fossatray.core.runs import Fate, Occurrence
from fossatray.core.schedules import Schedule, check_chains
from fossatray.store.convert import from_ms, occurrence_from, schedule_columns, schedule_from, to_ms
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import AccountRow, OccurrenceRow, ScheduleRow, first, rows

_PLANNED = OccurrenceRow.planned_at


class Schedules:
    """The schedules of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def all(self) -> list[Schedule]:
        """Return all schedules."""
        asked = "SELECT * FROM schedule WHERE removed_at IS NULL ORDER BY id"
        return [schedule_from(row) for row in self._database.rows(asked)]

    @store_errors()
    def get(self, schedule_id: int) -> Schedule | None:
        """Return a schedule by its id, or None."""
        row = self._database.one("SELECT * FROM schedule WHERE id = ? AND removed_at IS NULL", schedule_id)
        return schedule_from(row) if row else None

    @store_errors()
    def of_account(self, account_id: str) -> list[Schedule]:
        """Return an account's schedules, the oldest first."""
        asked = "SELECT * FROM schedule WHERE account_id = ? AND removed_at IS NULL ORDER BY id"
        return [schedule_from(row) for row in self._database.rows(asked, account_id)]

    @store_errors()
    def add(self, schedule: Schedule, at: datetime | None = None) -> Schedule:
        """Keep a new schedule, planned since `at`, and return it with its id.

        Raises InvalidInput (its chain is impossible), NotFound (no such account).
        """
        with self._database.atomic():
            check_chains([*self.all(), replace(schedule, id=0)])
            if first(AccountRow.select(AccountRow.id).where(AccountRow.id == schedule.account_id)) is None:
                raise NotFound("There is no such account.")
            return self._existing(insert_schedule(schedule, at))

    @store_errors()
    def save(self, schedule: Schedule, at: datetime | None = None) -> Schedule:
        """Change a schedule by its id; its account stays. `at` says when, where its plan changes.

        Raises NotFound, InvalidInput (its chain is impossible).
        """
        with self._database.atomic():
            before = self._existing(schedule.id)
            schedule = replace(schedule, account_id=before.account_id)
            check_chains([*(other for other in self.all() if other.id != schedule.id), schedule])
            columns = schedule_columns(schedule)
            if (before.timetable, before.after) != (schedule.timetable, schedule.after):
                columns["changed_at"] = to_ms(at)
            ScheduleRow.update(**columns).where(ScheduleRow.id == schedule.id).execute()
            return self._existing(schedule.id)

    @store_errors()
    def remove(self, schedule_id: int, at: datetime) -> None:
        """Remove a schedule at a moment; what it ran, skipped and missed stays for as long as the history is kept.

        Raises NotFound, InvalidInput (another one runs after it).
        """
        with self._database.atomic():
            self._existing(schedule_id)
            self.refuse_removal(schedule_id)
            ScheduleRow.update(removed_at=to_ms(at)).where(ScheduleRow.id == schedule_id).execute()

    @store_errors()
    def refuse_removal(self, schedule_id: int) -> None:
        """Raise InvalidInput where another schedule runs after this one."""
        waiting = first(
            ScheduleRow.select().where((ScheduleRow.after_id == schedule_id) & ScheduleRow.removed_at.is_null())
        )
        if waiting is not None:
            raise InvalidInput(
                f'"{schedule_from(waiting).title}" runs after this schedule.',
                advice="Give that one its own times, or remove it first.",
            )

    @store_errors()
    def set_result(self, schedule_id: int, failures: int, switched_off: bool) -> None:
        """Remember how many runs in a row failed, and whether that switched the schedule off. Raises NotFound."""
        columns = {"failures": failures, "switched_off": switched_off}
        if not ScheduleRow.update(**columns).where(ScheduleRow.id == schedule_id).execute():
            raise NotFound("There is no such schedule.")

    @store_errors()
    def accounted_until(self, schedule_id: int) -> datetime | None:
        """Return the moment up to which every planned occurrence has its row, or None at the very beginning."""
        row = self._database.one("SELECT accounted_until FROM schedule WHERE id = ?", schedule_id)
        return from_ms(row["accounted_until"]) if row else None

    @store_errors()
    def set_accounted_until(self, schedule_id: int, moment: datetime) -> None:
        """Remember the moment up to which every planned occurrence has its row. Raises NotFound."""
        asked = "UPDATE schedule SET accounted_until = ? WHERE id = ?"
        if not self._database.execute(asked, (to_ms(moment), schedule_id)).rowcount:
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
    def forget_future(self, schedule_id: int, now: datetime) -> None:
        """Delete what a schedule skipped or missed after `now`: the clock was ahead, and these moments are to come."""
        future = (OccurrenceRow.schedule_id == schedule_id) & (OccurrenceRow.planned_at > to_ms(now))
        OccurrenceRow.delete().where(future & (OccurrenceRow.fate != Fate.RUN.value)).execute()

    @store_errors()
    def occurrence(self, schedule_id: int, planned_at: datetime) -> Occurrence | None:
        """Return what became of a planned moment, or None if nothing has yet."""
        asked = (OccurrenceRow.schedule_id == schedule_id) & (OccurrenceRow.planned_at == to_ms(planned_at))
        row = first(OccurrenceRow.select().where(asked))
        return occurrence_from(row) if row else None

    @store_errors()
    def occurrences(self, schedule_id: int, since: datetime, until: datetime) -> list[Occurrence]:
        """Return what became of the moments in [since, until), ascending."""
        asked = (OccurrenceRow.schedule_id == schedule_id) & OccurrenceRow.planned_at.between(
            to_ms(since), to_ms(until) - 1
        )
        return [occurrence_from(row) for row in rows(OccurrenceRow.select().where(asked).order_by(_PLANNED))]

    def _existing(self, schedule_id: int) -> Schedule:
        schedule = self.get(schedule_id)
        if schedule is None:
            raise NotFound("There is no such schedule.")
        return schedule


def insert_schedule(schedule: Schedule, at: datetime | None = None) -> int:
    """Keep a new schedule; its id is given by the database, and returned."""
    added: int = ScheduleRow.insert(**schedule_columns(schedule), changed_at=to_ms(at)).execute()
    return added
