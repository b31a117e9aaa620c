"""The settings that exist, with their defaults, in one table. Values are texts; nothing secret is ever among them."""

from __future__ import annotations

import re

from fossatray.core.dispensers import DISPENSER_CODES
from fossatray.core.errors import InvalidInput

DEFAULTS: dict[str, str] = {
    "notifications": "on",  # "on" or "off"
    "log_level": "normal",  # "normal" or "detailed"
    "keep_session": "on",  # "on" or "off": the sign-in of a sync serves the next one, too
    "evidence": "on",  # "on" or "off": a failed sync keeps the portal's page, masked
    "show_browser": "off",  # "on" or "off": the browser's window is seen, for developers
    "browser_path": "",  # the person's choice; empty: the first that starts
    "browser_last": "",  # the one that worked last
    "at_once": "3",  # so many runs at a time over all accounts
    "dispenser_codes": ", ".join(DISPENSER_CODES),  # the services for whose orders the dispensers are read
    "dispenser_fresh_days": "7",  # the dispensers of a site are read again after so many days; 0: at every sync
    "pages_at_once": "3",  # so many pages of one portal at a time: of sites; of a long list two at most
    "battery_below": "",  # on battery below so many percent scheduled runs are skipped; empty: never
    "metered": "run",  # on a metered network scheduled runs "run", or "skip"
    "notify_after": "1",  # a notice at the first failure, or after so many in a row
    "notice_places": "",  # where the desktop shows our notices (see system.notice_places)
    "run_minutes": "15",  # a sync that takes longer is ended
    "retries": "2",  # so often at most a sync that fails for now is tried again
    "silence_ahead": "",  # by account the last success that was found to lie in the future, and when, as JSON
    "silence_told": "",  # of which silence each account was told, as JSON
    "silent_hours": "24",  # a notice after so many hours without a successful sync; empty: none
    "retention_days": "180",  # runs and occurrences are kept one by one so long
    "window_geometry": "",  # where the window was and how large (see ui.window_place); empty: never closed yet
}

_ALLOWED: dict[str, tuple[str, ...]] = {
    "notifications": ("on", "off"),
    "log_level": ("normal", "detailed"),
    "keep_session": ("on", "off"),
    "evidence": ("on", "off"),
    "show_browser": ("on", "off"),
    "metered": ("run", "skip"),
}
_NUMBERS: dict[str, range] = {
    "at_once": range(1, 10),
    "battery_below": range(1, 101),
    "dispenser_fresh_days": range(366),
    "notify_after": range(1, 6),
    "pages_at_once": range(1, 7),
    "silent_hours": range(1, 24 * 365 + 1),
    "retries": range(3),
    "run_minutes": range(1, 121),
    "retention_days": range(90, 3651),
}
_CODES = re.compile(r"[A-Za-z0-9-]{1,20}(?:[ ,]+[A-Za-z0-9-]{1,20}){0,99}", re.ASCII)
_MAY_BE_EMPTY = frozenset({"battery_below", "silent_hours"})


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
    numbers = _NUMBERS.get(name)
    if numbers is not None and not (_is_number(value, numbers) or (not value and name in _MAY_BE_EMPTY)):
        raise InvalidInput(f'The setting "{name}" is a whole number from {numbers[0]} to {numbers[-1]}.')
    if name == "dispenser_codes" and not _CODES.fullmatch(value):
        raise InvalidInput('The setting "dispenser_codes" is a list of service codes, such as "2861, 3146".')
    if "\0" in value:
        raise InvalidInput(f'The setting "{name}" holds a character that cannot be kept.')


def _is_number(value: str, numbers: range) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 5 and int(value) in numbers


def codes(value: str) -> tuple[str, ...]:
    """Return the service codes of the setting `dispenser_codes`."""
    return tuple(value.replace(",", " ").split())
