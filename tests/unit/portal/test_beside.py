"""Doing something of our own while the browser is at work."""

from __future__ import annotations

import asyncio

import pytest

from fossatray.portal.beside import beside


def test_it_is_done_when_the_browser_has_been_asked_and_before_it_answers() -> None:
    happened: list[str] = []

    async def check() -> None:
        may_answer = asyncio.Event()

        async def asked() -> int:
            happened.append("asked")
            await may_answer.wait()
            happened.append("answered")
            return 7

        def do() -> None:
            happened.append("done")
            may_answer.set()

        assert await beside(asked(), do) == 7

    asyncio.run(check())
    assert happened == ["asked", "done", "answered"]


def test_an_error_of_ours_ends_the_asking() -> None:
    ended: list[str] = []

    async def asked() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    def do() -> None:
        raise KeyError("ours")

    async def check() -> None:
        with pytest.raises(KeyError, match="ours"):
            await beside(asked(), do)
        assert ended == ["ended"]

    asyncio.run(check())


def test_an_error_of_the_browser_is_raised_after_ours_is_done() -> None:
    done: list[str] = []

    async def asked() -> None:
        raise ValueError("theirs")

    async def check() -> None:
        with pytest.raises(ValueError, match="theirs"):
            await beside(asked(), lambda: done.append("done"))

    asyncio.run(check())
    assert done == ["done"]
