"""One page of the portal in the browser: opening paths, asking scripts, and remembering how the portal answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Dialog, Page, Request, Response
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from fossatray.core.errors import (
    BrowserCrashed,
    LayoutChanged,
    PortalError,
    PortalMaintenance,
    PortalServerError,
    SignInLocked,
)
from fossatray.core.urls import origin_of
from fossatray.portal.foreign import was_replaced
from fossatray.portal.retry_after import seconds_to_wait
from fossatray.portal.scripts import script

_SERVER_ERROR, _MAINTENANCE, _TOO_MANY, _EXPIRED, _UNAUTHORIZED, _REFUSED = 500, 503, 429, 419, 401, 400
_DATA = ("xhr", "fetch")
_ABORTED = "net::ERR_ABORTED"  # the page itself no longer wanted it
_SLACK_S = 2.0
_CRASH_TOLD_S = 1.0
_LONGEST_ANSWER = 64 * 1024 * 1024


class PortalPage:
    """The page with its origin, and how the portal answered since `reset`.

    `status` is the last document's, `worst` the highest status of 500 and up of documents and of 400 and up of data
    (but 401 and 419, which set `session_ended`), `data_lost` whether data never came. `came_from_post` tells whether
    the last document was reached by a redirect from a post, `path_after_post` where such a redirect led.
    `document_failed` is set by an error page of the portal's. `retry_after` is how many seconds the portal wants to be
    left alone, where a status of 429 or 503 came with that. `asked` counts the page's requests for data, ever.
    """

    def __init__(
        self, page: Page, origin: str, *, page_limit: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._page = page
        self._origin = origin
        self._clock = clock
        self._crashed = asyncio.Event()
        self.page_limit = page_limit
        self.status: int | None = None
        self.worst: int | None = None
        self.asked = 0
        self.came_from_post = self.session_ended = self.data_lost = False
        self.path_after_post = ""
        self.retry_after: float | None = None
        self.document_failed = asyncio.Event()
        page.on("request", self._note_request)
        page.on("requestfailed", self._note_lost)
        page.on("response", self._note)
        page.on("crash", lambda _: self._crashed.set())
        page.on("dialog", _dismiss)

    def reset(self) -> None:
        """Forget how the portal answered so far."""
        self.status = self.worst = None
        self.came_from_post = self.session_ended = self.data_lost = False
        self.path_after_post = ""
        self.retry_after = None
        self.document_failed.clear()

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            earlier = request.redirected_from
            if earlier is not None and earlier.method == "POST" and origin_of(request.url) == self._origin:
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
            self.status = response.status
            earlier = request.redirected_from
            self.came_from_post = earlier is not None and earlier.method == "POST"
            if response.status >= _SERVER_ERROR or response.status in (_EXPIRED, _TOO_MANY):
                self.document_failed.set()
        elif request.resource_type not in (*_DATA, "document"):
            return
        elif response.status in (_UNAUTHORIZED, _EXPIRED):
            self.session_ended = True
            return
        if response.status >= (_REFUSED if request.resource_type in _DATA else _SERVER_ERROR):
            self.worst = max(self.worst or 0, response.status)

    def _note_lost(self, request: Request) -> None:
        if request.resource_type in _DATA and origin_of(request.url) == self._origin and request.failure != _ABORTED:
            self.data_lost = True

    async def open(self, path: str) -> None:
        """Open a path of the portal; raises our errors for what the portal answers instead of a page."""
        self.reset()
        response = await self._goto(self._origin + path)
        if response is None or origin_of(self._page.url) != self._origin:
            raise LayoutChanged("The portal led to another web site. That was not followed.")
        self.raise_for_status(response.status)

    async def _goto(self, url: str) -> Response | None:
        """Go to a URL, again if a navigation that the page itself had begun came between."""
        end = self._clock() + self.page_limit
        while True:
            left = max(0.001, end - self._clock())
            try:
                return await self._page.goto(url, wait_until="domcontentloaded", timeout=left * 1000)
            except PlaywrightError as error:
                if _ABORTED in error.message and await self._crashes():
                    raise BrowserCrashed from None
                if not was_replaced(error):
                    raise
            await self._loaded(end)

    async def _crashes(self) -> bool:
        """Tell whether the page crashes: a crash ends what is being loaded before it is told itself."""
        try:
            await asyncio.wait_for(self._crashed.wait(), _CRASH_TOLD_S)
        except TimeoutError:
            return False
        return True

    def raise_for_status(self, status: int | None) -> None:
        """Raise the error that an HTTP status of 400 and up stands for."""
        if status is None or status < _REFUSED:
            return
        if status == _MAINTENANCE:
            raise PortalMaintenance
        if status >= _SERVER_ERROR:
            raise PortalServerError(f"The portal answered with status {status}.")
        if status == _TOO_MANY:
            raise SignInLocked("The portal says that it was asked too often.")
        if status in (_UNAUTHORIZED, _EXPIRED):
            return  # the sign-in form, or the page that leads to it
        raise LayoutChanged(f"The portal answered with status {status}.")

    async def left(self, path: str, limit: float) -> bool:
        """Wait until the page is on no path that begins with `path`; tell whether it is so within `limit` seconds."""
        try:
            await self._page.wait_for_url(lambda url: not urlsplit(url).path.startswith(path), timeout=limit * 1000)
        except PlaywrightTimeout:
            return False
        return True

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        """Run a script of ours once and return its answer. Raises PortalError if that is not JSON."""
        return _load(await self._page.evaluate(script(name), argument))

    async def watch(self, name: str, argument: dict[str, Any], limit: float, *, follow: bool = True) -> Any:
        """Run a script that waits in the page, for at most `limit` seconds, also over changes of the document.

        Returns its answer, or None when the time is over. With `follow` off a change of document raises. Raises
        BrowserCrashed when the page crashes.
        """
        end = self._clock() + limit
        while (left := end - self._clock()) > 0:
            asking = asyncio.ensure_future(self._page.evaluate(script(name), {**argument, "limit": left * 1000}))
            crash = asyncio.ensure_future(self._crashed.wait())
            try:
                await asyncio.wait({asking, crash}, timeout=left + _SLACK_S, return_when=asyncio.FIRST_COMPLETED)
                if asking.done():
                    return _load(asking.result())
                if crash.done():
                    raise BrowserCrashed
                return None
            except PlaywrightError as error:
                if not follow or not was_replaced(error):
                    raise
            finally:
                asking.cancel()
                crash.cancel()
                await asyncio.gather(asking, crash, return_exceptions=True)
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
