"""The profile's regular expressions: what each must take out of a text, and which of them a page's script must read.

What they take out are their groups, in this order; a pattern may have more of them.
"""

from __future__ import annotations

import re

_GROUPS = {
    "work_list.total_pattern": ("the total",),
    "row.number_pattern": ("the order's number",),
    "row.id_class_pattern": ("the order's number",),
    "row.path_pattern": ("the order's number",),
    "row.creator_pattern": ("who made the order", "when"),
    "visit.path_pattern": ("the order's number", "the visit's"),
    "equipment.count_pattern": ("the count",),
}
_IN_PAGES = ("work_list.total_pattern", "equipment.count_pattern")
"""These are used by scripts/settle.js and scripts/equipment.js, not by ours."""
_TOKEN = re.compile(
    r"""(?P<ours>\\[AZ]|\(\?(?:[P\#>(]|[a-zA-Z-]+[:)])|(?:[*+?]|\{\d*,?\d*\})\+|\{,\d+\})
    | \\. | \[\^?\]?(?:\\.|[^]\\])*\] | .""",
    re.DOTALL | re.VERBOSE,
)
"""A part of a pattern; `ours` is one that Python knows and a page's script does not, or takes for something else."""


def pattern_wanted(key: str, pattern: str) -> str | None:
    """Return what the pattern of a key must be and is not, as it is told; None where it is as it must be."""
    try:
        groups = re.compile(pattern).groups
    except (re.error, OverflowError, RecursionError):
        return "a regular expression"
    parts = _GROUPS[key]
    if groups < len(parts):
        return "a regular expression that has " + ", and ".join(parts) + ", in parentheses"
    ours = next((one["ours"] for one in _TOKEN.finditer(pattern) if one["ours"]), None)
    if key in _IN_PAGES and ours is not None:
        return f"a regular expression that a web page can read: {ours} is none of its signs"
    return None
