"""The state that every face of the program shows: tray, windows, command line. One snapshot, made by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from fossatray.core.accounts import Account
from fossatray.core.errors import ErrorInfo
from fossatray.core.health import Health
from fossatray.core.runs import WORK_ORDERS, Outcome, Progress, Run, iso
from fossatray.core.schedules import Schedule

SCHEMA = 1
RESULT_SHOWN = timedelta(seconds=10)
_NO_TIME = timedelta(0)
_JUDGED = (Outcome.SUCCEEDED, Outcome.FAILED)
_RANK = {
    Health.SYNCING: 0,
    Health.SWITCHED_OFF: 1,
    Health.FAILED: 2,
    Health.HEALTHY: 3,
    Health.PAUSED: 4,
    Health.NOT_SET_UP: 5,
}

ISSUES_AFTER = 3
"""After so many failed runs in a row the words say "having issues"."""


class Activity(StrEnum):
    """The public `status` of `status --json`."""

    IDLE = "idle"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class ScheduleState:
    """One schedule at a moment. `held` is why it is not armed, None if it is: one of HELD.

    `next_run` (UTC) is None while nothing is planned; one that is paused until a moment has the first slot after it.
    `hint` is what may hinder one that is armed: "keyring" where the keyring cannot be read now.
    """

    schedule: Schedule
    next_run: datetime | None = None
    held: str | None = None
    hint: str | None = None


HELD = ("paused", "switched_off", "no_password", "blocked", "waiting_for_network")
RESTING = ("paused", "switched_off")
"""What a schedule is held by until somebody resumes it, or its pause ends."""


@dataclass(frozen=True, slots=True)
class Retry:
    """A run has failed for now and is tried again at a moment (UTC), within the same run."""

    at: datetime
    error: ErrorInfo


def standing(newest: Run | None, jobs: Iterable[str], newest_of: Callable[[str], Run | None]) -> Run | None:
    """Return the run that an account's health follows from, of those that succeeded or failed.

    That is the `newest`, unless it succeeded while another of the `jobs` that the account has schedules for failed the
    last time (`newest_of` gives a job's newest run): a read list of dispensers does not mend the work orders'.
    """
    if newest is None or newest.outcome is Outcome.FAILED:
        return newest
    others = [newest_of(job) for job in {*jobs} - {newest.job}]
    failed = [run for run in others if run is not None and run.outcome is Outcome.FAILED]
    return max(failed, key=lambda run: run.id, default=newest)


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account at a moment. `run` and `progress` are of the run under way; `last_run` the newest ended one.

    `last_judged` is the run that the account's health follows from (see :func:`standing`): one that was cancelled or
    interrupted, or that had nothing to ask the portal for, says nothing.
    `blocked` says why the schedules are stopped until the credentials change. `retry` is set while the run under way
    waits for its next try, `in_line` is on while it waits for another sync to end before it starts. `failures` are its
    failed runs in a row up to now, of whatever schedule or by hand.
    """

    account: Account
    schedules: tuple[ScheduleState, ...] = ()
    run: Run | None = None
    progress: Progress | None = None
    last_run: Run | None = None
    blocked: ErrorInfo | None = None
    open_orders: int = 0
    last_judged: Run | None = None
    retry: Retry | None = None
    in_line: bool = False
    failures: int = 0

    @property
    def next_run(self) -> datetime | None:
        """The soonest planned run (UTC) of all its schedules, or None."""
        return min((one.next_run for one in self.schedules if one.next_run is not None), default=None)

    @property
    def judged(self) -> Run | None:
        """The run that the health follows from: `last_judged`, else the newest ended one if it succeeded or failed."""
        last = self.last_run
        is_judged = last is not None and last.outcome in _JUDGED and not last.asked_nothing
        return self.last_judged or (last if is_judged else None)

    @property
    def told_run(self) -> Run | None:
        """The run whose result is told: the newest ended one, unless that succeeded while another job still fails."""
        last, judged = self.last_run, self.judged
        if last is None or judged is None or last.outcome is not Outcome.SUCCEEDED:
            return last
        return judged if judged.outcome is Outcome.FAILED else last

    @property
    def paused(self) -> bool:
        """Whether every schedule rests: paused, or switched off after failures. Resume lets all of them go on."""
        return bool(self.schedules) and all(one.held in RESTING for one in self.schedules)

    @property
    def switched_off(self) -> bool:
        """Whether the program has switched one of its schedules off, after too many failed runs in a row."""
        return any(one.schedule.switched_off for one in self.schedules)

    def activity(self, now: datetime) -> Activity:
        """Return the public status at a moment: completed and failed are shown for 10 s after the end."""
        if self.run is not None:
            return Activity.IN_PROGRESS
        last = self.last_run
        if last is not None and last.finished_at is not None and _NO_TIME <= now - last.finished_at < RESULT_SHOWN:
            if last.outcome is Outcome.SUCCEEDED:
                return Activity.COMPLETED
            if last.outcome is Outcome.FAILED:
                return Activity.FAILED
        return Activity.PAUSED if self.paused else Activity.IDLE

    def health(self) -> Health:
        """Return what the icon shows for this account."""
        if self.run is not None:
            return Health.SYNCING
        if self.switched_off:
            return Health.SWITCHED_OFF
        if self.blocked is not None or (self.judged is not None and self.judged.outcome is Outcome.FAILED):
            return Health.FAILED
        return Health.PAUSED if self.paused else Health.HEALTHY


@dataclass(frozen=True, slots=True)
class BrowserInstall:
    """A browser is being installed, or could not be: then with the `error`, until a sync begins."""

    percentage: int = 0
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class AppState:
    """All accounts at a moment, a fault of the engine itself, if it has one, and the installation of a browser."""

    accounts: tuple[AccountState, ...] = ()
    fault: ErrorInfo | None = None
    browser_install: BrowserInstall | None = None

    @property
    def is_installing(self) -> bool:
        """Whether a browser is being installed just now."""
        return self.browser_install is not None and self.browser_install.error is None

    def account(self, account_id: str) -> AccountState | None:
        """Return one account's state, or None."""
        return next((state for state in self.accounts if state.account.id == account_id), None)

    @property
    def leading(self) -> AccountState | None:
        """The account that the single-line faces speak of: a syncing one, else a failed one, else the next to run."""
        if not self.accounts:
            return None
        return min(
            self.accounts,
            key=lambda state: (_RANK[state.health()], state.next_run.timestamp() if state.next_run else float("inf")),
        )

    def health(self) -> Health:
        """Return what the tray icon shows."""
        if self.fault is not None:
            return Health.FAILED
        return self.leading.health() if self.leading else Health.NOT_SET_UP


def status_json(state: AppState, now: datetime, messages: dict[str, str]) -> dict[str, Any]:
    """Return the public form of `status --json`; `messages` gives each account id its sentence (core.words).

    The sentence of "" is the message of the first level where no account speaks there.
    """
    leading = _speaker(state, now)
    top = _account_json(leading, now, messages) if leading else dict(_EMPTY)
    top.pop("account", None)
    syncs = leading is not None and leading.run is not None
    if leading is None or state.fault is not None or (state.is_installing and not syncs):
        top["message"] = messages.get("", "")
    if state.fault is not None:
        top["status"] = Activity.FAILED.value
    return {
        "schema": SCHEMA,
        **top,
        "browser_install": _install_json(state.browser_install),
        "accounts": [_account_json(account, now, messages) for account in state.accounts],
    }


def _speaker(state: AppState, now: datetime) -> AccountState | None:
    """Return the account of the first level: one that syncs, else one that has just ended, else the leading one."""
    for activity in (Activity.IN_PROGRESS, Activity.FAILED, Activity.COMPLETED):
        for account in state.accounts:
            if account.activity(now) is activity:
                return account
    return state.leading


def _install_json(install: BrowserInstall | None) -> dict[str, Any] | None:
    if install is None:
        return None
    error = install.error
    return {
        "percentage": install.percentage,
        "error_kind": error.kind if error else None,
        "error_message": error.message if error else None,
        "advice": error.advice if error else None,
    }


_EMPTY: dict[str, Any] = {
    "status": "idle",
    "phase": None,
    "percentage": 0,
    "message": "",
    "work_orders_found": 0,
    "started_at": None,
    "next_run": None,
    "last_run": None,
}


def _account_json(state: AccountState, now: datetime, messages: dict[str, str]) -> dict[str, Any]:
    activity = state.activity(now)
    running = state.run is not None and state.progress is not None
    last = state.last_run
    return {
        "account": state.account.name,
        "status": activity.value,
        "phase": state.progress.phase.value if running and state.progress else None,
        "percentage": _percentage(state, activity),
        "message": messages.get(state.account.id, ""),
        "work_orders_found": _found(state, activity),
        "started_at": iso(state.run.started_at) if state.run else None,
        "next_run": iso(state.next_run),
        "last_run": None if last is None else _run_json(last),
    }


def _percentage(state: AccountState, activity: Activity) -> int:
    if activity is Activity.IN_PROGRESS and state.progress is not None:
        return state.progress.percentage
    return 100 if activity is Activity.COMPLETED else 0


def _found(state: AccountState, activity: Activity) -> int:
    """Return how many work orders were found: none by a run that reads something else."""
    if activity is Activity.IN_PROGRESS and state.progress is not None:
        return state.progress.found if state.run is not None and state.run.job == WORK_ORDERS else 0
    last = state.last_run
    return last.counts.found if activity is Activity.COMPLETED and last and last.job == WORK_ORDERS else 0


def _run_json(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "job": run.job,
        "trigger": run.trigger.value,
        "started_at": iso(run.started_at),
        "finished_at": iso(run.finished_at),
        "outcome": run.outcome.value if run.outcome else None,
        "found": run.counts.found,
        "new": run.counts.new,
        "changed": run.counts.changed,
        "archived": run.counts.archived,
        "error_kind": run.error.kind if run.error else None,
        "error_message": run.error.message if run.error else None,
        "advice": run.error.advice if run.error else None,
    }
