"""The first level of `status --json`: the account that matters now, and a fault before all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fossatray.control.status_words import status_of
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.errors import BrowserInstallFailed, PortalTimeout, StoreDamaged
from fossatray.core.runs import START, Counts, Outcome, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.status import AccountState, AppState, BrowserInstall, Retry, ScheduleState
from fossatray.core.words import Words

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
WORDS = Words(UTC)


def run(outcome: Outcome | None, ago: float) -> Run:
    ended = NOW - timedelta(seconds=ago) if outcome is not None else None
    return Run(1, "a", "work_orders", Trigger.MANUAL, None, NOW, ended, outcome, None, Counts(found=7))


def account(name: str, *, last: Run | None = None, now: Run | None = None, in_hours: int = 1) -> AccountState:
    made = Account(new_account_id(), name, "https://portal.example", "me")
    progress = START if now is not None else None
    planned = ScheduleState(Schedule(1, made.id), NOW + timedelta(hours=in_hours))
    return AccountState(made, (planned,), now, progress, last)


def test_the_account_that_has_just_ended_speaks_before_the_one_that_is_next() -> None:
    state = AppState((account("Next"), account("Ended", last=run(Outcome.SUCCEEDED, 9), in_hours=2)))
    told = status_of(state, NOW, WORDS)
    assert (told["status"], told["percentage"], told["work_orders_found"]) == ("completed", 100, 7)
    assert [one["status"] for one in told["accounts"]] == ["idle", "completed"]


def test_the_account_that_syncs_speaks_before_one_that_has_just_failed() -> None:
    failed, syncing = account("Failed", last=run(Outcome.FAILED, 1)), account("Syncing", now=run(None, 0))
    told = status_of(AppState((failed, syncing)), NOW, WORDS)
    assert (told["status"], told["phase"]) == ("in_progress", "initializing")
    told = status_of(AppState((account("Next"), failed)), NOW, WORDS)
    assert told["status"] == "failed"


def test_the_installation_of_a_browser_is_told_unless_an_account_syncs() -> None:
    state = AppState((account("Next"),), browser_install=BrowserInstall(40))
    told = status_of(state, NOW, WORDS)
    assert told["message"] == "Installing a browser… 40 %"
    assert told["browser_install"] == {"percentage": 40, "error_kind": None, "error_message": None, "advice": None}
    assert told["accounts"][0]["message"].startswith("Next sync")
    told = status_of(replace(state, accounts=(account("Syncing", now=run(None, 0)),)), NOW, WORDS)
    assert told["message"] == "Starting the browser…"
    error = BrowserInstallFailed("The disk is full.").info()
    told = status_of(replace(state, browser_install=BrowserInstall(error=error)), NOW, WORDS)
    assert told["browser_install"]["error_message"] == "The disk is full."
    assert told["message"].startswith("Next sync")
    assert status_of(AppState(), NOW, WORDS)["browser_install"] is None


def test_each_account_has_its_schedules_in_words() -> None:
    first = Schedule(1, "a", name="Work orders")
    second = Schedule(2, "a", name="Dispensers", after=1, enabled=False)
    made = Account("a", "Work", "https://portal.example", "me")
    at = NOW + timedelta(hours=1)
    state = AccountState(made, (ScheduleState(first, at), ScheduleState(second, None, "paused")))
    (told,) = status_of(AppState((state,)), NOW, WORDS)["accounts"]
    assert told["schedules"] == [
        first.to_json("Work", "Every hour", at, None),
        second.to_json("Work", "After a success of Work orders", None, "paused"),
    ]


def test_a_run_that_waits_for_its_next_try_says_so() -> None:
    waiting = replace(account("Work", now=run(None, 0)), retry=Retry(NOW, PortalTimeout().info()))
    assert "Trying again at 6:00 PM" in status_of(AppState((waiting,)), NOW, WORDS)["message"]


def test_a_fault_is_a_failure_whatever_the_accounts_say() -> None:
    fault = StoreDamaged("The database file is damaged.").info()
    for accounts in ((), (account("Next"),)):
        told = status_of(AppState(accounts, fault), NOW, WORDS)
        assert (told["status"], told["message"]) == ("failed", fault.title)
        assert [one["message"] for one in told["accounts"]] == [fault.title] * len(accounts)
