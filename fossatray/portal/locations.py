"""Reading many sites: a few pages at once, gently, each site by itself; what ends one does not end the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import (
    BrowserCrashed,
    BrowserStuck,
    DispensersIncomplete,
    FossaError,
    LayoutChanged,
    LocationBusy,
    LocationDenied,
    LocationGone,
    PortalError,
    RunTimeout,
    SessionLost,
    SignInLocked,
    SignInRefused,
)
from fossatray.core.messages import Finished, LocationFailed, LocationRead, PageProgress, ScrapeRequest
from fossatray.core.runs import Phase
from fossatray.portal.asks_to_wait import AsksToWait
from fossatray.portal.browser_pages import BrowserPages
from fossatray.portal.equipment import AskedToWait, EquipmentReader
from fossatray.portal.foreign import portal_errors
from fossatray.portal.link import EngineLink
from fossatray.portal.list_page import SessionGone
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.shared_session import SharedSession

SignInOn = Callable[[PortalPage], Awaitable[None]]
FailedOn = Callable[[PortalPage, FossaError], Awaitable[None]]
_MOST_PAGES = 8
_TELLING_S = 2.0
"""So long before the run must be over nothing more is read: what was read is told, and the session kept."""
_ABOUT_THE_SITE = (LocationBusy, LocationDenied, LocationGone)
_ANSWERS = (DispensersIncomplete, LayoutChanged, LocationDenied, LocationGone)


class _RunFailed(Exception):
    """What went wrong concerns all sites: `error` ends the run."""

    def __init__(self, error: FossaError) -> None:
        super().__init__(error.message)
        self.error = error


class LocationsReader:
    """Reads the wanted sites in several pages of one browser and tells the engine of each."""

    def __init__(
        self,
        pages: BrowserPages,
        profile: Profile,
        request: ScrapeRequest,
        link: EngineLink,
        *,
        sign_in: SignInOn,
        failed: FailedOn,
        ends: float,
    ) -> None:
        """`sign_in` signs in on a page; `failed` is told of a site that could not be read, with its page still there.

        `ends` is the moment on the loop's clock at which the run must be over. Sites not read by then have failed.
        """
        self._pages = pages
        self._profile = profile
        self._request = request
        self._link = link
        self._sign_in = sign_in
        self._failed_on = failed
        self._ends = ends
        self._session = SharedSession()
        self._waiting = list(dict.fromkeys(location.url for location in request.locations))
        self._untold = dict.fromkeys(self._waiting)
        self._total = len(self._waiting)
        self._waiting.reverse()
        self._crashed: set[str] = set()
        self._pause = profile.equipment.pause if request.pause is None else request.pause
        self._asks = AsksToWait(profile.equipment, ends, link.log)
        self._over: FossaError | None = None
        self._in_a_row = 0
        self._done = self._found = self._replaced = self._failed = 0

    async def read(self, first: PortalPage) -> Finished:
        """Read every site; `first` is a page that is signed in. Raises what a sign-in raises, and EngineGone."""
        self._progress()
        workers = min(self._total, max(1, min(self._request.parallel, _MOST_PAGES)))
        limit = asyncio.timeout_at(self._ends - _TELLING_S)
        try:
            async with limit, asyncio.TaskGroup() as tasks:
                for number in range(workers):
                    tasks.create_task(self._work(first if number == 0 else None))
        except ExceptionGroup as group:
            ended = group.exceptions[0]
            raise (ended.error if isinstance(ended, _RunFailed) else ended) from None
        except TimeoutError:
            if not limit.expired():
                raise
            self._give_up_the_rest()
        proof = f"{self._total - self._failed} of {self._total} sites"
        return Finished(self._found, proof, self._total, self._replaced)

    def _give_up_the_rest(self) -> None:
        """Tell the sites that there was no time for. Raises RunTimeout in the middle of a sign-in."""
        if self._link.signing_in:
            raise RunTimeout
        self._link.log("WARNING", f"no time was left for {len(self._untold)} of {self._total} sites")
        for url in list(self._untold):
            self._tell(LocationFailed(url, RunTimeout("There was no time left for this site.").info()))

    async def _work(self, page: PortalPage | None) -> None:
        """Read one site after the other in one page, which is opened when it is needed."""
        while (url := await self._next()) is not None:
            try:
                page = page or await self._open_page()
                with portal_errors(self._link.log):
                    message: LocationRead | LocationFailed = await self._read(page, url)
            except AskedToWait:
                self._waiting.insert(0, url)  # after all the others
                continue
            except BrowserCrashed as error:
                if page is not None and isinstance(error, BrowserStuck):
                    await page.close()  # else it goes on taking the processor's time
                page = None
                if url not in self._crashed and not isinstance(error, BrowserStuck):
                    self._crashed.add(url)
                    self._waiting.insert(0, url)  # once more, in a new page, after all the others
                    continue
                message = LocationFailed(url, error.info())
            except SessionLost as error:
                self._over = self._over or error
                message = LocationFailed(url, error.info())
            except PortalError as error:
                message = LocationFailed(url, error.info())
                self._note_failure(error)
                if isinstance(error, _ANSWERS):
                    self._asks.note_answer()
                if page is not None and not isinstance(error, LocationGone):
                    await self._failed_on(page, error)
            else:
                self._in_a_row = 0
                self._asks.note_answer()
            self._tell(message)
            if self._waiting:
                await asyncio.sleep(self._pause)

    async def _next(self) -> str | None:
        """Return the next site to be read, when the portal may be asked again; None where there is none.

        Where it is over with all of them, those that are left are told as failed.
        """
        while self._waiting:
            over = self._over or self._asks.over
            if over is not None:
                self._tell(LocationFailed(self._waiting.pop(), over.info()))
            elif not await self._asks.waited():
                return self._waiting.pop()
        return None

    def _note_failure(self, error: PortalError) -> None:
        """Give up the sites that are left, where one after the other failed: then it is not about the sites."""
        if not isinstance(error, _ABOUT_THE_SITE):
            self._in_a_row += 1
        if self._in_a_row >= self._profile.equipment.give_up and self._over is None:
            self._link.log("WARNING", f"{self._in_a_row} sites in a row could not be read; giving up the others")
            self._over = error

    async def _open_page(self) -> PortalPage:
        """Open one more page. Raises BrowserCrashed, and ends the reading, where the browser is gone."""
        try:
            return PortalPage(await self._pages.open(), self._request.origin, page_limit=self._request.page_limit)
        except PlaywrightError:
            self._over = BrowserCrashed()
            raise BrowserCrashed from None

    async def _read(self, page: PortalPage, url: str) -> LocationRead:
        """Read one site, again after a session that was gone. Raises AskedToWait where it is to be asked for later."""
        reader = EquipmentReader(page, self._profile, self._request)
        while True:
            renewals = 0
            try:
                async with self._session.reading() as renewals:
                    return await reader.read(url)
            except AskedToWait as wait:
                self._asks.note(url, wait.seconds)
                raise
            except SessionGone:
                self._link.log("WARNING", "the portal ended the session; signing in again")
                await self._session.renew(renewals, lambda: self._sign_in_again(page))

    async def _sign_in_again(self, page: PortalPage) -> None:
        """Sign in again. What may pass ends the reading of all sites that are left, all else the run."""
        try:
            with portal_errors(self._link.log):
                await self._sign_in(page)
        except FossaError as error:
            lasts = not error.retryable or isinstance(error, SignInLocked | SignInRefused)
            if lasts or self._link.signing_in:
                raise _RunFailed(error) from error
            self._over = error
            raise

    def _tell(self, message: LocationRead | LocationFailed) -> None:
        try:
            self._link.send(message)
        except LayoutChanged:  # a line too long to be sent
            error = LayoutChanged("The site's dispensers have more text than FossaTray reads.")
            message = LocationFailed(message.location_url, error.info())
            self._link.send(message)
        self._untold.pop(message.location_url, None)
        self._done += 1
        if isinstance(message, LocationRead):
            self._found += len(message.dispensers)
            self._replaced += message.replaced
        else:
            self._failed += 1
        self._progress()

    def _progress(self) -> None:
        done = self._done / self._total if self._total else 1.0
        self._link.send(PageProgress(Phase.SCRAPING, self._found, self._done, self._total, done))
