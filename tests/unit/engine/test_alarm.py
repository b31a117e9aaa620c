"""The alarm clock with the real APScheduler."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from fossatray.engine.alarm import ApsAlarm
from tests.harness.fresh_python import run_python
from tests.unit.engine.world import PATIENCE_S, run

FAR = timedelta(days=3)


def test_an_alarm_in_the_past_rings_at_once_and_once(caplog: object) -> None:
    async def story() -> None:
        alarm, rung = ApsAlarm(), []
        done = asyncio.Event()

        async def ring() -> None:
            rung.append(1)
            done.set()

        alarm.start()
        alarm.set(1, datetime.now(UTC) - FAR, ring)  # far beyond any grace: late is better than never
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
        alarm.stop()
        await asyncio.sleep(0)
        assert rung == [1]

    run(story())


def test_a_key_has_one_alarm_the_newest_and_can_be_cleared_twice() -> None:
    async def story() -> None:
        alarm, rung = ApsAlarm(), []
        done = asyncio.Event()

        async def old() -> None:
            rung.append("old")

        async def new() -> None:
            rung.append("new")
            done.set()

        alarm.start()
        soon = datetime.now(UTC) + timedelta(seconds=0.2)
        alarm.set(1, soon, old)
        alarm.set(1, soon, new)
        alarm.set(2, soon, old)
        alarm.clear(2)
        alarm.clear(2)
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
        alarm.wake_up()
        alarm.stop()
        alarm.stop()
        await asyncio.sleep(0)
        assert rung == ["new"]

    run(story())


def test_packages_are_not_looked_through_for_it() -> None:
    code = (
        "import asyncio, sys; from datetime import UTC, datetime; from fossatray.engine.alarm import ApsAlarm\n"
        "async def story():\n"
        "    rung = asyncio.Event(); alarm = ApsAlarm(); alarm.start()\n"
        "    async def ring(): rung.set()\n"
        "    alarm.set(1, datetime.now(UTC), ring); await asyncio.wait_for(rung.wait(), 30); alarm.stop()\n"
        "asyncio.run(story()); loaded = 'importlib.metadata' in sys.modules\n"
        "from importlib.metadata import version; print(loaded, version('APScheduler')[0])"
    )
    done = run_python(code)
    assert done.stdout.split() == ["False", "3"], done.stderr
