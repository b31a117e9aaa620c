"""Waking is told by the system and noticed by the watch: it counts once, and what waits for the network waits on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fossatray.core.commands import SaveSchedule
from fossatray.core.runs import Trigger
from fossatray.core.schedules import Lateness
from tests.unit.engine.plans import SLOT, history, the_schedule
from tests.unit.engine.test_gates import Line, online_life, waits
from tests.unit.engine.test_watch import Computer
from tests.unit.engine.world import World, run, success


def test_the_watch_does_not_tell_again_what_the_system_has_told(world: World) -> None:
    computer = Computer()
    watch = computer.watch(world)
    watch.start()
    computer.clock.forward(hours=8)
    computer.mark = "another"
    watch.told()
    assert computer.reloads == 1, "it was perhaps carried to another zone"
    computer.minute()
    assert (computer.changes, computer.reloads) == (0, 1)
    computer.minute(asleep=60)
    assert computer.changes == 1


def test_the_engine_tells_its_watch(world: World) -> None:
    async def story() -> None:
        async with world.life(monotonic=lambda: 0.0, zone_mark=lambda: "same") as life:
            await life.add_account()
            world.clock.now = SLOT - timedelta(minutes=1)
            life.conductor.wake_up()
            woken = world.alarm.woken
            life.conductor._watch._look()  # type: ignore[union-attr]
            assert (woken, world.alarm.woken) == (1, 1)

    run(story())


def test_a_slot_whose_wait_has_begun_on_time_is_not_too_late_when_it_is_noticed_again(world: World) -> None:
    async def story() -> None:
        line = Line()
        async with online_life(world, line) as life:
            await life.add_account()
            await life.do(SaveSchedule(replace(the_schedule(life), lateness=Lateness.SKIP)))
            world.scripts.append(success(1))
            back = line.goes()
            world.clock.now = SLOT + timedelta(minutes=4, seconds=30)
            life.conductor.wake_up()
            await waits(life)
            world.clock.forward(seconds=55)
            life.conductor.wake_up()
            assert history(world) == []
            back.set_result(True)
            await life.ear.until(lambda: life.ear.ended)
            (ended,) = life.ear.ended
            assert (ended.trigger, ended.planned_at, len(line.asked)) == (Trigger.SCHEDULED, SLOT, 1)

    run(story())
