"""Who may sign in: checks the made-up credentials, counts refusals, locks out, and remembers every attempt."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fossatray.demo.mishaps import Mishap, MishapSwitches

REFUSED_TEXT: Final = "These credentials do not match our records."
LOCKED_TEXT: Final = "Too many login attempts. Please try again in {seconds} seconds."
ATTEMPTS_ALLOWED: Final = 5
LOCK_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class SignIn:
    """One posted sign-in: when (aware UTC) and whether it was accepted. What was typed is not kept."""

    at: datetime
    accepted: bool


class SignInDesk:
    """Decides on sign-ins; safe to use from any thread."""

    def __init__(
        self, *, username: str, password: str, mishaps: MishapSwitches, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds that never run backwards."""
        self._username = username
        self._password = password
        self._mishaps = mishaps
        self._clock = clock
        self._lock = threading.Lock()
        self._refusals: list[float] = []
        self._attempts: list[SignIn] = []

    @property
    def attempts(self) -> list[SignIn]:
        """Every sign-in posted so far."""
        with self._lock:
            return list(self._attempts)

    def note_refused(self) -> None:
        """Counts a post that came to no decision (expired token, an unclear answer)."""
        with self._lock:
            self._attempts.append(SignIn(datetime.now(UTC), accepted=False))

    def decide(self, username: str, password: str) -> str:
        """An empty string when accepted, else the text that the form shows."""
        with self._lock:
            text = self._decide(username, password)
            self._attempts.append(SignIn(datetime.now(UTC), accepted=not text))
            return text

    def _decide(self, username: str, password: str) -> str:
        now = self._clock()
        self._refusals = [moment for moment in self._refusals if now - moment < LOCK_SECONDS]
        if Mishap.LOCK_OUT in self._mishaps:
            return LOCKED_TEXT.format(seconds=LOCK_SECONDS)
        if len(self._refusals) >= ATTEMPTS_ALLOWED:
            return LOCKED_TEXT.format(seconds=max(1, round(LOCK_SECONDS - (now - self._refusals[0]))))
        right = hmac.compare_digest(username.encode(), self._username.encode()) and hmac.compare_digest(
            password.encode(), self._password.encode()
        )
        if right and Mishap.WRONG_PASSWORD not in self._mishaps:
            self._refusals.clear()
            return ""
        self._refusals.append(now)
        return REFUSED_TEXT
