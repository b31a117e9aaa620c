"""Checks of the plain values in a message from another process; each raises ValueError for what is not expected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

TEXT_LIMIT = 2000
NAMES_LIMIT = 20
NAME_LENGTH = 60


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


def numbers(value: object, most: int) -> tuple[str, ...]:
    """Return at most so many order numbers, each once."""
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("order numbers were expected")
    told = tuple(text(item) for item in value)
    if len(set(told)) != len(told) or not all(number.isascii() and number.isdigit() for number in told):
        raise ValueError("order numbers were expected")
    return told


def names(value: object) -> tuple[str, ...]:
    """Return a few short names that the portal gives to things."""
    if not isinstance(value, list) or len(value) > NAMES_LIMIT:
        raise ValueError("names were expected")
    told = tuple(text(item) for item in value)
    if any(len(name) > NAME_LENGTH for name in told):
        raise ValueError("names were expected")
    return told


def as_names(seen: Iterable[str]) -> tuple[str, ...]:
    """Return names as `names` takes them: each once, only so many, cut to their length."""
    return tuple(dict.fromkeys(name[:NAME_LENGTH] for name in seen))[:NAMES_LIMIT]
