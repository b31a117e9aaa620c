"""The settings that exist, with their defaults, in one table. Values are texts; nothing secret is ever among them."""

from __future__ import annotations

from fossatray.core.errors import InvalidInput

DEFAULTS: dict[str, str] = {
    "notifications": "on",  # "on" or "off"
    "log_level": "normal",  # "normal" or "detailed"
    "browser_path": "",  # the person's choice; empty: the first that starts
    "browser_last": "",  # the one that worked last
    "window_geometry": "",  # where the window was and how large (see ui.window_place); empty: never closed yet
}

_ALLOWED: dict[str, tuple[str, ...]] = {"notifications": ("on", "off"), "log_level": ("normal", "detailed")}


def with_defaults(kept: dict[str, str]) -> dict[str, str]:
    """Return every declared setting: the value kept, else its default."""
    return {name: kept.get(name, default) for name, default in DEFAULTS.items()}


def check_name(name: str) -> None:
    """Raise InvalidInput for a setting that does not exist."""
    if name not in DEFAULTS:
        raise InvalidInput(f'There is no setting "{name}".')


def check(name: str, value: str) -> None:
    """Raise InvalidInput for a setting that does not exist or cannot have this value."""
    check_name(name)
    allowed = _ALLOWED.get(name)
    if allowed is not None and value not in allowed:
        raise InvalidInput(f'The setting "{name}" is one of: {", ".join(allowed)}.')
    if "\0" in value:
        raise InvalidInput(f'The setting "{name}" holds a character that cannot be kept.')
