"""What tests of the plan share: the hours after the start, and what is told of schedules and their slots."""

from __future__ import annotations

from datetime import datetime, timedelta

from fossatray.core.runs import Run
from fossatray.core.schedules import Schedule
from fossatray.core.status import AccountState, ScheduleState
from fossatray.store.reader import Reader
from tests.unit.engine.world import START, Life, World

SLOT = START.replace(minute=0) + timedelta(hours=1)  # the first hour after the start


def hour(number: int) -> datetime:
    """The slot so many hours after the first."""
    return SLOT + timedelta(hours=number)


def history(world: World) -> list[tuple[str | None, str, datetime | None, str | None]]:
    """What the history says, newest first: outcome, trigger, planned time, reason."""
    reader = Reader(world.database())
    try:
        return [(one.outcome, one.trigger.value, one.planned_at, one.reason) for one in reader.history(limit=None)]
    finally:
        reader.close()


def next_run(life: Life) -> datetime | None:
    (state,) = life.state.accounts
    return state.next_run


async def ring(life: Life) -> None:
    await life.world.alarm.ring()


def the_account(life: Life) -> AccountState:
    (state,) = life.state.accounts
    return state


def the_state(life: Life) -> ScheduleState:
    (one,) = the_account(life).schedules
    return one


async def newest_ended(life: Life) -> Run:
    account_id = life.state.accounts[0].account.id
    await life.ear.until(lambda: not any(one.run for one in life.state.accounts))
    ended = life.store.runs.last_ended(account_id)
    assert ended is not None
    return ended


def the_schedule(life: Life) -> Schedule:
    (state,) = life.state.accounts
    (one,) = state.schedules
    return one.schedule
