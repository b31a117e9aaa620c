"""The header Retry-After in its two forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fossatray.portal.retry_after import seconds_to_wait

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
DATE = "Wed, 04 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("told", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 0 ", None, 0.0),
        ("99999999999999999999", None, 604800.0),
        ("Wed, 04 Mar 2026 12:00:30 GMT", DATE, 30.0),
        ("Wed, 04 Mar 2026 12:00:30 GMT", None, 30.0),
        ("Wed, 04 Mar 2026 11:00:00 GMT", DATE, 0.0),
        ("Thu, 04 Mar 2027 12:00:00 GMT", DATE, 604800.0),
        ("Wed, 04 Mar 2026 07:00:30 -0500", "nonsense", 30.0),
        (None, DATE, None),
        ("", DATE, None),
        ("soon", DATE, None),
        ("-5", DATE, None),
        ("1.5", DATE, None),
        ("Wed, 99 Mar 2026 12:00:30 GMT", DATE, None),
        ("\u0661\u0662", None, None),
    ],
)
def test_seconds(told: str | None, date: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(told, date, now=NOW) == seconds


def test_a_wrong_clock_here_does_not_matter() -> None:
    assert seconds_to_wait("Wed, 04 Mar 2026 12:00:30 GMT", DATE, now=datetime(1999, 1, 1, tzinfo=UTC)) == 30.0
