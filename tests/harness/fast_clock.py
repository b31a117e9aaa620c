"""A clock that runs faster than the real one, or ahead of it, and APScheduler as an alarm clock that keeps to it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fossatray.engine.alarm import ApsAlarm, Ring


@dataclass
class FastClock:
    """Shows `begins` at the real moment `since` (seconds of the epoch), and from then on runs `speed` times as fast.

    Two processes with the same values show the same time.
    """

    begins: datetime
    speed: float = 1.0
    since: float = field(default_factory=time.time)

    def __call__(self) -> datetime:
        """Return its time (aware, UTC)."""
        return self.begins + timedelta(seconds=(time.time() - self.since) * self.speed)

    def monotonic(self) -> float:
        """Return seconds that keep pace with it: no sleep and no change of the clock is seen between the two."""
        return self().timestamp()

    def real(self, at: datetime) -> datetime:
        """Return the real moment at which it will show `at`."""
        return datetime.fromtimestamp(self.since + (at - self.begins).total_seconds() / self.speed, UTC)


class FastAlarm(ApsAlarm):
    """The program's own alarm clock, ringing when a fast clock shows the moment."""

    def __init__(self, clock: FastClock) -> None:
        super().__init__()
        self._clock = clock
        self._set_for: dict[int, tuple[datetime, Ring]] = {}

    def set(self, key: int, at: datetime, ring: Ring) -> None:
        """Ring at a moment of the fast clock; a key has one alarm, the newest."""
        self._set_for[key] = at, ring
        super().set(key, self._clock.real(at), ring)

    def clear(self, key: int) -> None:
        """Take a key's alarm away, if it has one."""
        self._set_for.pop(key, None)
        super().clear(key)

    def spring(self, seconds: float) -> None:
        """Set the clock forward to so many real seconds before the next slot, as if the time had been spent."""
        first = min(at for key, (at, _) in self._set_for.items() if key > 0)  # others are for what comes before a slot
        self._clock.begins += (first - self._clock()) - timedelta(seconds=seconds * self._clock.speed)
        for key, (at, ring) in list(self._set_for.items()):
            self.set(key, at, ring)
