"""What a schedule reads: dispensers at times of their own, and something else from now on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, time

import pytest

from fossatray.core.commands import SaveSchedule
from fossatray.core.errors import LayoutChanged
from fossatray.core.health import Health
from fossatray.core.runs import DISPENSERS, Outcome, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.timetable import Cron, Every, Rule, Times, Timetable
from fossatray.store.reader import Reader
from tests.unit.engine.plans import SLOT, hour, newest_ended, ring, the_account, the_schedule
from tests.unit.engine.test_dispensers import ONE, dispensers, kept, open_orders, reading, site, with_service
from tests.unit.engine.world import World, failing, run


@pytest.mark.parametrize("rule", [Every(120), Times((time(11),)), Cron("0 11 * * *")], ids=["every", "times", "cron"])
def test_a_schedule_for_dispensers_has_times_of_its_own(world: World, rule: Rule) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1))
            account = the_account(life).account
            own = Schedule(0, account.id, DISPENSERS, name="Dispensers", timetable=Timetable(rule))
            saved = await life.do(SaveSchedule(own))
            at, _ = world.alarm.set_for[saved.id]
            world.scripts.append(reading({1: [ONE]}))
            world.clock.now = at
            await world.alarm.ring(saved.id)
            await life.ear.until(lambda: life.ear.ended[-1].job == DISPENSERS)
            ended = life.ear.ended[-1]
            assert (ended.trigger, ended.planned_at, ended.schedule_id) == (Trigger.SCHEDULED, at, saved.id)
            assert ended.outcome is Outcome.SUCCEEDED
            assert world.alarm.set_for[saved.id][0] > at
        assert kept(world) == {site(1): ["1/2"]}

    run(story())


def test_a_schedule_that_reads_something_else_from_now_on_has_not_failed_yet(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(failing(LayoutChanged()))
            world.clock.now = SLOT
            await ring(life)
            await newest_ended(life)
            before = the_schedule(life)
            assert before.failures == 1
            assert (await life.do(SaveSchedule(replace(before, name="Other")))).failures == 1
            changed = await life.do(SaveSchedule(replace(before, job=DISPENSERS)))
            assert (changed.job, changed.failures, changed.timetable) == (DISPENSERS, 0, before.timetable)
            assert the_schedule(life) == changed
            world.clock.now = hour(1)
            await ring(life)
            assert (await newest_ended(life)).job == DISPENSERS

    run(story())


def test_a_run_that_reads_what_its_schedule_no_longer_reads_does_not_count_for_it(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            await life.add_account()
            world.scripts.append([{"wait": str(gate.path)}, *failing(LayoutChanged())])
            world.clock.now = SLOT
            await ring(life)
            await gate.reached()
            await life.do(SaveSchedule(replace(the_schedule(life), job=DISPENSERS)))
            await gate.open()
            assert (await newest_ended(life)).outcome is Outcome.FAILED
            assert the_schedule(life).failures == 0

    run(story())


def test_dispensers_that_were_read_do_not_hide_that_the_work_orders_fail(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1))
            world.scripts.append(failing(LayoutChanged()))
            world.clock.now = SLOT
            await ring(life)
            failed = await newest_ended(life)
            assert failed.outcome is Outcome.FAILED
            assert (await dispensers(life, reading({1: [ONE]}))).outcome is Outcome.SUCCEEDED
            state = the_account(life)
            assert (state.health(), state.last_judged, state.failures) == (Health.FAILED, failed, 1)
            with closing(Reader(world.database())) as reader:
                (stored,) = reader.state(world.clock.now, UTC).accounts
            assert (stored.health(), stored.last_judged) == (Health.FAILED, failed)

    run(story())
