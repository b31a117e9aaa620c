"""Notices that the computer has slept, or that its clock or zone was changed: alarms are counted in awake seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from fossatray.engine.parts import EngineParts

log = logging.getLogger("fossatray.engine.watch")

DRIFT = timedelta(seconds=5)
"""How far wall clock and monotonic clock may come apart before that counts as a sleep or a change."""


class Timer(Protocol):
    """Something that was set for later."""

    def cancel(self) -> None:
        """Let it not happen."""


Later = Callable[[float, Callable[[], None]], Timer]
"""Calls something after some seconds, as `loop.call_later` does."""


class ClockWatch:
    """Looks at the clocks once a minute (`limits.watch_s`) and calls `changed`. Used in the engine's loop alone.

    `tick` is called each time: whatever else is to be looked at now and then needs no wake-up of its own.
    """

    def __init__(self, parts: EngineParts, later: Later, changed: Callable[[], None], tick: Callable[[], None]) -> None:
        self._parts = parts
        self._later = later
        self._changed = changed
        self._tick = tick
        self._timer: Timer | None = None
        self._was_steady = False
        self._rest()

    def start(self) -> None:
        """Look for the first time after a minute, then every minute."""
        self._timer = self._later(self._parts.limits.watch_s, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def told(self) -> None:
        """Take the clocks as they are now: somebody else has noticed a sleep or a change, and it is known by now."""
        if self._parts.zone_mark() != self._mark:
            self._renew_zone()
        self._was_steady = False
        self._rest()

    def is_steady(self) -> bool:
        """Tell whether the clocks have kept together at the last look, and since: only then is a date to be trusted."""
        return self._was_steady and abs(self._drift()) <= DRIFT

    def _look(self) -> None:
        drift = self._drift()
        self._was_steady = abs(drift) <= DRIFT
        if not self._was_steady or self._parts.zone_mark() != self._mark:
            log.info("the computer has slept, or its clock or zone was changed (%+.0f s)", drift.total_seconds())
            self._renew_zone()
            self._rest()
            self._changed()
        self._tick()
        self.start()

    def _drift(self) -> timedelta:
        passed = timedelta(seconds=self._parts.monotonic() - self._monotonic)
        return self._parts.clock() - self._wall - passed

    def _rest(self) -> None:
        """Take the clocks as they are now for the measure of what comes."""
        self._wall, self._monotonic = self._parts.clock(), self._parts.monotonic()
        self._mark = self._parts.zone_mark()

    def _renew_zone(self) -> None:
        try:
            self._parts.reload_zone()
        except (OSError, LookupError, ValueError) as error:
            log.warning("the time zone cannot be told anew: %s", error)
