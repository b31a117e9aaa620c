"""The portal profile: what FossaTray knows of the site, read from a TOML file and checked key by key.

It holds paths, selectors, texts, waits (seconds) and limits; never an origin, which belongs to the account.
"""

from __future__ import annotations

import re
import tomllib
import typing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from fossatray.core.errors import InvalidInput

BUILT_IN = Path(__file__).with_name("profiles") / "workfossa.toml"
_LONGEST_WAIT = 120.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths on the account's origin."""

    sign_in: str
    signed_in: str
    work_list: str
    location: str


@dataclass(frozen=True, slots=True)
class SignInSigns:
    """The sign-in form, and the signs of being signed in, refused or locked out."""

    form: str
    username: str
    password: str
    submit: str
    signed_in: str
    errors: str
    locked_texts: tuple[str, ...]
    sign_out: str
    sign_out_text: str


@dataclass(frozen=True, slots=True)
class WorkListSigns:
    """The work list's page around its rows."""

    query: tuple[tuple[str, str], ...]
    badge: str
    badge_text: str
    box: str
    header: str
    header_texts: tuple[str, ...]
    row: str
    loader: str
    pages: str
    total: str
    total_pattern: str
    page_links: str
    current_page: str
    next_page: str
    previous_page: str
    disabled: str
    view: str
    view_list: str
    view_active: str
    size_field: str
    size_control: str
    size_shown: str
    size_option: str
    size_text: str
    modal: str
    modal_buttons: str
    modal_dismiss: str
    empty_texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowSigns:
    """Where the fields stand inside a row."""

    number: str
    number_pattern: str
    id_class_pattern: str
    path_pattern: str
    categories: str
    status: str
    labelled: str
    label: str
    reason_label: str
    project_label: str
    po_label: str
    creator: str
    creator_pattern: str
    site_lines: str
    address_lines: str
    service_groups: str
    service_group: str
    service_lines: str
    service_quantity: str
    service_text: str
    service_code: str
    counter: str
    visit: str
    instructions: str


@dataclass(frozen=True, slots=True)
class VisitSigns:
    """Where the fields stand inside the link to the next visit."""

    date: str
    time: str
    due: str
    due_label: str
    path_pattern: str


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait for what, in seconds."""

    sign_in_form: float
    after_post: float
    sign_out: float
    quiet: float
    unchanged: float
    empty: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at most."""

    reads: int
    rows_on_a_page: int
    orders: int


@dataclass(frozen=True, slots=True)
class Profile:
    """All of it."""

    paths: Paths
    sign_in: SignInSigns
    work_list: WorkListSigns
    row: RowSigns
    visit: VisitSigns
    waits: Waits
    limits: Limits


def load_profile(path: Path | None = None) -> Profile:
    """Return the profile of a file, or the built-in one. Raises InvalidInput that names the key that is wrong."""
    file = path or BUILT_IN
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"The portal profile cannot be read: {error.strerror}.") from error
    except ValueError as error:  # not UTF-8, not TOML
        raise InvalidInput(f"The portal profile is not TOML: {error}.") from error
    types = typing.get_type_hints(Profile)
    _same_keys("", data, set(types))
    return Profile(**{name: _section(name, data[name], section) for name, section in types.items()})


def _section(name: str, table: object, section: type[_T]) -> _T:
    if not isinstance(table, dict):
        raise _wrong(name, "a table")
    types = typing.get_type_hints(section)
    _same_keys(f"{name}.", table, set(types))
    return section(**{f.name: _value(f"{name}.{f.name}", table[f.name], types[f.name]) for f in fields(section)})  # type: ignore[arg-type]


def _same_keys(prefix: str, table: dict[str, Any], names: set[str]) -> None:
    for key in sorted(names - set(table)):
        raise InvalidInput(f"The portal profile lacks the key {prefix}{key}.")
    for key in sorted(set(table) - names):
        raise InvalidInput(f"The portal profile has an unknown key {prefix}{key}.")


def _value(key: str, value: object, kind: object) -> object:
    if kind is str:
        return _text(key, value)
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_WAIT:
            raise _wrong(key, f"a number of seconds above 0 and at most {_LONGEST_WAIT:.0f}")
        return float(value)
    if kind is int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise _wrong(key, "a whole number above 0")
        return value
    if not isinstance(value, list):
        raise _wrong(key, "a list")
    if kind == tuple[str, ...]:
        return tuple(_text(key, item) for item in value)
    if not all(isinstance(item, list) and len(item) == 2 for item in value):
        raise _wrong(key, "a list of pairs")
    return tuple((_text(key, item[0]), _text(key, item[1])) for item in value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(key, "a text")
    if "://" in value:
        raise _wrong(key, "a text without an origin")
    if key.startswith("paths.") and not re.fullmatch(r"/(?:[A-Za-z0-9._~-]+/?)*", value):
        raise _wrong(key, "a path that begins with one slash")
    if key.endswith("_pattern"):
        try:
            re.compile(value)
        except re.error:
            raise _wrong(key, "a regular expression") from None
    return value


def _wrong(key: str, wanted: str) -> InvalidInput:
    return InvalidInput(f"The portal profile's key {key} is not {wanted}.")
