"""Bugs of the predecessor that no other test of the engine holds; see tests/unit/house/test_predecessor.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from fossatray.control.status_words import status_of
from fossatray.core.commands import Pause, SaveSchedule
from fossatray.core.runs import Outcome, Run, Trigger, iso
from fossatray.core.schedules import Schedule
from fossatray.core.timetable import ActiveHours, Every, Times, Timetable
from fossatray.core.words import Words
from fossatray.store.reader import Reader
from tests.unit.engine.world import ZONE, Life, World, beginning, listing, orders, run, signed_in, success


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def the_schedule(life: Life) -> Schedule:
    (state,) = life.state.accounts
    (one,) = state.schedules
    return one.schedule


async def keep(life: Life, timetable: Timetable) -> None:
    await life.do(SaveSchedule(replace(the_schedule(life), timetable=timetable)))


async def the_end(life: Life) -> Run:
    await life.ear.until(lambda: life.ear.ended)
    return life.ear.ended[0]


def told(life: Life) -> set[datetime | None]:
    """The next run as the alarm clock, the engine, a schedule's own line, and a reader of the database know it."""
    (state,) = life.state.accounts
    with_reader = Reader(life.world.database())
    try:
        (stored,) = with_reader.state(life.world.clock(), ZONE).accounts
    finally:
        with_reader.close()
    return {life.world.alarm.at, state.next_run, state.schedules[0].next_run, stored.next_run}


def test_active_hours_changed_or_switched_off_change_the_next_run_everywhere_at_once(world: World) -> None:
    steps: list[tuple[ActiveHours | None, str, str]] = [
        (ActiveHours(6, 22), "2026-03-03T06:00", "tomorrow at 6:00 AM"),
        (ActiveHours(8, 18), "2026-03-03T08:00", "tomorrow at 8:00 AM"),
        (None, "2026-03-03T00:00", "tomorrow at 12:00 AM"),
        (ActiveHours(22, 6), "2026-03-03T00:00", "tomorrow at 12:00 AM"),
        (ActiveHours(0, 2), "2026-03-03T00:00", "tomorrow at 12:00 AM"),
        (ActiveHours(7, 8), "2026-03-03T07:00", "tomorrow at 7:00 AM"),
    ]

    async def story() -> None:
        world.clock.now = local("2026-03-02T23:10")
        words = Words(ZONE)
        async with world.life() as life:
            await life.add_account()
            for hours, expected, said in steps:
                life.ear.states.clear()
                await keep(life, Timetable(Every(60), active_hours=hours))
                at = local(expected)
                assert told(life) == {at}, hours
                for shown in (*life.ear.states, life.state):  # the first that is told is right already
                    assert shown.accounts[0].next_run == at
                    assert said in words.tooltip(shown, world.clock())
                    assert said in words.account_sentence(shown.accounts[0], world.clock())
                    public = status_of(shown, world.clock(), words)
                    assert public["next_run"] == public["accounts"][0]["next_run"] == iso(at)
        async with world.life() as life:  # and after the next start
            assert told(life) == {local("2026-03-03T07:00")}

    run(story())


@pytest.mark.parametrize(
    ("hours", "slots"),
    [
        (ActiveHours(0, 2), ["03T00:00", "03T01:00", "04T00:00"]),
        (ActiveHours(22, 0), ["02T22:00", "02T23:00", "03T22:00"]),
        (ActiveHours(22, 24), ["02T22:00", "02T23:00", "03T22:00"]),
        (ActiveHours(0, 24), ["02T10:00", "02T11:00", "02T12:00"]),
    ],
)
def test_hour_zero_is_kept_and_run_at(world: World, hours: ActiveHours, slots: list[str]) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await keep(life, Timetable(Every(60), active_hours=hours))
        for slot in slots:
            at = local(f"2026-03-{slot}")
            async with world.life() as life:  # another life each time: what is kept is what was chosen
                assert the_schedule(life).timetable.active_hours == hours
                assert told(life) == {at}
                world.scripts.append(success(1))
                world.clock.now = at
                await world.alarm.ring()
                assert (await the_end(life)).planned_at == at

    run(lives())


@pytest.mark.parametrize(
    "timetable", [Timetable(Times((time(18),))), Timetable(Every(1440), active_hours=ActiveHours(18, 19))]
)
def test_a_catch_up_at_09_46_does_not_move_the_run_at_18_00(world: World, timetable: Timetable) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await keep(life, timetable)
        world.clock.now = local("2026-03-03T09:46")  # yesterday's 18:00 was missed
        world.scripts += [success(1), success(1)]
        async with world.life() as life:
            assert told(life) == {local("2026-03-03T18:00")}
            await life.ear.until(lambda: life.ear.ended)
            (caught_up,) = life.ear.ended
            assert (caught_up.trigger, caught_up.planned_at) == (Trigger.CATCH_UP, local("2026-03-02T18:00"))
            assert told(life) == {local("2026-03-03T18:00")}
            world.clock.now = local("2026-03-03T18:00")
            await world.alarm.ring()
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            assert life.ear.ended[1].trigger is Trigger.SCHEDULED
            assert told(life) == {local("2026-03-04T18:00")}

    run(lives())


def test_sync_now_runs_at_once_though_the_schedule_is_paused_and_moves_no_plan(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            before = told(life)
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED
            assert told(life) == before
            await life.do(Pause())
            ended = await life.sync(success(1))
            assert (ended.trigger, ended.outcome) == (Trigger.MANUAL, Outcome.SUCCEEDED)
            assert ended.started_at == world.clock()
            assert told(life) == {None}

    run(story())


def test_a_run_s_progress_is_its_own_and_gone_when_it_has_ended(world: World) -> None:
    def script(*numbers: int) -> list[dict[str, object]]:
        return [*beginning(), *signed_in(), *listing(orders(*numbers))]

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            for numbers in ((1, 2, 3), (1,)):
                life.ear.states.clear()
                await life.sync(script(*numbers))
                shown = [state.accounts[0] for state in life.ear.states]
                assert {one.progress.found for one in shown if one.progress} <= {0, len(numbers)}
                assert {one.run.id for one in shown if one.run} == {life.ear.ended[-1].id}
                assert (life.state.accounts[0].run, life.state.accounts[0].progress) == (None, None)

    run(story())
