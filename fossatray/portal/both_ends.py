"""A long list read by two pages of the browser at once: one from the list's beginning on, one from its end back.

Where they meet, each goes on and looks once more at what the other has read. So each page of the list is looked at
twice, before and after the moment at which the last of them was read: what was read is the list of that moment, as it
is where one page reads all and looks back (see WorkListReader).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import AskedTooOften, FossaError, ListTooLong
from fossatray.core.orders import WorkOrder
from fossatray.portal.beside import beside
from fossatray.portal.list_page import ListPage, SessionGone, Shifted, require_same
from fossatray.portal.list_state import ListState

WORTH_IT = 7
"""The fewest pages that are shared: for fewer the second page of the browser takes longer than it saves."""

OpenBack = Callable[[], Awaitable[ListPage]]
Take = Callable[[ListPage, ListState], Awaitable[list[WorkOrder]]]
Send = Callable[[list[WorkOrder]], None]
Log = Callable[[str, str], None]


class NotShared(Exception):
    """The second page of the browser is of no use here: the list is to be read by the first alone."""


class BothEnds:
    """Reads all pages of a list whose paginator counts them, and looks at them once more."""

    def __init__(
        self, front: ListPage, open_back: OpenBack, take: Take, send: Send, log: Log, first: ListState
    ) -> None:
        """`front` shows the `first` page; `take` reads a page that is shown, `send` sends what was read."""
        self._log = log
        self._front = front
        self._open_back = open_back
        self._take = take
        self._send = send
        self._pages = first.last_page or 1
        self._seen: dict[int, ListState] = {1: first}
        self._front_at = 1
        self._back_at = self._pages + 1
        self._back: ListPage | None = None
        self._looked = 0

    @staticmethod
    def is_worth_it(first: ListState) -> bool:
        """Tell whether a list that shows this as its first page is long enough, and counts all of its pages."""
        if first.page != 1 or not first.last_page or not first.total or not first.rows:
            return False
        return first.last_page >= WORTH_IT and first.last_page == -(-first.total // first.rows)

    @property
    def seen(self) -> list[ListState]:
        """What the pages showed when they were read, in their order."""
        return [self._seen[page] for page in sorted(self._seen)]

    @property
    def is_shared(self) -> bool:
        """Whether the second page of the browser came in time to read any page of the list."""
        return self._back_at <= self._pages

    @property
    def retry_after(self) -> float | None:
        """How many seconds the portal told the second page of the browser to wait."""
        return self._back.retry_after if self._back is not None else None

    async def read(self) -> None:
        """Read every page; the front reads all of them where the back is of no use. Raises as ListPage, and NotShared.

        NotShared is raised where the back failed with pages that it was to read.
        """
        back = self._guarded(self._read_back())
        await _side_by_side(self._read_on(), back, wanted=lambda: self.is_shared)

    async def look_again(self, tell: Callable[[int], None]) -> None:
        """Look at each page that the other end has read; `tell` takes how many are done. Raises as `read`."""
        tell(0)
        back = self._guarded(self._look_back(tell))
        await _side_by_side(self._look_on(tell), back, wanted=lambda: True)

    async def close(self) -> None:
        """Close the second page of the browser, if there is one."""
        if self._back is not None:
            await self._back.close()

    def _is_left(self) -> bool:
        """Whether a page is left that neither end has begun to read."""
        return self._front_at + 1 < self._back_at

    async def _read_on(self) -> None:
        state = self._seen[1]
        while True:
            orders = await self._take(self._front, state)
            if not self._is_left():
                self._send(orders)
                return
            self._front_at += 1
            after = await beside(self._front.turn_to_next(state), partial(self._send, orders))
            state = self._keep(self._front_at, after)

    async def _guarded(self, back: Coroutine[Any, Any, None]) -> None:
        """Do the back's part. What goes wrong there is no failure of the reading: the front can do without the back.

        What concerns both is: that the portal asks to wait, and that there are too many orders; where the back has
        begun to read, also that the list changed, and that the session is gone.
        """
        try:
            await back
        except (FossaError, PlaywrightError, NotShared, Shifted, SessionGone) as trouble:
            asks_to_wait = isinstance(trouble, AskedTooOften) and self.retry_after is not None
            changed = self.is_shared and isinstance(trouble, Shifted | SessionGone)
            if asks_to_wait or changed or isinstance(trouble, ListTooLong):
                raise
            why = str(trouble) if isinstance(trouble, NotShared) else type(trouble).__name__
            if self.is_shared:
                raise NotShared(why) from None
            self._log("INFO", f"the list is read by one page of the browser: {why}")

    async def _read_back(self) -> None:
        self._back = back = await self._open_back()
        state = await back.open()
        first = self._seen[1]
        if (state.total, state.rows, state.last_page) != (first.total, first.rows, first.last_page):
            raise NotShared("the second one shows another list")
        turned = await back.turn_to_last(state)
        if turned is None or turned.page != self._pages or not turned.previous:
            raise NotShared("the last page was not to be had, or no link leads back from it")
        orders: list[WorkOrder] = []
        while self._is_left():
            self._back_at -= 1
            if self._back_at < self._pages:
                turned = await beside(back.turn_back(state), partial(self._send, orders))
            state = self._keep(self._back_at, turned)
            orders = await self._take(back, state)
        self._send(orders)

    async def _look_on(self, tell: Callable[[int], None]) -> None:
        state = self._seen[self._front_at]
        for page in range(self._front_at + 1, self._pages + 1):
            asked = self._front.asked
            after = await self._front.turn_to_next(state, self._seen[page])
            state = self._same(page, after if self._front.asked > asked else None, tell)

    async def _look_back(self, tell: Callable[[int], None]) -> None:
        assert self._back is not None
        state = self._seen[self._back_at]
        for page in reversed(range(1, self._back_at)):
            state = self._same(page, await self._back.turn_back(state, self._seen[page]), tell)

    def _keep(self, page: int, state: ListState | None) -> ListState:
        """Note what a page of the list showed when it was read."""
        if state is None or state.page != page:
            raise NotShared(f"page {page} was not to be had")
        self._seen[page] = state
        return state

    def _same(self, page: int, again: ListState | None, tell: Callable[[int], None]) -> ListState:
        """Return what a page shows when it is looked at again, which must be the same."""
        if again is None:
            raise NotShared(f"page {page} was not to be had again")
        require_same(self._seen[page], again, page)
        self._looked += 1
        if self._looked < self._pages:
            tell(self._looked)
        return again


async def _side_by_side(
    front: Coroutine[Any, Any, None], back: Coroutine[Any, Any, None], *, wanted: Callable[[], bool]
) -> None:
    """Do both; once the front is done, the back is waited for only if it is `wanted`. Raises what one of them does."""
    first, second = tasks = asyncio.ensure_future(front), asyncio.ensure_future(back)
    try:
        while not first.done() or (not second.done() and wanted()):
            await asyncio.wait([task for task in tasks if not task.done()], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
