"""Where notices are on the desktop's screen, kept over the ends of the program, so that the next life replaces them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fossatray.core.notices import TARGETS

_MOST = 100
_IDS = range(1, 2**32)


@dataclass(frozen=True, slots=True)
class Place:
    """A notice on the screen: the daemon's number for it, and what a click on it opens."""

    id: int
    target: str


@dataclass(frozen=True, slots=True)
class Places:
    """The notices by their slot (see core.notices), and whose numbers these are: `daemon` names bus and daemon.

    Another daemon, and one of another session, knows nothing of them.
    """

    daemon: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return it as the text to keep."""
        places = {slot: [place.id, place.target] for slot, place in self.places.items()}
        return json.dumps({"daemon": self.daemon, "places": places})


def places_from(text: str) -> Places:
    """Return the places of a text that was kept; none of one that we did not write."""
    try:
        data = json.loads(text)
        places = {str(slot): _place(*value) for slot, value in list(data["places"].items())[-_MOST:]}
        return Places(str(data["daemon"]), places)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Places()


def _place(number: Any, target: Any) -> Place:
    if type(number) is not int or number not in _IDS or target not in TARGETS:
        raise ValueError("not the place of a notice")
    return Place(number, target)
