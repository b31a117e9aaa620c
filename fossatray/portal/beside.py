"""Doing something of our own while the browser is at work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_UNDER_WAY_S = 0.002
"""In which what is asked of the browser has been written to it."""


async def beside(asked: Coroutine[Any, Any, T], do: Callable[[], object]) -> T:
    """Ask the browser for something, `do` something that takes a moment, and return the answer.

    What `do` raises ends the asking, and is raised.
    """
    answer = asyncio.ensure_future(asked)
    try:
        await asyncio.wait({answer}, timeout=_UNDER_WAY_S)
        do()
        return await answer
    finally:
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)
