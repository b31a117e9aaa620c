"""Some days of the simulated year of `benchmarks/year.py`, and whether its comparison would find what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.ledger_check import Ledger, Row, Started, faults, to_ms
from benchmarks.year import run as simulate
from fossatray.core.runs import Fate, Trigger

DAYS = 12
FIRST = datetime(2026, 3, 2, 14, tzinfo=UTC)
SLOTS = [FIRST + timedelta(hours=number) for number in range(3)]


def test_every_slot_of_some_random_days_is_in_the_ledger_once(own_home: Path, seed: int) -> None:
    """A sample; `benchmarks/year.py` does the year. A failure names the seed, and how to repeat it."""
    year = simulate(DAYS, seed, own_home)
    assert year.faults == [], year.text()
    assert year.occurrences > 100 * DAYS
    assert year.rings > 0


# --- the comparison ---------------------------------------------------------------------------------------------------


def row(number: int, fate: Fate = Fate.MISSED, reason: str | None = "why", run_id: int | None = None) -> Row:
    return Row(1, to_ms(SLOTS[number]), fate, reason, run_id)


def started(
    number: int, run_id: int = 7, late: timedelta = timedelta(), trigger: Trigger = Trigger.SCHEDULED
) -> Started:
    return Started(run_id, 1, to_ms(SLOTS[number]), to_ms(SLOTS[number] + late), trigger, "succeeded")


def a_sound_ledger() -> Ledger:
    return Ledger([row(0), row(1, Fate.SKIPPED), row(2, Fate.RUN, None, 7)], [started(2)])


def test_a_sound_ledger_has_no_faults() -> None:
    assert faults(a_sound_ledger(), {1: SLOTS}) == []
    assert a_sound_ledger().totals() == {"missed: why": 1, "skipped: why": 1, "succeeded": 1}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda it: Ledger(it.rows[1:], it.runs), "lost"),
        (lambda it: Ledger([*it.rows, replace(it.rows[0], planned_at=0)], it.runs), "never planned"),
        (lambda it: Ledger([*it.rows, it.rows[0]], it.runs), "2 rows"),
        (lambda it: Ledger(it.rows, [*it.runs, started(2, 8)]), "2 runs"),
        (lambda it: Ledger(it.rows, [*it.runs, started(1, 8)]), "row and run differ"),
        (lambda it: Ledger([*it.rows[:2], row(2, Fate.RUN, None, 9)], it.runs), "row and run differ"),
        (lambda it: Ledger([*it.rows[:2], row(2, Fate.MISSED)], it.runs), "row and run differ"),
        (lambda it: Ledger([row(0, reason=None), *it.rows[1:]], it.runs), "row and run differ"),
        (lambda it: Ledger(it.rows, [started(2, late=-timedelta(seconds=1))]), "too early"),
        (lambda it: Ledger(it.rows, [started(2, trigger=Trigger.CATCH_UP)]), "a catch-up that is 0:00:00 late"),
    ],
)
def test_a_wrong_ledger_is_found(spoil: Callable[[Ledger], Ledger], said: str) -> None:
    assert [line for line in faults(spoil(a_sound_ledger()), {1: SLOTS}) if said in line]


def test_a_slot_may_run_again_only_where_the_clock_was_set_back() -> None:
    ledger = a_sound_ledger()
    twice = Ledger(ledger.rows, [*ledger.runs, started(2, 8)])
    assert faults(twice, {1: SLOTS}, lambda moment: int(moment == SLOTS[2])) == []
    assert faults(twice, {1: SLOTS}, lambda moment: int(moment == SLOTS[1])) != []
