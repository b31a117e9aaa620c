"""One scrape: the request taken from standard input, carried out with one browser, and told in messages.

It ends at once when the input closes. The browser is not closed here, but on macOS: whoever leads the process ends it.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from fossatray.core.errors import FossaError, InvalidInput, LayoutChanged, RunTimeout
from fossatray.core.messages import Finished, PageProgress, ScrapeRequest
from fossatray.core.runs import Phase
from fossatray.core.urls import normal_origin
from fossatray.core.wire import decode_request, failure
from fossatray.portal.browser import close_where_killing_leaves_files, open_browser
from fossatray.portal.browser_pages import BrowserPages
from fossatray.portal.completed_list import look_for_completed, sought_among_completed
from fossatray.portal.driver import Driver
from fossatray.portal.evidence import EvidenceTaker
from fossatray.portal.foreign import portal_errors, redacted
from fossatray.portal.link import EngineGone, EngineLink
from fossatray.portal.password import StoredPassword
from fossatray.portal.patience import patiently
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile, load_profile
from fossatray.portal.session import KeptSession, SessionDoubted
from fossatray.portal.sign_in import SignIn
from fossatray.portal.work_list import WorkList, WorkListReader

JOBS = ("work_orders", "dispensers", "test_sign_in", "portal_check")
_ENDED, _FAILED, _NOT_ASKED = 0, 1, 2
_SLACK_S = 5.0


class Scrape:
    """One run: carries out the request and tells the engine, ending with Finished or Failed."""

    def __init__(self, request: ScrapeRequest, link: EngineLink, driver: Driver) -> None:
        self._request = request
        self._link = link
        self._driver = driver
        self._phases: list[tuple[str, float]] = []
        self._empty_sign: str | None = None
        self._ends = float("inf")
        self._limit = asyncio.timeout(None)
        self._step = "browser"
        self._pages: BrowserPages | None = None

    async def run(self) -> int:
        """Carry out the request; returns the process's exit status. Raises EngineGone; a bug goes through."""
        status = await self._told()
        if self._pages is not None:
            await close_where_killing_leaves_files(self._pages)
        return status

    async def _told(self) -> int:
        """Do the job and tell how it ended; returns the exit status."""
        limit = self._limit = asyncio.timeout(self._request.run_limit)
        self._ends = asyncio.get_running_loop().time() + self._request.run_limit
        try:
            async with limit:
                finished = await self._job()
        except FossaError as error:
            self._link.send(failure(error, empty_sign=self._empty_sign))
            return _FAILED
        except TimeoutError:
            if not limit.expired():
                raise
            self._link.send(failure(RunTimeout()))
            return _FAILED
        self._link.send(finished)
        return _ENDED

    async def _job(self) -> Finished:
        if self._request.job not in JOBS:
            raise InvalidInput("The job is not known.")
        if normal_origin(self._request.origin) != self._request.origin:
            raise InvalidInput("The portal address is not in its normal form.")
        self._link.send(PageProgress(Phase.INITIALIZING))
        profile = load_profile(Path(self._request.profile_path) if self._request.profile_path else None)
        session = KeptSession(self._request, profile, self._link)
        self._stored = StoredPassword(self._request)
        with portal_errors(self._link.log):
            started = time.monotonic()
            session.begin()
            self._stored.begin()
            playwright = await self._driver.up(self._link.log)
            pages = self._pages = await open_browser(playwright, self._request, self._link)
            self._phases.append(("browser", time.monotonic() - started))
            return await self._with_evidence(pages, profile, session)

    async def _with_evidence(self, pages: BrowserPages, profile: Profile, session: KeptSession) -> Finished:
        """Do the job; what a failure leaves on the page is told, masked, before the browser ends."""
        self._evidence = EvidenceTaker(profile, self._request, self._link)
        self._limit.reschedule(self._ends + self._request.evidence + _SLACK_S)
        limit = asyncio.timeout_at(self._ends)
        try:
            async with limit:
                with portal_errors(self._link.log):
                    return await self._on_page(pages, profile, session)
        except TimeoutError:
            if not limit.expired():
                raise
            error: FossaError = RunTimeout()
        except FossaError as failed:
            error = failed
        await self._evidence.take(pages.first, self._step, error)
        raise error

    async def _on_page(self, pages: BrowserPages, profile: Profile, session: KeptSession) -> Finished:
        page = PortalPage(pages.first, self._request.origin, page_limit=self._request.page_limit)
        sign_in = SignIn(page, profile, self._request, self._link, self._stored, ends=self._ends)
        if self._request.job == "portal_check":
            from fossatray.portal.check import PortalCheck

            return await PortalCheck(page, profile, self._request, self._link, sign_in).run()
        if self._request.profile_path is not None:
            from fossatray.portal.selectors import require_selectors

            await require_selectors(page, profile, self._request.profile_path)
        self._link.send(PageProgress(Phase.LOGGING_IN))
        with self._timed("sign_in"):
            if not await session.restore(pages.context):
                await sign_in.run()
        if self._request.job == "test_sign_in":
            await sign_in.sign_out()
            return Finished(0, "signed in and out", phases=tuple(self._phases))
        if self._request.job == "dispensers":
            return await self._dispensers(pages, page, profile, session)
        self._link.send(PageProgress(Phase.SCRAPING))
        renew = partial(session.renew, sign_in.run)

        async def open_page() -> PortalPage:
            return PortalPage(await pages.open(), self._request.origin, page_limit=self._request.page_limit)

        reader = WorkListReader(
            page,
            profile,
            self._request,
            self._link,
            renew=renew,
            arrived=session.prove,
            open_page=open_page,
            ends=self._ends,
        )
        try:
            work_list = await self._list(reader, session, sign_in)
        finally:
            self._empty_sign = reader.empty_sign
        sought = sought_among_completed(self._request, work_list.numbers)
        if sought.wanted:
            with self._timed("completed"):
                left = self._ends - asyncio.get_running_loop().time()
                self._link.send(await look_for_completed(page, profile, self._request, self._link, sought, left / 2))
        await session.keep()
        return Finished(
            len(work_list.numbers),
            work_list.proof,
            work_list.pages,
            work_list.replaced,
            work_list.empty_sign,
            tuple(self._phases),
            work_list.unknown_labels,
        )

    async def _list(self, reader: WorkListReader, session: KeptSession, sign_in: SignIn) -> WorkList:
        """Read the list; where its first page does not show that the kept session holds, sign in and read it anew."""
        try:
            with self._timed("list"), portal_errors(self._link.log):
                return await reader.read()
        except (SessionDoubted, LayoutChanged) as doubt:
            if not session.unproved:
                raise
            await session.drop_for(doubt)
        with self._timed("sign_in"):
            await sign_in.run()
        with self._timed("list"):
            return await reader.read()

    async def _dispensers(
        self, pages: BrowserPages, page: PortalPage, profile: Profile, session: KeptSession
    ) -> Finished:
        from fossatray.portal.locations import LocationsReader

        def sign_in(again: PortalPage) -> Awaitable[None]:
            return session.renew(SignIn(again, profile, self._request, self._link, ends=self._ends).run)

        if session.unproved and not await patiently(
            page, partial(session.holds, page), profile.limits.reads, self._ends, self._link.log
        ):
            with self._timed("sign_in"):
                await sign_in(page)

        async def failed(on: PortalPage, error: FossaError) -> None:
            await self._evidence.take(on.browser_page, self._step, error)

        reader = LocationsReader(
            pages, profile, self._request, self._link, sign_in=sign_in, failed=failed, ends=self._ends
        )
        with self._timed("locations"):
            finished = await reader.read(page)
        await session.keep()
        return replace(finished, phases=tuple(self._phases))

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        started = time.monotonic()
        self._step = phase
        try:
            yield
        finally:
            self._phases.append((phase, time.monotonic() - started))


