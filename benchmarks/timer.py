"""How late planned runs start: the ledger's start against the plan, beside a bare asyncio timer in the same run.

The engine is the real one, with the real alarm clock (APScheduler), gates, store and runner; the portal is a listener
on loopback, and the scrape a small child. The clock is set forward between two firings, to a moment shortly before the
next slot. Ours and the bare timer take turns, first idle, then with every core busy. Prints a table; the exit status is
1 if a budget is missed:

    .venv/bin/python benchmarks/timer.py [-n 100] [--seed 1] [--json FILE]

What the waiting costs (voluntary context switches of the idle program over five minutes, beside a bare PySide6 tray) is
measured by `benchmarks/idle.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fossatray.core.runs import Run
from fossatray.engine.network_probe import wait_for_network
from tests.harness.fast_clock import FastAlarm, FastClock
from tests.unit.engine.world import START, Life, World, success

SOON_S = (0.05, 0.25)
"""How long before a firing everybody waits: at random within these, so that no clock's tick is favoured."""

BUDGETS = {"idle": (5.0, 20.0), "busy": (None, 100.0)}
"""Milliseconds by load: the median and the 99th percentile of our runs may be at most this."""


@dataclass(frozen=True)
class Lateness:
    """How late each firing was, in milliseconds, and what the load was meanwhile."""

    load: str
    ours: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def met(self) -> bool:
        """Return whether the budget of this load is kept."""
        most, most_at_99 = BUDGETS[self.load]
        return (most is None or percentile(self.ours, 50) <= most) and percentile(self.ours, 99) <= most_at_99

    def lines(self) -> list[str]:
        """Return the table's lines: ours with its budget, then the bare timer."""
        most, most_at_99 = BUDGETS[self.load]
        budget = f"median <= {most:g}, " if most is not None else ""
        verdict = "met" if self.met else "MISSED"
        return [
            f"{self.load}, planned runs: {_figures(self.ours)}  budget: {budget}99 % <= {most_at_99:g} ms: {verdict}",
            f"{self.load}, bare timer:   {_figures(self.bare)}",
        ]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent of all are not above (nearest rank)."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def _figures(values: Sequence[float]) -> str:
    median, high = percentile(values, 50), percentile(values, 99)
    return f"median {median:6.2f} ms, 99 % {high:6.2f} ms, latest {max(values):6.2f} ms ({len(values)} firings)"


async def measure(home: Path, load: str, count: int, chance: random.Random) -> Lateness:
    """Let the engine and the bare timer fire so many times by turns; one firing more of each goes before."""
    world, clock = World(home), FastClock(START)
    ours, bare = [], []
    alarms: list[FastAlarm] = []

    def alarm() -> FastAlarm:
        alarms.append(FastAlarm(clock))
        return alarms[-1]

    async with (
        a_portal() as origin,
        world.life(
            clock=clock,
            monotonic=clock.monotonic,
            alarm=alarm,
            wait_for_network=lambda _: wait_for_network(origin, lambda: True),
        ) as life,
    ):
        await life.add_account()
        for _ in range(count + 1):
            ours.append(_ms_late(await _next_planned(life, alarms[0], chance.uniform(*SOON_S))))
            bare.append(await _bare_timer(chance.uniform(*SOON_S)))
        if life.ear.crashes:
            raise RuntimeError(life.ear.crashes[0])
    return Lateness(load, tuple(ours[1:]), tuple(bare[1:]))


@asynccontextmanager
async def a_portal() -> AsyncIterator[str]:
    """Something on loopback that takes connections, for the probe before each run; yields its origin."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _next_planned(life: Life, alarm: FastAlarm, wait_s: float) -> Run:
    """Wait for the next planned run, which is so many seconds ahead, and for its end."""
    before = len(life.ear.ended)
    life.world.scripts.append(success(1))
    alarm.spring(wait_s)
    await life.ear.until(lambda: len(life.ear.ended) > before or life.ear.crashes)
    return life.ear.ended[-1]


def _ms_late(run: Run) -> float:
    assert run.planned_at is not None
    return (run.started_at - run.planned_at).total_seconds() * 1000


async def _bare_timer(wait_s: float) -> float:
    """Return by how many milliseconds a timer of asyncio alone is late, by the same clock."""
    loop = asyncio.get_running_loop()
    fired: asyncio.Future[float] = loop.create_future()
    due = time.time() + wait_s
    loop.call_later(wait_s, lambda: fired.set_result(time.time()))
    return (await fired - due) * 1000


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy: one endless loop for each, ended at the end."""
    loops = [
        subprocess.Popen([sys.executable, "-S", "-E", "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for process in loops:
            process.kill()
        for process in loops:
            process.wait()


def both(count: int, seed: int) -> list[Lateness]:
    """Measure idle, then busy."""
    found = []
    chance = random.Random(seed)
    for load in BUDGETS:
        with tempfile.TemporaryDirectory(prefix="ft-") as home:
            if load == "idle":
                found.append(asyncio.run(measure(Path(home), load, count, chance)))
            else:
                with busy_cores():
                    found.append(asyncio.run(measure(Path(home), load, count, chance)))
        print(f"{load}: done", file=sys.stderr, flush=True)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=100, help="firings for each load (100)")
    parser.add_argument("--seed", type=int, default=1, help="of the waits (1)")
    parser.add_argument("--json", type=Path, help="write every value to this file")
    options = parser.parse_args(argv)
    load = f"load average {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    print(f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores, {load}", flush=True)
    found = both(options.n, options.seed)
    for one in found:
        print("\n".join(one.lines()))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(one) for one in found], indent=1), encoding="utf-8")
    return 0 if all(one.met for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
