"""A simulated year: every slot of every schedule must be in the ledger exactly once, with one fate.

The planner, its gates and the store are the program's own; the computer around them is simulated (`laptop.py`): it
sleeps, loses power and network, its clock jumps forward and back, it travels, and its person pauses and changes
schedules. Afterwards the ledger is compared with what `fossatray.core.plan` says of the same year. Prints the totals;
the exit status is 1 if a slot is missing, doubled or not understood:

    .venv/bin/python benchmarks/year.py [--seed 1] [--days 366] [--profile]
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.laptop import Laptop
from benchmarks.ledger_check import Ledger, faults
from fossatray.core import plan
from fossatray.core.accounts import Account
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable
from fossatray.store.store import Store

BEGINS = datetime(2026, 1, 1, 5, tzinfo=UTC)
HOME = "America/New_York"
ZONES = (HOME, HOME, "America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Kolkata")
WORKDAYS = frozenset(range(5))
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, where there is one

PLANS: tuple[tuple[str, Timetable, Lateness, float | None], ...] = (
    ("Work", Timetable(Every(15)), Lateness.RUN_ONCE, None),
    ("Work", Timetable(Every(15, 7)), Lateness.SKIP, None),
    ("Work", Timetable(Times((wall(7), wall(13, 30), wall(18))), WORKDAYS), Lateness.WITHIN, 2.0),
    ("Home", Timetable(Every(15), active_hours=ActiveHours(6, 22)), Lateness.WITHIN, 0.5),
    ("Home", Timetable(Every(300), active_hours=ActiveHours(22, 6)), Lateness.RUN_ONCE, None),
    ("Home", Timetable(Cron("*/20 8-17 * * 1-5"), holidays=HolidayCalendar("US", "TX")), Lateness.SKIP, None),
    ("Other", Timetable(Every(15, 3)), Lateness.RUN_ONCE, None),
    ("Other", Timetable(Every(60)), Lateness.WITHIN, 6.0),
    ("Other", Timetable(Every(1440), active_hours=ActiveHours(0, 24)), Lateness.RUN_ONCE, None),
)
"""Account, timetable, what being late means."""


@dataclass(frozen=True)
class Year:
    """What a simulated stretch came to."""

    days: int
    seed: int
    rings: int
    events: Counter[str]
    totals: Counter[str]
    faults: list[str]
    simulated_s: float
    checked_s: float

    @property
    def occurrences(self) -> int:
        """Return how many planned slots are in the ledger."""
        return sum(self.totals.values())

    def text(self) -> str:
        """Return all of it for a person."""
        events = ", ".join(f"{count} {what}" for what, count in sorted(self.events.items()))
        fates = "\n".join(f"  {count:7,} {what}" for what, count in self.totals.most_common())
        return (
            f"{self.days} days, seed {self.seed}: {self.occurrences:,} occurrences, {self.rings:,} alarms rang, "
            f"{self.simulated_s:.1f} s; checked in {self.checked_s:.1f} s\n{events}\n{fates}\n"
            + "\n".join([f"{len(self.faults)} faults", *self.faults])
        )


async def simulate(laptop: Laptop, schedules: Sequence[Schedule], days: int, chance: random.Random) -> None:
    """Let the days pass, one after another, and end with a program that is awake and online."""
    await laptop.start_program()
    for _ in range(days):
        await _day(laptop, schedules, chance)
        await _night(laptop, chance)
    await laptop.stay_awake(timedelta(hours=4))  # the last spell offline and the last waits are over


async def _day(laptop: Laptop, schedules: Sequence[Schedule], chance: random.Random) -> None:
    """Work for some hours, with what may happen in between."""
    for _ in range(chance.randrange(1, 5)):
        await laptop.stay_awake(timedelta(minutes=chance.uniform(5, 240)))
        one = chance.choice(schedules)
        what = chance.random()
        if what < 0.35:
            await laptop.sleep(timedelta(minutes=chance.uniform(1, 90)))
        elif what < 0.45:
            laptop.lose_network(timedelta(minutes=chance.uniform(1, 180)))
        elif what < 0.52:
            await laptop.lose_power()
            laptop.pass_time(timedelta(minutes=chance.uniform(0, 30)))
            await laptop.start_program()
        elif what < 0.55:
            await laptop.set_clock(timedelta(minutes=chance.choice((1, 7, 61, 300, 1800))))
        elif what < 0.58:
            await laptop.set_clock(-timedelta(minutes=chance.choice((1, 7, 61, 300))))
        elif what < 0.61:
            await laptop.travel(ZoneInfo(chance.choice(ZONES)))
        elif what < 0.64:
            await laptop.pause(one, laptop.now + timedelta(hours=chance.uniform(0.1, 30)))
        elif what < 0.66:
            await laptop.pause(one, None)
        elif what < 0.68:
            await laptop.change(one, chance.choice((one.timetable, Timetable(Every(30)), Timetable(Every(45, 10)))))


async def _night(laptop: Laptop, chance: random.Random) -> None:
    """Sleep, or be off, until the morning; or through a weekend, or not at all."""
    span = timedelta(hours=chance.choice((0, 6, 9, 12, 12, 14, 40)) + chance.random())
    if chance.random() < 0.6:
        await laptop.sleep(span)
        return
    if chance.random() < 0.7:
        await laptop.quit_program()
    else:
        await laptop.lose_power()
    laptop.pass_time(span)
    await laptop.start_program()


def run(days: int, seed: int, folder: Path) -> Year:
    """Simulate so many days in a folder of its own, and compare."""
    chance = random.Random(seed)
    data = folder / "data"
    data.mkdir(mode=0o700)
    store = Store.open(data / "db.sqlite3", data / "db.lock", folder / "backups", clock=lambda: BEGINS)
    try:
        laptop = Laptop(store, folder, chance, BEGINS, ZoneInfo(HOME))
        schedules = _schedules(store, laptop)
        began = time.perf_counter()
        asyncio.run(simulate(laptop, schedules, days, chance))
        simulated = time.perf_counter()
        ledger = Ledger.read(data / "db.sqlite3")
    finally:
        store.close()
    found = faults(ledger, _planned(laptop), laptop.came_again)
    took = time.perf_counter() - simulated
    return Year(days, seed, laptop.rings, laptop.events, ledger.totals(), found, simulated - began, took)


def _schedules(store: Store, laptop: Laptop) -> list[Schedule]:
    """Keep the accounts and their schedules, and return these."""
    made = []
    for number, name in enumerate(dict.fromkeys(plan_of[0] for plan_of in PLANS)):
        account = store.accounts.add(Account(f"{number:032x}", name, "https://portal.example", "t@example.com"))
        (default,) = store.schedules.of_account(account.id)
        for owner, timetable, lateness, hours in PLANS:
            if owner == name:
                one = Schedule(0, account.id, timetable=timetable, lateness=lateness, late_hours=hours)
                made.append(store.schedules.add(one, laptop.now))
        store.schedules.remove(default.id)
    for schedule in made:
        store.schedules.set_accounted_until(schedule.id, laptop.now)
        laptop.add(schedule)
    return made


def _planned(laptop: Laptop) -> dict[int, set[datetime]]:
    """Return every slot of every schedule, by the plan alone."""
    return {
        number: {slot for look in looks for slot in plan.missed_runs(look.timetable, look.since, look.until, look.zone)}
        for number, looks in laptop.looks.items()
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate, print, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=366)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="ft-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        profile = cProfile.Profile()
        if options.profile:
            profile.enable()
        year = run(options.days, options.seed, Path(folder))
        if options.profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    print(year.text())
    return 1 if year.faults else 0


if __name__ == "__main__":
    sys.exit(main())
