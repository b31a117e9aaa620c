"""A run that fails for now is tried again within the run: how often, when, and what is told of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from fossatray.core.commands import Cancel, SaveSettings
from fossatray.core.commands import TestSignIn as SignInTest
from fossatray.core.errors import (
    AskedTooOften,
    BrowserCrashed,
    BrowserStuck,
    BrowserTooLarge,
    FossaError,
    KeyringLocked,
    LayoutChanged,
    LedElsewhere,
    PortalMaintenance,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    RunTimeout,
    SignInRefused,
    SignInUnclear,
    StoreFull,
)
from fossatray.core.runs import Outcome, Trigger
from fossatray.core.status import Retry
from fossatray.core.wire import decode_request
from fossatray.engine.parts import Limits
from fossatray.engine.retry import Retries, retry_until
from fossatray.engine.stopwatch import Stopwatch
from tests.unit.engine.plans import SLOT, newest_ended, ring, the_account
from tests.unit.engine.world import START, World, failing, run, success

TRANSIENT = PortalTimeout().info()


class Pauses:
    """Pauses that take no real time: the test's clock is set forward by them, and by `more` seconds."""

    def __init__(self, world: World, more: float = 0.0) -> None:
        self.world = world
        self.more = more
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.world.clock.forward(seconds=seconds + self.more)


@pytest.mark.parametrize(("chance", "pauses"), [(0.0, (24, 96)), (0.5, (30, 120)), (1.0, (36, 144))])
def test_twice_more_after_30_s_and_2_min_with_a_fifth_of_spread(chance: float, pauses: tuple[int, int]) -> None:
    retries = Retries(START + timedelta(hours=1), lambda: chance)
    assert [retries.next(TRANSIENT, START) for _ in range(3)] == [
        *(START + timedelta(seconds=pause) for pause in pauses),
        None,
    ]


def test_none_is_begun_after_half_the_interval() -> None:
    until = retry_until(START, START + timedelta(minutes=4))
    assert until == START + timedelta(minutes=2)
    retries = Retries(until, lambda: 0.5)
    assert retries.next(TRANSIENT, START + timedelta(seconds=80)) == START + timedelta(seconds=110)
    assert retries.next(TRANSIENT, START + timedelta(seconds=115)) is None
    assert retries.may_begin(until)
    assert not retries.may_begin(until + timedelta(seconds=1))


def test_without_a_next_slot_there_is_no_such_limit() -> None:
    assert Retries(retry_until(START, None), lambda: 0.5).next(TRANSIENT, START + timedelta(days=3)) is not None


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (PortalUnreachable(), True),
        (PortalTimeout(), True),
        (PortalServerError(), True),
        (PortalMaintenance(), True),
        (BrowserCrashed(), True),
        (LayoutChanged(), False),
        (SignInRefused(), False),
        (SignInUnclear(), False),
        (AskedTooOften(), False),
        (BrowserStuck(), True),
        (BrowserTooLarge(), False),
        (RunTimeout(), False),
        (LedElsewhere(), False),
        (KeyringLocked(), False),
        (StoreFull(), False),
    ],
)
def test_only_what_may_pass_within_minutes_is_tried_again(error: FossaError, *, again: bool) -> None:
    found = Retries(START + timedelta(hours=1), lambda: 0.5).next(error.info(), START)
    assert (found is not None) is again


def test_the_stopwatch_adds_up_by_name() -> None:
    now = 100.0
    watch = Stopwatch(lambda: now)
    for name, seconds in (("a", 2.0), ("b", 3.0), ("a", 4.0)):
        watch.enter(name)
        now += seconds
    assert watch.laps == (("a", 6.0), ("b", 3.0))
    watch.stop()
    now += 50
    assert watch.laps == (("a", 6.0), ("b", 3.0))


# --- in the engine ----------------------------------------------------------------------------------------------------


def test_a_planned_run_that_fails_for_now_is_tried_again_and_told_meanwhile(world: World) -> None:
    pauses = Pauses(world)

    async def story() -> None:
        async with world.life(sleep=pauses, limits=Limits(), chance=lambda: 0.5) as life:
            await life.add_account()
            world.scripts += [failing(PortalTimeout()), failing(BrowserCrashed()), success(1)]
            world.clock.now = SLOT
            await ring(life)
            ended = await newest_ended(life)
            assert (ended.outcome, ended.attempts, ended.error) == (Outcome.SUCCEEDED, 3, None)
            assert pauses.seconds == [30.0, 120.0]
            assert ended.finished_at == SLOT + timedelta(seconds=150)
            told = [one.retry for state in life.ear.states for one in state.accounts if one.retry]
            assert list(dict.fromkeys(told)) == [
                Retry(SLOT + timedelta(seconds=30), PortalTimeout().info()),
                Retry(SLOT + timedelta(seconds=150), BrowserCrashed().info()),
            ]
            assert the_account(life).retry is None
            assert {name for name, _ in ended.phases} >= {"initializing", "logging_in", "scraping", "saving", "waiting"}
            assert [notice.kind for notice, _ in life.ear.notices] == ["batch"]

    run(story())


