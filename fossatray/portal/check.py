"""The check of a portal profile: goes the way of a sync, step by step, and tells what was there and what was not.

It changes nothing in the portal. What is no matter of the profile (a refused sign-in, a portal that is down) ends it
with its error, as it ends a sync.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from fossatray.core.errors import LayoutChanged, PortalTimeout, SessionLost, SignInUnclear
from fossatray.core.messages import Finished, LocationRead, OrderRead, PageProgress, ScrapeRequest
from fossatray.core.orders import WorkOrder
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.runs import Phase
from fossatray.portal.check_answers import Judge
from fossatray.portal.check_page import CheckPage
from fossatray.portal.check_questions import (
    INSIDE,
    INSIDE_PART,
    LINK,
    LIST_PART,
    PAGE_PART,
    PROFILE_PART,
    ROW,
    ROWS_PART,
    SIGN_IN,
    SITE,
    SITE_PART,
    TABS,
    WORK_LIST,
    Asked,
)
from fossatray.portal.check_site import SiteCheck
from fossatray.portal.link import EngineLink
from fossatray.portal.list_state import ListState, rows_argument, settle_argument
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.rows import RowReader, RowUnreadable
from fossatray.portal.selectors import bad_selectors
from fossatray.portal.sign_in import SignIn

_MENU_S = 5.0
_MOST_ROWS = 5_000
_LIST_PATH = "the path of the work list"
_LATER: tuple[tuple[str, tuple[Asked, ...]], ...] = (
    (INSIDE_PART, INSIDE),
    (LIST_PART, WORK_LIST),
    (ROWS_PART, (*ROW, *LINK)),
    (SITE_PART, (*TABS, *SITE)),
)
_FIELDS = {
    "number": ("row.number", "row.number_pattern", "row.path_pattern", "row.id_class_pattern"),
    "created_at": ("row.creator_pattern",),
    "visits": ("row.counter",),
    "service quantity": ("row.service_quantity",),
    "service code": ("row.service_code",),
    "visit": ("visit.path_pattern",),
    "due date": ("visit.due_label",),
    "date": ("visit.date", "visit.due"),
}
"""Fields of a row that can be there and not be readable, and the keys that they may come from."""


class PortalCheck:
    """Checks a profile on a fresh page; `sign_in` signs in on it, as for a sync."""

    def __init__(
        self, page: PortalPage, profile: Profile, request: ScrapeRequest, link: EngineLink, sign_in: SignIn
    ) -> None:
        self._page = page
        self._profile = profile
        self._request = request
        self._link = link
        self._sign_in = sign_in
        self._judge = Judge(profile)
        self._checked = CheckPage(page, profile)
        self._orders: dict[str, WorkOrder] = {}
        self._labels: tuple[str, ...] = ()
        self._count = 0

    async def run(self) -> Finished:
        """Check all of it, tell each step and what was read. Raises what a sign-in raises, and the portal's errors."""
        dispensers = 0
        bad = await bad_selectors(self._page, self._profile)
        if bad:
            told = "It is not a CSS selector. Nothing else was looked at."
            self._tell(self._judge.step(PROFILE_PART, key, "a selector", Verdict.MISSING, told=told) for key in bad)
        elif await self._sign_in_form():
            await self._inside()
            raws = await self._list()
            site = SiteCheck(self._page, self._checked, self._profile, self._request.origin, self._judge)
            self._tell(await site.run(raws))
            dispensers = self._tell_read(site)
            await self._sign_in.sign_out()
        return Finished(len(self._orders) + dispensers, f"{self._count} steps", unknown_labels=self._labels)

    def _tell_read(self, site: SiteCheck) -> int:
        """Send the orders, and the dispensers of a site of theirs, for whoever knows what is kept; return how many."""
        for order in self._orders.values():
            self._link.send(OrderRead(order))
        if not site.dispensers or all(order.location_url != site.url for order in self._orders.values()):
            return 0
        self._link.send(LocationRead(site.url, site.dispensers))
        return len(site.dispensers)

    def _tell(self, steps: Iterable[PortalStep]) -> None:
        for step in steps:
            self._link.send(step)
            self._count += 1

    def _tell_path(self, part: str, key: str, what: str, path: str, *, found: bool) -> None:
        told = None if found else f"The portal shows {self._judge.masked_path(path)} instead."
        verdict = Verdict.FOUND if found else Verdict.MISSING
        self._tell([self._judge.step(part, key, what, verdict, matched=int(found), told=told)])

    async def _sign_in_form(self) -> bool:
        """Look at the sign-in form; tell whether all of it is there."""
        self._link.send(PageProgress(Phase.LOGGING_IN))
        await self._page.open(self._profile.paths.sign_in)
        answers = await self._checked.until("sign_in.form", SIGN_IN, self._profile.waits.sign_in_form)
        steps = self._judge.steps(PAGE_PART, SIGN_IN, answers)
        self._tell(steps)
        if all(step.verdict is Verdict.FOUND for step in steps):
            return True
        for part, asked in _LATER:
            self._tell(self._judge.unchecked(part, asked, "The sign-in form has to be found first."))
        return False

    async def _inside(self) -> None:
        """Sign in and look at the page behind it. A sign-in that worked, but for its sign, is taken for one."""
        failed: LayoutChanged | SignInUnclear | PortalTimeout | None = None
        try:
            await self._sign_in.run()
        except (LayoutChanged, SignInUnclear, PortalTimeout) as error:
            failed = error
        answers = await self._checked.until("sign_in.sign_out", INSIDE, _MENU_S)
        path = self._checked.path
        inside = path.startswith(self._profile.paths.signed_in)
        if failed is not None and not inside and not answers["sign_in.signed_in"].total:
            raise failed
        what = "the path of the pages behind the sign-in"
        self._tell_path(INSIDE_PART, "paths.signed_in", what, path, found=inside)
        self._tell(self._judge.steps(INSIDE_PART, INSIDE, answers))

    async def _list(self) -> list[dict[str, Any]]:
        """Open the work list, look at it and at its rows; return the rows as scripts/rows.js tells them."""
        self._link.send(PageProgress(Phase.SCRAPING))
        signs, path = self._profile.work_list, self._profile.paths.work_list
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in signs.query)
        try:
            await self._page.open(f"{path}?{query}")
        except LayoutChanged as error:
            step = self._judge.step(LIST_PART, "paths.work_list", _LIST_PATH, Verdict.MISSING, told=error.message)
            self._tell([step, *self._judge.unchecked(LIST_PART, WORK_LIST, "paths.work_list has to be found first.")])
            self._tell(self._judge.unchecked(ROWS_PART, [*ROW, *LINK], "The work list has to be found first."))
            return []
        state = await self._settled(None)
        if state.view is not None and state.view != signs.view_list:
            state = await self._settled("list", before=state)
        self._tell_path(LIST_PART, "paths.work_list", _LIST_PATH, state.path, found=state.path == path)
        self._judge.more_pages = (state.total or 0) > state.rows > 0 or (state.last_page or 1) > 1
        self._tell(self._judge.steps(LIST_PART, WORK_LIST, await self._checked.ask(WORK_LIST)))
        if not state.rows and state.total == 0:
            why = "The list is empty: there is no row to look at."
            self._tell(self._judge.unchecked(ROWS_PART, [*ROW, *LINK], why))
            return []
        for asked in (ROW, LINK):
            self._tell(self._judge.steps(ROWS_PART, asked, await self._checked.ask(asked)))
        return await self._rows(state.total)

    async def _settled(self, action: str | None, *, before: ListState | None = None) -> ListState:
        """Wait until the list has settled, or give up on it: what is there then is looked at."""
        argument = settle_argument(self._profile, action, before=before)
        told = await self._page.watch("settle", argument, self._checked.patience, follow=action is None)
        if told is None:
            raise PortalTimeout
        state = ListState.from_page(told)
        if state.form or self._page.session_ended:
            raise SessionLost
        self._page.raise_for_answer()
        if state.timeout and state.busy:
            raise PortalTimeout("The portal did not finish loading the work list.")
        return state

    async def _rows(self, total: int | None) -> list[dict[str, Any]]:
        """Read the rows as a sync does, and tell which could not be read."""
        answer = await self._page.ask("rows", {**rows_argument(self._profile), "most": _MOST_ROWS})
        raws = answer.get("rows") if isinstance(answer, dict) else None
        if not isinstance(raws, list) or not raws:
            return []
        reader = RowReader(self._profile, self._request.origin)
        unreadable: Counter[str] = Counter()
        for raw in raws:
            try:
                order = reader.read(raw)
                self._orders[order.number] = order
            except RowUnreadable as error:
                unreadable[error.field] += 1
        self._labels = reader.unknown
        self._tell(self._within_limits(len(raws), total))
        self._tell(self._whole_rows(len(raws), unreadable))
        return raws

    def _within_limits(self, rows: int, total: int | None) -> Iterable[PortalStep]:
        """Return the steps about the limits of the profile that are too low for this list."""
        limits = self._profile.limits
        for key, what, most, there in (
            ("limits.rows_on_a_page", "rows that are read of one page", limits.rows_on_a_page, rows),
            ("limits.orders", "orders that are read in all", limits.orders, total or 0),
        ):
            if there > most:
                told = f"There are {there:,}."
                yield self._judge.step(ROWS_PART, key, what, Verdict.MISSING, matched=most, of=there, told=told)

    def _whole_rows(self, rows: int, unreadable: Counter[str]) -> Iterable[PortalStep]:
        """Return the steps about rows as wholes: one for each field that could not be read, or one that all were."""
        what, whole = "rows that are read whole", rows - unreadable.total()
        for field, count in unreadable.most_common():
            key = self._judge.to_blame(_FIELDS.get(field, ("work_list.row",)))
            told = f"In {count} of {rows} rows this cannot be read: {field}."
            yield self._judge.step(ROWS_PART, key, what, Verdict.MISSING, matched=whole, of=rows, told=told)
        if not unreadable:
            yield self._judge.step(ROWS_PART, "work_list.row", what, Verdict.FOUND, matched=whole, of=rows)
