"""Checks of the plain values in a message from another process; each raises ValueError for what is not expected."""

from __future__ import annotations

from typing import Any

TEXT_LIMIT = 2000


def text(value: object, limit: int = TEXT_LIMIT) -> str:
    """Return a text of at most `limit` characters."""
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError("a short text was expected")
    return value


def maybe(value: object) -> str | None:
    """Return a short text, or None."""
    return None if value is None else text(value)


def number(value: object, most: int = 10**9) -> int:
    """Return a count from 0 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError("a count was expected")
    return value


def share(value: object) -> float:
    """Return a number from 0 up, as a float."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise ValueError("a number was expected")
    return float(value)


def pairs(value: object) -> list[list[Any]]:
    """Return a list of lists of two."""
    if not isinstance(value, list) or not all(isinstance(item, list) and len(item) == 2 for item in value):
        raise ValueError("pairs were expected")
    return value
