"""The header Retry-After: how long a portal that was asked too often wants to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_S = 7 * 24 * 3600.0


def seconds_to_wait(retry_after: str | None, date: str | None, *, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After asks for, or None where there is none that can be read.

    It is a number of seconds or a moment (HTTP-date). A moment is taken from the answer's own `date`, since this
    computer's clock may be wrong; `now` (aware) stands in where the answer has none. At most a week, at least 0.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_S)
    until = _moment(text)
    if until is None:
        return None
    begin = _moment(date or "") or now or datetime.now(UTC)
    return min(max(0.0, (until - begin).total_seconds()), _LONGEST_S)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
