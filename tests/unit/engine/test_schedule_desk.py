"""Several schedules of an account: added, changed, paused until a moment, chained, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from fossatray.core.commands import (
    CredentialsChanged,
    PauseSchedule,
    RemoveSchedule,
    Resume,
    ResumeSchedule,
    SaveSchedule,
)
from fossatray.core.errors import InvalidInput, LayoutChanged, NotFound
from fossatray.core.runs import Outcome, Reason, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.timetable import Cron, HolidayCalendar, Times, Timetable
from fossatray.store.reader import Reader
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
from tests.unit.engine.world import START, ZONE, Life, World, failing, run, success

NOON = Timetable(Times((time(12),)))  # 17:00 UTC


async def second(life: Life, **fields: object) -> Schedule:
    """Add another schedule to the only account."""
    account = the_account(life).account
    schedule = replace(Schedule(0, account.id, name="Noon", timetable=NOON), **fields)  # type: ignore[arg-type]
    added = await life.do(SaveSchedule(schedule))
    assert isinstance(added, Schedule)
    return added


def plan(life: Life) -> dict[str, datetime | None]:
    return {one.schedule.name: one.next_run for one in the_account(life).schedules}


def test_an_account_has_several_schedules_and_the_soonest_is_its_next_run(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            noon = await second(life)
            assert plan(life) == {"Work orders": SLOT, "Noon": hour(2)}
            assert next_run(life) == SLOT
            assert {key: at for key, (at, _) in world.alarm.set_for.items()} == {1: SLOT, noon.id: hour(2)}
            await life.do(PauseSchedule(1))
            world.scripts.append(success(1))
            world.clock.now = hour(2)
            await world.alarm.ring(noon.id)
            ended = await newest_ended(life)
            assert (ended.schedule_id, ended.planned_at) == (noon.id, hour(2))

    run(story())


@pytest.mark.parametrize(
    ("timetable", "why"),
    [
        (Timetable(Cron("0 3 29 2 *")), "not once in 60 days"),
        (Timetable(holidays=HolidayCalendar("ZZ")), "holidays"),
    ],
)
def test_what_cannot_run_is_refused_and_changes_nothing(world: World, timetable: Timetable, why: str) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            before = life.state
            with pytest.raises(InvalidInput):
                await life.do(SaveSchedule(replace(the_schedule(life), timetable=timetable)))
            with pytest.raises(InvalidInput):
                await second(life, timetable=timetable)
            assert life.state == before, why

    run(story())


def test_a_job_that_does_not_exist_and_an_unknown_schedule_are_refused(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            with pytest.raises(InvalidInput):
                await second(life, job="test_sign_in")
            for command in (
                SaveSchedule(replace(the_schedule(life), id=99)),
                RemoveSchedule(99),
                PauseSchedule(99),
                ResumeSchedule(99),
            ):
                with pytest.raises(NotFound):
                    await life.do(command)

    run(story())


def test_what_the_program_has_noted_of_a_schedule_stays_when_it_is_saved(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            stale = the_schedule(life)
            world.scripts.append(failing(LayoutChanged()))
            world.clock.now = SLOT
            await ring(life)
            await newest_ended(life)
            saved = await life.do(SaveSchedule(replace(stale, name="Other")))
            assert (saved.name, saved.failures) == ("Other", 1)

    run(story())


def test_an_edit_that_was_begun_before_a_pause_does_not_end_it(world: World) -> None:
    until = hour(5)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            stale = the_schedule(life)
            await life.do(PauseSchedule(stale.id, until))
            saved = await life.do(SaveSchedule(replace(stale, name="Other")))
            assert (saved.name, saved.enabled, saved.paused_until) == ("Other", True, until)
            await life.do(PauseSchedule(stale.id))
            assert not (await life.do(SaveSchedule(stale))).enabled
            assert (the_state(life).held, world.alarm.at) == ("paused", None)
            stale = the_schedule(life)
            await life.do(ResumeSchedule(stale.id))
            saved = await life.do(SaveSchedule(stale))
            assert (saved.enabled, world.alarm.at) == (True, SLOT)

    run(story())


def test_an_edit_may_mean_the_pause(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            paused = replace(the_schedule(life), paused_until=hour(5))
            assert (await life.do(SaveSchedule(paused, pauses=True))).paused_until == hour(5)
            assert the_state(life).held == "paused"
            resumed = await life.do(SaveSchedule(replace(paused, paused_until=None), pauses=True))
            assert (resumed.paused_until, world.alarm.at) == (None, SLOT)

    run(story())


def test_the_first_schedule_was_made_with_its_account(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            reader = Reader(world.database())
            try:
                (why,) = reader.why(account.id, START - timedelta(hours=3), ZONE)
            finally:
                reader.close()
            assert why.changed_at == START

    run(story())


def test_a_schedule_that_is_removed_rings_no_more_and_its_runs_stay(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = SLOT
            await ring(life)
            ended = await newest_ended(life)
            await life.do(RemoveSchedule(the_schedule(life).id))
            assert (the_account(life).schedules, next_run(life), world.alarm.at) == ((), None, None)
            assert life.store.runs.get(ended.id) == ended

    run(story())


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_a_pause_until_a_moment_ends_by_itself_and_its_slots_are_skipped(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            until = hour(1) + timedelta(minutes=30)
            await life.do(PauseSchedule(the_schedule(life).id, until))
            assert (the_state(life).held, next_run(life), the_account(life).paused) == ("paused", hour(2), True)
            assert world.alarm.at == until
            world.clock.now = until
            await ring(life)
            assert (the_state(life).held, next_run(life), world.alarm.at) == (None, hour(2), hour(2))
            world.scripts.append(success(1))
            world.clock.now = hour(2)
            await ring(life)
            await newest_ended(life)
        assert history(world) == [
            ("succeeded", "scheduled", hour(2), None),
            ("skipped", "scheduled", hour(1), Reason.PAUSED),
            ("skipped", "scheduled", SLOT, Reason.PAUSED),
        ]

    run(story())


def test_a_pause_that_ended_while_the_program_was_off_is_told_apart_from_that(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.do(PauseSchedule(the_schedule(life).id, hour(0)))
        world.clock.now = hour(2) + timedelta(minutes=10)
        world.scripts.append(success(1))
        async with world.life() as life:
            await newest_ended(life)
        assert history(world) == [
            ("succeeded", "catch_up", hour(2), None),
            ("missed", "scheduled", hour(1), Reason.NOT_RUNNING),
            ("skipped", "scheduled", SLOT, Reason.PAUSED),
        ]

    run(lives())


def test_a_schedule_that_is_paused_for_good_can_be_given_an_end(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            schedule_id = the_schedule(life).id
            await life.do(PauseSchedule(schedule_id))
            assert (the_state(life).held, world.alarm.at) == ("paused", None)
            await life.do(PauseSchedule(schedule_id, hour(0)))
            assert (the_state(life).held, world.alarm.at, next_run(life)) == ("paused", hour(0), hour(1))

    run(story())


def test_a_pause_that_is_meant_is_saved_with_the_schedule(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            schedule = the_schedule(life)
            await life.do(PauseSchedule(schedule.id))
            await life.do(SaveSchedule(replace(schedule, name="Kept", paused_until=hour(0))))
            assert (the_schedule(life).enabled, the_schedule(life).paused_until) == (False, None), "not meant"
            await life.do(SaveSchedule(replace(schedule, paused_until=hour(0)), pauses=True))
            assert (the_schedule(life).enabled, the_schedule(life).paused_until) == (True, hour(0))
            with pytest.raises(InvalidInput, match="ends in the future"):
                await life.do(SaveSchedule(replace(schedule, paused_until=START), pauses=True))
            with pytest.raises(InvalidInput, match="ends in the future"):
                await second(life, paused_until=START)
            assert the_schedule(life).paused_until == hour(0)
            await life.do(SaveSchedule(schedule, pauses=True))
            assert (the_state(life).held, the_schedule(life).paused_until) == (None, None)

    run(story())


@pytest.mark.parametrize("until", [START, START - timedelta(hours=1), datetime(2030, 1, 1)])
def test_a_pause_ends_in_the_future(world: World, until: datetime) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            with pytest.raises(InvalidInput):
                await life.do(PauseSchedule(the_schedule(life).id, until))

    run(story())


def test_one_resume_ends_every_pause_of_an_account(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            noon = await second(life)
            await life.do(PauseSchedule(the_account(life).schedules[0].schedule.id))
            assert (next_run(life), the_account(life).paused) == (hour(2), False)
            await life.do(PauseSchedule(noon.id, datetime(2026, 4, 1, tzinfo=UTC)))
            assert the_account(life).paused
            await life.do(Resume())
            assert plan(life) == {"Work orders": SLOT, "Noon": hour(2)}
            assert not the_account(life).paused

    run(story())


# --- chains -----------------------------------------------------------------------------------------------------------


def test_a_chained_schedule_runs_after_a_success_and_not_after_a_failure(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            first = the_schedule(life)
            after = await second(life, name="After", after=first.id)
            assert plan(life) == {"Work orders": SLOT, "After": None}
            world.scripts += [success(1), success(1)]
            world.clock.now = SLOT
            await ring(life)
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            assert [(one.schedule_id, one.trigger, one.planned_at) for one in life.ear.ended] == [
                (first.id, Trigger.SCHEDULED, SLOT),
                (after.id, Trigger.CHAINED, None),
            ]
            world.scripts.append(failing(LayoutChanged()))
            world.clock.now = hour(1)
            await ring(life)
            await life.ear.until(lambda: len(life.ear.ended) == 3)
            assert life.ear.ended[2].outcome is Outcome.FAILED
            assert next(one for one in life.state.accounts).run is None

    run(story())


def test_a_chained_schedule_that_rests_is_left_out(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            after = await second(life, name="After", after=the_schedule(life).id)
            await life.do(PauseSchedule(after.id))
            world.scripts.append(success(1))
            world.clock.now = SLOT
            await ring(life)
            await life.ear.until(lambda: life.ear.ended)
            assert the_account(life).run is None
            assert life.ear.crashes == []

    run(story())


def test_circles_and_the_removal_of_what_another_waits_for_are_refused(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            first = the_schedule(life)
            after = await second(life, name="After", after=first.id)
            with pytest.raises(InvalidInput, match=r'"(Work orders" after "After|After" after "Work orders)"'):
                await life.do(SaveSchedule(replace(first, after=after.id)))
            with pytest.raises(InvalidInput, match='"After" runs after this schedule'):
                await life.do(RemoveSchedule(first.id))
            assert world.alarm.at == SLOT

    run(story())


# --- without the program ----------------------------------------------------------------------------------------------


def test_a_change_by_a_command_without_the_program_keeps_what_was_planned_before(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        world.clock.now = hour(1) + timedelta(minutes=1)
        async with world.life(scheduling=False) as life:
            await life.do(SaveSchedule(replace(the_schedule(life), timetable=NOON)))
        world.clock.now = hour(1) + timedelta(minutes=2)
        async with world.life() as life:
            assert (world.alarm.at, world.started) == (hour(2), 0)
        assert history(world) == [
            ("missed", "scheduled", hour(1), Reason.NOT_RUNNING),
            ("missed", "scheduled", SLOT, Reason.NOT_RUNNING),
        ]

    run(lives())


def test_a_command_that_changes_no_schedule_leaves_the_catch_up_to_the_program(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            account = await life.add_account()
        world.clock.now = hour(1) + timedelta(minutes=10)
        async with world.life(scheduling=False) as life:
            await life.do(CredentialsChanged(account.id))
        world.scripts.append(success(1))
        async with world.life() as life:
            assert (await newest_ended(life)).planned_at == hour(1)
        assert history(world) == [
            ("succeeded", "catch_up", hour(1), None),
            ("missed", "scheduled", SLOT, Reason.NOT_RUNNING),
        ]

    run(lives())
