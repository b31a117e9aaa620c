"""The signed-in session that a run takes over from the one before, and hands on to the next.

It is opened while the browser starts, used before the first page, and believed only where that page shows who is signed
in. On any doubt it is dropped, and the run signs in as usual: nothing that goes wrong here fails it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import CredentialsError, KeyringAbsent, LayoutChanged, PasswordMissing
from fossatray.core.messages import ScrapeRequest
from fossatray.core.sessions import SessionDropped, SessionSealed
from fossatray.portal.foreign import portal_errors
from fossatray.portal.link import EngineLink
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile
from fossatray.portal.session_seal import Cookie, NotUsable, key_bytes, new_key, seal, unseal

_ENDED = (401, 419)
_ADDRESS = re.compile(r"[^\s@<>()]{1,250}@[^\s@<>()]{1,250}")
_ELSEWHERE = "the portal showed another page"


class SessionDoubted(Exception):
    """The first page did not show that the session holds for this user; `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, repr=False)
class _Opened:
    """What became of opening the kept session: its key, its cookies, and why it is dropped, if it is."""

    key: bytes | None = None
    cookies: list[Cookie] | None = None
    why: str | None = None
    later: str | None = None


class KeptSession:
    """The kept session of one run. Does nothing where none may be kept."""

    def __init__(self, request: ScrapeRequest, profile: Profile, link: EngineLink) -> None:
        self._request = request
        self._profile = profile
        self._link = link
        self._opening: asyncio.Future[_Opened] | None = None
        self._context: BrowserContext | None = None
        self._key: bytes | None = None
        self._in_use = False
        self.unproved = False

    def begin(self) -> None:
        """Begin to open it, in a thread, since the keyring may take its time: 10 s at most, and it never prompts."""
        if self._request.keep_session:
            self._opening = asyncio.get_running_loop().run_in_executor(None, _open, self._request)

    async def restore(self, context: BrowserContext) -> bool:
        """Give the browser the session, before its first page; tell whether there is one to use."""
        self._context = context
        if self._opening is None:
            return False
        opened = await self._opening
        self._key = opened.key
        if opened.later is not None:
            self._link.log("INFO", f"the kept session is not used: {opened.later}")
        if opened.why is not None:
            await self.drop(opened.why)
        if opened.cookies is None:
            return False
        try:
            await context.add_cookies(opened.cookies)  # type: ignore[arg-type]
        except PlaywrightError:  # its text may hold them
            await self.drop("the browser does not take it")
            return False
        self._in_use = self.unproved = True
        return True

    async def holds(self, page: PortalPage) -> bool:
        """Open a page behind the sign-in and tell whether the session holds; else it is dropped."""
        try:
            with portal_errors(self._link.log):
                await page.open(self._profile.paths.work_list)
                await self.prove(page)
        except (SessionDoubted, LayoutChanged) as doubt:
            await self.drop_for(doubt)
            return False
        return True

    async def prove(self, page: PortalPage) -> None:
        """On the first page after its use, see that it shows this user signed in. Raises SessionDoubted."""
        if not self.unproved:
            return
        if page.status in _ENDED:
            raise SessionDoubted("the portal ended it")
        argument = {
            "signs": asdict(self._profile.sign_in),
            "origin": self._request.origin,
            "signed_in_path": self._profile.paths.signed_in,
        }
        found = await page.watch("signed_in_as", argument, self._profile.waits.after_post)
        why = _doubt(found if isinstance(found, dict) else {}, self._request.username)
        if why is not None:
            raise SessionDoubted(why)
        self.unproved = False
        self._link.log("INFO", "the kept session holds: no sign-in is needed")

    async def drop_for(self, doubt: Exception) -> None:
        """Drop it for what the first page showed."""
        await self.drop(doubt.why if isinstance(doubt, SessionDoubted) else _ELSEWHERE)

    async def drop(self, why: str) -> None:
        """Forget it, in the browser, too, and tell the engine."""
        self.unproved = False
        if self._in_use and self._context is not None:
            await self._context.clear_cookies()
        self._in_use = False
        self._link.log("INFO", f"the kept session is dropped: {why}")
        self._link.send(SessionDropped(why))

    async def renew(self, sign_in: Callable[[], Awaitable[None]]) -> None:
        """Sign in again in the middle of a run; what was kept is of no use any more."""
        if self._in_use:
            await self.drop("the portal ended it")
        await sign_in()

    async def keep(self) -> None:
        """Seal the session as it is now, and hand it to the engine; that this is not possible hinders nothing."""
        if not self._request.keep_session or self._context is None:
            return
        try:
            cookies = await self._context.cookies()
            sealed = await asyncio.get_running_loop().run_in_executor(None, self._sealed, cookies)
        except PlaywrightError:
            self._link.log("INFO", "the session is not kept: the browser does not give it")
        except CredentialsError as error:
            self._link.log("INFO", f"the session is not kept: {error.kind}")
        else:
            if sealed is not None:
                self._link.send(SessionSealed(sealed))

    def _sealed(self, cookies: list[Any]) -> str | None:
        """Seal cookies, with a new key where there is none yet. Raises CredentialsError."""
        request = self._request
        key = self._key or _stored_or_new_key(request)
        return seal(key, request.account_id, request.origin, request.username, cookies)


def _open(request: ScrapeRequest) -> _Opened:
    """Get the key and open the session with it; whatever comes of it is told by what is returned."""
    from fossatray.system.credentials import session_vault

    key: bytes | None = None
    why: str | None = None
    try:
        key = key_bytes(session_vault().read(request.origin, request.account_id, may_prompt=False))
        if request.session is not None:
            given = request.account_id, request.origin, request.username
            return _Opened(key, unseal(key, *given, request.session))
    except PasswordMissing:
        why = "its key is gone"
    except KeyringAbsent:
        why = "there is no keyring"
    except CredentialsError as error:
        return _Opened(later=error.kind if request.session is not None else None)
    except NotUsable as error:
        why = error.why
    return _Opened(key, why=why if request.session is not None else None)


def _stored_or_new_key(request: ScrapeRequest) -> bytes:
    """Return the account's key; a new one is kept first. Raises CredentialsError."""
    from fossatray.system.credentials import session_vault

    vault = session_vault()
    try:
        return key_bytes(vault.read(request.origin, request.account_id, may_prompt=False))
    except (PasswordMissing, NotUsable):
        key = new_key()
        vault.write(request.origin, request.account_id, key, may_prompt=False)
        return key_bytes(key)


def _doubt(found: dict[str, Any], username: str) -> str | None:
    """Return why the first page is no proof that this user is signed in; None if it is one."""
    if found.get("sign") == "form":
        return "the portal ended it"
    if found.get("sign") != "inside":
        return _ELSEWHERE
    shown = _ADDRESS.findall(str(found.get("user"))[:500].casefold())
    if shown and "@" in username and username.casefold() not in shown:
        return "the portal names another user"
    return None
