"""Whether the computer has slept, or its clock or zone was changed: looked at once a minute, by clocks of the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fossatray.engine.watch import ClockWatch
from tests.unit.engine.world import START, ZONE, Clock, HandAlarm, World, run, success


@dataclass
class Timer:
    """Set for later."""

    delay: float
    ring: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Computer:
    """Its clocks, its zone, and what was set for later."""

    clock: Clock = field(default_factory=Clock)
    awake_s: float = 1000.0
    mark: str = "one"
    reloads: int = 0
    fault: Exception | None = None
    timers: list[Timer] = field(default_factory=list)
    changes: int = 0
    ticks: int = 0

    def later(self, delay: float, ring: Callable[[], None]) -> Timer:
        self.timers.append(Timer(delay, ring))
        return self.timers[-1]

    def reload(self) -> None:
        self.reloads += 1
        if self.fault is not None:
            raise self.fault

    def changed(self) -> None:
        self.changes += 1

    def tick(self) -> None:
        self.ticks += 1

    def watch(self, world: World) -> ClockWatch:
        parts = replace(
            world.parts(),
            clock=self.clock,
            monotonic=lambda: self.awake_s,
            zone_mark=lambda: self.mark,
            reload_zone=self.reload,
        )
        return ClockWatch(parts, self.later, self.changed, self.tick)

    def minute(self, asleep: float = 0.0) -> None:
        """Let a minute pass, some seconds of sleep in it, and the newest timer ring."""
        self.awake_s += 60
        self.clock.forward(seconds=60 + asleep)
        self.timers[-1].ring()


@pytest.fixture
def computer() -> Computer:
    return Computer()


def test_it_looks_once_a_minute_and_says_nothing_of_minutes_like_any_other(world: World, computer: Computer) -> None:
    computer.watch(world).start()
    for _ in range(3):
        computer.minute()
    assert [timer.delay for timer in computer.timers] == [60.0] * 4
    assert (computer.changes, computer.reloads) == (0, 0)
    assert computer.ticks == 3, "whatever else is looked at now and then needs no timer of its own"


@pytest.mark.parametrize("asleep", [3600.0, 6.0, -6.0, -86400.0])
def test_a_sleep_or_a_clock_that_was_set_is_told_once(world: World, computer: Computer, asleep: float) -> None:
    computer.watch(world).start()
    computer.minute(asleep)
    assert (computer.changes, computer.reloads) == (1, 1)
    computer.minute()
    assert computer.changes == 1


def test_what_drifts_slowly_is_told_when_it_has_become_much(world: World, computer: Computer) -> None:
    computer.watch(world).start()
    for _ in range(3):
        computer.minute(2.0)
    assert computer.changes == 1


def test_a_changed_zone_is_told_and_read_anew(world: World, computer: Computer) -> None:
    computer.watch(world).start()
    computer.mark = "another"
    computer.minute()
    computer.minute()
    assert (computer.changes, computer.reloads) == (1, 1)


def test_a_zone_that_cannot_be_read_hinders_nothing(world: World, computer: Computer) -> None:
    computer.fault = LookupError("no such zone")
    computer.watch(world).start()
    computer.minute(3600)
    assert computer.changes == 1
    computer.minute(3600)
    assert computer.changes == 2


def test_after_a_stop_nothing_rings(world: World, computer: Computer) -> None:
    watch = computer.watch(world)
    watch.stop()
    watch.start()
    watch.stop()
    assert [timer.cancelled for timer in computer.timers] == [True]


# --- in the engine ----------------------------------------------------------------------------------------------------


class WakingAlarm(HandAlarm):
    """Says when it was told to look at the clock again."""

    def __init__(self) -> None:
        super().__init__()
        self.waking = asyncio.Event()

    def wake_up(self) -> None:
        super().wake_up()
        self.waking.set()

    async def woke(self) -> None:
        async with asyncio.timeout(20):
            await self.waking.wait()


def often(world: World, alarm: HandAlarm) -> dict[str, Any]:
    """The parts of an engine that looks a hundred times a second, while no time passes by itself."""
    return {
        "limits": replace(world.limits, watch_s=0.01),
        "monotonic": lambda: 0.0,
        "zone_mark": lambda: "same",
        "alarm": lambda: alarm,
    }


def test_the_engine_catches_up_after_a_sleep(world: World) -> None:
    async def story() -> None:
        alarm = WakingAlarm()
        async with world.life(**often(world, alarm)) as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = START + timedelta(hours=3)  # slept over 15:00, 16:00 and 17:00
            await life.ear.until(lambda: life.ear.ended)
            assert [(one.outcome, one.trigger) for one in life.ear.ended] == [("succeeded", "catch_up")]
            assert alarm.at == START.replace(minute=0) + timedelta(hours=4)

    run(story())


def test_the_engine_plans_in_the_new_zone(world: World) -> None:
    zones = [ZONE]
    world.clock.now = START.replace(minute=0)

    async def story() -> None:
        alarm = WakingAlarm()
        changes = {**often(world, alarm), "zone": lambda: zones[-1], "zone_mark": lambda: len(zones)}
        async with world.life(**changes) as life:
            await life.add_account()
            assert alarm.at == START.replace(minute=0) + timedelta(hours=1)
            zones.append(ZoneInfo("Asia/Kathmandu"))  # 5 h 45 min before UTC
            await alarm.woke()
            assert alarm.at == START.replace(minute=15)

    run(story())


def test_a_changed_zone_is_told_though_the_state_is_the_same(world: World) -> None:
    marks = ["one"]

    async def story() -> None:
        alarm = WakingAlarm()
        async with world.life(**{**often(world, alarm), "zone_mark": lambda: marks[-1]}) as life:
            await life.add_account()
            told = len(life.ear.states)
            marks.append("another")
            await life.ear.until(lambda: len(life.ear.states) > told)
            assert life.ear.states[told:] == [life.ear.states[told - 1]]

    run(story())


def test_a_headless_engine_watches_no_clock(world: World) -> None:
    looks: list[int] = []

    def mark() -> int:
        looks.append(1)
        return 0

    async def story() -> None:
        async with world.life(**{**often(world, HandAlarm()), "zone_mark": mark, "scheduling": False}) as life:
            await life.add_account()
            await life.sync(success(1))

    run(story())
    assert looks == []
