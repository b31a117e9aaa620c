"""Reading the work list to a proven end: filter, list view, page size, every page, and the proof of completeness."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from urllib.parse import quote

from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import (
    AskedTooOften,
    EmptyNotBelieved,
    LayoutChanged,
    LedElsewhere,
    ListIncomplete,
    ListTooLong,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    SessionLost,
)
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import Phase
from fossatray.core.wire import OrderRead, PageProgress, ScrapeRequest
from fossatray.portal.beside import beside
from fossatray.portal.completeness import Judgement, ListRead, as_kept, judge
from fossatray.portal.foreign import was_replaced
from fossatray.portal.link import EngineLink
from fossatray.portal.list_state import ListState, settle_argument
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.rows import RowReader, RowUnreadable

Renew = Callable[[], Awaitable[None]]
Arrived = Callable[[PortalPage], Awaitable[None]]
_TURNS = ("next", "previous")
_READING = 0.75
_SHORTEST_WAIT_S = 1.0
_TIDY_AFTER = 10  # so many steps: a page of 100 rows leaves a megabyte behind, and each tidying takes 20 ms


class SessionGone(Exception):
    """The portal shows the sign-in form instead of the list."""


class _Shifted(Exception):
    """The list changed under our hands: it is read again."""


@dataclass(frozen=True, slots=True)
class WorkList:
    """A list proved complete, its orders sent; `empty_sign` is that of an accepted empty one.

    `unknown_labels` are those of its rows that the profile does not know.
    """

    numbers: list[str]
    proof: str
    pages: int
    replaced: int
    empty_sign: str | None = None
    unknown_labels: tuple[str, ...] = ()


class WorkListReader:
    """Reads the work list on a signed-in page. `empty_sign` is what an empty list that was not believed showed."""

    def __init__(
        self,
        page: PortalPage,
        profile: Profile,
        request: ScrapeRequest,
        link: EngineLink,
        *,
        renew: Renew,
        arrived: Arrived | None = None,
        ends: float = float("inf"),
    ) -> None:
        """`renew` signs in again; `arrived` looks at the list's page whenever it has been opened.

        `ends` is the moment on the loop's clock at which the run must be over.
        """
        self._page = page
        self._profile = profile
        self._request = request
        self._link = link
        self._renew = renew
        self._arrived = arrived
        self._ends = ends
        self._renewed = False
        self._steps = 0
        self._rows = RowReader(profile, request.origin)
        self.empty_sign: str | None = None

    async def read(self) -> WorkList:
        """Return the list, proved complete.

        Raises ListIncomplete when it cannot be proved, EmptyNotBelieved, LayoutChanged, SessionLost, PortalTimeout,
        PortalServerError, AskedTooOften, LedElsewhere, ListTooLong.
        """
        earlier: ListRead | None = None
        doubt = ""
        for left in reversed(range(self._profile.limits.reads)):
            self._rows.reset()
            try:
                read = await self._read_with_session()
            except AskedTooOften as asked:
                await self._wait_as_asked(asked if left else None)
                earlier = None
                continue
            except _Shifted as shifted:
                doubt, earlier = str(shifted), None
                continue
            if isinstance(read, WorkList):
                return read
            judgement = self._judge(read, earlier)
            if judgement.proof is not None:
                if self._rows.unknown_labels:
                    self._link.log("WARNING", self._rows.told_unknown())
                rows = self._rows
                return WorkList(read.numbers, judgement.proof, read.pages, rows.replaced, None, rows.unknown)
            doubt, earlier = judgement.doubt or "", read
            self._link.log("WARNING", f"work list not proved complete: {doubt}")
        raise ListIncomplete(f"The work list was read {self._profile.limits.reads} times: {doubt}.")

    async def _wait_as_asked(self, asked: AskedTooOften | None) -> None:
        """Leave the portal alone for as long as it asks. Raises AskedTooOften where that is not told, or too long."""
        wait = self._page.retry_after
        if asked is None or wait is None:
            raise asked or AskedTooOften
        if asyncio.get_running_loop().time() + wait >= self._ends:
            raise AskedTooOften(f"The portal asks to wait {wait:.0f} seconds, longer than this sync may take.")
        self._link.log("INFO", f"the portal asks to wait {wait:.0f} s")
        await asyncio.sleep(max(_SHORTEST_WAIT_S, wait))

    async def _read_with_session(self) -> ListRead | WorkList:
        """Read the list once; a session that is gone is renewed once a run."""
        try:
            return await self._read_once()
        except SessionGone:
            if self._renewed:
                raise SessionLost from None
            self._renewed = True
            self._link.log("WARNING", "the portal ended the session; signing in again")
            await self._renew()
        try:
            return await self._read_once()
        except SessionGone:
            raise SessionLost from None

    async def _read_once(self) -> ListRead | WorkList:
        state = await self._open()
        read, seen = ListRead(), [state]
        self._progress(state, read, 1)
        if state.rows == 0:
            return self._judge_empty(state)
        while True:
            orders = await self._take_page(state, read)
            if len(read.numbers) > self._profile.limits.orders:
                raise ListTooLong(f"FossaTray reads at most {self._profile.limits.orders:,} work orders.")
            read.proved_end, read.says_last = _end(state, read), state.last
            if read.proved_end:
                self._send(orders)
                self._progress(state, read, read.pages)
                break
            self._progress(state, read, read.pages + 1)
            after = await beside(self._next_page(state), partial(self._send, orders))
            if after is None:
                read.proved_end = "the rows no longer changed"
                break
            state = after
            seen.append(state)
        listed_before = self._request.known if self._request.known_listed else ()
        if read.pages > 1 and self._judge(read).proof is not None and not as_kept(read, listed_before):
            await self._look_back(seen, read)
        return read

    def _judge(self, read: ListRead, earlier: ListRead | None = None) -> Judgement:
        return judge(read, earlier, page_sizes=self._profile.work_list.page_sizes)

    async def _next_page(self, state: ListState, expected: ListState | None = None) -> ListState | None:
        """Go on to the next page; None when there is none: the rows stay, and nothing speaks against it."""
        after = await self._settle("next", before=state.ids, page=state.page, expected=expected)
        if after.ids == state.ids or after.rows == 0:
            self._raise_for_answer()
        if after.ids == state.ids:
            if _more_pages(state) or _more_pages(after):
                raise _Shifted("the portal did not show the next page")
            return None
        if after.rows == 0 or (state.page and after.page and after.page != state.page + 1):
            raise _Shifted("the pages did not follow one another")
        return after

    async def _look_back(self, seen: list[ListState], read: ListRead) -> None:
        """Look at every page before the last once more: each must show the orders and the total that it showed before.

        The total does not tell that one order left a page already read while another came at the end; but then a third
        slips from a page not read yet to one that was, and is never seen. The two looks at each page lie before and
        behind the moment at which the last page was read, so that what was read is the list of that moment. The only
        order of it that can still be missed is one that came to an earlier page after that page was read and had left
        it again before the second look.
        """
        *before, state = seen
        for looked, page in enumerate(reversed(before)):
            self._progress_back(read, len(before) - looked, looked)
            back = await self._step_back(state, page)
            if back is None:
                await self._look_anew(before[: len(before) - looked], read, looked)
                break
            _require_same(page, back, len(before) - looked)
            state = back
        self._progress_back(read, 1, len(before))

    async def _step_back(self, state: ListState, expected: ListState) -> ListState | None:
        """Go back one page; None where no link leads back, or without asking the portal anew."""
        if not state.previous:
            return None
        asked = self._page.asked
        back = await self._settle("previous", before=state.ids, page=state.page, expected=expected)
        if back.ids == state.ids or back.rows == 0:
            self._raise_for_answer()
        return None if back.ids == state.ids or self._page.asked == asked else back

    async def _look_anew(self, seen: list[ListState], read: ListRead, looked: int) -> None:
        """Open the list anew and look at its first pages in their order, `looked` others having been looked at."""
        state = await self._open()
        for number, page in enumerate(seen, start=1):
            self._progress_back(read, number, looked + number - 1)
            after = state if number == 1 else await self._next_page(state, page)
            if after is None:
                raise _Shifted("the list became shorter while it was read")
            _require_same(page, after, number)
            state = after

    async def _open(self) -> ListState:
        """Open the filtered list in list view with the largest page size."""
        signs = self._profile.work_list
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in signs.query)
        await self._page.open(f"{self._profile.paths.work_list}?{query}")
        if self._arrived is not None:
            await self._arrived(self._page)
        state = await self._settle(None)
        if state.view is not None and state.view != signs.view_list:
            state = await self._settle("list", before=state.ids)
            if state.view != signs.view_list:
                raise LayoutChanged("The portal's list view could not be chosen.")
        if not state.badge:
            raise LayoutChanged("The portal did not apply the filter for open work orders.")
        if state.rows and state.size is not None and state.size != signs.size_text:
            state = await self._settle("size", before=state.ids)
            if state.size != signs.size_text:
                self._link.log("WARNING", "the portal ignored the page size; reading on at its own")
            if state.rows == 0:
                raise _Shifted("the rows went away when the page size was chosen")
        return state

    async def _settle(
        self,
        action: str | None,
        *,
        before: str | None = None,
        page: int | None = None,
        expected: ListState | None = None,
    ) -> ListState:
        """Do something on the page and wait until the list has settled; at once where it is as `expected`.

        `before` are the ids and `page` is the number of the page that is left. All that is done on one page shares that
        page's time.
        """
        self._steps += 1
        if self._steps % _TIDY_AFTER == 0:
            await self._page.tidy()
        if action in _TURNS:
            self._page.turn()
        argument = settle_argument(self._profile, action, before=before, page=page, expected=expected)
        try:
            told = await self._page.watch("settle", argument, self._page.time_left, follow=action is None)
        except PlaywrightError as error:
            if action is None or not was_replaced(error):
                raise
            await self._settle(None)
            raise _Shifted("the page was loaded anew while it was read") from None
        if told is None:
            raise PortalTimeout
        state = ListState.from_page(told)
        if state.form or (self._page.session_ended and (state.rows == 0 or state.ids == before)):
            raise SessionGone
        if state.timeout:
            self._raise_for_answer()
            if state.busy:
                raise PortalTimeout("The portal did not finish loading the work list.")
            raise LayoutChanged("The work list's header was not found.")
        return state

    def _raise_for_answer(self) -> None:
        """Raise for what the portal answered instead of data, if it did."""
        if self._page.worst is not None:
            self._page.raise_for_status(self._page.worst)
            raise PortalServerError
        if self._page.led_elsewhere:
            raise LedElsewhere
        if self._page.data_lost or self._page.document_lost.is_set():
            raise PortalUnreachable

    async def _take_page(self, state: ListState, read: ListRead) -> list[WorkOrder]:
        """Read every row of the settled page; one that cannot be read fails the run, named by its place and field."""
        argument = {
            "rows": self._profile.work_list.row,
            "row": asdict(self._profile.row),
            "visit": asdict(self._profile.visit),
            "most": self._profile.limits.rows_on_a_page,
        }
        told = await self._page.ask("rows", argument)
        raws = told.get("rows") if isinstance(told, dict) else None
        if not isinstance(raws, list):
            raise LayoutChanged("The work list's page has more rows than FossaTray reads.")
        if told.get("ids") != state.ids:
            raise _Shifted("the rows changed while they were read")
        orders: list[WorkOrder] = []
        unreadable: list[str] = []
        for place, raw in enumerate(raws, start=1):
            try:
                orders.append(self._rows.read(raw))
            except RowUnreadable as error:
                unreadable.append(f"row {place} of page {read.pages + 1}: {error.field}")
        if unreadable:
            self._link.log("ERROR", "rows that could not be read: " + "; ".join(unreadable[:20]))
            raise LayoutChanged(f"{len(unreadable)} of {len(raws)} rows could not be read ({unreadable[0]}).")
        read.rows += len(raws)
        read.page_size = read.page_size or len(raws)
        read.totals.append(state.total)
        return read.take(orders)

    def _send(self, orders: list[WorkOrder]) -> None:
        for order in orders:
            self._link.send(OrderRead(order))

    def _progress(self, state: ListState, read: ListRead, page: int) -> None:
        """Tell which page is read next (at the end: which was the last), and how far the reading has come.

        Where pages are looked at once more in the end, that is the last quarter.
        """
        pages, done = state.last_page, 0.0
        if state.total:
            page_size = read.page_size or state.rows
            pages = max(pages or 1, page, -(-state.total // max(1, page_size)))
            done = min(1.0, len(read.numbers) / state.total) * (_READING if pages > 1 else 1.0)
        elif pages:
            pages = max(pages, page)
            done = min(1.0, read.pages / pages)
        self._link.send(PageProgress(Phase.SCRAPING, len(read.numbers), page, pages, done))

    def _progress_back(self, read: ListRead, page: int, looked: int) -> None:
        """Tell which page is looked at once more next (at the end: which was the last), `looked` of them being done."""
        done = _READING + (1.0 - _READING) * looked / (read.pages - 1)
        self._link.send(PageProgress(Phase.SCRAPING, len(read.numbers), page, read.pages, done, checking=True))

    def _judge_empty(self, state: ListState) -> WorkList:
        """Believe an empty list only with a sign; header and idle loaders are there already."""
        self._raise_for_answer()
        if state.total == 0:
            return WorkList([], "0 matches", 1, 0)
        if state.total:
            raise LayoutChanged(f"The portal counts {state.total} matches, but no row was found.")
        sign = state.below or None
        known = {*self._profile.work_list.empty_texts, self._request.empty_sign}
        if sign is not None and sign in known:
            return WorkList([], "the known sign of an empty list", 1, 0, sign)
        if self._request.accept_empty:
            return WorkList([], "accepted as empty by the person", 1, 0, sign)
        self.empty_sign = sign
        raise EmptyNotBelieved


def _require_same(page: ListState, again: ListState, number: int) -> None:
    """Raise _Shifted unless page `number` shows `again` the orders and the total that it showed before."""
    if (again.ids, again.total) != (page.ids, page.total):
        raise _Shifted(f"page {number} changed while the others were read")


def _end(state: ListState, read: ListRead) -> str:
    """Say how the end is proved, or "" while it is not: by the next link, the total, or the paginator's last page."""
    if not state.next and not _more_pages(state):
        return "no next page"
    if state.total is not None and len(read.numbers) >= state.total:
        return "the total was reached"
    if state.total is not None and state.page is not None and state.page == state.last_page:
        return "the last page was reached"
    return ""


def _more_pages(state: ListState) -> bool:
    """Whether the paginator names pages behind this one."""
    return state.page is not None and state.last_page is not None and state.page < state.last_page
