"""Reading the work list to a proven end: filter, list view, page size, every page, and the proof of completeness."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from fossatray.core.errors import (
    AskedTooOften,
    EmptyNotBelieved,
    LayoutChanged,
    ListIncomplete,
    ListTooLong,
    SessionLost,
)
from fossatray.core.messages import OrderRead, PageProgress, ScrapeRequest
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import Phase
from fossatray.core.shown_fields import shown_fields, shows_less
from fossatray.portal.beside import beside
from fossatray.portal.both_ends import BothEnds, NotShared
from fossatray.portal.completeness import Judgement, ListRead, as_kept, judge
from fossatray.portal.link import EngineLink
from fossatray.portal.list_page import Arrived, ListPage, SessionGone, Shifted, require_same
from fossatray.portal.list_state import ListState
from fossatray.portal.patience import wait_as_asked
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.rows import RowReader, RowUnreadable

Renew = Callable[[], Awaitable[None]]
OpenPage = Callable[[], Awaitable[PortalPage]]
_READING = 0.75


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
        open_page: OpenPage | None = None,
        ends: float = float("inf"),
    ) -> None:
        """`renew` signs in again; `arrived` looks at the list's page whenever it has been opened.

        `open_page` opens a second page of the browser, to read a long list with; `ends` is the moment on the loop's
        clock at which the run must be over.
        """
        self._page = page
        self._list = ListPage(page, profile, link, arrived)
        self._open_page = open_page
        self._retry_after: float | None = None
        self._profile = profile
        self._request = request
        self._link = link
        self._renew = renew
        self._ends = ends
        self._renewed = False
        self._rows = RowReader(profile, request.origin)
        self._known = frozenset(request.known)
        self._digests: dict[object, int] = {}
        self._shown: Counter[str] = Counter()
        self._seen_again = 0
        self.empty_sign: str | None = None

    async def read(self) -> WorkList:
        """Return the list, proved complete.

        Raises ListIncomplete when it cannot be proved, EmptyNotBelieved, LayoutChanged, SessionLost, PortalTimeout,
        PortalServerError, PortalAnswerBroken, AskedTooOften, LedElsewhere, ListTooLong.
        """
        earlier: ListRead | None = None
        doubt = ""
        for left in reversed(range(self._profile.limits.reads)):
            try:
                read = await self._read_with_session()
            except AskedTooOften as asked:
                await self._wait_as_asked(asked if left else None)
                earlier = None
                continue
            except Shifted as shifted:
                doubt, earlier = str(shifted), None
                continue
            if isinstance(read, WorkList):
                return read
            judgement = self._judge(read, earlier)
            if judgement.proof is not None and not await self._is_drawn():
                self._link.log("WARNING", "rows were drawn to their end after they had been there; reading slowly")
                doubt, earlier = "the rows went on changing", None
                self._list.quiet, self._open_page = self._profile.waits.late, None
                continue
            if judgement.proof is not None:
                self.tell_unread()
                rows = self._rows
                return WorkList(read.numbers, judgement.proof, read.pages, rows.replaced, None, rows.unknown)
            doubt, earlier = judgement.doubt or "", read
            self._link.log("WARNING", f"work list not proved complete: {doubt}")
        raise ListIncomplete(f"The work list was read {self._profile.limits.reads} times: {doubt}.")

    def tell_unread(self) -> None:
        """Write to the log what of the rows read was not understood, and was left out or kept as it is."""
        for line in self._rows.told():
            self._link.log("WARNING", line)

    async def _wait_as_asked(self, asked: AskedTooOften | None) -> None:
        """Leave the portal alone for as long as it asks. Raises AskedTooOften where that is not told, or too long."""
        waits = [told for told in (self._list.retry_after, self._retry_after) if told is not None]
        wait = max(waits, default=None)
        self._retry_after = self._open_page = None  # from now on gently: by one page of the browser
        if asked is None:
            raise AskedTooOften
        if wait is None:
            raise asked
        await wait_as_asked(wait, self._ends, self._link.log)

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
        if state.rows == 0:
            return self._judge_empty(state)
        if self._open_page is not None and self._request.parallel > 1 and BothEnds.is_worth_it(state):
            open_page, self._open_page = self._open_page, None  # a reading after this one is by one page alone
            try:
                return await self._read_shared(state, open_page)
            except NotShared as trouble:
                self._link.log("WARNING", f"the list is read by one page of the browser: {trouble}")
            return await self._read_once()
        return await self._read_alone(state)

    async def _open(self) -> ListState:
        """Begin a reading."""
        self._rows.reset()
        self._digests.clear()
        self._shown.clear()
        self._seen_again = 0
        state = await self._list.open()
        self._progress(state, ListRead(), 1)
        return state

    async def _read_alone(self, state: ListState) -> ListRead:
        read, seen = ListRead(), [state]
        while True:
            orders = await self._take_page(self._list, state, read)
            read.proved_end, read.says_last = _end(state, read), state.last
            if read.proved_end:
                self._send(orders)
                self._progress(state, read, read.pages)
                break
            self._progress(state, read, read.pages + 1)
            after = await beside(self._list.turn_to_next(state), partial(self._send, orders))
            if after is None:
                self._page.raise_for_no_data()
                read.proved_end = "the rows no longer changed"
                break
            state = after
            seen.append(state)
        if self._needs_second_look(read):
            await self._look_back(seen, read)
        return read

    async def _read_shared(self, first: ListState, open_page: OpenPage) -> ListRead:
        """Read a list whose paginator counts its pages with a second page of the browser. Raises NotShared."""
        read = ListRead(page_size=first.rows, proved_end="the last page was reached")

        async def take(page: ListPage, state: ListState) -> list[WorkOrder]:
            orders = await self._take_page(page, state, read)
            self._progress(first, read, min(read.pages + 1, first.last_page or 1))
            return orders

        async def open_back() -> ListPage:
            return ListPage(await open_page(), self._profile, self._link)

        ends = BothEnds(self._list, open_back, take, self._send, self._link.log, first)
        try:
            await ends.read()
            if self._needs_second_look(read):
                if ends.is_shared:
                    await ends.look_again(lambda looked: self._progress_back(read, read.pages - looked, looked))
                else:
                    await self._look_back(ends.seen, read)
        except AskedTooOften:
            self._retry_after = ends.retry_after
            raise
        finally:
            await ends.close()
        return read

    def _needs_second_look(self, read: ListRead) -> bool:
        listed_before = self._request.known if self._request.known_listed else ()
        return read.pages > 1 and self._judge(read).proof is not None and not as_kept(read, listed_before)

    def _judge(self, read: ListRead, earlier: ListRead | None = None) -> Judgement:
        return judge(read, earlier, page_sizes=self._profile.work_list.page_sizes)

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
            back = await self._list.turn_back(state, page)
            if back is None:
                await self._look_anew(before[: len(before) - looked], read, looked)
                break
            require_same(page, back, len(before) - looked)
            state = back
        self._progress_back(read, 1, len(before))

    async def _look_anew(self, seen: list[ListState], read: ListRead, looked: int) -> None:
        """Open the list anew and look at its first pages in their order, `looked` others having been looked at."""
        state = await self._list.open()
        for number, page in enumerate(seen, start=1):
            self._progress_back(read, number, looked + number - 1)
            after = state if number == 1 else await self._list.turn_to_next(state, page)
            if after is None:
                raise Shifted("the list became shorter while it was read")
            require_same(page, after, number)
            state = after

    async def _take_page(self, page: ListPage, state: ListState, read: ListRead) -> list[WorkOrder]:
        """Read every row of the settled page; one that cannot be read fails the run, named by its place and field."""
        raws = await page.rows(state)
        orders: list[WorkOrder] = []
        unreadable: list[str] = []
        for place, raw in enumerate(raws, start=1):
            try:
                orders.append(self._rows.read(raw))
            except RowUnreadable as error:
                unreadable.append(f"row {place} of page {state.page or read.pages + 1}: {error.field}")
        if unreadable:
            self._link.log("ERROR", "rows that could not be read: " + "; ".join(unreadable[:20]))
            raise LayoutChanged(f"{len(unreadable)} of {len(raws)} rows could not be read ({unreadable[0]}).")
        self._require_filtered(orders)
        self._digests[state.ids] = _digest(raws)
        still = [order for order in orders if order.number in self._known]
        self._shown.update(shown_fields(still))
        self._seen_again += len(still)
        read.rows += len(raws)
        read.page_size = read.page_size or len(raws)
        read.totals.append(state.total)
        new = read.take(orders)
        if len(read.numbers) > self._profile.limits.orders:
            raise ListTooLong(f"FossaTray reads at most {self._profile.limits.orders:,} work orders.")
        return new

    def _require_filtered(self, orders: list[WorkOrder]) -> None:
        """Raise LayoutChanged where the rows themselves contradict the filter that the page shows as active."""
        if any(order.is_completed for order in orders):
            raise LayoutChanged("The list of open work orders shows one of which all visits are completed.")

    async def _is_drawn(self) -> bool:
        """Look whether the page shown still has what was read of it, a moment after it had settled.

        That is done where nothing else would tell, in the first list of an account, and where its orders show less than
        they did before.
        """
        shown, known = dict(self._request.shown), len(self._known)
        if known and not shows_less(shown, known, self._shown, self._seen_again):
            return True
        ids, raws = await self._list.rows_after(self._profile.waits.late)
        digest = _digest(raws)
        return self._digests.get(ids, digest) == digest

    def _send(self, orders: list[WorkOrder]) -> None:
        for order in orders:
            self._link.send(OrderRead(order))

    def _progress(self, state: ListState, read: ListRead, page: int) -> None:
        """Tell which page is read next (at the end: which was the last), and how far the reading has come.

        Where two pages of the browser share the list, it is told how many pages have been begun. Where pages are looked
        at once more in the end, that is the last quarter.
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
        self._list.raise_for_answer()
        if state.total == 0:
            return WorkList([], "0 matches", 1, 0)
        if state.total:
            raise LayoutChanged(f"The portal counts {state.total} matches, but no row was found.")
        sign = state.below or None
        known = {*self._profile.work_list.empty_texts, self._request.empty_sign}
        if sign is not None and sign in known:
            return WorkList([], "the known sign of an empty list", 1, 0, sign)
        self._page.raise_for_no_data()
        if self._request.accept_empty:
            return WorkList([], "accepted as empty by the person", 1, 0, sign)
        self.empty_sign = sign
        raise EmptyNotBelieved


def _digest(raws: list[Any]) -> int:
    return zlib.crc32(json.dumps(raws).encode())


def _end(state: ListState, read: ListRead) -> str:
    """Say how the end is proved, or "" while it is not: by the next link, the total, or the paginator's last page."""
    if not state.next and not state.more_pages:
        return "no next page"
    if state.total is not None and len(read.numbers) >= state.total:
        return "the total was reached"
    if state.total is not None and state.page is not None and state.page == state.last_page:
        return "the last page was reached"
    return ""
