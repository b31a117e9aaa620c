"""Failures in a row: counted, told, and after five of them the schedule is switched off until somebody resumes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fossatray.core.commands import Resume, ResumeSchedule, SaveSchedule, SaveSettings
from fossatray.core.errors import LayoutChanged
from fossatray.core.health import Health
from fossatray.core.runs import Counts, Outcome, Reason, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.words import Words
from fossatray.engine.notices import Known, notice_for
from tests.unit.engine.plans import (
    history,
    hour,
    newest_ended,
    next_run,
    ring,
    the_account,
    the_schedule,
    the_state,
)
from tests.unit.engine.world import START, ZONE, Life, Step, World, failing, run, success

BROKEN = failing(LayoutChanged())
FAILED = Run(
    7,
    "a",
    "work_orders",
    Trigger.SCHEDULED,
    START,
    START,
    START,
    Outcome.FAILED,
    None,
    Counts(),
    1,
    LayoutChanged().info(),
)


async def planned(life: Life, number: int, script: list[Step]) -> Run:
    """Run the slot so many hours after the first with this script."""
    life.world.scripts.append(script)
    life.world.clock.now = hour(number)
    await ring(life)
    return await newest_ended(life)


def kinds(life: Life) -> list[str]:
    return [notice.kind for notice, _ in life.ear.notices]


def test_a_failure_is_counted_and_a_success_ends_the_row(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            for number in range(3):
                await planned(life, number, BROKEN)
                assert the_schedule(life).failures == the_account(life).failures == number + 1
            assert life.state.health() is Health.FAILED
            await planned(life, 3, success(1))
            assert (the_schedule(life).failures, life.state.health()) == (0, Health.HEALTHY)

    run(story())


def test_a_manual_failure_counts_for_no_schedule_and_a_manual_success_ends_the_row(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await planned(life, 0, BROKEN)
            await life.sync(BROKEN)
            assert the_schedule(life).failures == 1
            await life.sync(success(1))
            assert the_schedule(life).failures == 0

    run(story())


def test_after_five_in_a_row_it_is_switched_off_and_told_and_one_resume_lets_it_go_on(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            for number in range(5):
                assert the_state(life).held is None
                await planned(life, number, BROKEN)
            assert (the_state(life).held, next_run(life), world.alarm.at) == ("switched_off", None, None)
            assert (the_account(life).paused, life.state.health()) == (True, Health.SWITCHED_OFF)
            assert kinds(life) == ["failure", "failure"]
            off, run_id = life.ear.notices[1]
            assert off.title == "Work orders is switched off after 5 failed syncs in a row"
            assert run_id == life.ear.ended[4].id
            assert "Resume" in off.body
        world.clock.now = hour(6)
        async with world.life() as life:  # also after the next start
            assert (the_state(life).held, world.alarm.at) == ("switched_off", None)
            assert [row[2:] for row in history(world)[:2]] == [
                (hour(6), Reason.SWITCHED_OFF),
                (hour(5), Reason.SWITCHED_OFF),
            ]
            await life.do(Resume())
            assert (the_state(life).held, the_schedule(life).failures, world.alarm.at) == (None, 0, hour(7))
            await planned(life, 7, success(1))
            assert life.state.health() is Health.HEALTHY

    run(lives())


def test_one_schedule_is_resumed_by_its_id_too(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            for number in range(5):
                await planned(life, number, BROKEN)
            await life.do(ResumeSchedule(the_schedule(life).id))
            assert (the_state(life).held, world.alarm.at) == (None, hour(5))

    run(story())


def test_a_sync_by_hand_works_while_it_is_switched_off_and_leaves_it_off(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            for number in range(5):
                await planned(life, number, BROKEN)
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED
            assert the_state(life).held == "switched_off"

    run(story())


@pytest.mark.parametrize(("after", "told"), [(1, [0]), (2, [1]), (3, [2])])
def test_the_setting_says_at_which_failure_it_is_told(world: World, after: int, told: list[int]) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.do(SaveSettings({"notify_after": str(after)}))
            runs = [await planned(life, number, BROKEN) for number in range(4)]
            assert [run_id for _, run_id in life.ear.notices] == [runs[number].id for number in told]
            await planned(life, 4, success(*range(1)))
            assert kinds(life) == ["failure", "recovery"]

    run(story())


def test_a_failure_is_told_once_also_where_the_setting_is_lowered_or_raised_in_a_row_of_them(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.do(SaveSettings({"notify_after": "5"}))
            await life.sync(BROKEN)
            await life.sync(BROKEN)
            assert life.ear.notices == []
            await life.do(SaveSettings({"notify_after": "1"}))
            told = await life.sync(BROKEN)
            await life.do(SaveSettings({"notify_after": "4"}))
            await life.sync(BROKEN)
            assert [run_id for _, run_id in life.ear.notices] == [told.id]
            await life.sync(success(1))
            assert kinds(life) == ["failure", "recovery"]

    run(story())


def test_a_recovery_of_which_no_failure_was_told_is_no_news() -> None:
    good = replace(FAILED, outcome=Outcome.SUCCEEDED, error=None)
    assert notice_for(good, Known(failures_before=2), Words(ZONE)) is None
    assert notice_for(good, Known(failures_before=2, told_before=True), Words(ZONE)) is not None


def test_that_it_was_switched_off_is_told_instead_of_the_failure() -> None:
    off = Schedule(1, "a", name="Mornings", failures=5, switched_off=True)
    notice = notice_for(FAILED, Known(failures_before=4, tell_after=5, switched_off=off), Words(ZONE))
    assert notice is not None
    assert notice.title == "Mornings is switched off after 5 failed syncs in a row"
    assert notice.urgent


def test_the_failures_of_several_schedules_and_by_hand_are_one_row(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.do(SaveSchedule(Schedule(0, account.id, name="Other")))
            for count in range(3):
                world.scripts.append(BROKEN)
                if count < 2:
                    world.clock.now = hour(count)
                    await world.alarm.ring((1, 2)[count])
                    await newest_ended(life)
                else:
                    await life.sync()
            (state,) = life.state.accounts
            assert (state.failures, [one.schedule.failures for one in state.schedules]) == (3, [1, 1])
            assert "Having issues: the last 3 syncs failed" in Words(ZONE).sentence(life.state, world.clock())

    run(story())
