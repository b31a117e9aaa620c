"""The words of a profile: what the portal's pages say, and the names that its selectors go by. No person is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict

from fossatray.portal.profile import Profile

_MORE_LABELS = frozenset({"toggle_shown", "toggle_hidden", "modal_dismiss"})
_IN_SELECTORS = re.compile(
    r"""[.#]((?:\\.|[\w-])+)|\[([\w-]+)|=\s*["']([^"']*)["']|=\s*([\w-]+)""", re.ASCII
)  # a class or an id, an attribute's name, its value


def labels(profile: Profile) -> frozenset[str]:
    """Return what the portal's pages say."""
    return frozenset(text for key, text in _texts(profile) if _is_label(key))


def selector_names(profile: Profile) -> frozenset[str]:
    """Return the classes, ids, attributes and their values that the profile's selectors name."""
    found = (match for key, text in _texts(profile) if not _is_label(key) for match in _IN_SELECTORS.finditer(text))
    names = (re.sub(r"\\(.)", r"\1", next(filter(None, match.groups()), "")) for match in found)
    return frozenset(filter(None, names))


def _texts(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield the texts of a profile, each with its key; of pairs the first, of patterns none."""
    for section in asdict(profile).values():
        for key, value in section.items():
            items = value if isinstance(value, tuple) else (value,)
            firsts = (item[0] if isinstance(item, tuple) else item for item in items)
            if not key.endswith("_pattern"):
                yield from ((key, item) for item in firsts if isinstance(item, str))


def _is_label(key: str) -> bool:
    """Tell whether a key of the profile holds what the portal's pages say, not where it stands."""
    return key.endswith(("_text", "_texts", "_label", "labels")) or key in _MORE_LABELS
