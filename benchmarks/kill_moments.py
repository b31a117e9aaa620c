"""kill -9 at random moments, restarts included: no occurrence lost, none doubled, nothing that syncs for ever.

The engine with schedules of two accounts runs in a fast clock against the practice portal, with a real browser, in a
process of its own (`tests/harness/doomed_schedules.py`), which is killed again and again: while it starts, while it
waits, while it signs in, reads and saves. At the end one life that is not killed brings everything in order, and the
ledger is compared with the plan. Prints what was killed; the exit status is 1 if anything is wrong:

    .venv/bin/python benchmarks/kill_moments.py [--kills 50] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ledger_check import Ledger, faults, from_ms
from fossatray.core import plan
from fossatray.core.accounts import Account
from fossatray.core.commands import SaveAccount, SaveSchedule, SaveSettings
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.core.timetable import Every, Timetable
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.store.convert import schedule_from
from tests.harness.doomed_schedules import ZONE, OnePassword, fast_parts
from tests.harness.fast_clock import FastClock
from tests.unit.engine.world import Ear, HandAlarm

Plans = Mapping[str, Sequence[Timetable]]
"""The timetables of each account, by its name."""

BEGINS = datetime(2026, 3, 2, 14, 20, tzinfo=UTC)
LATE, LATE_S = timedelta(hours=6), 15.0
"""So late by the fast clock, or in real seconds, a slot may have no row yet: the machine is slow, the clock is not."""
PATIENCE_S = 400.0
"""How long a run may take to end: on a slow machine it is tried again after half a minute and after two minutes."""
SPEED = 300.0
"""A second is five minutes: a slot of the quarter of an hour comes every three seconds; a run takes about as long."""
LIVES_S = (0.05, 8.0)
"""How long a life may be, from the start of the process to its kill."""
END_S = 30.0
PLANS: Plans = {"One": (Timetable(Every(15)), Timetable(Every(60, 30))), "Two": (Timetable(Every(30, 10)),)}
BROWSERS = ("chromium-headless-shell", "chromium")


@dataclass
class Killed:
    """What became of it: how many were killed in which state, and what is wrong."""

    seed: int
    moments: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return all of it for a person."""
        return "\n".join(
            [
                f"seed {self.seed}: {self.moments.total()} times killed: "
                + ", ".join(f"{count} {what}" for what, count in self.moments.most_common()),
                ", ".join(f"{count} {what}" for what, count in self.totals.most_common()),
                f"{len(self.faults)} faults",
                *self.faults,
            ]
        )


