"""What runs after another schedule's success: all of it, one after another, over restarts, each exactly once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fossatray.core.accounts import Account
from fossatray.core.commands import PauseSchedule, RemoveSchedule, SaveSchedule
from fossatray.core.errors import LayoutChanged
from fossatray.core.runs import Fate, Outcome, Reason, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.timetable import Cron, Timetable
from tests.unit.engine.plans import SLOT, history, hour, the_account
from tests.unit.engine.world import Life, World, failing, run, success


async def add(life: Life, name: str, **fields: object) -> Schedule:
    """Add a schedule to the only account."""
    schedule = replace(Schedule(0, the_account(life).account.id, name=name), **fields)  # type: ignore[arg-type]
    added = await life.do(SaveSchedule(schedule))
    assert isinstance(added, Schedule)
    return added


async def chain(life: Life, *names: str) -> tuple[Schedule, list[Schedule]]:
    """Add the account and schedules that run after its first one; returns that one and these."""
    await life.add_account()
    first = the_account(life).schedules[0].schedule
    return first, [await add(life, name, after=first.id) for name in names]


async def ring_at(life: Life, schedule: Schedule, at: datetime) -> None:
    life.world.clock.now = at
    await life.world.alarm.ring(schedule.id)


async def runs_ended(life: Life, count: int) -> list[Run]:
    await life.ear.until(lambda: len(life.ear.ended) >= count and not any(one.run for one in life.state.accounts))
    assert len(life.ear.ended) == count
    return life.ear.ended


def told(runs: list[Run]) -> list[tuple[int | None, str, str | None]]:
    return [(one.schedule_id, one.trigger, one.outcome) for one in runs]


def test_all_that_run_after_one_run_one_after_another(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            first, after = await chain(life, "A", "B", "C")
            world.scripts += [success(1), success(1), failing(LayoutChanged()), success(1)]
            await ring_at(life, first, SLOT)
            assert told(await runs_ended(life, 4)) == [
                (first.id, "scheduled", "succeeded"),
                (after[0].id, "chained", "succeeded"),
                (after[1].id, "chained", "failed"),
                (after[2].id, "chained", "succeeded"),
            ]
            assert world.started == 4  # each its own, and never two at once: a run under way is joined
        async with world.life() as life:
            assert life.state.accounts[0].run is None

    run(story())


def test_a_chain_of_chains_goes_on_to_its_end(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            first, (second,) = await chain(life, "Second")
            third = await add(life, "Third", after=second.id)
            world.scripts += [success(1)] * 3
            await ring_at(life, first, SLOT)
            assert [one.schedule_id for one in await runs_ended(life, 3)] == [first.id, second.id, third.id]

    run(story())


def test_one_that_is_skipped_does_not_hold_up_the_next_in_line(world: World) -> None:
    answers = [True, False, True]

    async def network(_origin: str) -> bool:
        return answers.pop(0)

    async def story() -> None:
        async with world.life(wait_for_network=network) as life:
            first, (_, last) = await chain(life, "A", "B")
            world.scripts += [success(1)] * 2
            await ring_at(life, first, SLOT)
            assert [one.schedule_id for one in await runs_ended(life, 2)] == [first.id, last.id]
        skipped = [row for row in history(world) if row[0] == "skipped"]
        assert [(trigger, reason) for _, trigger, _, reason in skipped] == [("chained", Reason.OFFLINE)]

    run(story())


def test_one_that_was_removed_or_paused_while_it_was_in_line_is_left_out(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            first, (_, second, third, fourth) = await chain(life, "A", "B", "C", "D")
            world.scripts += [success(1), [{"wait": str(gate.path)}, *success(1)], success(1)]
            await ring_at(life, first, SLOT)
            await gate.reached()
            await life.do(RemoveSchedule(second.id))
            await life.do(PauseSchedule(third.id))
            await gate.open()
            assert (await runs_ended(life, 3))[-1].schedule_id == fourth.id
        async with world.life() as life:
            assert (life.state.accounts[0].run, world.started) == (None, 3)

    run(story())


# --- a sync by hand ---------------------------------------------------------------------------------------------------


def test_a_sync_by_hand_counts_as_one_of_the_account_s_first_schedule(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            first, (after,) = await chain(life, "After")
            second = await add(life, "Second", timetable=Timetable(Cron("0 12 * * *")))
            await add(life, "After the second", after=second.id)
            await life.do(PauseSchedule(first.id))
            world.scripts += [success(1)] * 2
            await life.begin()
            ended = await runs_ended(life, 2)
            assert told(ended) == [(None, "manual", "succeeded"), (after.id, "chained", "succeeded")]

    run(story())


def test_after_one_by_hand_that_failed_nothing_follows(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await chain(life, "After")
            await life.begin(failing(LayoutChanged()))
            assert told(await runs_ended(life, 1)) == [(None, "manual", "failed")]

    run(story())


def test_a_sync_by_hand_without_the_program_is_followed_when_it_starts(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            _, (after,) = await chain(life, "After")
        async with world.life(scheduling=False) as life:
            world.clock.forward(minutes=1)
            await life.sync(success(1))
        world.scripts.append(success(1))
        async with world.life() as life:
            assert told(await runs_ended(life, 1)) == [(after.id, "chained", "succeeded")]

    run(lives())


# --- kills ------------------------------------------------------------------------------------------------------------


def leave_a_success(world: World, first: Schedule, account: Account, at: datetime) -> None:
    """Leave behind what a kill does that comes between a success and the start of what runs after it."""
    store = world.open_store()
    begun = store.runs.start(account.id, first.job, Trigger.SCHEDULED, at, at, first.id)
    store.runs.finish(begun.id, Outcome.SUCCEEDED, at + timedelta(seconds=9))
    store.close()


def test_a_kill_between_a_success_and_what_follows_loses_nothing_and_doubles_nothing(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            first, after = await chain(life, "A", "B")
            account = the_account(life).account
        leave_a_success(world, first, account, SLOT)
        world.clock.now = SLOT + timedelta(minutes=1)
        world.scripts += [success(1)] * 2
        async with world.life() as life:
            ended = await runs_ended(life, 2)
            assert told(ended) == [(one.id, "chained", "succeeded") for one in after]
        for _ in range(2):
            world.clock.forward(minutes=1)
            async with world.life() as life:
                life.conductor.wake_up()
                assert life.state.accounts[0].run is None
        assert world.started == 2

    run(lives())


def test_what_follows_waits_for_the_catch_up_of_the_same_start_and_runs_once_for_both(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            first, (after,) = await chain(life, "After")
            account = the_account(life).account
        leave_a_success(world, first, account, SLOT)
        world.clock.now = hour(2) + timedelta(minutes=20)
        world.scripts += [success(1)] * 2
        async with world.life() as life:
            assert told(await runs_ended(life, 2)) == [
                (first.id, "catch_up", "succeeded"),
                (after.id, "chained", "succeeded"),
            ]

    run(lives())


def test_one_that_is_changed_by_a_command_without_the_program_has_missed_what_it_owed(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            first, (after,) = await chain(life, "After")
            account = the_account(life).account
        leave_a_success(world, first, account, SLOT)
        world.clock.now = SLOT + timedelta(minutes=1)
        async with world.life(scheduling=False) as life:
            await life.do(SaveSchedule(replace(after, name="Other")))
        async with world.life() as life:
            assert life.state.accounts[0].run is None
        assert history(world)[0] == ("missed", "chained", SLOT + timedelta(seconds=9), Reason.NOT_RUNNING)

    run(lives())


def test_a_run_that_could_not_be_written_down_comes_a_minute_later(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            first, (after,) = await chain(life, "After")
            world.scripts.append([{"wait": str(gate.path)}, *success(1)])
            await ring_at(life, first, SLOT)
            await gate.reached()
            life.store._database.execute(
                "CREATE TEMP TRIGGER full BEFORE INSERT ON run BEGIN SELECT RAISE(FAIL, 'no room'); END"
            )
            await gate.open()
            await runs_ended(life, 1)
            assert world.alarm.set_for[after.id][0] == SLOT + timedelta(minutes=1)
            life.store._database.execute("DROP TRIGGER full")
            world.scripts.append(success(1))
            await ring_at(life, after, SLOT + timedelta(minutes=1))
            assert told(await runs_ended(life, 2))[1] == (after.id, "chained", "succeeded")

    run(story())


def test_one_that_is_paused_says_so_after_the_success_that_it_would_have_followed(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            first, (after,) = await chain(life, "A")
            await life.do(PauseSchedule(after.id))
            world.scripts.append(success(1))
            await ring_at(life, first, SLOT)
            (ended,) = await runs_ended(life, 1)
            assert ended.finished_at is not None
            kept = life.store.schedules.occurrence(after.id, ended.finished_at)
            assert kept is not None
            assert (kept.fate, kept.reason) == (Fate.SKIPPED, Reason.PAUSED)

    run(story())
