"""Sites whose dispensers were asked for, as kept: what came of it, and whether they need be asked for again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fossatray.core.dispensers import LocationWanted
from fossatray.core.errors import ErrorInfo


class LocationState(StrEnum):
    """What came of asking for a site's dispensers the last time."""

    READ = "read"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoredLocation:
    """A site as kept. `asked_at` is when it was asked for last, `read_at` when its dispensers were read last (UTC)."""

    account_id: str
    location: LocationWanted
    state: LocationState
    asked_at: datetime
    read_at: datetime | None = None
    error: ErrorInfo | None = None

    def is_fresh(self, now: datetime, days: int) -> bool:
        """Tell whether the portal gave a clear answer within so many days: the dispensers, or that the site is gone."""
        return self.state is not LocationState.FAILED and timedelta(0) <= now - self.asked_at < timedelta(days=days)


def stale_locations(
    wanted: Iterable[LocationWanted], kept: Mapping[str, StoredLocation], now: datetime, days: int
) -> tuple[LocationWanted, ...]:
    """Return the sites that are to be read: those of which no clear answer is so many days old at most."""
    return tuple(one for one in wanted if one.url not in kept or not kept[one.url].is_fresh(now, days))
