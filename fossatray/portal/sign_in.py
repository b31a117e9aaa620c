"""Signing in: success needs a positive sign, a refusal, too; anything else is unclear and tried once more."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Any

from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import (
    LedElsewhere,
    PasswordMissing,
    PortalTimeout,
    SignInElsewhere,
    SignInFormUnsafe,
    SignInLimit,
    SignInLocked,
    SignInPageMissing,
    SignInRefused,
    SignInUnclear,
)
from fossatray.core.messages import ScrapeRequest, SignedIn, SigningIn, SignInResult
from fossatray.core.secret import Secret
from fossatray.portal.foreign import was_replaced
from fossatray.portal.link import EngineLink
from fossatray.portal.password import FROM_ENGINE, StoredPassword
from fossatray.portal.patience import patiently
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile

_TRIES = 2
_UNSAFE = {
    "origin": "The sign-in form is not on the portal's own address.",
    "frame": "The sign-in form is inside a frame.",
    "action": "The sign-in form would send the password to another address.",
    "method": "The sign-in form would put the password into an address.",
    "target": "The sign-in form would open another window.",
    "fields": "The sign-in form's fields are not as expected.",
}


class SignIn:
    """Signs in to the portal on a page, asking the engine first, which counts every attempt."""

    def __init__(
        self,
        page: PortalPage,
        profile: Profile,
        request: ScrapeRequest,
        link: EngineLink,
        stored: StoredPassword | None = None,
        *,
        ends: float = float("inf"),
    ) -> None:
        """`ends` is the moment on the loop's clock at which the run must be over."""
        self._page = page
        self._profile = profile
        self._request = request
        self._link = link
        self._stored = stored or StoredPassword(request)
        self._ends = ends

    async def run(self) -> None:
        """Sign in; tell the engine the result of each attempt.

        Raises SignInRefused, SignInLocked, SignInUnclear, SignInFormUnsafe, SignInElsewhere, SignInLimit, the
        password's errors (CredentialsError), and the portal's.
        """
        for _ in range(_TRIES):
            if await self._open_form():
                return
            result = await self._attempt()
            self._link.send(SignedIn(result))
            if result == "accepted":
                return
            if result == "refused":
                raise SignInRefused
            if result == "locked":
                raise SignInLocked
            if self._page.led_elsewhere:
                raise SignInElsewhere
        if self._page.status is not None and self._page.status >= 500:
            self._page.raise_for_status(self._page.status)
        if self._left_for_inside:
            raise PortalTimeout("The portal took the sign-in, but showed no page after it.")
        raise SignInUnclear

    @property
    def _left_for_inside(self) -> bool:
        return self._page.path_after_post.startswith(self._profile.paths.signed_in)

    async def _open_form(self) -> bool:
        """Open the sign-in form and check it; tell whether the portal showed a page behind it instead."""
        try:
            await patiently(
                self._page,
                partial(self._page.open, self._profile.paths.sign_in),
                self._profile.limits.reads,
                self._ends,
                self._link.log,
            )
        except LedElsewhere:
            raise SignInElsewhere from None
        end = asyncio.get_running_loop().time() + self._profile.waits.sign_in_form
        while True:
            answer = await self._form(None)
            if answer in ("ready", "signed in"):
                return answer == "signed in"
            if answer.startswith("unsafe: "):
                raise SignInFormUnsafe(_UNSAFE.get(answer.removeprefix("unsafe: "), ""))
            if self._page.led_elsewhere:
                raise SignInElsewhere
            if asyncio.get_running_loop().time() > end:
                raise SignInPageMissing("The portal's sign-in form was not found.")
            await asyncio.sleep(0.05)

    async def _form(self, password: Secret | None) -> str:
        """Check the form and, with a password, fill it in and send it, in one evaluation."""
        argument: dict[str, Any] = {
            "signs": asdict(self._profile.sign_in),
            "origin": self._request.origin,
            "signed_in_path": self._profile.paths.signed_in,
            "username": self._request.username,
            "password": None if password is None else password.reveal(),
        }
        try:
            answer = await self._page.ask("sign_in_form", argument)
        except PlaywrightError as error:
            if was_replaced(error):
                return "sent" if password is not None else "missing"
            raise
        return answer if isinstance(answer, str) else "missing"

    async def _attempt(self) -> SignInResult:
        self._link.send(SigningIn())
        answer = await self._link.answer()
        if not answer.allowed:
            raise SignInLimit
        password = answer.password if self._request.password_from == FROM_ENGINE else await self._stored.read()
        if password is None or not password:
            raise PasswordMissing
        before = await self._shown_errors()
        self._page.reset()
        told = await self._form(password)
        del password, answer
        if told.startswith("unsafe: "):
            raise SignInFormUnsafe(_UNSAFE.get(told.removeprefix("unsafe: "), ""))
        if told != "sent":
            return "unclear"
        return self._judge(await self._outcome(before))

    async def _shown_errors(self) -> list[str]:
        """Return the texts of the error banners on the page, which a post that comes after is not the cause of."""
        try:
            shown = await self._page.ask("shown_errors", {"errors": self._profile.sign_in.errors})
        except PlaywrightError as error:
            if was_replaced(error):
                return []
            raise
        return [text for text in shown if isinstance(text, str)] if isinstance(shown, list) else []

    async def _outcome(self, before: list[str]) -> dict[str, Any]:
        """What the page shows after the post, in the profile's time (12 s); an error page ends the wait at once.

        `before` are the error texts that were there before it.
        """
        argument = {
            "signs": asdict(self._profile.sign_in),
            "origin": self._request.origin,
            "signed_in_path": self._profile.paths.signed_in,
            "before": before,
        }
        watching = asyncio.ensure_future(self._page.watch("after_post", argument, self._profile.waits.after_post))
        failing = asyncio.ensure_future(self._page.document_failed.wait())
        try:
            await asyncio.wait({watching, failing}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                found = watching.result()
                return found if isinstance(found, dict) else {}
            return {"sign": "failed"}
        finally:
            watching.cancel()
            failing.cancel()
            await asyncio.gather(watching, failing, return_exceptions=True)

    def _judge(self, found: dict[str, Any]) -> SignInResult:
        sign, text, shown = found.get("sign"), found.get("text"), str(found.get("shown", "")).lower()
        if sign == "inside":
            return "accepted"
        if self._page.status == 429:
            return "locked"
        if sign == "form" and any(part in shown for part in self._profile.sign_in.locked_texts):
            return "locked"
        if sign == "form" and (text or (found.get("again") is True and self._page.came_from_post)):
            return "refused"
        return "unclear"

    async def sign_out(self) -> None:
        """Sign out again, as far as the portal lets us; what is left of the session ends with the browser."""
        signs = self._profile.sign_in
        limit = self._profile.waits.sign_out
        argument = {"links": signs.sign_out, "text": signs.sign_out_text, "limit": limit * 1000}
        if await self._page.ask("sign_out", argument):
            await self._page.left(self._profile.paths.signed_in, limit)
