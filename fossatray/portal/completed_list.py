"""Looking for orders that left the open list in the list of completed ones: a positive sign, or none.

Nothing that goes wrong here fails the run: the open list is read by then, and an order that is not found is only not
known to be completed.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

from fossatray.core.errors import FossaError, LayoutChanged, SessionLost
from fossatray.core.orders import WorkOrder
from fossatray.core.wire import CompletedRead, ScrapeRequest
from fossatray.portal.completeness import ListRead
from fossatray.portal.foreign import portal_errors
from fossatray.portal.link import EngineLink
from fossatray.portal.list_page import ListPage
from fossatray.portal.list_state import ListState
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.work_list import WorkListReader


class _Enough(Exception):
    """Every order that was looked for is found, or as many pages are read as may be."""


class _CompletedListReader(WorkListReader):
    """Pages through the list of completed orders, says nothing of its progress, and stops as soon as it may."""

    def __init__(
        self, page: PortalPage, profile: Profile, request: ScrapeRequest, link: EngineLink, missing: frozenset[str]
    ) -> None:
        super().__init__(page, _with_completed(profile), request, link, renew=_do_not_renew)
        self._missing = missing
        self._most_pages = profile.limits.completed_pages
        self.found: dict[str, date | None] = {}

    async def _take_page(self, page: ListPage, state: ListState, read: ListRead) -> list[WorkOrder]:
        if read.pages >= self._most_pages:
            raise _Enough
        orders = await super()._take_page(page, state, read)
        for order in orders:
            if not _shows_completion(order):
                raise LayoutChanged("The list of completed orders shows one that is not completed.")
        self.found |= {order.number: order.completed_on for order in orders if order.number in self._missing}
        if self.found.keys() == self._missing:
            raise _Enough
        return []  # nothing of this list is sent

    def _progress(self, state: ListState, read: ListRead, page: int) -> None:
        """What is told of the open list stays."""

    def _progress_back(self, read: ListRead, page: int, looked: int) -> None:
        """As `_progress`."""


async def look_for_completed(
    page: PortalPage,
    profile: Profile,
    request: ScrapeRequest,
    link: EngineLink,
    missing: frozenset[str],
    seconds: float,
) -> CompletedRead:
    """Look for orders in the list of completed ones, for at most so many seconds; what goes wrong is logged."""
    request = replace(request, accept_empty=False)  # that word was about the open list
    reader = _CompletedListReader(page, profile, request, link, missing)
    whole = False
    try:
        with portal_errors(link.log):
            async with asyncio.timeout(min(seconds, profile.waits.completed)):
                await reader.read()
        whole = True
    except _Enough:
        whole = reader.found.keys() == missing
        reader.tell_unread()
    except FossaError as error:
        link.log("WARNING", f"the completed orders could not be read to their end: {error.kind}: {error.message}")
        reader.tell_unread()
    days = tuple((number, day) for number, day in sorted(reader.found.items()) if day is not None)
    return CompletedRead(tuple(sorted(reader.found)), whole, days)


def _with_completed(profile: Profile) -> Profile:
    """Return the profile whose work list is that of the completed orders."""
    signs = profile.completed_list
    return replace(profile, work_list=replace(profile.work_list, query=signs.query, badge_text=signs.badge_text))


def _shows_completion(order: WorkOrder) -> bool:
    """Whether the order's own counter says so: "1 / 1"."""
    return (
        order.visits_done is not None and order.visits_total is not None and 0 < order.visits_total <= order.visits_done
    )


async def _do_not_renew() -> None:
    """A session that ended meanwhile is not worth another sign-in here."""
    raise SessionLost
