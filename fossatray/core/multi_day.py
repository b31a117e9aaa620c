"""Jobs of several days: "Day 2 of 2" in the first line of an order's instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fossatray.core.orders import WorkOrder

_DAY = re.compile(r"\bday\s+(\d{1,2})\s+of\s+(\d{1,2})\b", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DayOf:
    """Which day of how many an order is: 1 up to `days`, which is 2 or more."""

    day: int
    days: int

    @property
    def follows(self) -> bool:
        """Whether it is a day after the first: its services are counted on the first, and 0 on this one."""
        return self.day > 1


def day_of(order: WorkOrder) -> DayOf | None:
    """Return which day of a job of several an order is, or None where its first line does not say so."""
    first_line = next((line for line in (order.instructions or "").splitlines() if line.strip()), "")
    found = _DAY.search(first_line)
    if found is None:
        return None
    day, days = int(found[1]), int(found[2])
    return DayOf(day, days) if 1 <= day <= days and days > 1 else None
