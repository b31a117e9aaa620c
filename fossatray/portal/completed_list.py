"""Looking for orders that left the open list in the list of completed ones: a positive sign, or none.

Those that left it with this reading are wanted, and end it as soon as all are found. Those that left before, and are
not known to be completed, are found by the way; now and then they are wanted themselves, as the engine says.

Nothing that goes wrong here fails the run: the open list is read by then, and an order that is not found is only not
known to be completed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from fossatray.core.errors import FossaError, LayoutChanged, SessionLost
from fossatray.core.messages import CompletedRead, ScrapeRequest
from fossatray.core.orders import WorkOrder
from fossatray.portal.completeness import ListRead
from fossatray.portal.foreign import portal_errors
from fossatray.portal.link import EngineLink
from fossatray.portal.list_page import ListPage
from fossatray.portal.list_state import ListState
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.work_list import WorkListReader


@dataclass(frozen=True, slots=True)
class Sought:
    """Orders to look for: those that are `wanted` and those that may be found `besides`."""

    wanted: frozenset[str]
    besides: frozenset[str]


def sought_among_completed(request: ScrapeRequest, listed: Iterable[str]) -> Sought:
    """Return which orders to look for, now that the list of open ones is read; none is wanted: nothing to read."""
    missing, departed = (frozenset(numbers).difference(listed) for numbers in (request.known, request.departed))
    return Sought(missing | departed, frozenset()) if request.departed_wanted else Sought(missing, departed)


class _Enough(Exception):
    """Every order that is wanted is found, or as many pages are read as may be."""


class _CompletedListReader(WorkListReader):
    """Pages through the list of completed orders, says nothing of its progress, and stops as soon as it may."""

    def __init__(
        self, page: PortalPage, profile: Profile, request: ScrapeRequest, link: EngineLink, sought: Sought
    ) -> None:
        super().__init__(page, _with_completed(profile), request, link, renew=_do_not_renew)
        self._sought = sought
        self._most_pages = profile.limits.completed_pages
        self.found: dict[str, date | None] = {}

    async def _take_page(self, page: ListPage, state: ListState, read: ListRead) -> list[WorkOrder]:
        if read.pages >= self._most_pages:
            raise _Enough
        orders = await super()._take_page(page, state, read)
        looked_for = self._sought.wanted | self._sought.besides
        self.found |= {order.number: order.completed_on for order in orders if order.number in looked_for}
        if self.has_all:
            raise _Enough
        return []  # nothing of this list is sent

    def _require_filtered(self, orders: list[WorkOrder]) -> None:
        """Here each must be completed. Raises LayoutChanged."""
        if not all(order.is_completed for order in orders):
            raise LayoutChanged("The list of completed orders shows one that is not completed.")

    async def _is_drawn(self) -> bool:
        """What else the rows show is of no concern here."""
        return True

    @property
    def has_all(self) -> bool:
        """Whether every order that is wanted is found."""
        return self._sought.wanted <= self.found.keys()

    def _progress(self, state: ListState, read: ListRead, page: int) -> None:
        """What is told of the open list stays."""

    def _progress_back(self, read: ListRead, page: int, looked: int) -> None:
        """As `_progress`."""


async def look_for_completed(
    page: PortalPage,
    profile: Profile,
    request: ScrapeRequest,
    link: EngineLink,
    sought: Sought,
    seconds: float,
) -> CompletedRead:
    """Look for orders in the list of completed ones, for at most so many seconds; what goes wrong is logged."""
    request = replace(request, accept_empty=False)  # that word was about the open list
    reader = _CompletedListReader(page, profile, request, link, sought)
    whole = False
    try:
        with portal_errors(link.log):
            async with asyncio.timeout(min(seconds, profile.waits.completed)):
                await reader.read()
        whole = True
    except _Enough:
        whole = reader.has_all
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


async def _do_not_renew() -> None:
    """A session that ended meanwhile is not worth another sign-in here."""
    raise SessionLost
