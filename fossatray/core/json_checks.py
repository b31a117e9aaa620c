"""Checks for JSON that comes from the store or another process; each raises ValueError for what is not expected."""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import Any

Json = dict[str, Any]

_SHORT = 100
"""The longest text, in characters, that is kept once: longer ones are rarely the same."""


def only_keys(data: Json, cls: type) -> None:
    """See that the keys are exactly the fields of a dataclass."""
    names = {field.name for field in fields(cls)}
    if set(data) != names:
        raise ValueError(f"{cls.__name__}: keys {sorted(set(data) ^ names)} missing or unknown")


def as_object(value: object) -> Json:
    """Return the value, which must be an object."""
    if not isinstance(value, dict):
        raise ValueError("an object was expected")
    return value


def list_at(data: Json, key: str) -> list[Any]:
    """Return the list at a key."""
    value = data[key]
    if not isinstance(value, list):
        raise ValueError(f"{key} is not a list")
    return value


def text_at(data: Json, key: str) -> str | None:
    """Return the text at a key, or None."""
    value = data[key]
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a text")
    return _once(value)


def texts_at(data: Json, key: str) -> tuple[str, ...]:
    """Return the list of texts at a key."""
    value = list_at(data, key)
    if not all(isinstance(item, str) for item in value):
        raise ValueError(f"{key} is not a list of texts")
    return tuple(map(_once, value))


def _once(text: str) -> str:
    """Keep a short text once, however often it comes: most texts of work orders are those of many."""
    return sys.intern(text) if len(text) <= _SHORT else text


def count_at(data: Json, key: str) -> int | None:
    """Return the count (0 and up) at a key, or None."""
    value = data[key]
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise ValueError(f"{key} is not a count")
    return value
