"""How many runs may be under way at the same time, over all accounts: a number that can change while they are."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType


class Places:
    """Places for runs, given in the order in which they were asked for: `async with places: …`. For one loop alone."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken = 0
        self._line: deque[asyncio.Future[None]] = deque()

    def resize(self, count: int) -> None:
        """Let there be so many from now on; those who have a place keep it."""
        self._count = count
        self._call_next()

    @property
    def is_full(self) -> bool:
        """Whether somebody who comes now has to wait."""
        return bool(self._line) or self._taken >= self._count

    async def __aenter__(self) -> None:
        """Take a place, or wait for one."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        self._call_next()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place came with the cancellation
            else:
                self._line.remove(turn)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the place back."""
        self._leave()

    def _leave(self) -> None:
        self._taken -= 1
        self._call_next()

    def _call_next(self) -> None:
        while self._line and self._taken < self._count:
            turn = self._line.popleft()
            if turn.cancelled():
                continue
            self._taken += 1
            turn.set_result(None)
