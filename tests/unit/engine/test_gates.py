"""What is asked before a planned run starts: running, refused, password, battery, metered, network; in this order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from fossatray.core.commands import Pause, SaveSchedule, SaveSettings
from fossatray.core.runs import Outcome, Reason, Trigger
from fossatray.core.timetable import Every, Timetable
from tests.unit.engine.plans import (
    SLOT,
    history,
    hour,
    newest_ended,
    next_run,
    ring,
    the_account,
    the_schedule,
    the_state,
)
from tests.unit.engine.world import ORIGIN, Life, World, run, success

# --- battery and metered ----------------------------------------------------------------------------------------------


@dataclass
class Power:
    """A battery, and a network that is paid by volume or not."""

    level: int | None = 50
    is_on_battery: bool | None = True
    is_metered: bool | None = True

    def level_percent(self) -> int | None:
        return self.level

    def on_battery(self) -> bool | None:
        return self.is_on_battery

    def metered(self) -> bool | None:
        return self.is_metered


@pytest.mark.parametrize(
    ("power", "settings", "reason"),
    [
        (Power(level=29), {"battery_below": "30"}, Reason.BATTERY),
        (Power(level=30), {"battery_below": "30"}, None),
        (Power(level=29, is_on_battery=False), {"battery_below": "30"}, None),
        (Power(level=29, is_on_battery=None), {"battery_below": "30"}, None),
        (Power(level=None), {"battery_below": "30"}, None),
        (Power(level=1), {}, None),
        (Power(), {"metered": "skip"}, Reason.METERED),
        (Power(is_metered=False), {"metered": "skip"}, None),
        (Power(is_metered=None), {"metered": "skip"}, None),
        (Power(level=29), {"metered": "skip", "battery_below": "30"}, Reason.BATTERY),
    ],
)
def test_on_a_low_battery_or_a_metered_network_a_switch_says_whether_it_runs(
    world: World, power: Power, settings: dict[str, str], reason: Reason | None
) -> None:
    async def story() -> None:
        async with world.life(battery=power, network=power) as life:
            await life.add_account()
            await life.do(SaveSettings(settings))
            world.scripts.append(success(1))
            world.clock.now = SLOT
            await ring(life)
            if reason is None:
                assert (await newest_ended(life)).outcome is Outcome.SUCCEEDED
            else:
                assert history(world) == [("skipped", "scheduled", SLOT, reason)]
                assert life.ear.notices == []
            assert next_run(life) == hour(1)

    run(story())


def test_a_person_who_asks_for_a_sync_gets_it_all_the_same(world: World) -> None:
    async def story() -> None:
        power = Power(level=1)
        async with world.life(battery=power, network=power) as life:
            await life.add_account()
            await life.do(SaveSettings({"battery_below": "30", "metered": "skip"}))
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    run(story())


# --- the network ------------------------------------------------------------------------------------------------------


class Line:
    """The way to the portal: up, down, or to be waited for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: asyncio.Future[bool] | bool = True

    async def __call__(self, origin: str) -> bool:
        self.asked.append(origin)
        return self.answer if isinstance(self.answer, bool) else await self.answer

    def goes(self) -> asyncio.Future[bool]:
        """Let whoever asks wait from now on."""
        self.answer = asyncio.get_running_loop().create_future()
        return self.answer


def online_life(world: World, line: Line) -> AbstractAsyncContextManager[Life]:
    return world.life(wait_for_network=line, limits=replace(world.limits, quiet_wait_s=0.0))


async def waits(life: Life) -> None:
    await life.ear.until(lambda: the_state(life).held == "waiting_for_network")


