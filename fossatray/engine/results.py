"""How a run ended, written down with what that means for its schedule: failures in a row, and switching off."""

from __future__ import annotations

import logging
from datetime import datetime

from fossatray.core.errors import ErrorInfo
from fossatray.core.runs import Counts, Outcome, Run
from fossatray.core.schedules import SWITCHED_OFF_AFTER
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.results")


def finish(
    store: Store,
    run: Run,
    outcome: Outcome,
    now: datetime,
    counts: Counts = Counts(),  # noqa: B008 - frozen
    *,
    error: ErrorInfo | None = None,
    reason: str | None = None,
    notify: bool = False,
    counts_in: bool = True,
) -> Run:
    """Complete a run, with the attempts and phase times that `run` carries, and count it if it `counts_in`.

    That is one transaction.

    Raises StoreError, and NotFound if there is no such run under way.
    """
    with store.atomic():
        ended = store.runs.finish(
            run.id,
            outcome,
            now,
            counts,
            error=error,
            reason=reason,
            attempts=run.attempts,
            phases=run.phases,
            notify=notify,
        )
        if counts_in:
            _count(store, ended)
    return ended


def _count(store: Store, run: Run) -> None:
    """Count a failure of a schedule's run for that schedule; a success, also a manual one, ends the row of failures.

    One that had nothing to ask the portal for does neither.
    """
    if run.asked_nothing:
        return
    if run.outcome is Outcome.SUCCEEDED:
        for one in store.schedules.of_account(run.account_id):
            if one.job == run.job and one.failures:
                store.schedules.set_result(one.id, 0, one.switched_off)
        return
    schedule = store.schedules.get(run.schedule_id) if run.schedule_id is not None else None
    if run.outcome is not Outcome.FAILED or schedule is None or schedule.job != run.job:
        return
    failures = schedule.failures + 1
    is_off = schedule.switched_off or failures >= SWITCHED_OFF_AFTER
    if is_off and not schedule.switched_off:
        log.warning("schedule %d is switched off: %d failed runs in a row", schedule.id, failures)
    store.schedules.set_result(schedule.id, failures, is_off)
