"""One session for several pages: renewed once, and only while no page reads."""

from __future__ import annotations

import asyncio

import pytest

from fossatray.core.errors import SessionLost
from fossatray.portal.shared_session import SharedSession


def test_two_pages_that_lose_the_session_sign_in_once_while_nobody_reads() -> None:
    async def both() -> list[str]:
        session, events, lost = SharedSession(), [], asyncio.Event()

        async def sign_in() -> None:
            events.append("signing in")
            await asyncio.sleep(0)
            events.append("signed in")

        async def page(name: str, others: list[asyncio.Task[None]]) -> None:
            async with session.reading() as renewals:
                await lost.wait()
                await asyncio.sleep(0)
                events.append(f"{name} ends")
            await session.renew(renewals, sign_in)
            async with session.reading() as renewals:
                events.append(f"{name} reads on")
                assert renewals == 1

        tasks: list[asyncio.Task[None]] = []
        tasks += [asyncio.ensure_future(page(name, tasks)) for name in ("one", "two")]
        lost.set()
        await asyncio.gather(*tasks)
        return events

    events = asyncio.run(asyncio.wait_for(both(), 30))
    assert sorted(events[:2]) == ["one ends", "two ends"]
    assert events[2:4] == ["signing in", "signed in"]
    assert sorted(events[4:]) == ["one reads on", "two reads on"]


def test_a_second_loss_is_the_end() -> None:
    async def twice() -> None:
        session, count = SharedSession(), 0

        async def sign_in() -> None:
            nonlocal count
            count += 1

        await session.renew(0, sign_in)
        await session.renew(0, sign_in)  # lost before the renewal: nothing to do
        assert count == 1
        with pytest.raises(SessionLost):
            await session.renew(1, sign_in)
        assert count == 1

    asyncio.run(asyncio.wait_for(twice(), 30))


def test_a_sign_in_that_fails_holds_nobody_up() -> None:
    async def failing() -> None:
        session = SharedSession()

        async def sign_in() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await session.renew(0, sign_in)
        async with session.reading() as renewals:
            assert renewals == 1

    asyncio.run(asyncio.wait_for(failing(), 30))
