"""Whether a ledger tells the truth: every planned slot is there, each became one thing, and every run has its slot."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from fossatray.core.ledger import ON_TIME
from fossatray.core.runs import Fate, Trigger

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SHOWN = 20
"""So many faults of a kind are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the ledger. Moments are milliseconds since 1970, as the database has them."""

    schedule_id: int
    planned_at: int
    fate: str
    reason: str | None
    run_id: int | None


@dataclass(frozen=True, slots=True)
class Started:
    """One run of a schedule's slot."""

    id: int
    schedule_id: int
    planned_at: int
    started_at: int
    trigger: str
    outcome: str | None


@dataclass(frozen=True)
class Ledger:
    """All occurrences, and all runs that were planned."""

    rows: list[Row]
    runs: list[Started]

    @classmethod
    def read(cls, database: Path) -> Ledger:
        """Read a database that nobody need have closed."""
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT schedule_id, planned_at, fate, reason, run_id FROM occurrence")
            runs = connection.execute(
                "SELECT id, schedule_id, planned_at, started_at, trigger, outcome FROM run"
                " WHERE schedule_id IS NOT NULL AND planned_at IS NOT NULL"
            )
            return cls([Row(*row) for row in rows], [Started(*run) for run in runs])

    def totals(self) -> Counter[str]:
        """Return how many slots became what, in words."""
        outcomes = {run.id: run.outcome or "under way" for run in self.runs}
        return Counter(
            outcomes.get(row.run_id or 0, "?") if row.fate == Fate.RUN else f"{row.fate}: {row.reason}"
            for row in self.rows
        )


def never(_moment: datetime) -> int:
    """Return how often a slot came again, where no clock was set back."""
    return 0


def faults(
    ledger: Ledger,
    expected: Mapping[int, Iterable[datetime]],
    came_again: Callable[[datetime], int] = never,
    taken_back: Mapping[int, Iterable[datetime]] = MappingProxyType({}),
) -> list[str]:
    """Return what is wrong with a ledger, a line each: nothing, where each expected slot has exactly one fate.

    `expected` are the slots by schedule id; `came_again` tells how often a moment was passed once more since the clock
    was set back: so many runs more than one may a slot have. Slots that were `taken_back` (the clock was set back, and
    what was planned when they came again was another) may be there if they ran.
    """
    wanted = {(number, to_ms(slot)) for number, slots in expected.items() for slot in slots}
    allowed = {(number, to_ms(slot)) for number, slots in taken_back.items() for slot in slots}
    allowed &= {_key(row) for row in ledger.rows if row.fate == Fate.RUN}
    there = Counter((row.schedule_id, row.planned_at) for row in ledger.rows)
    found = [_line("lost", *slot) for slot in sorted(wanted - there.keys())[:MOST_SHOWN]]
    found += [_line("never planned", *slot) for slot in sorted(there.keys() - wanted - allowed)[:MOST_SHOWN]]
    found += [_line(f"{count} rows", *slot) for slot, count in there.items() if count != 1][:MOST_SHOWN]
    started = Counter((run.schedule_id, run.planned_at) for run in ledger.runs)
    found += [
        _line(f"{count} runs", *slot) for slot, count in started.items() if count > 1 + came_again(from_ms(slot[1]))
    ][:MOST_SHOWN]
    return found + _unlike(ledger, started)[:MOST_SHOWN]


def _unlike(ledger: Ledger, started: Counter[tuple[int, int]]) -> list[str]:
    """Return where rows and runs say different things."""
    runs = {run.id: run for run in ledger.runs}
    found = []
    for row in ledger.rows:
        run = runs.get(row.run_id or 0)
        ran = row.fate == Fate.RUN
        same = run is not None and (run.schedule_id, run.planned_at) == (row.schedule_id, row.planned_at)
        if ran != same or ran != bool(started[row.schedule_id, row.planned_at]) or ran == bool(row.reason):
            found.append(_line(f"row and run differ ({row.fate}, {row.reason}, run {row.run_id})", *_key(row)))
    for run in ledger.runs:
        late = timedelta(milliseconds=run.started_at - run.planned_at)
        if run.started_at < run.planned_at:
            found.append(_line(f"started {late} too early", *_key(run)))
        if late <= ON_TIME and run.trigger == Trigger.CATCH_UP:
            found.append(_line(f"a catch-up that is {late} late", *_key(run)))
    return found


def _key(what: Row | Started) -> tuple[int, int]:
    return what.schedule_id, what.planned_at


def _line(what: str, schedule_id: int, planned_at: int) -> str:
    return f"schedule {schedule_id}, {from_ms(planned_at).isoformat()}: {what}"


def to_ms(moment: datetime) -> int:
    """Return milliseconds since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    """Return the moment of milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=value)
