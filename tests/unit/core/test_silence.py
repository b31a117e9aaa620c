"""Since when nothing has succeeded, whatever the clock did: never in the future, and never moved on by a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.silence import SeenAhead, seen_ahead

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
minutes = st.integers(-60 * 24 * 40, 60 * 24 * 40)


@given(minutes, st.lists(minutes, min_size=1, max_size=20))
def test_however_the_clock_leaps_a_success_counts_as_of_no_later_than_it_was_first_seen(
    ended: int, looks: list[int]
) -> None:
    """Each look is at a moment of the clock, which may go back; what a look has found is given to the next one."""
    seen: SeenAhead | None = None
    least: datetime | None = None  # the earliest moment at which it was seen ahead, by the clocks since
    for look in looks:
        now = NOON + look * MINUTE
        seen = seen_ahead(7, NOON + ended * MINUTE, now, seen)
        if least is not None or look < ended:
            least = now if least is None else min(least, now)
        assert seen == (None if least is None else SeenAhead(7, least))


@given(minutes)
def test_another_success_counts_for_itself(look: int) -> None:
    seen = SeenAhead(7, NOON - 10_000 * MINUTE)
    now = NOON + look * MINUTE
    assert seen_ahead(8, NOON, now, seen) == (SeenAhead(8, now) if look < 0 else None)
