"""Sessions as Laravel keeps them: a cookie, a form token, what is flashed to the next page, and who is signed in."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

COOKIE = "work_fossa_session"
TOKEN_COOKIE = "XSRF-TOKEN"  # noqa: S105 - a name, no token


@dataclass(slots=True)
class Session:
    """One browser's session. `error` and `email` are shown once by the next sign-in page."""

    id: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    signed_in: bool = False
    error: str = ""
    email: str = ""
    intended: str = ""
    lists_opened: int = 0

    def cookies(self, behind: float | None = None) -> list[str]:
        """The Set-Cookie values: the session is out of scripts' reach, the token is not.

        With a portal's clock that is `behind` by so many seconds they end at a moment of that clock.
        """
        life = "Max-Age=7200" if behind is None else f"Expires={formatdate(time.time() - behind + 7200, usegmt=True)}"
        return [
            f"{TOKEN_COOKIE}={self.token}; Path=/; {life}; SameSite=Lax",
            f"{COOKIE}={self.id}; Path=/; {life}; HttpOnly; SameSite=Lax",
        ]

    def take_flash(self) -> tuple[str, str]:
        """The error and the e-mail address to show, forgotten afterwards."""
        flash = self.error, self.email
        self.error = self.email = ""
        return flash


class Sessions:
    """All sessions, safe to use from any thread."""

    def __init__(self) -> None:
        """Starts with none; `new_id` draws each one's id, the cookie's value."""
        self.new_id: Callable[[], str] = lambda: secrets.token_urlsafe(24)
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, session_id: str) -> Session:
        """The session of this id, else a new one."""
        with self._lock:
            session = self._sessions.get(session_id)
            if session is None:
                session = Session(self.new_id())
                self._sessions[session.id] = session
            return session

    def renew(self, session: Session) -> Session:
        """A signed-in session with a new id and token in the place of `session`."""
        fresh = Session(self.new_id(), signed_in=True)
        with self._lock:
            self._sessions.pop(session.id, None)
            self._sessions[fresh.id] = fresh
        return fresh

    def drop(self, session: Session) -> None:
        """Ends one session."""
        with self._lock:
            self._sessions.pop(session.id, None)

    def drop_all(self) -> None:
        """Ends every session."""
        with self._lock:
            self._sessions.clear()