class Victim:
    """One data folder, and the lives of the program that works on it."""

    def __init__(self, home: Path, browser: Path, portal: PracticePortal, speed: float, plans: Plans) -> None:
        self.home = home
        self.browser = browser
        self.portal = portal
        self.plans = plans
        self.clock = FastClock(BEGINS, speed)
        self.credentials = OnePassword(Secret(portal.password))
        self.stopped_at: datetime | None = None
        """When its last life began to end, by the fast clock, which goes on."""

    @property
    def database(self) -> Path:
        """The file with the ledger."""
        return self.home / "data" / "db.sqlite3"

    async def set_up(self) -> None:
        """Add the accounts with their schedules; the clock stands meanwhile, so that nothing runs."""
        (self.home / "data").mkdir(mode=0o700)
        parts = replace(fast_parts(self.home, self.clock, self.credentials), clock=lambda: BEGINS, alarm=HandAlarm)
        conductor = Conductor(parts, Ear())
        await conductor.open()
        try:
            await conductor.execute(SaveSettings({"browser_path": str(self.browser)}))
            for name, timetables in self.plans.items():
                password = Secret(self.portal.password)
                saving = SaveAccount(name, self.portal.origin, self.portal.username, password=password)
                account = await conductor.execute(saving)
                await self._give(conductor, account, timetables)
        finally:
            await conductor.close()

    async def _give(self, conductor: Conductor, account: Account, timetables: Sequence[Timetable]) -> None:
        state = next(one for one in conductor.state.accounts if one.account.id == account.id)
        schedules = [replace(state.schedules[0].schedule, timetable=timetables[0])]
        schedules += [Schedule(0, account.id, timetable=timetable) for timetable in timetables[1:]]
        for schedule in schedules:
            await conductor.execute(SaveSchedule(schedule))

    def live(self, seconds: float) -> str:
        """Start the program, kill it after so many seconds, and return in which state that was."""
        clock = self.clock
        arguments = [str(self.home), str(self.browser), clock.begins.isoformat(), repr(clock.since), repr(clock.speed)]
        command = [sys.executable, "-m", "tests.harness.doomed_schedules", *arguments]
        root = Path(__file__).resolve().parents[1]
        with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write(self.portal.password.encode() + b"\n")
            program.stdin.flush()
            threading.Event().wait(seconds)
            started = children_of(program.pid)
            program.kill()
            program.wait()
            said = program.stdout.read()
        _, alive = psutil.wait_procs(started, timeout=END_S)
        if alive:
            raise RuntimeError(f"still there {END_S:g} s after the kill: {alive}")
        return "in a run" if started else "waiting" if said else "starting"

    async def last_life(self) -> list[str]:
        """Open it once more, let what is under way end, and return what is wrong with the state."""
        ear = Ear()
        conductor = Conductor(fast_parts(self.home, self.clock, self.credentials), ear)
        before = newest_run(self.database)
        await conductor.open()
        try:
            found = [
                f"{one.account.name} still syncs in run {one.run.id}, which died"
                for one in ear.states[0].accounts
                if one.run is not None and one.run.id <= before
            ]
            await ear.until(lambda: ear.ended or not any(one.run for one in conductor.state.accounts), PATIENCE_S)
        finally:
            self.stopped_at = self.clock()
            await conductor.close()
        return found + [f"a bug: {trace}" for trace in ear.crashes]

    def faults(self) -> tuple[Ledger, list[str]]:
        """Compare the ledger with the plan, up to where it is accounted for."""
        ledger = Ledger.read(self.database)
        found = [f"run {run.id} has no end" for run in ledger.runs if run.outcome is None]
        expected = {}
        late = (self.stopped_at or self.clock()) - max(LATE, timedelta(seconds=LATE_S * self.clock.speed))
        for schedule, until in accounted(self.database):
            slots = plan.missed_runs(schedule.timetable, BEGINS, until, ZONE)
            expected[schedule.id] = slots
            if until < late and plan.missed_runs(schedule.timetable, until, late, ZONE):
                found.append(
                    f"schedule {schedule.id} is accounted for up to {until} only, though slots have passed since"
                )
        return ledger, found + faults(ledger, expected)


def children_of(pid: int) -> list[psutil.Process]:
    """Return every process below this one."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def newest_run(database: Path) -> int:
    """Return the highest number of a run so far."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()[0])


def accounted(database: Path) -> list[tuple[Schedule, datetime]]:
    """Return each schedule with the moment up to which every slot of it is accounted for."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [
            (schedule_from(row), from_ms(row["accounted_until"]))
            for row in connection.execute("SELECT * FROM schedule ORDER BY id")
        ]


def kill(kills: int, seed: int, home: Path, browser: Path) -> Killed:
    """Kill so many times at random moments, and compare at the end."""
    chance, result = random.Random(seed), Killed(seed)
    with PracticePortal(orders=12) as portal:
        victim = Victim(home, browser, portal, SPEED, PLANS)
        asyncio.run(victim.set_up())
        for _ in range(kills):
            result.moments[victim.live(chance.uniform(*LIVES_S))] += 1
        result.faults += asyncio.run(victim.last_life())
        ledger, found = victim.faults()
        result.faults += found
        result.totals = ledger.totals()
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Kill, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        parser.error(f"there is no browser; on Debian: apt-get install {BROWSERS[0]}")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ft-") as home:
        result = kill(options.kills, options.seed, Path(home), Path(browser))
    print(f"{result.text()}\n{time.monotonic() - begun:.0f} s")
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
