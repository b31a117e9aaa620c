"""A simulated year: every slot of every schedule must be in the ledger exactly once, with one fate.

The planner, its gates and the store are the program's own; the computer around them is simulated (`laptop.py`): it
sleeps, loses power and network, its clock jumps forward and back, it travels, its battery runs low, the portal refuses
a password, and its person pauses and changes schedules. Afterwards the ledger is compared with what
`fossatray.core.plan` says of the same year. Prints the totals; the exit status is 1 if a slot is missing, doubled or
not understood:

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
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.laptop import Laptop, Look
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
    processor_s: float
    checked_s: float

    @property
    def occurrences(self) -> int:
        """Return how many planned slots are in the ledger."""
        return sum(self.totals.values())

    def text(self) -> str:
        """Return all of it for a person."""
        events = ", ".join(f"{count} {what}" for what, count in sorted(self.events.items()))
        times = f"simulated in {self.simulated_s:.1f} s ({self.processor_s:.1f} s of processor time)"
        return "\n".join(
            [
                f"{self.days} days, seed {self.seed}: {self.occurrences:,} occurrences, {self.rings:,} alarms rang",
                f"{times}, compared in {self.checked_s:.1f} s",
                events,
                *(f"  {count:7,} {what}" for what, count in self.totals.most_common()),
                f"{len(self.faults)} faults",
                *self.faults,
            ]
        )


async def simulate(laptop: Laptop, schedules: Sequence[Schedule], days: int, chance: random.Random) -> None:
    """Let the days pass, one after another, in which the computer is used for some hours; end awake and online."""
    await laptop.start_program()
    while laptop.now < BEGINS + timedelta(days=days):
        await _day(laptop, schedules, chance)
        await _night(laptop, chance)
    await laptop.give_passwords()
    await laptop.stay_awake(timedelta(hours=4))  # the last spell offline and the last waits are over


async def _day(laptop: Laptop, schedules: Sequence[Schedule], chance: random.Random) -> None:
    """Work for some hours, with what may happen in between."""
    happenings, weights = zip(*HAPPENINGS, strict=True)
    for _ in range(chance.randrange(1, 5)):
        await laptop.stay_awake(timedelta(minutes=chance.choice((2, 10, 45, 90, 240)) * chance.random()))
        laptop.unplug(chance.choice((None, None, 80, 15)))
        (happening,) = chance.choices(happenings, weights)
        await happening(laptop, chance.choice(schedules), chance)


async def _nothing(_laptop: Laptop, _one: Schedule, _chance: random.Random) -> None:
    """Let nothing happen."""


async def _nap(laptop: Laptop, _one: Schedule, chance: random.Random) -> None:
    await laptop.sleep(timedelta(minutes=chance.uniform(1, 90)))


async def _offline(laptop: Laptop, _one: Schedule, chance: random.Random) -> None:
    laptop.lose_network(timedelta(minutes=chance.uniform(1, 180)))


async def _power_cut(laptop: Laptop, _one: Schedule, chance: random.Random) -> None:
    await laptop.lose_power()
    laptop.pass_time(timedelta(minutes=chance.uniform(0, 30)))
    await laptop.start_program()


async def _clock_forward(laptop: Laptop, _one: Schedule, chance: random.Random) -> None:
    await laptop.set_clock(timedelta(minutes=chance.choice((1, 7, 61, 300, 1800))))


async def _clock_back(laptop: Laptop, _one: Schedule, chance: random.Random) -> None:
    await laptop.set_clock(-timedelta(minutes=chance.choice((1, 7, 61, 300))))


async def _journey(laptop: Laptop, _one: Schedule, chance: random.Random) -> None:
    await laptop.travel(ZoneInfo(chance.choice(ZONES)))


async def _pause(laptop: Laptop, one: Schedule, chance: random.Random) -> None:
    await laptop.pause(one, laptop.now + timedelta(hours=chance.uniform(0.1, 30)))


async def _resume(laptop: Laptop, one: Schedule, _chance: random.Random) -> None:
    await laptop.pause(one, None)


async def _refusal(laptop: Laptop, one: Schedule, _chance: random.Random) -> None:
    await laptop.refuse(one)


async def _new_passwords(laptop: Laptop, _one: Schedule, _chance: random.Random) -> None:
    await laptop.give_passwords()


async def _other_times(laptop: Laptop, one: Schedule, chance: random.Random) -> None:
    await laptop.change(one, chance.choice((one.timetable, Timetable(Every(30)), Timetable(Every(45, 10)))))


Happening = Callable[[Laptop, Schedule, random.Random], Awaitable[None]]

HAPPENINGS: tuple[tuple[Happening, int], ...] = (
    (_nap, 35),
    (_nothing, 25),
    (_offline, 10),
    (_power_cut, 7),
    (_new_passwords, 6),
    (_clock_forward, 3),
    (_clock_back, 3),
    (_journey, 3),
    (_pause, 3),
    (_resume, 2),
    (_refusal, 2),
    (_other_times, 2),
)
"""What may happen, and how often of about a hundred times."""


async def _night(laptop: Laptop, chance: random.Random) -> None:
    """Sleep, or be off, until the morning; or through a weekend, or not at all."""
    span = timedelta(hours=chance.choice((0, 6, 9, 14, 16, 40)) + chance.random())
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
        store.settings.set("battery_below", "20")
        began, spent = time.perf_counter(), time.process_time()
        asyncio.run(simulate(laptop, schedules, days, chance))
        simulated, spent = time.perf_counter(), time.process_time() - spent
        ledger = Ledger.read(data / "db.sqlite3")
    finally:
        store.close()
    found = faults(ledger, _planned(laptop.looks), laptop.came_again, _planned(laptop.taken_back))
    took = time.perf_counter() - simulated
    return Year(days, seed, laptop.rings, laptop.events, ledger.totals(), found, simulated - began, spent, took)


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
        store.schedules.remove(default.id, laptop.now)
    for schedule in made:
        store.schedules.set_accounted_until(schedule.id, laptop.now)
        laptop.add(schedule)
    return made


def _planned(looked_at: Mapping[int, Sequence[Look]]) -> dict[int, set[datetime]]:
    """Return every slot of every schedule in what was looked at, by the plan alone."""
    return {
        number: {slot for look in looks for slot in plan.missed_runs(look.timetable, look.since, look.until, look.zone)}
        for number, looks in looked_at.items()
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
