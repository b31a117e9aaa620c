"""Since when nothing has succeeded, where the clock was ahead at the last success and has been set back since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SeenAhead:
    """That a success lay in the future when it was looked at, and when that was (aware): it counts as of then.

    `run_id` is the run that succeeded.
    """

    run_id: int
    at: datetime


def seen_ahead(run_id: int, ended: datetime, now: datetime, before: SeenAhead | None) -> SeenAhead | None:
    """Return as of when the newest success counts whose end is not to be trusted; None: it is.

    `before` is what was returned at the last look. A success that was once ahead is never trusted again: else it would
    count anew when the clock comes to where it had been. No moment that is returned lies in the future.
    """
    if before is not None and before.run_id == run_id and before.at <= now:
        return before
    return SeenAhead(run_id, now) if ended > now else None
