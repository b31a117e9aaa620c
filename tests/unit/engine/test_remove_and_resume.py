"""A schedule that is removed is accounted for up to then; Resume for all lifts first what was switched off."""

from __future__ import annotations

import pytest

from fossatray.core.commands import PauseSchedule, RemoveSchedule, Resume, SaveSchedule
from fossatray.core.errors import InvalidInput
from fossatray.core.runs import Reason
from fossatray.core.schedules import Schedule
from fossatray.store.reader import Reader
from tests.unit.engine.plans import history, hour, next_run, the_account, the_schedule
from tests.unit.engine.test_schedule_desk import second
from tests.unit.engine.world import World, run


def test_what_a_schedule_missed_before_it_is_removed_is_counted_and_stays_in_the_history(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        world.clock.now = hour(3)
        async with world.life(scheduling=False) as life:
            await life.do(RemoveSchedule(the_schedule(life).id))
        reader = Reader(world.database())
        try:
            assert reader.statistics().missed == 4
        finally:
            reader.close()
        missed = [("missed", "scheduled", hour(number), Reason.NOT_RUNNING) for number in (3, 2, 1, 0)]
        assert history(world) == missed
        async with world.life() as life:
            assert (the_account(life).schedules, next_run(life), world.alarm.at) == ((), None, None)
            await life.do(SaveSchedule(Schedule(0, the_account(life).account.id, name="Work orders")))
            assert next_run(life) == hour(4)
            assert history(world) == missed

    run(lives())


def test_one_that_others_run_after_is_not_touched_by_a_removal_that_is_refused(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            first = the_schedule(life)
            await second(life, timetable=first.timetable, after=first.id)
            world.clock.now = hour(1)
            with pytest.raises(InvalidInput):
                await life.do(RemoveSchedule(first.id))
            assert history(world) == []

    run(story())


def test_where_one_was_switched_off_resume_lifts_no_pause_of_another(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            noon = await second(life)
            await life.do(PauseSchedule(noon.id, hour(48)))
            life.store.schedules.set_result(1, 5, switched_off=True)
            await life.do(Resume())
            assert [one.held for one in the_account(life).schedules] == [None, "paused"]
            await life.do(Resume())
            assert [one.held for one in the_account(life).schedules] == [None, None]

    run(story())
