"""One page of the portal in the browser: opening paths, asking scripts, and remembering how the portal answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Dialog, Page, Request, Response
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from fossatray.core.errors import (
    AskedTooOften,
    BrowserCrashed,
    BrowserStuck,
    LayoutChanged,
    LedElsewhere,
    PortalAnswerBroken,
    PortalError,
    PortalMaintenance,
    PortalServerError,
    PortalUnreachable,
    SignInPageMissing,
)
from fossatray.core.urls import origin_of
from fossatray.portal.foreign import was_replaced
from fossatray.portal.retry_after import seconds_to_wait
from fossatray.portal.scripts import script

_SERVER_ERROR, _MAINTENANCE, _TOO_MANY, _EXPIRED, _UNAUTHORIZED, _REFUSED = 500, 503, 429, 419, 401, 400
_NOTHING = (204, 205)
_DATA = ("xhr", "fetch")
_ABORTED = "net::ERR_ABORTED"  # the page itself no longer wanted it
_SLACK_S = 2.0
_END_TOLD_S = 1.0
_CLOSING_S = 2.0
_LONGEST_ANSWER = 64 * 1024 * 1024


class PortalPage:
    """The page with its origin, and how the portal answered since `reset`.

    `status` is the last document's, `worst` the highest status of 500 and up of documents and of 400 and up of data
    (but 401 and 419, which set `session_ended`), `data_lost` whether data never came. `came_from_post` tells whether
    the last document was reached by a redirect from a post, `path_after_post` where such a redirect led.
    `document_failed` is set by an error page of the portal's. `retry_after` is how many seconds the portal wants to be
    left alone, where a status of 429 or 503 came with that. `asked` counts the page's requests for data, ever.
    `led_elsewhere` tells whether the page was to go to another web site, `document_lost` is set when it is cut off.
    `asks_password` tells whether the last document was a question for a password in the browser's own window.
    `page_limit` is how many seconds one page may take, from being asked for to being read.
    """

    def __init__(
        self, page: Page, origin: str, *, page_limit: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._page = page
        self._origin = origin
        self._clock = clock
        self._gone = asyncio.Event()
        self._tools: CDPSession | None = None
        self.page_limit = page_limit
        self._page_ends = clock() + page_limit
        self.status: int | None = None
        self.worst: int | None = None
        self.asked = 0
        self.came_from_post = self.session_ended = self.data_lost = False
        self.led_elsewhere = self.asks_password = False
        self._data_came = self._no_data_came = False
        self._document_comes = False  # asked for, not answered yet: meanwhile the browser may leave our scripts waiting
        self.path_after_post = ""
        self.retry_after: float | None = None
        self.document_failed, self.document_lost = asyncio.Event(), asyncio.Event()
        page.on("request", self._note_request)
        page.on("requestfailed", self._note_lost)
        page.on("response", self._note)
        for end in ("crash", "close"):
            page.on(end, lambda _: self._gone.set())
        page.on("dialog", _dismiss)

    @property
    def browser_page(self) -> Page:
        """The browser's page itself."""
        return self._page

    @property
    def time_left(self) -> float:
        """How many seconds are left of the time of the page that was opened, or turned to, last."""
        return max(0.0, self._page_ends - self._clock())

    @property
    def no_data(self) -> bool:
        """Tell whether all requests for data since the last `turn` were answered with nothing, or with a page."""
        return self._no_data_came and not self._data_came

    def turn(self) -> None:
        """Begin the time of another page: it is to be opened, or clicked for."""
        self._page_ends = self._clock() + self.page_limit
        self._data_came = self._no_data_came = False

    def reset(self) -> None:
        """Forget how the portal answered so far."""
        self.status = self.worst = None
        self.came_from_post = self.session_ended = self.data_lost = False
        self.led_elsewhere = self.asks_password = False
        self.document_lost.clear()
        self.path_after_post = ""
        self.retry_after = None
        self.document_failed.clear()

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._document_comes = True
            earlier, origin = request.redirected_from, origin_of(request.url)
            if origin is not None and origin != self._origin:
                self.led_elsewhere = True
                self.document_failed.set()
            elif earlier is not None and earlier.method == "POST":
                self.path_after_post = urlsplit(request.url).path
        elif request.resource_type in _DATA and origin_of(request.url) == self._origin:
            self.asked += 1

    def _note(self, response: Response) -> None:
        if origin_of(response.url) != self._origin:
            return
        request = response.request
        if response.status in (_TOO_MANY, _MAINTENANCE):
            told = response.headers
            self.retry_after = seconds_to_wait(told.get("retry-after"), told.get("date"))
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._document_comes = False
            self.status = response.status
            self.asks_password = response.status == _UNAUTHORIZED and "www-authenticate" in response.headers
            earlier = request.redirected_from
            self.came_from_post = earlier is not None and earlier.method == "POST"
            if response.status >= _SERVER_ERROR or response.status in (_EXPIRED, _TOO_MANY):
                self.document_failed.set()
        elif request.resource_type not in (*_DATA, "document"):
            return
        elif response.status in (_UNAUTHORIZED, _EXPIRED):
            self.session_ended = True
            return
        elif request.resource_type in _DATA and response.status < _REFUSED:
            self._note_data(response)
        if response.status >= (_REFUSED if request.resource_type in _DATA else _SERVER_ERROR):
            self.worst = max(self.worst or 0, response.status)

    def _note_data(self, response: Response) -> None:
        if response.status in _NOTHING or response.headers.get("content-type", "").startswith("text/html"):
            self._no_data_came = True
        else:
            self._data_came = True

    def _note_lost(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._document_comes = False
        if origin_of(request.url) != self._origin or request.failure == _ABORTED:
            return
        if request.resource_type in _DATA:
            self.data_lost = True
        elif request.is_navigation_request() and request.frame == self._page.main_frame:
            self.document_lost.set()

    async def open(self, path: str) -> None:
        """Open a path of the portal; raises our errors for what the portal answers instead of a page."""
        self.reset()
        self.turn()
        try:
            response = await self._goto(self._origin + path)
        except PlaywrightError:
            if self.led_elsewhere:
                raise LedElsewhere from None
            if self.status in _NOTHING:
                raise PortalAnswerBroken(f"The portal answered with nothing (status {self.status}).") from None
            raise
        if response is None or origin_of(self._page.url) != self._origin:
            raise LedElsewhere
        self.raise_for_status(response.status)

    async def close(self) -> None:
        """Close the page of the browser; one that does not answer is left to the end of the browser."""
        try:
            async with asyncio.timeout(_CLOSING_S):
                await self._page.close()
        except (PlaywrightError, TimeoutError):
            return  # it went away by itself, or it hangs

    async def _goto(self, url: str) -> Response | None:
        """Go to a URL, again if a navigation that the page itself had begun came between."""
        while True:
            try:
                return await self._arrive(url, max(0.001, self.time_left))
            except PlaywrightError as error:
                if _ABORTED in error.message and await self._goes():
                    raise BrowserCrashed from None
                if not was_replaced(error):
                    raise
            await self._loaded(self._page_ends)

    async def _arrive(self, url: str, limit: float) -> Response | None:
        """Go to a URL; a document that is cut off never ends loading. Raises PortalUnreachable for one."""
        going = asyncio.ensure_future(self._page.goto(url, wait_until="domcontentloaded", timeout=limit * 1000))
        lost = asyncio.ensure_future(self.document_lost.wait())
        try:
            await asyncio.wait({going, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not going.done():
                await asyncio.wait({going}, timeout=_END_TOLD_S)  # whatever else failed is told by now
            if going.done():
                return going.result()
            raise PortalUnreachable("The connection ended in the middle of a page.")
        finally:
            going.cancel()
            lost.cancel()
            await asyncio.gather(going, lost, return_exceptions=True)

    async def _goes(self) -> bool:
        """Tell whether the page crashes or is closed: that ends what is being loaded before it is told itself."""
        try:
            await asyncio.wait_for(self._gone.wait(), _END_TOLD_S)
        except TimeoutError:
            return False
        return True

    def raise_for_status(self, status: int | None) -> None:
        """Raise the error that an HTTP status of 400 and up stands for; that of 503 with a Retry-After is to wait."""
        if status is None or status < _REFUSED:
            return
        if status == _MAINTENANCE and self.retry_after is not None:
            raise AskedTooOften(f"The portal is down for maintenance and asks to wait {self.retry_after:.0f} seconds.")
        if status == _MAINTENANCE:
            raise PortalMaintenance
        if status >= _SERVER_ERROR:
            raise PortalServerError(f"The portal answered with status {status}.")
        if status == _TOO_MANY:
            raise AskedTooOften
        if status == _UNAUTHORIZED and self.asks_password:
            raise SignInPageMissing("The portal asks for a password in a window of the browser's own (status 401).")
        if status in (_UNAUTHORIZED, _EXPIRED):
            return  # the sign-in form, or the page that leads to it
        raise LayoutChanged(f"The portal answered with status {status}.")

    def raise_for_answer(self) -> None:
        """Raise for what the portal has answered instead of data since `reset`, if it has."""
        if self.worst is not None:
            self.raise_for_status(self.worst)
            raise PortalServerError
        if self.led_elsewhere:
            raise LedElsewhere
        if self.data_lost or self.document_lost.is_set():
            raise PortalUnreachable

    def raise_for_no_data(self) -> None:
        """Raise where there is `no_data`."""
        if self.no_data:
            raise PortalAnswerBroken("The portal sent no data for the work list.")

    async def left(self, path: str, limit: float) -> bool:
        """Wait until the page is on no path that begins with `path`; tell whether it is so within `limit` seconds."""
        try:
            await self._page.wait_for_url(lambda url: not urlsplit(url).path.startswith(path), timeout=limit * 1000)
        except PlaywrightTimeout:
            return False
        return True

    async def tidy(self) -> None:
        """Have the page's garbage collected: a page that is never left keeps what it drew before for very long."""
        async with self._in_time():
            if self._tools is None:
                self._tools = await self._page.context.new_cdp_session(self._page)
            await self._tools.send("HeapProfiler.collectGarbage")

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        """Run a script of ours once and return its answer. Raises PortalError if that is not JSON, and BrowserStuck."""
        async with self._in_time():
            return _load(await self._page.evaluate(script(name), argument))

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Do what takes the browser no time. Raises BrowserStuck where it takes longer than a page may."""
        limit = asyncio.timeout(self.page_limit + _SLACK_S)
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise BrowserStuck from None

    async def watch(self, name: str, argument: dict[str, Any], limit: float, *, follow: bool = True) -> Any:
        """Run a script that waits in the page, for at most `limit` seconds, also over changes of the document.

        Returns its answer, or None when the time is over. With `follow` off a change of document raises. Raises
        BrowserCrashed when the page crashes or is closed, BrowserStuck when it does not answer.
        """
        end = self._clock() + limit
        while (left := end - self._clock()) > 0:
            asking = asyncio.ensure_future(self._page.evaluate(script(name), {**argument, "limit": left * 1000}))
            gone = asyncio.ensure_future(self._gone.wait())
            try:
                await asyncio.wait({asking, gone}, timeout=left + _SLACK_S, return_when=asyncio.FIRST_COMPLETED)
                if asking.done():
                    return _load(asking.result())
                if self._document_comes and not gone.done():
                    return None
                raise BrowserCrashed if gone.done() else BrowserStuck  # the script itself ends in time
            except PlaywrightError as error:
                if not follow or not was_replaced(error):
                    raise
            finally:
                asking.cancel()
                gone.cancel()
                await asyncio.gather(asking, gone, return_exceptions=True)
            await self._loaded(end)
        return None

    async def _loaded(self, end: float) -> None:
        left = max(0.001, end - self._clock())
        try:
            await self._page.wait_for_load_state("domcontentloaded", timeout=left * 1000)
        except PlaywrightError as error:
            if not was_replaced(error):
                raise


async def _dismiss(dialog: Dialog) -> None:
    """Say no to whatever the page asks, but to "leave this page?"."""
    try:
        if dialog.type == "beforeunload":
            await dialog.accept()
        else:
            await dialog.dismiss()
    except PlaywrightError:
        return  # it went away by itself


def _load(text: object) -> Any:
    try:
        if not isinstance(text, str) or len(text) > _LONGEST_ANSWER:
            raise ValueError
        return json.loads(text)
    except (ValueError, RecursionError):
        raise PortalError("The portal's page gave an answer that is not understood.") from None
