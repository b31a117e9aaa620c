"""One session of the portal that several pages of the browser use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fossatray.core.errors import SessionLost


class SharedSession:
    """One session that several pages use. It is renewed once a run, while no page is reading."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._reading = 0
        self._renewing = False
        self._renewals = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[int]:
        """Hold off a renewal while something is read; yields how often the session was renewed before."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._renewing)
            self._reading += 1
        try:
            yield self._renewals
        finally:
            async with self._changed:
                self._reading -= 1
                self._changed.notify_all()

    async def renew(self, since: int, sign_in: Callable[[], Awaitable[None]]) -> None:
        """Sign in again, unless that was done since `since` renewals. Raises SessionLost at the second time.

        A page that still reads could bring back the old session's cookie: the sign-in waits until none does.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: not self._renewing)
            if self._renewals > since:
                return
            if self._renewals:
                raise SessionLost
            self._renewing = True
            await self._changed.wait_for(lambda: not self._reading)
        try:
            await sign_in()
        finally:
            async with self._changed:
                self._renewals += 1
                self._renewing = False
                self._changed.notify_all()
