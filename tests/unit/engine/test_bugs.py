"""A bug where nobody waits for the outcome is told all the same, and the engine goes on; what the log says of a run."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest

from fossatray.core.commands import Cancel, GetState
from fossatray.core.errors import PortalTimeout, StoreFull
from fossatray.core.runs import Outcome
from fossatray.core.words import Words
from tests.unit.engine.world import World, beginning, failing, run, success


def no_words() -> Words:
    raise RuntimeError("no words for it")


def fail() -> None:
    raise RuntimeError("a bug in a callback")


def lack_room() -> None:
    raise StoreFull


async def fail_later() -> None:
    raise RuntimeError("a bug in a task")


def test_a_bug_after_a_run_is_told_and_the_next_run_is_well(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with world.life(words=no_words) as life:
            await life.add_account()
            assert (await life.sync(success(1, 2))).outcome is Outcome.SUCCEEDED
            (trace,) = life.ear.crashes
            assert "RuntimeError: no words for it" in trace
            assert (await life.sync(success(1, 2))).outcome is Outcome.SUCCEEDED

    run(story())
    assert "a bug after run 1:\nTraceback" in caplog.text


def test_a_bug_in_a_callback_of_the_loop_is_told(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            asyncio.get_running_loop().call_later(0.0, fail)
            await life.ear.until(lambda: life.ear.crashes)
            assert "RuntimeError: a bug in a callback" in life.ear.crashes[0]
            await life.do(GetState())

    run(story())


def test_a_bug_in_a_task_that_nobody_awaits_is_told(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            task = asyncio.create_task(fail_later())
            await asyncio.wait({task})
            del task
            gc.collect()
            await life.ear.until(lambda: life.ear.crashes)
            assert "RuntimeError: a bug in a task" in life.ear.crashes[0]

    run(story())


def test_an_error_of_ours_in_a_callback_is_logged_and_no_crash(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with world.life() as life:
            loop = asyncio.get_running_loop()
            loop.call_soon(lack_room)
            loop.call_soon(fail)
            await life.ear.until(lambda: life.ear.crashes)
            assert len(life.ear.crashes) == 1

    run(story())
    assert f"({StoreFull.kind})" in caplog.text


def test_the_log_tells_each_runs_beginning_and_end_and_nothing_personal(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fossatray")

    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            await life.add_account("Jo Doe")
            await life.sync(success(1, 2))
            await life.sync(failing(PortalTimeout()))
            await life.begin([*beginning(), {"wait": str(gate.path)}])
            await gate.reached()
            await life.do(Cancel())

    run(story())
    told = [one.getMessage() for one in caplog.records if one.name == "fossatray.engine.runner"]
    assert told == [
        "run 1 begins: work_orders, manual",
        "run 1 succeeded: no error; 2 found, 2 new, 0 changed, 0 archived; 1 attempts, 0.0 s",
        "run 2 begins: work_orders, manual",
        "run 2 failed: portal_timeout; 0 found, 0 new, 0 changed, 0 archived; 1 attempts, 0.0 s",
        "run 3 begins: work_orders, manual",
        "run 3 cancelled: no error; 0 found, 0 new, 0 changed, 0 archived; 1 attempts, 0.0 s",
    ]
    for personal in ("Jo Doe", "t@example.com", "Speedway", "portal.example"):
        assert personal not in caplog.text
