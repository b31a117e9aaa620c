"""A day of schedules, thousands of times as fast, with the real scrape and browser against the practice portal."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.kill_moments import BEGINS, PATIENCE_S, Plans, Victim
from benchmarks.ledger_check import Ledger
from fossatray.core.runs import HistoryEntry, Outcome, Reason
from fossatray.core.secret import Secret
from fossatray.core.timetable import ActiveHours, Cron, Every, Times, Timetable
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.store.reader import Reader
from tests.harness.doomed_schedules import OnePassword, fast_parts
from tests.harness.fast_clock import FastClock
from tests.unit.engine.world import Ear, run

pytestmark = pytest.mark.browser

DAY = timedelta(days=1)
PLANS: Plans = {
    "One": (
        Timetable(Every(60)),
        Timetable(Times((time(0, 30), time(12, 30), time(18)))),
        Timetable(Cron("*/45 9-17 * * *")),
    ),
    "Two": (
        Timetable(Every(120), active_hours=ActiveHours(6, 22)),
        Timetable(Times((time(3, 15), time(15, 15)))),
        Timetable(Cron("20 */5 * * *")),
    ),
}


async def a_day(victim: Victim, speed: float, runs: int = 1) -> Ear:
    """Let the program work until its first run has ended and a day of its clock longer, and quit it.

    Where the machine is slow it works on until so many `runs` of each account have ended.
    """
    await victim.set_up()
    victim.clock = clock = FastClock(BEGINS, speed)
    ear, over = Ear(), asyncio.Event()
    conductor = Conductor(fast_parts(victim.home, clock, victim.credentials), ear)
    await conductor.open()
    try:
        await ear.until(lambda: ear.ended, PATIENCE_S)
        asyncio.get_running_loop().call_later(DAY.total_seconds() / speed, over.set)
        await over.wait()
        await ear.until(lambda: all(count >= runs for count in ended_of_each(conductor, ear)), PATIENCE_S)
    finally:
        victim.stopped_at = clock()
        await conductor.close()
    assert ear.crashes == []
    return ear


def ended_of_each(conductor: Conductor, ear: Ear) -> list[int]:
    """How many runs of each account have ended."""
    ended = Counter(one.account_id for one in ear.ended)
    return [ended[one.account.id] for one in conductor.state.accounts]


def ended_runs(victim: Victim) -> list[HistoryEntry]:
    """What ran, oldest first."""
    reader = Reader(victim.database)
    try:
        return [one for one in reversed(reader.history(limit=None)) if one.id is not None]
    finally:
        reader.close()


def of_the_day(ledger: Ledger) -> int:
    return sum(row.planned_at < (BEGINS + DAY).timestamp() * 1000 for row in ledger.rows)


@pytest.mark.timeout(900)  # the day alone takes 35 s
def test_a_day_of_two_accounts_with_three_schedules_each(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12) as portal:
        victim = Victim(own_home, browser_path, portal, 2500.0, PLANS)
        run(a_day(victim, 2500.0, runs=2))
        ledger, faults = victim.faults()
        assert faults == [], ledger.totals()
        assert of_the_day(ledger) >= 50
        runs = ended_runs(victim)
        outcomes = Counter(one.outcome for one in runs)
        # cancelled: by the quitting; failed: only where the machine was too slow for a page
        wrong = [one for one in runs if one.outcome is Outcome.FAILED and not (one.error and one.error.retryable)]
        assert wrong == []
        assert set(outcomes) <= {Outcome.SUCCEEDED, Outcome.CANCELLED, Outcome.FAILED}, outcomes
        assert outcomes[Outcome.CANCELLED] <= len(PLANS)
        for name in PLANS:
            ours = [one for one in runs if one.account == name]
            assert len(ours) >= 2  # about 8, where the machine has time for them
            assert [one for one, after in pairwise(ours) if ended(one) > began(after)] == []
            assert {one.counts.found for one in ours if one.outcome == Outcome.SUCCEEDED} == {12}
        assert {one.accepted for one in portal.sign_ins} == {True}
        assert len(portal.sign_ins) <= sum(one.attempts for one in runs)


@pytest.mark.timeout(900)
def test_a_day_of_refusals_is_one_sign_in(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12) as portal:
        victim = Victim(own_home, browser_path, portal, 8000.0, {"One": PLANS["One"]})
        victim.credentials = OnePassword(Secret("another one"))
        ear = run(a_day(victim, 8000.0))
        assert [one.accepted for one in portal.sign_ins] == [False]
        ledger, faults = victim.faults()
        assert faults == [], ledger.totals()
        assert of_the_day(ledger) >= 30
        (refused,) = ended_runs(victim)
        assert (refused.outcome, refused.error and refused.error.kind) == (Outcome.FAILED, "sign_in_refused")
        assert [run_id for _, run_id in ear.notices if run_id] == [refused.id]  # others: no success for a day
        reasons = {row.reason for row in ledger.rows if row.run_id is None}
        assert Reason.REFUSED in reasons
        assert reasons <= {Reason.REFUSED, Reason.STILL_RUNNING, Reason.ASLEEP, Reason.NOT_RUNNING}


def began(entry: HistoryEntry) -> datetime:
    assert entry.started_at is not None
    return entry.started_at


def ended(entry: HistoryEntry) -> datetime:
    assert entry.finished_at is not None
    return entry.finished_at
