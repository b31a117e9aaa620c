"""Sessions as Laravel keeps them: a cookie, a form token, what is flashed to the next page, and who is signed in."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

COOKIE = "work_fossa_session"
TOKEN_COOKIE = "XSRF-TOKEN"  # noqa: S105 - a name, no token


@dataclass(slots=True)
class Session:
    """One browser's session. `error` and `email` are shown once by the next sign-in page."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    signed_in: bool = False
    error: str = ""
    email: str = ""
    intended: str = ""

    def cookies(self) -> list[str]:
        """The Set-Cookie values: the session is out of scripts' reach, the token is not."""
        return [
            f"{TOKEN_COOKIE}={self.token}; Path=/; Max-Age=7200; SameSite=Lax",
            f"{COOKIE}={self.id}; Path=/; Max-Age=7200; HttpOnly; SameSite=Lax",
        ]

    def take_flash(self) -> tuple[str, str]:
        """The error and the e-mail address to show, forgotten afterwards."""
        flash = self.error, self.email
        self.error = self.email = ""
        return flash


class Sessions:
    """All sessions, safe to use from any thread."""

    def __init__(self) -> None:
        """Starts with none."""
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, session_id: str) -> Session:
        """The session of this id, else a new one."""
        with self._lock:
            session = self._sessions.get(session_id)
            if session is None:
                session = Session()
                self._sessions[session.id] = session
            return session

    def renew(self, session: Session) -> Session:
        """A signed-in session with a new id and token in the place of `session`."""
        fresh = Session(signed_in=True)
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