async def serve(source: BinaryIO, protocol: BinaryIO, driver: Driver) -> int:
    """Take the request from `source` and carry it out; returns the exit status, at once when `source` closes.

    What is under way then is left as it is: the process ends.
    """
    link = EngineLink(protocol)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: _note_background(link, context))
    listening = asyncio.ensure_future(link.listen(source))
    try:
        request = decode_request(await link.line())
        link.log_level = request.log_level
        _use_folder(request.run_folder)
        running = asyncio.ensure_future(Scrape(request, link, driver).run())
        closing = asyncio.ensure_future(link.closed.wait())
        await asyncio.wait({running, closing}, return_when=asyncio.FIRST_COMPLETED)
        return running.result() if running.done() else _NOT_ASKED
    except (EngineGone, ValueError):
        return _NOT_ASKED
    finally:
        listening.cancel()


def _note_background(link: EngineLink, context: dict[str, Any]) -> None:
    """Tell the log of an error that nobody waited for, redacted; asyncio would print it as it is."""
    error = context.get("exception")
    try:
        link.log("WARNING", "in the background: " + (redacted(error) if error else "an event without an error"))
    except EngineGone:
        return


def _use_folder(folder: str) -> None:
    """Let everything temporary, the browser's user data included, lie in the run's own folder."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = folder
    tempfile.tempdir = folder