def test_after_three_tries_it_has_failed(world: World) -> None:
    async def story() -> None:
        async with world.life(sleep=Pauses(world), limits=Limits()) as life:
            await life.add_account()
            world.scripts += [failing(PortalTimeout())] * 3
            world.clock.now = SLOT
            await ring(life)
            ended = await newest_ended(life)
            assert (ended.outcome, ended.attempts) == (Outcome.FAILED, 3)
            assert ended.error == PortalTimeout().info()
            assert the_account(life).failures == 1

    run(story())


def test_no_try_is_begun_where_the_computer_slept_through_half_the_interval(world: World) -> None:
    async def story() -> None:
        async with world.life(sleep=Pauses(world, more=1800), limits=Limits()) as life:
            await life.add_account()
            world.scripts.append(failing(PortalTimeout()))
            world.clock.now = SLOT
            await ring(life)
            ended = await newest_ended(life)
            assert (ended.outcome, ended.attempts) == (Outcome.FAILED, 1)

    run(story())


def test_a_run_that_waits_for_its_next_try_can_be_cancelled(world: World) -> None:
    async def story() -> None:
        waits = asyncio.Event()

        async def sleep(_seconds: float) -> None:
            waits.set()
            await asyncio.Event().wait()

        async with world.life(sleep=sleep, limits=Limits()) as life:
            await life.add_account()
            world.scripts.append(failing(PortalTimeout()))
            world.clock.now = SLOT
            await ring(life)
            await waits.wait()
            assert the_account(life).retry is not None
            assert await life.do(Cancel()) == 1
            ended = await newest_ended(life)
            assert ended.outcome is Outcome.CANCELLED
            assert "waiting" in dict(ended.phases)
            assert the_account(life).retry is None
            assert the_account(life).failures == 0, "what a person cancelled is no failure"

    run(story())


def test_a_sync_by_hand_is_tried_again_as_well_and_says_so(world: World) -> None:
    pauses = Pauses(world)

    async def story() -> None:
        async with world.life(sleep=pauses, limits=Limits(), chance=lambda: 0.5) as life:
            await life.add_account()
            world.scripts += [failing(PortalTimeout()), failing(PortalTimeout())]
            ended = await life.sync(success(1))
            assert (ended.trigger, ended.outcome, ended.attempts) == (Trigger.MANUAL, Outcome.SUCCEEDED, 3)
            told = [one.retry.at for state in life.ear.states for one in state.accounts if one.retry]
            assert told[0] == START + timedelta(seconds=30)

    run(story())
    assert pauses.seconds == [30.0, 120.0]


def test_a_sync_by_hand_leaves_the_time_before_the_next_planned_one_alone(world: World) -> None:
    pauses = Pauses(world)

    async def story() -> None:
        async with world.life(sleep=pauses, limits=Limits(), chance=lambda: 0.5) as life:
            await life.add_account()
            world.clock.now = SLOT - timedelta(seconds=50)
            ended = await life.sync(failing(PortalTimeout()))
            assert (ended.outcome, ended.attempts) == (Outcome.FAILED, 1)

    run(story())
    assert pauses.seconds == []


def test_all_tries_share_the_time_of_the_run(world: World) -> None:
    pauses, files = Pauses(world), [world.home / "first", world.home / "second"]

    async def story() -> None:
        def seconds() -> float:
            return (world.clock.now - START).total_seconds()

        async with world.life(sleep=pauses, limits=Limits(), chance=lambda: 0.5, monotonic=seconds) as life:
            await life.add_account()
            await life.do(SaveSettings({"run_minutes": "2"}))
            world.scripts += [[{"request": str(file)}, *failing(PortalTimeout())[1:]] for file in files]
            ended = await life.sync()
            assert (ended.outcome, ended.attempts, ended.error) == (Outcome.FAILED, 2, PortalTimeout().info())

    run(story())
    assert [decode_request(file.read_bytes()).run_limit for file in files] == [120.0, 90.0]
    assert pauses.seconds == [30.0], "the next pause would end after the run's time"


@pytest.mark.parametrize(("retries", "attempts"), [("0", 1), ("1", 2), ("2", 3)])
def test_how_often_is_a_setting(world: World, retries: str, attempts: int) -> None:
    async def story() -> None:
        async with world.life(sleep=Pauses(world), limits=Limits()) as life:
            await life.add_account()
            await life.do(SaveSettings({"retries": retries}))
            world.scripts += [failing(PortalTimeout())] * attempts
            assert (await life.sync()).attempts == attempts

    run(story())


def test_a_sign_in_that_is_tested_is_tried_once(world: World) -> None:
    pauses = Pauses(world)

    async def story() -> None:
        async with world.life(sleep=pauses, limits=Limits()) as life:
            account = await life.add_account()
            world.scripts.append(failing(PortalTimeout()))
            with pytest.raises(PortalTimeout):
                await life.do(SignInTest(account.id))

    run(story())
    assert (pauses.seconds, world.started) == ([], 1)
