"""A measured figure of ours beside the floor's from the same run, whether it keeps its budget, and the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One thing measured several times, of ours and of the floor.

    `limit` is what our median may be at most, `times_floor` how many times the floor's median, `above_floor` how much
    more than that; None is no such budget.
    """

    name: str
    unit: str
    ours: Sequence[float]
    floor: Sequence[float]
    limit: float | None = None
    times_floor: float | None = None
    above_floor: float | None = None

    @property
    def ratio(self) -> float:
        """Return our median as a multiple of the floor's (infinite where that is 0 and ours is not)."""
        floor = median(self.floor)
        if floor == 0:
            return 1.0 if median(self.ours) == 0 else float("inf")
        return median(self.ours) / floor

    @property
    def met(self) -> bool:
        """Return whether every budget of the figure is kept."""
        within = self.limit is None or median(self.ours) <= self.limit
        above = median(self.ours) - median(self.floor)
        within = within and (self.above_floor is None or above <= self.above_floor)
        return within and (self.times_floor is None or self.ratio <= self.times_floor)

    @property
    def budget(self) -> str:
        """Return the budget in words."""
        parts = [] if self.times_floor is None else [f"<= {self.times_floor:g} x floor"]
        if self.above_floor is not None:
            parts.append(f"<= floor + {self.above_floor:g}")
        if self.limit is not None:
            parts.append(f"<= {self.limit:g} {self.unit}")
        return ", ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Return everything, for a machine to read."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": list(self.ours),
            "floor": list(self.floor),
            "ours_median": median(self.ours),
            "floor_median": median(self.floor),
            "ratio": self.ratio,
            "budget": self.budget,
            "met": self.met,
        }


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for a person: medians with the smallest and largest value behind."""
    rows = [("what", "FossaTray", "bare tray", "ratio", "budget", "met")]
    for figure in figures:
        met = "" if not figure.budget else "yes" if figure.met else "NO"
        values = (_spread(figure.ours), _spread(figure.floor), f"{figure.ratio:.2f}")
        rows.append((f"{figure.name}, {figure.unit}", *values, figure.budget, met))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    digits = 1 if max(values) >= 10 else 2
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"
