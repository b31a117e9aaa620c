"""A last-in-first-out stack of stops: whoever starts something registers how it ends in the same line of thought."""

from __future__ import annotations

import logging
from collections.abc import Callable

_log = logging.getLogger("fossatray.app")


class CleanUp:
    """Stops, called in reverse order of registration; one that fails is logged and hinders no other."""

    def __init__(self) -> None:
        self._stops: list[Callable[[], object]] = []

    def add(self, stop: Callable[[], object]) -> None:
        """Register a stop."""
        self._stops.append(stop)

    def run(self) -> None:
        """Call every stop once, the newest first. A second call does nothing."""
        while self._stops:
            stop = self._stops.pop()
            try:
                stop()
            except Exception:  # noqa: BLE001 - every other stop must still be called
                _log.exception("a stop failed")
