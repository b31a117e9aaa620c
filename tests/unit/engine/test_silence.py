"""That an account has not synced for a day is said once, whatever the reason, unless the person wanted it so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from fossatray.core.commands import MarkSilenceNotified, Pause, SaveSchedule, SaveSettings
from fossatray.core.errors import SignInRefused
from fossatray.core.notices import Notice
from fossatray.core.runs import Reason
from fossatray.core.timetable import Timetable
from tests.unit.engine.plans import history, the_schedule
from tests.unit.engine.world import Life, World, failing, run, success


def silences(life: Life) -> list[Notice]:
    return [notice for notice, _ in life.ear.notices if notice.id.startswith("silence")]


def hours_pass(life: Life, number: int) -> None:
    """Let hours pass in which nobody rings: the computer is on, and the watch looks every ten minutes."""
    house = life.conductor._house
    assert house is not None
    for _ in range(number * 6):
        life.world.clock.forward(minutes=10)
        house.planner.tick()
        house.silence.tick()


def test_a_refused_account_is_told_of_once_after_a_day(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(failing(SignInRefused()))
            hours_pass(life, 24)
            assert silences(life) == []
            hours_pass(life, 2)
            (said,) = silences(life)
            assert said.title == "No successful sync for 24 hours"
            assert (said.kind, said.target, said.urgent) == ("failure", "history", True)
            hours_pass(life, 30)
            assert len(silences(life)) == 1
            account_id = said.account_id
        async with world.life() as life:
            hours_pass(life, 1)
            assert len(silences(life)) == 1, "it had not arrived"
            await life.do(MarkSilenceNotified(account_id))
        async with world.life() as life:
            await life.do(MarkSilenceNotified(account_id))
            hours_pass(life, 1)
            assert silences(life) == [], "once, also over a restart"

    run(lives())


def test_a_success_in_between_makes_it_news_again(world: World) -> None:
    async def story() -> None:
        async with world.life(wait_for_network=offline) as life:
            await life.add_account()
            for count in (1, 2):
                for _ in range(26):
                    world.clock.forward(hours=1)
                    await world.alarm.ring()
                    await life.ear.until(lambda: world.clock().replace(minute=0) in [row[2] for row in history(world)])
                hours_pass(life, 1)
                assert len(silences(life)) == count
                await life.sync(success(1))
            assert all(row[3] == Reason.OFFLINE for row in history(world) if row[0] == "skipped")

    run(story())


async def offline(_origin: str) -> bool:
    return False


async def paused(life: Life) -> None:
    await life.do(Pause())


async def unwanted(life: Life) -> None:
    await life.sync(failing(SignInRefused()))
    await life.do(SaveSettings({"silent_hours": ""}))


async def weekly(life: Life) -> None:
    timetable = Timetable(weekdays=frozenset({6}))
    await life.do(SaveSchedule(replace(the_schedule(life), timetable=timetable)))
    await life.sync(success(1))


@pytest.mark.parametrize("quiet", [paused, unwanted, weekly])
def test_where_no_sync_was_to_be_expected_nothing_is_said(
    world: World, quiet: Callable[[Life], Awaitable[None]]
) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await quiet(life)
            hours_pass(life, 40)
            assert silences(life) == []

    run(story())


def test_not_in_the_first_minutes_of_a_life(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(failing(SignInRefused()))
        world.clock.forward(hours=60)
        async with world.life() as life:
            house = life.conductor._house
            assert house is not None
            for _ in range(9):
                world.clock.now += timedelta(minutes=1)
                house.silence.tick()
            assert silences(life) == []
            world.clock.now += timedelta(minutes=1)
            house.silence.tick()
            assert len(silences(life)) == 1

    run(lives())


@pytest.mark.parametrize("ahead", [20, 24 * 30])
def test_a_success_that_lies_in_the_future_hides_no_silence(world: World, ahead: int) -> None:
    """Also not when the clock comes to where it had been, and not over a restart."""

    async def lives() -> None:
        set_right = world.clock()
        async with world.life(wait_for_network=offline) as life:
            await life.add_account()
            world.clock.forward(hours=ahead)
            await life.sync(success(1))
            world.clock.now = set_right
            life.conductor.wake_up()
            hours_pass(life, 23)
            assert silences(life) == []
        async with world.life(wait_for_network=offline) as life:
            hours_pass(life, 2)
            (said,) = silences(life)
            await life.do(MarkSilenceNotified(said.account_id or ""))
            hours_pass(life, 24)
            assert len(silences(life)) == 1
            await life.sync(success(1))
            hours_pass(life, 3)
            assert len(silences(life)) == 1

    run(lives())
