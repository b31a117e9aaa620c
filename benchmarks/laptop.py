"""A computer in simulated time: it sleeps, loses power and network, its clock jumps, it travels; the planner is real.

The planner with its gates and the store are the program's own; the alarm clock, the runs and the network are simulated.
What the planner should have accounted for is written down beside it, for the check afterwards: whenever it looks at a
schedule, everything planned since the look before has to get its row.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from fossatray.core.errors import SignInRefused
from fossatray.core.ledger import Due
from fossatray.core.runs import Counts, Outcome, Run
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.core.timetable import Timetable
from fossatray.engine.alarm import Ring
from fossatray.engine.parts import EngineParts
from fossatray.engine.planner import Planner
from fossatray.store.store import Store
from tests.harness.doomed_schedules import OnePassword

WAIT_FOR_NETWORK = timedelta(seconds=120)
TURNS = 50
"""How often the tasks get their turn after each event at most: nothing in the simulation takes longer."""


@dataclass(frozen=True)
class Look:
    """A stretch of time (since, until] that the planner has looked at, by this zone and timetable."""

    since: datetime
    until: datetime
    zone: tzinfo
    timetable: Timetable


class SimulatedAlarm:
    """The alarm clock; the laptop rings it."""

    def __init__(self) -> None:
        self.set_for: dict[int, tuple[datetime, Ring]] = {}

    def start(self) -> None:
        """Begin to keep time: nothing to do."""

    def set(self, key: int, at: datetime, ring: Ring) -> None:
        """Ring at a moment; a key has one alarm, the newest."""
        self.set_for[key] = at, ring

    def clear(self, key: int) -> None:
        """Take a key's alarm away, if it has one."""
        self.set_for.pop(key, None)

    def wake_up(self) -> None:
        """Look at the clock again: the laptop does."""

    def stop(self) -> None:
        """Take every alarm away."""
        self.set_for.clear()


class SimulatedRuns:
    """Runs that take some simulated time and end well or badly, written into the store as the real ones are."""

    def __init__(self, store: Store, clock: Callable[[], datetime], chance: random.Random) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self.under_way: dict[str, tuple[datetime, Run]] = {}

    def busy(self, account_id: str) -> bool:
        """Tell whether a run of the account is under way."""
        return account_id in self.under_way

    def does_another_job(self, account_id: str, job: str) -> bool:
        """Tell whether the account's run under way is of another kind."""
        return account_id in self.under_way and self.under_way[account_id][1].job != job

    def start_planned(self, schedule: Schedule, due: Due, next_slot: datetime | None) -> None:
        """Write down a planned run, with its occurrence, and let it take its time."""
        now = self._clock()
        run = self._store.runs.start(schedule.account_id, schedule.job, due.trigger, due.planned_at, now, schedule.id)
        ends = now + timedelta(seconds=self._chance.choice((20, 30, 45, 60, 240)))
        self.under_way[schedule.account_id] = ends, run

    def end(self, account_id: str) -> Run:
        """Let an account's run end, and return it."""
        _, run = self.under_way.pop(account_id)
        well = self._chance.random() < 0.97
        outcome = Outcome.SUCCEEDED if well else Outcome.FAILED
        return self._store.runs.finish(run.id, outcome, self._clock(), Counts(found=60))

    def die(self) -> None:
        """End without a word, as the program does when the power goes."""
        self.under_way.clear()


class SimulatedBattery:
    """On mains power, or on battery at a `level` in percent."""

    level: int | None = None

    def on_battery(self) -> bool | None:
        """Tell whether it runs on battery."""
        return self.level is not None

    def level_percent(self) -> int | None:
        """Return how full the battery is."""
        return self.level


