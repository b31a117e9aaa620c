"""Leaving the portal alone for as long as it asks, then asking for the same again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fossatray.core.errors import AskedTooOften
from fossatray.portal.portal_page import PortalPage

SHORTEST_WAIT_S = 1.0
_T = TypeVar("_T")
Log = Callable[[str, str], None]


async def wait_as_asked(seconds: float | None, ends: float, log: Log) -> None:
    """Wait for `seconds`, at least one. Raises AskedTooOften where the portal names no time (None), or too long a one.

    `ends` is the moment on the loop's clock at which the run must be over.
    """
    if seconds is None:
        raise AskedTooOften
    wait = max(SHORTEST_WAIT_S, seconds)
    if asyncio.get_running_loop().time() + wait >= ends:
        raise AskedTooOften(f"The portal asks to wait {wait:.0f} seconds, longer than this sync may take.")
    log("INFO", f"the portal asks to wait {wait:.0f} s")
    await asyncio.sleep(wait)


async def patiently(page: PortalPage, step: Callable[[], Awaitable[_T]], tries: int, ends: float, log: Log) -> _T:
    """Take a step on a page, at most so often: again after each wait that the portal asks for.

    Raises what the step raises; AskedTooOften as `wait_as_asked` does, and after the last try.
    """
    for _ in range(tries - 1):
        try:
            return await step()
        except AskedTooOften:
            await wait_as_asked(page.retry_after, ends, log)
    return await step()
