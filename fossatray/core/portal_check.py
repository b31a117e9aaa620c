"""What a check of the portal profile tells: step by step, what was looked for, how often it was there, an example.

The examples are masked where they are read (`core.text.shape`): no personal data are in a step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from fossatray.core.wire_checks import maybe, number, text

STEP_LIMIT = 500
"""How many steps a check has at most."""


class Verdict(StrEnum):
    """What a step comes to."""

    FOUND = "found"
    MISSING = "missing"
    """It must be there, and is not as the profile says: the portal's layout has changed, or the profile is wrong."""
    ABSENT = "absent"
    """It is not there, which may be right: not every list has it."""
    UNCHECKED = "unchecked"
    """It could not be looked at, since something before it is missing or the portal has none to look at."""


@dataclass(frozen=True, slots=True)
class PortalStep:
    """One key of the profile, beside the portal.

    `part` is what it belongs to ("Sign-in"), `key` the profile's key ("row.number"), `what` its meaning in plain words,
    `looked_for` what the profile says. It was there in `matched` of `of` places (None: the page as a whole, where
    `matched` counts). `example` is a masked value, `told` a sentence of what is wrong or why it was not looked at.
    """

    part: str
    key: str
    what: str
    looked_for: str
    verdict: Verdict
    matched: int = 0
    of: int | None = None
    example: str | None = None
    told: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the public JSON form."""
        return asdict(self)


def portal_step(data: dict[str, Any]) -> PortalStep:
    """Rebuild from the JSON form, not trusted. Raises ValueError or KeyError for anything else."""
    of = data["of"]
    return PortalStep(
        text(data["part"], 100),
        text(data["key"], 100),
        text(data["what"], 200),
        text(data["looked_for"]),
        Verdict(data["verdict"]),
        number(data["matched"]),
        None if of is None else number(of),
        maybe(data["example"]),
        maybe(data["told"]),
    )


def missing_keys(steps: Iterable[PortalStep]) -> tuple[str, ...]:
    """Return the keys that must be mended, each once, in the order of the steps."""
    return tuple(dict.fromkeys(step.key for step in steps if step.verdict is Verdict.MISSING))
