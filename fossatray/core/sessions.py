"""A signed-in session of the portal, kept sealed between two runs: what the scrape process tells of it.

Only the scrape process can open what is sealed; everybody else hands it on as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fossatray.core.json_checks import Json

SEALED_LIMIT = 128 * 1024
"""Characters of a sealed session."""

_SEALED = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
_WHY = re.compile(r"[a-z ]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SessionSealed:
    """The session of a run that read all it was asked for: base64. Sent at most once, before Finished."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionDropped:
    """The kept session is of no use any more; `why` is for the log. Sent at most once, before any SessionSealed."""

    why: str


def sealed_from(data: Json) -> SessionSealed:
    """Read a sealed session that the scrape process sent. Raises ValueError, KeyError or TypeError."""
    text = data["text"]
    if len(text) > SEALED_LIMIT or not _SEALED.fullmatch(text):
        raise ValueError("a sealed session was expected")
    return SessionSealed(text)


def dropped_from(data: Json) -> SessionDropped:
    """Read why a session was dropped. Raises ValueError, KeyError or TypeError."""
    if not _WHY.fullmatch(data["why"]):
        raise ValueError("a reason was expected")
    return SessionDropped(data["why"])
