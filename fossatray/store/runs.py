"""Runs: one row for each real execution, written before it starts and completed in the transaction of its result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import SQL

from fossatray.core.errors import ErrorInfo, NotFound
from fossatray.core.runs import Counts, Fate, Outcome, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.store.convert import JUDGED_SQL, PROVED_SQL, error_columns, from_ms, phases_text, run_from, to_ms
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import RunRow, first, rows
from fossatray.store.totals import fold

_TO_TELL, _TOLD, _TELLING = 0, 1, 2
_TO_TELL_NOW = SQL("notified = 0")  # a literal, or SQLite would not use the index over just these rows
_HALF_TOLD = SQL("notified = 2")
_PROVED = SQL(PROVED_SQL)
_NEWEST = "SELECT * FROM run INDEXED BY run_account WHERE account_id = ? AND {} ORDER BY id DESC LIMIT 1"
"""The newest is the one that was begun last, whatever the clock said then: it may have been set back since."""


class Runs:
    """The runs of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def start(
        self,
        account_id: str,
        job: str,
        trigger: Trigger,
        planned_at: datetime | None,
        started_at: datetime,
        schedule_id: int | None = None,
        *,
        accounted_until: datetime | None = None,
    ) -> Run:
        """Keep a run that is about to start; one of a schedule with a planned time is what became of that occurrence.

        With it the schedule is accounted for up to the planned time, or to `accounted_until` where there is none.
        It is committed when this returns. Raises RuntimeError inside `atomic()`, where it could not be: a bug.
        """
        if self._database.in_transaction:
            raise RuntimeError("a run must be committed before it starts")
        with self._database.atomic():
            run_id: int = RunRow.insert(
                account_id=account_id,
                job=job,
                trigger=trigger.value,
                planned_at=to_ms(planned_at),
                started_at=to_ms(started_at),
                schedule_id=schedule_id,
            ).execute()
            if schedule_id is not None and planned_at is not None:
                self._occurred(schedule_id, planned_at, run_id)
            if schedule_id is not None and (until := planned_at or accounted_until) is not None:
                self._account(schedule_id, until)
        return self._existing(run_id)

    @store_errors()
    def begin(self, run_id: int, started_at: datetime) -> Run:
        """Say that a run that waited for others starts only now. Raises NotFound if there is no such run under way."""
        late = RunRow.update(started_at=to_ms(started_at)).where((RunRow.id == run_id) & RunRow.outcome.is_null())
        if not late.execute():
            raise NotFound("There is no such run under way.")
        return self._existing(run_id)

    def _occurred(self, schedule_id: int, planned_at: datetime, run_id: int) -> None:
        """Say that a planned moment became this run. One that already had a run keeps it."""
        self._database.execute(
            "INSERT INTO occurrence (schedule_id, planned_at, fate, run_id) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (schedule_id, planned_at) DO UPDATE"
            " SET fate = excluded.fate, run_id = excluded.run_id, reason = NULL WHERE fate <> excluded.fate",
            (schedule_id, to_ms(planned_at), Fate.RUN.value, run_id),
        )

    def _account(self, schedule_id: int, until: datetime) -> None:
        self._database.execute(
            "UPDATE schedule SET accounted_until = ?1 WHERE id = ?2 AND coalesce(accounted_until, 0) < ?1",
            (to_ms(until), schedule_id),
        )

    @store_errors()
    def finish(
        self,
        run_id: int,
        outcome: Outcome,
        finished_at: datetime,
        counts: Counts = Counts(),  # noqa: B008 - frozen
        error: ErrorInfo | None = None,
        reason: str | None = None,
        *,
        attempts: int | None = None,
        phases: Iterable[tuple[str, float]] = (),
        notify: bool = False,
    ) -> Run:
        """Complete a run; `notify` marks it as one to tell of; `phases` are seconds by name.

        Meant for use inside `atomic()`, works without.

        Raises NotFound if there is no such run under way (its account may have been removed meanwhile).
        """
        columns: dict[str, Any] = {
            "outcome": outcome.value,
            "finished_at": to_ms(finished_at),
            "reason": reason,
            "found": counts.found,
            "new": counts.new,
            "changed": counts.changed,
            "archived": counts.archived,
            "phases": phases_text(phases),
            **error_columns(error),
        }
        if attempts is not None:
            columns["attempts"] = attempts
        if notify:
            columns["notified"] = _TO_TELL
        if not RunRow.update(**columns).where((RunRow.id == run_id) & RunRow.outcome.is_null()).execute():
            raise NotFound("There is no such run under way.")
        return self._existing(run_id)

    @store_errors()
    def get(self, run_id: int) -> Run | None:
        """Return a run by its id, or None."""
        row = self._database.one("SELECT * FROM run WHERE id = ?", run_id)
        return run_from(row) if row else None

    @store_errors()
    def last_ended(self, account_id: str) -> Run | None:
        """Return an account's newest run that has ended, or None."""
        row = self._database.one(_NEWEST.format("outcome IS NOT NULL"), account_id)
        return run_from(row) if row else None

    @store_errors()
    def running(self) -> list[Run]:
        """Return the runs without an outcome, oldest first."""
        return [run_from(row) for row in rows(RunRow.select().where(RunRow.outcome.is_null()).order_by(RunRow.id))]

    @store_errors()
    def mark_interrupted(self, now: datetime) -> list[Run]:
        """Mark the runs that died with an earlier program, and return them as they are now. For the start only.

        Nobody knows when they died: `finished_at` is the moment of the finding, and says nothing of a duration.
        """
        with self._database.atomic():
            dead = [run.id for run in self.running()]
            changed = RunRow.update(outcome=Outcome.INTERRUPTED.value, finished_at=to_ms(now))
            changed.where(RunRow.outcome.is_null()).execute()
        return [self._existing(run_id) for run_id in dead]

    @store_errors()
    def last_judged(self, account_id: str, job: str | None = None) -> Run | None:
        """Return the newest run (of a job) that succeeded or failed, or None; not one that had nothing to ask for."""
        of_job = " AND job = ?" if job is not None else ""
        row = self._database.one(_NEWEST.format(JUDGED_SQL + of_job), account_id, *((job,) if job is not None else ()))
        return run_from(row) if row else None

    @store_errors()
    def last_success(self, account_id: str, job: str) -> Run | None:
        """Return the account's newest run of a job that succeeded, or None; not one that had nothing to ask for."""
        row = self._database.one(_NEWEST.format(f"{PROVED_SQL} AND job = ?"), account_id, job)
        return run_from(row) if row else None

    @store_errors()
    def success_after(self, schedule: Schedule, moment: datetime, *, by_hand: bool) -> datetime | None:
        """Return when the schedule's newest success ended, if that was after a moment; else None.

        With `by_hand` one of its account and kind of job that a person started counts, too.
        """
        found = self._database.one(
            "SELECT max(finished_at) AS at FROM run WHERE outcome = 'succeeded' AND finished_at > ?"
            ' AND (schedule_id = ? OR (? AND schedule_id IS NULL AND account_id = ? AND job = ? AND "trigger" = ?))',
            to_ms(moment),
            schedule.id,
            by_hand,
            schedule.account_id,
            schedule.job,
            Trigger.MANUAL.value,
        )
        return from_ms(found["at"]) if found else None

    @store_errors()
    def failures_before(self, run: Run) -> int:
        """Return how many of the account's runs of the same job failed in a row right before this one.

        One that had nothing to ask the portal for ends no such row.
        """
        return int(RunRow.select().where(self._failed_before(run)).count())

    @store_errors()
    def is_told_before(self, run: Run) -> bool:
        """Tell whether one of the failures in a row right before a run was told, or is to be."""
        told = self._failed_before(run) & RunRow.notified.is_null(is_null=False)
        return first(RunRow.select(RunRow.id).where(told)) is not None

    def _failed_before(self, run: Run) -> Any:
        before = (RunRow.account_id == run.account_id) & (RunRow.job == run.job) & (RunRow.id < run.id)
        row = first(RunRow.select(RunRow.id).where(before & _PROVED).order_by(RunRow.id.desc()))
        return before & (RunRow.outcome == Outcome.FAILED.value) & (RunRow.id > (row["id"] if row else 0))

    @store_errors()
    def has_succeeded_since(self, run: Run) -> bool:
        """Tell whether a later run of the same account and kind of job has succeeded, having asked the portal."""
        later = (RunRow.account_id == run.account_id) & (RunRow.job == run.job) & (RunRow.id > run.id)
        return first(RunRow.select(RunRow.id).where(later & _PROVED)) is not None

    @store_errors()
    def unnotified(self) -> list[Run]:
        """Return the runs to be told of that were not yet, oldest first."""
        waiting = RunRow.select().where(_TO_TELL_NOW).order_by(RunRow.id)
        return [run_from(row) for row in rows(waiting)]

    @store_errors()
    def half_told(self) -> list[Run]:
        """Return the runs whose notice was on its way when a program ended, oldest first.

        Whether the desktop has shown it nobody can say; in a window of the program nobody has seen it.
        """
        return [run_from(row) for row in rows(RunRow.select().where(_HALF_TOLD).order_by(RunRow.id))]

    @store_errors()
    def begin_to_tell(self, run_id: int) -> None:
        """Say that a run's notice is on its way from now on; harmless if there is none to give."""
        RunRow.update(notified=_TELLING).where((RunRow.id == run_id) & (RunRow.notified == _TO_TELL)).execute()

    @store_errors()
    def mark_notified(self, run_id: int) -> None:
        """Say that a run's notice was taken by the desktop, or seen; harmless if there was none to give."""
        due = RunRow.notified.in_([_TO_TELL, _TELLING])
        RunRow.update(notified=_TOLD).where((RunRow.id == run_id) & due).execute()

    @store_errors()
    def nothing_to_tell(self, run_id: int) -> None:
        """Say that of a run nothing is told after all; harmless if that was so."""
        RunRow.update(notified=None).where((RunRow.id == run_id) & (RunRow.notified == _TO_TELL)).execute()

    @store_errors()
    def fold(self, before: datetime) -> int:
        """Fold runs and occurrences older than the UTC day of a moment into daily totals; returns how many went.

        Of every schedule the last occurrence is kept, and the last run of each outcome; a removed schedule goes.
        """
        return fold(self._database, before)

    def _existing(self, run_id: int) -> Run:
        run = self.get(run_id)
        if run is None:
            raise NotFound("There is no such run.")
        return run