def test_a_run_waits_for_the_network_and_says_so(world: World) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = SLOT
            back = line.goes()
            await ring(life)
            await waits(life)
            assert (line.asked, world.started, next_run(life)) == ([ORIGIN], 0, hour(1))
            world.clock.forward(seconds=100)
            back.set_result(True)
            await life.ear.until(lambda: life.ear.ended)
            (ended,) = life.ear.ended
            assert (ended.trigger, ended.planned_at) == (Trigger.SCHEDULED, SLOT)
            assert ended.started_at == SLOT + timedelta(seconds=100)
            assert (the_state(life).held, next_run(life), world.alarm.at) == (None, hour(1), hour(1))

    run(story())


def test_offline_after_the_wait_is_skipped_and_no_failure(world: World) -> None:
    async def story() -> None:
        line = Line()
        line.answer = False
        async with online_life(world, line) as life:
            await life.add_account()
            world.clock.now = SLOT
            await ring(life)
            await life.ear.until(lambda: history(world))
            assert history(world) == [("skipped", "scheduled", SLOT, Reason.OFFLINE)]
            assert (life.ear.notices, life.ear.ended, the_account(life).failures) == ([], [], 0)
            assert world.alarm.at == next_run(life) == hour(1)

    run(story())


def test_slots_that_pass_while_one_waits_are_accounted_for_when_it_has_left(world: World) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            world.clock.now = SLOT
            back = line.goes()
            await ring(life)
            await waits(life)
            world.clock.now = hour(1)
            await ring(life)  # waits in its turn
            assert history(world) == []
            line.answer = True
            world.scripts.append(success(1))
            back.set_result(False)
            await life.ear.until(lambda: life.ear.ended)
            assert world.alarm.at == hour(2)
        assert history(world) == [
            ("succeeded", "scheduled", hour(1), None),
            ("skipped", "scheduled", SLOT, Reason.OFFLINE),
        ]

    run(story())


def test_a_slot_that_waited_when_the_program_ended_is_due_at_the_next_start(world: World) -> None:
    async def lives() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            world.clock.now = SLOT
            line.goes()
            await ring(life)
            await waits(life)
        assert history(world) == []
        world.scripts.append(success(1))
        world.clock.forward(minutes=1)
        async with world.life() as life:
            assert (await newest_ended(life)).planned_at == SLOT
        assert history(world) == [("succeeded", "scheduled", SLOT, None)]

    run(lives())


async def edit(life: Life) -> None:
    await life.do(SaveSchedule(replace(the_schedule(life), timetable=Timetable(Every(120)))))


async def pause(life: Life) -> None:
    await life.do(Pause())


@pytest.mark.parametrize(("change", "reason"), [(edit, Reason.OFFLINE), (pause, Reason.PAUSED)])
def test_a_slot_that_waits_has_its_row_before_the_schedule_becomes_another(
    world: World, change: Callable[[Life], Awaitable[None]], reason: Reason
) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            world.clock.now = SLOT
            back = line.goes()
            await ring(life)
            await waits(life)
            world.clock.forward(seconds=30)
            await change(life)
            assert history(world) == [("skipped", "scheduled", SLOT, reason)]
            assert back.cancelled()

    run(story())


def test_right_before_a_slot_it_is_probed_so_that_the_run_starts_on_time(world: World) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            assert world.alarm.set_for[-1][0] == SLOT - timedelta(seconds=5)
            world.clock.now = SLOT - timedelta(seconds=5)
            await world.alarm.ring(-1)
            await asyncio.sleep(0)
            assert line.asked == [ORIGIN]
            world.clock.now = SLOT
            world.scripts.append(success(1))
            await ring(life)
            assert the_account(life).run is not None, "nothing was waited for"
            assert line.asked == [ORIGIN]
            assert world.alarm.set_for[-1][0] == hour(1) - timedelta(seconds=5)
            await newest_ended(life)

    run(story())


def test_what_was_found_before_a_sleep_says_nothing_after_it(world: World) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            world.clock.now = SLOT - timedelta(seconds=5)
            await world.alarm.ring(-1)
            await asyncio.sleep(0)
            world.clock.now = SLOT + timedelta(seconds=1)
            line.goes()
            life.conductor.wake_up()
            await waits(life)
            assert world.started == 0

    run(story())
