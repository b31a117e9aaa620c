"""One page of the browser that shows the work list: opening it, turning its pages, the raw rows of the one shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import LayoutChanged, PortalTimeout
from fossatray.portal.foreign import was_replaced
from fossatray.portal.link import EngineLink
from fossatray.portal.list_state import TURNS, ListState, rows_argument, settle_argument
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile

Arrived = Callable[[PortalPage], Awaitable[None]]
_TIDY_AFTER = 10  # so many steps: a page of 100 rows leaves a megabyte behind, and each tidying takes 20 ms


class SessionGone(Exception):
    """The portal shows the sign-in form instead of the list."""


class Shifted(Exception):
    """The list changed under our hands: it is read again."""


class ListPage:
    """Leads one page of the browser through the work list, and waits each time until the list has settled.

    Whatever is asked of it raises SessionGone, Shifted, LayoutChanged, PortalTimeout, PortalServerError, AskedTooOften,
    LedElsewhere, PortalUnreachable, BrowserStuck or BrowserCrashed.
    """

    def __init__(self, page: PortalPage, profile: Profile, link: EngineLink, arrived: Arrived | None = None) -> None:
        """`arrived` looks at the list's page whenever it has been opened."""
        self._page = page
        self._profile = profile
        self._link = link
        self._arrived = arrived
        self._steps = 0
        self._settled_at = 0.0
        self.quiet = 0.0
        """How many seconds the rows must stay as they are, if that is longer than the profile says."""

    @property
    def retry_after(self) -> float | None:
        """How many seconds the portal wants to be left alone, where it said so."""
        return self._page.retry_after

    @property
    def asked(self) -> int:
        """How often the page has asked the portal for data."""
        return self._page.asked

    async def open(self) -> ListState:
        """Open the filtered list in list view with the largest page size."""
        signs = self._profile.work_list
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in signs.query)
        await self._page.open(f"{self._profile.paths.work_list}?{query}")
        if self._arrived is not None:
            await self._arrived(self._page)
        state = await self._settle(None)
        if state.view is not None and state.view != signs.view_list:
            state = await self._settle("list", before=state)
            if state.view != signs.view_list:
                raise LayoutChanged("The portal's list view could not be chosen.")
        if not state.badge:
            raise LayoutChanged("The portal did not apply the filter for open work orders.")
        if state.rows and state.size is not None and state.size != signs.size_text:
            state = await self._settle("size", before=state)
            if state.size != signs.size_text:
                self._link.log("WARNING", "the portal ignored the page size; reading on at its own")
            if state.rows == 0:
                raise Shifted("the rows went away when the page size was chosen")
        return state

    async def turn_to_next(self, state: ListState, expected: ListState | None = None) -> ListState | None:
        """Go on to the next page; None when there is none: the rows stay, and nothing speaks against it."""
        after = await self._settle("next", before=state, expected=expected)
        if after.ids == state.ids or after.rows == 0:
            self.raise_for_answer()
        if after.ids == state.ids:
            if state.more_pages or after.more_pages:
                raise Shifted("the portal did not show the next page")
            return None
        if after.rows == 0 or (state.page and after.page and after.page != state.page + 1):
            raise Shifted("the pages did not follow one another")
        return after

    async def turn_back(self, state: ListState, expected: ListState | None = None) -> ListState | None:
        """Go back one page; None where no link leads back, or without asking the portal anew."""
        if not state.previous:
            return None
        asked = self._page.asked
        back = await self._settle("previous", before=state, expected=expected)
        if back.ids == state.ids or back.rows == 0:
            self.raise_for_answer()
        return None if back.ids == state.ids or self._page.asked == asked else back

    async def turn_to_last(self, state: ListState) -> ListState | None:
        """Go to the last page that the paginator names; None where the list stays as it is."""
        last = await self._settle("last", before=state)
        if last.ids == state.ids or last.rows == 0:
            self.raise_for_answer()
        return None if last.ids == state.ids else last

    async def rows(self, state: ListState) -> list[Any]:
        """Return the raw rows of the settled page (see scripts/rows.js)."""
        ids, raws = await self._shown()
        if ids != state.ids:
            raise Shifted("the rows changed while they were read")
        return raws

    async def rows_after(self, seconds: float) -> tuple[object, list[Any]]:
        """Return the rows' classes and the raw rows as they are so many seconds after the list had settled, or now."""
        await asyncio.sleep(self._settled_at + seconds - asyncio.get_running_loop().time())
        return await self._shown()

    async def _shown(self) -> tuple[object, list[Any]]:
        told = await self._page.ask("rows", rows_argument(self._profile))
        raws = told.get("rows") if isinstance(told, dict) else None
        if not isinstance(raws, list):
            raise LayoutChanged("The work list's page has more rows than FossaTray reads.")
        return told.get("ids"), raws

    def raise_for_answer(self) -> None:
        """Raise for what the portal answered instead of data, if it did."""
        self._page.raise_for_answer()

    async def close(self) -> None:
        """Close the page of the browser; one that does not answer is left to the end of the browser."""
        await self._page.close()

    async def _settle(
        self, action: str | None, *, before: ListState | None = None, expected: ListState | None = None
    ) -> ListState:
        """Do something on the page that shows `before`, and wait until the list has settled.

        That is at once where it is as `expected`. All that is done on one page shares that page's time.
        """
        self._steps += 1
        if self._steps % _TIDY_AFTER == 0:
            await self._page.tidy()
        if action in TURNS:
            self._page.turn()
        argument = settle_argument(self._profile, action, before=before, expected=expected, quiet=self.quiet)
        try:
            told = await self._page.watch("settle", argument, self._page.time_left, follow=action is None)
        except PlaywrightError as error:
            if action is None or not was_replaced(error):
                raise
            await self._settle(None)
            raise Shifted("the page was loaded anew while it was read") from None
        if told is None:
            raise PortalTimeout
        state = ListState.from_page(told)
        self._settled_at = asyncio.get_running_loop().time()
        stays = before is not None and state.ids == before.ids
        if state.form or (self._page.session_ended and (state.rows == 0 or stays)):
            raise SessionGone
        if state.timeout:
            self.raise_for_answer()
            if state.busy:
                raise PortalTimeout("The portal did not finish loading the work list.")
            if state.header:
                raise PortalTimeout("The portal's work list did not come to rest.")
            raise LayoutChanged("The work list's header was not found.")
        return state


def require_same(page: ListState, again: ListState, number: int) -> None:
    """Raise Shifted unless page `number` shows `again` the orders and the total that it showed before."""
    if (again.ids, again.total) != (page.ids, page.total):
        raise Shifted(f"page {number} changed while the others were read")
