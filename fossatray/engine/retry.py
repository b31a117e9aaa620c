"""Trying again within a run: what is worth it, how often, after which pause, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from fossatray.core.errors import (
    AskedTooOften,
    CredentialsError,
    ErrorInfo,
    FossaError,
    RunTimeout,
    SignInUnclear,
    error_kinds,
)

PAUSES_S = (30.0, 120.0)
SPREAD = 0.2
SHORTEST_TRY_S = 20.0
"""What must be left of a run's time for a try to be worth it."""
_NOT_SO_SOON: tuple[type[FossaError], ...] = (CredentialsError, SignInUnclear, AskedTooOften, RunTimeout)
"""They may pass, but not within minutes: a keyring waits for the person, a sign-in was tried twice already, a
portal that was asked too often is left alone, and the time of a run is for all of its tries."""


class Retries:
    """The tries of one run after its first. `until` is the moment after which none is begun; None: none at all."""

    def __init__(
        self,
        until: datetime | None,
        chance: Callable[[], float],
        pauses_s: tuple[float, ...] = PAUSES_S,
    ) -> None:
        self._until = until
        self._chance = chance
        self._left = list(pauses_s)

    def may_begin(self, now: datetime) -> bool:
        """Tell whether a try may still begin: the computer may have slept through the pause before it."""
        return self._until is not None and now <= self._until

    def next(self, error: ErrorInfo, now: datetime) -> datetime | None:
        """Return when it is tried again after this error, or None. `chance` gives 0 to 1: the pause's spread."""
        if self._until is None or not self._left or not is_transient(error):
            return None
        pause = self._left.pop(0) * (1 + SPREAD * (2 * self._chance() - 1))
        at = now + timedelta(seconds=pause)
        return at if at <= self._until else None


def is_transient(error: ErrorInfo) -> bool:
    """Tell whether trying again within minutes may help: the network, the portal's side, the browser."""
    kind = error_kinds().get(error.kind)
    return error.retryable and not (kind is not None and issubclass(kind, _NOT_SO_SOON))


def retry_until(start: datetime, next_slot: datetime | None) -> datetime:
    """Return the moment after which no try is begun: half the way to the schedule's next slot."""
    return datetime.max.replace(tzinfo=start.tzinfo) if next_slot is None else start + (next_slot - start) / 2
