"""When a schedule runs, and what becomes of every slot: with a clock and an alarm clock in the test's hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fossatray.core.commands import Pause, Resume, SaveSchedule
from fossatray.core.errors import SignInLocked, SignInRefused
from fossatray.core.runs import Fate, Outcome, Reason, Trigger
from fossatray.core.timetable import ActiveHours, Every, Timetable
from fossatray.store.reader import Reader
from tests.unit.engine.plans import SLOT, history, hour, newest_ended, next_run, ring, the_schedule
from tests.unit.engine.world import START, ZONE, Life, World, beginning, failing, run, success


async def schedule_of(life: Life, minutes: int, active_hours: ActiveHours | None = None) -> None:
    timetable = Timetable(Every(minutes), active_hours=active_hours)
    await life.do(SaveSchedule(replace(the_schedule(life), timetable=timetable)))


def test_a_new_account_runs_every_hour_on_the_hour(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            assert world.alarm.at == next_run(life) == SLOT

    run(story())


@pytest.mark.parametrize("hours_away", [0, 3])
def test_the_first_state_that_is_told_has_the_plan_in_it(world: World, hours_away: int) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account("Work")
            await life.add_account("Home")
        world.clock.forward(hours=hours_away)  # with a catch-up of both, or without
        world.scripts += [success(1), success(1)] if hours_away else []
        async with world.life() as life:
            first = life.ear.states[0]
            assert [one.next_run for one in first.accounts] == [hour(hours_away)] * 2
            assert [one.run is not None for one in first.accounts] == [hours_away > 0] * 2

    run(lives())


def test_a_planned_run_is_an_occurrence_with_its_run_and_the_next_is_armed(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = SLOT + timedelta(seconds=2)
            await ring(life)
            ended = await newest_ended(life)
            assert (ended.trigger, ended.planned_at, ended.outcome) == (Trigger.SCHEDULED, SLOT, Outcome.SUCCEEDED)
            assert ended.started_at == world.clock.now
            occurrence = life.store.schedules.occurrence(1, SLOT)
            assert occurrence is not None
            assert (occurrence.fate, occurrence.run_id) == (Fate.RUN, ended.id)
            assert world.alarm.at == next_run(life) == hour(1)

    run(story())


@pytest.mark.parametrize("minutes_late", [0, 6])
def test_no_state_that_is_told_of_a_planned_run_names_its_own_slot_as_the_next(world: World, minutes_late: int) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = SLOT + timedelta(minutes=minutes_late)
            told = len(life.ear.states)
            await ring(life)
            await newest_ended(life)
            after = [state.accounts[0] for state in life.ear.states[told:]]
            assert after[0].run is not None
            assert {one.next_run for one in after} == {hour(1)}

    run(story())


def test_a_planned_run_raises_no_prompt(world: World) -> None:
    async def story() -> None:
        request = world.home / "request"
        async with world.life() as life:
            await life.add_account()
            world.scripts.append([{"request": str(request)}, *success(1)[1:]])
            world.clock.now = SLOT
            await ring(life)
            await newest_ended(life)
            assert '"may_prompt":false' in request.read_text()

    run(story())


def test_a_slot_during_a_run_is_skipped(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            await life.add_account()
            run_id = await life.begin([*beginning(), {"wait": str(gate.path)}, *success(1)[1:]])
            world.clock.now = SLOT
            await ring(life)
            assert next_run(life) == hour(1)
            await gate.open()
            await life.ended(run_id)
        assert history(world) == [
            ("skipped", "scheduled", SLOT, Reason.STILL_RUNNING),
            ("succeeded", "manual", None, None),
        ]

    run(story())


def test_a_late_alarm_is_a_catch_up_and_the_slots_before_it_are_missed(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = hour(2) + timedelta(minutes=6)  # the computer slept
            await ring(life)
            ended = await newest_ended(life)
            assert (ended.trigger, ended.planned_at) == (Trigger.CATCH_UP, hour(2))
            assert next_run(life) == hour(3)
        assert history(world) == [
            ("succeeded", "catch_up", hour(2), None),
            ("missed", "scheduled", hour(1), Reason.ASLEEP),
            ("missed", "scheduled", SLOT, Reason.ASLEEP),
        ]

    run(story())


def test_five_minutes_late_is_still_on_time(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts.append(success(1))
            world.clock.now = SLOT + timedelta(minutes=5)
            await ring(life)
            assert (await newest_ended(life)).trigger is Trigger.SCHEDULED

    run(story())


def test_slots_missed_while_not_running_are_told_and_the_newest_is_caught_up(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        world.clock.now = hour(2) + timedelta(minutes=30)
        world.scripts.append(success(1))
        async with world.life() as life:
            ended = await newest_ended(life)
            assert (ended.trigger, ended.planned_at) == (Trigger.CATCH_UP, hour(2))
            assert next_run(life) == hour(3)
        assert history(world) == [
            ("succeeded", "catch_up", hour(2), None),
            ("missed", "scheduled", hour(1), Reason.NOT_RUNNING),
            ("missed", "scheduled", SLOT, Reason.NOT_RUNNING),
        ]
        async with world.life() as life:  # told once
            pass
        assert len(history(world)) == 3

    run(lives())


def test_nothing_is_missed_when_no_slot_passed(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        world.clock.forward(minutes=20)
        async with world.life() as life:
            assert next_run(life) == SLOT
        assert history(world) == []

    run(lives())


@pytest.mark.parametrize("days", [170, 400])
def test_nothing_is_dropped_however_long_the_program_was_off(world: World, days: int) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await schedule_of(life, 24 * 60)
        world.clock.forward(days=days)
        world.scripts.append(success(1))
        async with world.life(monotonic=lambda: world.clock().timestamp(), zone_mark=lambda: "same") as life:
            await newest_ended(life)
            life.conductor._watch._look()  # type: ignore[union-attr]  # only now the clock is believed
        reader = Reader(world.database())
        try:
            counted = reader.statistics()
        finally:
            reader.close()
        assert (counted.succeeded, counted.missed) == (1, days - 1)
        assert len(history(world)) == min(days, 181)  # the others are folded into the daily totals

    run(lives())


@pytest.mark.parametrize("stopped", ["paused", "refused"])
def test_a_stopped_schedule_plans_nothing_and_what_passes_is_skipped_with_the_reason(
    world: World, stopped: str
) -> None:
    async def lives() -> None:
        async with world.life() as life:
            account = await life.add_account()
            if stopped == "paused":
                await life.do(Pause())
            else:
                await life.sync(failing(SignInRefused()))
            assert world.alarm.at is None
            assert next_run(life) is None
        before = len(history(world))
        world.clock.forward(hours=3)
        async with world.life() as life:
            assert world.alarm.at is None
            if stopped == "paused":
                await life.do(Resume(account.id))
                assert next_run(life) == world.alarm.at == hour(3)
        reason = Reason.PAUSED if stopped == "paused" else Reason.REFUSED
        assert history(world)[: len(history(world)) - before] == [
            ("skipped", "scheduled", hour(number), reason) for number in (2, 1, 0)
        ]

    run(lives())


def test_a_change_of_the_schedule_is_armed_and_shown_at_once(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            life.ear.states.clear()
            await schedule_of(life, 15)
            assert [state.accounts[0].next_run for state in life.ear.states] == [START + timedelta(minutes=10)]
            assert world.alarm.at == next_run(life)
            await schedule_of(life, 120, ActiveHours(9, 12))
            # 9:20 in New York: the day's slots are 9 and 11
            assert world.alarm.at == next_run(life) == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
            await life.do(Pause())
            assert (world.alarm.at, next_run(life)) == (None, None)
            await life.do(Resume())
            assert next_run(life) == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)

    run(story())


def test_an_alarm_that_rings_after_the_schedule_was_paused_does_nothing(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            ((_, late_ring),) = world.alarm.set_for.values()
            await life.do(Pause())
            world.clock.now = hour(1)
            await late_ring()
            assert world.started == 0

    run(story())


def test_after_a_lock_out_no_planned_run_signs_in_for_an_hour(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.clock.now = SLOT - timedelta(minutes=5)
            await life.sync(failing(SignInLocked()))
            world.clock.now = SLOT
            await ring(life)
            assert history(world)[0] == ("skipped", "scheduled", SLOT, Reason.LOCKED)
            world.scripts.append(success(1))
            world.clock.now = hour(1)
            await ring(life)
            assert (await newest_ended(life)).outcome is Outcome.SUCCEEDED

    run(story())


def test_a_clock_that_was_set_back_plans_from_the_new_time(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            world.scripts += [success(1), success(1)]
            world.clock.now = SLOT
            await ring(life)
            first = await newest_ended(life)
            world.clock.now = SLOT - timedelta(hours=3)
            life.conductor.wake_up()
            assert next_run(life) == SLOT - timedelta(hours=2)
            assert world.alarm.woken == 1
            world.clock.now = SLOT
            await ring(life)  # the slots before are missed, this one comes a second time
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            occurrence = life.store.schedules.occurrence(1, SLOT)
            assert occurrence is not None
            assert occurrence.run_id == first.id

    run(story())


def test_in_autumn_the_hour_that_comes_twice_has_two_slots(world: World) -> None:
    async def story() -> None:
        world.clock.now = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 1:30, daylight saving still on
        async with world.life() as life:
            await life.add_account()
            for slot in (6, 7):
                assert next_run(life) == datetime(2026, 11, 1, slot, tzinfo=UTC)
                world.scripts.append(success(1))
                world.clock.now = datetime(2026, 11, 1, slot, 0, 1, tzinfo=UTC)
                await ring(life)
                await newest_ended(life)

    run(story())


def test_a_headless_engine_plans_nothing(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
        world.clock.now = hour(3)
        async with world.life(scheduling=False) as life:
            assert world.started == 0
            await life.sync(success(1))
            assert next_run(life) is None
        assert history(world) == [("succeeded", "manual", None, None)]

    run(lives())


def test_a_bug_when_the_alarm_rings_is_told_and_the_engine_lives(world: World) -> None:
    def broken_zone() -> ZoneInfo:
        if world.clock.now >= SLOT:
            raise ZeroDivisionError("a bug")
        return ZONE

    async def story() -> None:
        async with world.life(zone=broken_zone) as life:
            await life.add_account()
            world.clock.now = SLOT
            await ring(life)
            assert "ZeroDivisionError: a bug" in life.ear.crashes[0]
            world.clock.now = START
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    run(story())
