"""The check of a portal profile: goes the way of a sync, step by step, and tells what was there and what was not.

It changes nothing in the portal. What is no matter of the profile (a refused sign-in, a portal that is down) ends it with
its error, as it ends a sync.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.async_api import Error as PlaywrightError

from fossatray.core.dispensers import DISPENSER_CODES
from fossatray.core.errors import (
    InvalidInput,
    LayoutChanged,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    SessionLost,
    SignInUnclear,
)
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.runs import Phase
from fossatray.core.urls import own_link
from fossatray.core.wire import Finished, PageProgress, ScrapeRequest
from fossatray.portal.check_answers import Answer, Judge, answers_of, script_questions, shown, wanted
from fossatray.portal.check_questions import (
    INSIDE,
    INSIDE_PART,
    LINK,
    LIST_PART,
    PAGE_PART,
    ROW,
    ROWS_PART,
    SIGN_IN,
    SITE,
    SITE_PART,
    WORK_LIST,
    Asked,
    Question,
)
from fossatray.portal.dispenser_cards import CardReader, CardUnreadable
from fossatray.portal.equipment import script_argument
from fossatray.portal.foreign import was_replaced
from fossatray.portal.link import EngineLink
from fossatray.portal.list_state import ListState
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.rows import RowReader, RowUnreadable
from fossatray.portal.sign_in import SignIn

_LOOK_S = 20.0
"""How long the check waits for a list or a site; a sync waits for the page's whole limit."""
_MENU_S = 5.0
_SITES = 3
_MOST_VALUES = 3000
_FIELDS = {
    "number": "row.number",
    "created_at": "row.creator_pattern",
    "visits": "row.counter",
    "service quantity": "row.service_quantity",
    "service code": "row.service_code",
    "visit": "visit.path_pattern",
    "due date": "visit.due_label",
    "date": "visit.date",
}
"""Fields of a row that can be there and not be readable, and the keys that they come from."""
_SIGNS = {
    "no tab": ("equipment.tab_text", "No tab with this text was found."),
    "nothing": ("equipment.group", "After a click on the tab there was no group of equipment."),
    "no group": ("equipment.name_text", "No single group of this name tells how many dispensers it has."),
    "closed": ("equipment.toggle", "The group did not open."),
    "incomplete": ("equipment.cards", "There are not as many as the group counts."),
    "too many": ("equipment.cards", "There are more than FossaTray reads."),
}
"""What scripts/equipment.js says of a site that it cannot read: the key to look at first, and why."""


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
        self._count = 0
        self._path = ""

    async def run(self) -> Finished:
        """Check all of it and tell each step. Raises what a sign-in raises, and the portal's errors."""
        bad = await bad_selectors(self._page, self._profile)
        if bad:
            missing, told = Verdict.MISSING, "It is not a CSS selector. Nothing else was looked at."
            self._tell(self._judge.step(PROFILE_PART, key, "a selector", missing, told=told) for key in bad)
        elif await self._sign_in_form():
            await self._inside()
            raws = await self._list()
            await self._site(raws)
            await self._sign_in.sign_out()
        return Finished(0, f"{self._count} steps")

    async def _sign_in_form(self) -> bool:
        """Look at the sign-in form; tell whether all of it is there."""
        self._link.send(PageProgress(Phase.LOGGING_IN))
        await self._page.open(self._profile.paths.sign_in)
        answers = await self._until("sign_in.form", SIGN_IN, self._profile.waits.sign_in_form)
        steps = self._judge.steps(PAGE_PART, SIGN_IN, answers)
        self._tell(steps)
        if all(step.verdict is Verdict.FOUND for step in steps):
            return True
        for part, asked in ((INSIDE_PART, INSIDE), (LIST_PART, WORK_LIST), (ROWS_PART, ROW), (SITE_PART, SITE)):
            self._tell(self._judge.unchecked(part, asked, "The sign-in form has to be found first."))
        return False

    async def _inside(self) -> None:
        """Sign in and look at the page behind it. A sign-in that worked, but for its sign, is taken for one."""
        failed: LayoutChanged | SignInUnclear | PortalTimeout | None = None
        try:
            await self._sign_in.run()
        except (LayoutChanged, SignInUnclear, PortalTimeout) as error:
            failed = error
        answers = await self._until("sign_in.sign_out", INSIDE, _MENU_S)
        inside = self._path.startswith(self._profile.paths.signed_in)
        if failed is not None and not inside and not answers["sign_in.signed_in"].total:
            raise failed
        verdict = Verdict.FOUND if inside else Verdict.MISSING
        told = None if inside else f"The page after the sign-in is {self._path}."
        what = "the path of the pages behind the sign-in"
        self._tell([self._judge.step(INSIDE_PART, "paths.signed_in", what, verdict, matched=int(inside), told=told)])
        self._tell(self._judge.steps(INSIDE_PART, INSIDE, answers))

    async def _list(self) -> list[dict[str, Any]]:
        """Open the work list, look at it and at its rows; return the rows as scripts/rows.js tells them."""
        self._link.send(PageProgress(Phase.SCRAPING))
        signs = self._profile.work_list
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in signs.query)
        await self._page.open(f"{self._profile.paths.work_list}?{query}")
        state = await self._settled(None)
        if state.view is not None and state.view != signs.view_list:
            state = await self._settled("list", before=state.ids)
        found = state.path == self._profile.paths.work_list
        verdict = Verdict.FOUND if found else Verdict.MISSING
        told = None if found else f"The portal shows {state.path} instead."
        what = "the path of the work list"
        self._tell([self._judge.step(LIST_PART, "paths.work_list", what, verdict, matched=int(found), told=told)])
        self._judge.more_pages = (state.total or 0) > state.rows > 0 or (state.last_page or 1) > 1
        self._tell(self._judge.steps(LIST_PART, WORK_LIST, await self._probe(WORK_LIST)))
        if not state.rows and state.total == 0:
            self._tell(self._judge.unchecked(ROWS_PART, [*ROW, *LINK], "The list is empty: there is no row to look at."))
            return []
        self._tell(self._judge.steps(ROWS_PART, ROW, await self._probe(ROW)))
        self._tell(self._judge.steps(ROWS_PART, LINK, await self._probe(LINK)))
        return await self._rows()

    async def _settled(self, action: str | None, *, before: str | None = None) -> ListState:
        """Wait until the list has settled, or give up on it: what is there then is looked at."""
        argument = settle_argument(self._profile, action, before=before)
        told = await self._page.watch("settle", argument, min(_LOOK_S, self._page.page_limit), follow=action is None)
        if told is None:
            raise PortalTimeout
        state = ListState.from_page(told)
        if state.form or self._page.session_ended:
            raise SessionLost
        self._raise_for_answer()
        if state.timeout and state.busy:
            raise PortalTimeout("The portal did not finish loading the work list.")
        return state

    async def _rows(self) -> list[dict[str, Any]]:
        """Read the rows as a sync does, and tell which could not be read."""
        limits = self._profile.limits
        argument = {
            "rows": self._profile.work_list.row,
            "row": asdict(self._profile.row),
            "visit": asdict(self._profile.visit),
            "most": limits.rows_on_a_page,
        }
        told = await self._page.ask("rows", argument)
        raws = told.get("rows") if isinstance(told, dict) else None
        if not isinstance(raws, list) or not raws:
            return []
        reader = RowReader(self._profile, self._request.origin)
        unreadable: Counter[str] = Counter()
        for raw in raws:
            try:
                reader.read(raw)
            except RowUnreadable as error:
                unreadable[error.field] += 1
        whole = len(raws) - unreadable.total()
        for field, count in unreadable.most_common():
            key = _FIELDS.get(field, "work_list.row")
            told = f"In {count} of {len(raws)} rows this cannot be read: {field}."
            step = self._judge.step(ROWS_PART, key, "rows read whole", Verdict.MISSING, matched=whole, of=len(raws))
            self._tell([replace(step, told=told)])
        if not unreadable:
            step = self._judge.step(ROWS_PART, "work_list.row", "rows read whole", Verdict.FOUND)
            self._tell([replace(step, matched=whole, of=len(raws))])
        return raws

    async def _site(self, raws: list[dict[str, Any]]) -> None:
        """Look at the dispensers of one site of the list; one that has none is passed over."""
        sites = sites_of(raws, self._profile, self._request.origin)
        if raws:
            what, count = "the link to an order's site", len(sites)
            verdict, told = (Verdict.FOUND, None) if sites else (Verdict.MISSING, "No row has a link that begins so.")
            self._tell([self._judge.step(SITE_PART, "paths.location", what, verdict, matched=count, told=told)])
        why = "No row of the work list leads to a site."
        for url in sites[:_SITES]:
            await self._page.open(url.removeprefix(self._request.origin))
            limit = min(_LOOK_S, self._page.page_limit)
            told_page = await self._page.watch("equipment", script_argument(self._profile), limit)
            if not isinstance(told_page, dict):
                raise PortalTimeout
            sign = str(told_page.get("sign"))
            if sign == "form" or self._page.session_ended:
                raise SessionLost
            self._raise_for_answer()
            if sign in _SIGNS or (sign == "read" and told_page.get("cards")):
                self._tell_site(sign, told_page, await self._probe([*SITE, *_TABS(self._profile)]))
                return
            why = "The portal shows no dispensers at the sites that were looked at."
        self._tell(self._judge.unchecked(SITE_PART, SITE, why))
