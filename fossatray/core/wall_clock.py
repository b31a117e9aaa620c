"""From a date and time of the wall clock to the moments it means, where clocks change, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def instants(wall: datetime, zone: tzinfo, *, both_passes: bool, move: bool = True) -> list[datetime]:
    """Return the moments (UTC, ascending) of a wall-clock time (without a zone).

    In the hour that autumn repeats: both passes, or the first alone. In the hour that spring skips: the moment the
    clocks have changed, or none where `move` is off.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return [first]
    if first < second:
        return [first, second] if both_passes else [first]
    return [change_between(second, first, zone)] if move else []


def change_between(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """Return the first moment after `low` (UTC) with another offset than there; the one change is before `high`."""
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def earliest(day: date, zone: tzinfo) -> datetime:
    """Return a moment (UTC) that no moment of this local day or of a later one precedes."""
    midnight = datetime.combine(day, time())
    return min(midnight.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def plain_midnight(day: date, zone: tzinfo) -> datetime | None:
    """Return the moment (UTC) at which a local day begins, or None for a day in which or after which clocks change."""
    midnight = datetime.combine(day, time(), zone)
    begins, ends = midnight.astimezone(UTC), midnight + _DAY
    plain = all(ends.replace(fold=fold).astimezone(UTC) - begins == _DAY for fold in (0, 1))
    return begins if plain else None