class Laptop:
    """A computer with one store. `looks` are the stretches that the planner has looked at, by schedule id."""

    def __init__(self, store: Store, folder: Path, chance: random.Random, begins: datetime, zone: tzinfo) -> None:
        self.store = store
        self.now = begins
        self.looks: dict[int, list[Look]] = {}
        self.taken_back: dict[int, list[Look]] = {}
        """What was looked at and then, since the clock was set back, lay ahead again: only what ran of it stays."""
        self.set_back: list[tuple[datetime, datetime]] = []
        """What came twice: (from, to) of each time that the clock was set back."""
        self.events: Counter[str] = Counter()
        self.rings = 0
        self.bugs: list[BaseException] = []
        self._chance = chance
        self._zone = zone
        self._online_at = begins
        self._accounted: dict[int, datetime] = {}
        self._timetables: dict[int, Timetable] = {}
        self._alarm = SimulatedAlarm()
        self._waits: list[tuple[datetime, asyncio.Future[bool]]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._runs = SimulatedRuns(store, lambda: self.now, chance)
        self._battery = SimulatedBattery()
        self._parts = EngineParts(
            open_store=lambda: store,
            credentials=OnePassword(Secret("made-up")),
            runs_folder=folder / "runs",
            clock=lambda: self.now,
            zone=lambda: self._zone,
            zone_mark=lambda: self._zone,
            alarm=lambda: self._alarm,
            wait_for_network=self._wait_for_network,
            battery=self._battery,
        )

    # --- what happens to it -------------------------------------------------------------------------------------------

    def add(self, schedule: Schedule) -> None:
        """Let the program know a schedule from now on; for the time before the first start."""
        self._accounted[schedule.id] = self.now
        self._timetables[schedule.id] = schedule.timetable
        self.looks[schedule.id] = []
        self.taken_back[schedule.id] = []

    async def start_program(self) -> None:
        """Start the program: what ran when the last one died is marked, and the time since is accounted for."""
        self.store.runs.mark_interrupted(self.now)
        self._planner = self._new_planner()
        self._look()
        self._planner.start()
        await self._turns()

    async def quit_program(self) -> None:
        """Let the program end in order: a run under way is cancelled."""
        self._planner.stop()
        for account_id in list(self._runs.under_way):
            self._runs.end(account_id)
        await self._turns()

    async def stay_awake(self, span: timedelta) -> None:
        """Let the time pass: alarms ring, runs end, the network comes back."""
        end = self.now + span
        while (event := min(self._coming(), key=lambda one: one[0], default=None)) is not None and event[0] <= end:
            self.now = max(self.now, event[0])
            await event[1]()
            await self._turns()
        self.now = max(self.now, end)

    async def sleep(self, span: timedelta) -> None:
        """Let the time pass without the program; it notices that after a minute at most."""
        self.events["sleep"] += 1
        self.now += span
        await self._notice()

    async def set_clock(self, step: timedelta) -> None:
        """Set the clock forward or back; the program notices after a minute at most."""
        if step < timedelta():
            self.events["clock set back"] += 1
            self.set_back.append((self.now + step, self.now))
        else:
            self.events["clock set forward"] += 1
        self.now += step
        await self._notice()

    async def travel(self, zone: tzinfo) -> None:
        """Come into another zone, and have that noticed."""
        self.events["zone changed"] += 1
        self._look()  # by the zone it was until now
        self._zone = zone
        await self._wake_up()

    def lose_network(self, span: timedelta) -> None:
        """Be offline for so long from now."""
        self.events["offline"] += 1
        self._online_at = self.now + span

    async def change(self, schedule: Schedule, timetable: Timetable) -> None:
        """Give a schedule another timetable, as the engine does for a person."""
        self.events["timetable changed"] += 1
        self._be_busy()
        now = self.store.schedules.get(schedule.id) or schedule
        self._planner.settle_one(now)
        self._look([schedule.id])
        self._timetables[schedule.id] = timetable
        self._planner.begin(self.store.schedules.save(replace(now, timetable=timetable), self.now))
        await self._turns()

    async def pause(self, schedule: Schedule, until: datetime | None) -> None:
        """Pause a schedule until a moment, or resume it."""
        self.events["paused" if until else "resumed"] += 1
        self._be_busy()
        now = self.store.schedules.get(schedule.id) or schedule
        self._planner.settle_one(now, pausing=until is not None)
        self._look([schedule.id])
        self._planner.begin(self.store.schedules.save(replace(now, paused_until=until), self.now))
        await self._turns()

    async def refuse(self, schedule: Schedule) -> None:
        """Let the portal refuse the password of a schedule's account: nothing of it runs until there is a new one."""
        self.events["refused"] += 1
        self.store.accounts.block(schedule.account_id, SignInRefused().info())
        self._look(self._of_account(schedule))
        self._planner.replan(schedule.account_id)
        await self._turns()

    async def give_passwords(self) -> None:
        """Give every account that was refused a new password."""
        for account in self.store.accounts.all():
            if self.store.accounts.blocked(account.id) is not None:
                ours = self.store.schedules.of_account(account.id)
                self._look([schedule.id for schedule in ours])
                self._planner.settle(account.id)
                self.store.accounts.unblock(account.id)
                self._planner.replan(account.id)
        await self._turns()

    def unplug(self, level: int | None) -> None:
        """Run on battery at so many percent, or on mains power again (None)."""
        self.events["unplugged"] += level is not None
        self._battery.level = level

    async def lose_power(self) -> None:
        """Let the program die where it is; nothing is written any more."""
        self.events["power cut"] += 1
        for task in self._tasks:
            task.cancel()
        await self._turns()
        self._alarm.stop()
        self._runs.die()
        self._waits.clear()

    def pass_time(self, span: timedelta) -> None:
        """Let time pass while the program does not run."""
        self.now += span

    def came_again(self, moment: datetime) -> int:
        """Return how often a moment was passed once more, since the clock was set back."""
        return sum(low < moment <= high for low, high in self.set_back)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _new_planner(self) -> Planner:
        self._alarm = SimulatedAlarm()
        return Planner(self._parts, self.store, self._runs, lambda step: step(), self._keep)

    def _keep(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            self.bugs.append(bug)

    def _of_account(self, schedule: Schedule) -> list[int]:
        return [one.id for one in self.store.schedules.of_account(schedule.account_id)]

    def _be_busy(self) -> None:
        """Now and then let some time pass in which no alarm could ring."""
        if self._chance.random() < 0.4:
            self.now += timedelta(minutes=self._chance.uniform(0, 45))

    async def _turns(self) -> None:
        for _ in range(TURNS):
            if len(self._tasks) <= len(self._waits):  # those that wait for the network
                break
            await asyncio.sleep(0)
        else:
            raise RuntimeError(f"{len(self._tasks)} tasks wait for something that is not simulated")
        if self.bugs:
            raise self.bugs[0]

    def _coming(self) -> Iterator[tuple[datetime, Callable[[], Awaitable[None]]]]:
        """Yield what happens next of each kind, with its moment."""
        for key, (at, _) in self._alarm.set_for.items():
            yield at, partial(self._ring, key)
        for account_id, (ends, _) in self._runs.under_way.items():
            yield ends, partial(self._end_run, account_id)
        for limit, answer in self._waits:
            yield min(limit, max(self._online_at, self.now)), partial(self._answer, limit, answer)

    async def _ring(self, key: int) -> None:
        _, ring = self._alarm.set_for.pop(key)
        late = self._chance.random() * 0.02 if self._chance.random() > 0.001 else self._chance.uniform(60, 2400)
        self.now += timedelta(seconds=late)  # rarely the computer is too busy for it
        if key in self._accounted:  # else it is about something beside the plan
            self.rings += 1
            self._look([key])
        await ring()

    async def _end_run(self, account_id: str) -> None:
        run = self._runs.end(account_id)
        self._planner.run_ended(run)

    async def _answer(self, limit: datetime, answer: asyncio.Future[bool]) -> None:
        self._waits.remove((limit, answer))
        if not answer.done():
            answer.set_result(self.now >= self._online_at)

    async def _wait_for_network(self, _origin: str) -> bool:
        if self.now >= self._online_at:
            return True
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waits.append((self.now + WAIT_FOR_NETWORK, answer))
        return await answer

    async def _notice(self) -> None:
        """Within a minute the program sees that clock and awake time came apart; what is overdue may ring before."""
        if self._chance.random() < 0.5:
            await self.stay_awake(timedelta(seconds=self._chance.uniform(0, 60)))
        await self._wake_up()

    async def _wake_up(self) -> None:
        self._look()
        self._planner.wake_up()
        await self._turns()

    def _look(self, schedules: Iterable[int] | None = None) -> None:
        """Write down that the planner looks at these schedules (at all) now."""
        for number in self._accounted if schedules is None else schedules:
            since, looks = self._accounted[number], self.looks[number]
            self._accounted[number] = self.now
            look = Look(since, self.now, self._zone, self._timetables[number])
            if self.now < since:
                self._take_back(number)
            if self.now <= since:
                continue
            last = looks[-1] if looks else None
            if last is not None and last.until == since and (last.zone, last.timetable) == (look.zone, look.timetable):
                looks[-1] = replace(last, until=self.now)
            else:
                looks.append(look)

    def _take_back(self, number: int) -> None:
        """Write down that what was looked at of a schedule after this moment is yet to come."""
        ahead = [look for look in self.looks[number] if look.until > self.now]
        self.taken_back[number] += ahead
        behind = [look for look in self.looks[number] if look.until <= self.now]
        self.looks[number] = behind + [replace(look, until=self.now) for look in ahead if look.since < self.now]
