"""Statistics over a period, and the histogram in which durations of past days are kept. Pure functions and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import log
from typing import Any

from fossatray.core.runs import Counts, Phase, iso

PORTAL_PHASES = (Phase.LOGGING_IN.value, Phase.SCRAPING.value)
"""The phases in which the portal is waited for; the time of the others is our own."""

_GROWTH = 1.05  # each bucket is so much wider than the one before: what is read from it is at most 2.5 % off
_LOG_GROWTH = log(_GROWTH)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What became of the runs and planned occurrences of a period [since, until); None is without a limit.

    `counts` are work orders', `dispensers` those of the runs that read these. Durations (seconds) are those of
    successful runs, None without any: exact while the runs are kept one by one, after that within 2.5 %.
    `portal_seconds` and `own_seconds` are sums over all runs. `longest_gap` is the longest time between two successes
    of an account. A day that is folded counts with the period in which its middle (UTC) lies.
    """

    since: datetime | None = None
    until: datetime | None = None
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    skipped: int = 0
    missed: int = 0
    counts: Counts = Counts()  # noqa: RUF009 - frozen
    dispensers: Counts = Counts()  # noqa: RUF009 - frozen
    median_seconds: float | None = None
    p95_seconds: float | None = None
    portal_seconds: float = 0.0
    own_seconds: float = 0.0
    longest_gap: timedelta | None = None
    last_success: datetime | None = None

    @property
    def runs(self) -> int:
        """How many runs ended."""
        return self.succeeded + self.failed + self.cancelled + self.interrupted

    @property
    def success_rate(self) -> float | None:
        """The share (0 to 1) of successes among the runs that succeeded or failed, None without any."""
        judged = self.succeeded + self.failed
        return self.succeeded / judged if judged else None

    def to_json(self) -> dict[str, Any]:
        """Return the public form of `fossatray stats --json`."""
        rate = self.success_rate
        return {
            "since": iso(self.since),
            "until": iso(self.until),
            "runs": self.runs,
            "succeeded": self.succeeded,
            "failed": self.failed,
            "cancelled": self.cancelled,
            "interrupted": self.interrupted,
            "success_rate": None if rate is None else round(rate, 4),
            "skipped": self.skipped,
            "missed": self.missed,
            "found": self.counts.found,
            "new": self.counts.new,
            "changed": self.counts.changed,
            "archived": self.counts.archived,
            "median_seconds": _rounded(self.median_seconds),
            "p95_seconds": _rounded(self.p95_seconds),
            "portal_seconds": round(self.portal_seconds, 3),
            "own_seconds": round(self.own_seconds, 3),
            "longest_gap_seconds": _rounded(self.longest_gap.total_seconds() if self.longest_gap is not None else None),
            "last_success": iso(self.last_success),
            "dispensers": asdict(self.dispensers),
        }


def bucket(milliseconds: int) -> int:
    """Return the histogram's bucket of a duration; everything up to a millisecond shares the first, 0."""
    return round(log(milliseconds) / _LOG_GROWTH) if milliseconds > 1 else 0


def bucket_value(number: int) -> float:
    """Return the duration (milliseconds) that a bucket stands for."""
    return float(_GROWTH**number)


def histogram(milliseconds: Iterable[int], base: Mapping[int, int] | None = None) -> dict[int, int]:
    """Return how many durations fall in each bucket, added to `base`; buckets ascending."""
    found = dict(base or {})
    for duration in milliseconds:
        number = bucket(duration)
        found[number] = found.get(number, 0) + 1
    return dict(sorted(found.items()))


def median(weighted: Iterable[tuple[float, int]]) -> float | None:
    """Return the median of values with their numbers, None without any."""
    ordered = sorted(weighted)
    count = sum(number for _, number in ordered)
    if not count:
        return None
    return (_at(ordered, (count + 1) // 2) + _at(ordered, count // 2 + 1)) / 2


def percentile(weighted: Iterable[tuple[float, int]], percent: int) -> float | None:
    """Return the smallest value that so many per cent of the values (with their numbers) do not exceed, or None."""
    ordered = sorted(weighted)
    count = sum(number for _, number in ordered)
    return _at(ordered, max(-(-count * percent // 100), 1)) if count else None


def _at(ordered: list[tuple[float, int]], rank: int) -> float:
    """Return the value of a rank (1 is the smallest)."""
    passed = 0
    for value, number in ordered:
        passed += number
        if passed >= rank:
            return value
    raise ValueError("there is no such rank")


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
