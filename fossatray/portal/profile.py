"""The portal profile: what FossaTray knows of the site, read from a TOML file and checked key by key.

It holds paths, selectors, texts, waits (seconds) and limits; never an origin, which belongs to the account.
"""

from __future__ import annotations

import re
import stat
import tomllib
import typing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import InvalidInput
from fossatray.core.messages import ORDER_LIMIT
from fossatray.portal.patterns import pattern_wanted

ADVICE = "Mend it in this file, or delete the file to use the profile that comes with FossaTray."
BUILT_IN = Path(__file__).with_name("profiles") / "workfossa.toml"
LABELLED_FIELDS = frozenset(field.name for field in fields(Dispenser)) - {"numbers", "other"}
_LONGEST_WAIT = 120.0
_NEWER = (
    *(("row", "contact_lines"), ("row", "billing_lines"), ("row", "completed"), ("waits", "late"), ("waits", "menu")),
    *(("equipment", "longest_wait"), ("equipment", "pause")),
)
"""Keys that came after the first profiles: a copy that lacks one of them gets its value from the built-in profile."""
_MOST = {"limits.orders": ORDER_LIMIT}
_MAY_BE_EMPTY = frozenset(
    {
        *("sign_in.locked_texts", "work_list.empty_texts"),
        *("equipment.gone_texts", "equipment.denied_texts", "equipment.trouble_texts"),
    }
)
"""Lists that may be empty: of texts that are not known yet."""
_LARGEST_FILE = 1_000_000
_PATH = r"/(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*/?)?"
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
    user: str
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
    page_sizes: tuple[int, ...]
    modal: str
    modal_buttons: str
    modal_dismiss: str
    empty_texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompletedListSigns:
    """What is asked for to get the list of completed orders, and the badge that proves it; else it is the work list."""

    query: tuple[tuple[str, str], ...]
    badge_text: str


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
    contact_lines: str
    billing_lines: str
    service_groups: str
    service_group: str
    service_lines: str
    service_quantity: str
    service_text: str
    service_code: str
    counter: str
    completed: str
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
class EquipmentSigns:
    """A site's page: its Equipment tab, the group of dispensers there, their cards, and how long to wait for it.

    `labels` are pairs of a label and the name of the dispenser's field that it stands for; `again`, `believed`,
    `tab_wait`, `retry_after`, `longest_wait` and `pause` are seconds.
    """

    tabs: tuple[str, ...]
    tab_text: str
    group: str
    toggle: str
    toggle_shown: str
    toggle_hidden: str
    name: str
    name_text: str
    count_pattern: str
    cards: str
    title: str
    serial: str
    details: str
    detail_label: str
    fields: str
    field_label: str
    field_value: str
    labels: tuple[tuple[str, str], ...]
    content: str
    gone_texts: tuple[str, ...]
    denied_texts: tuple[str, ...]
    trouble_texts: tuple[str, ...]
    tab_wait: float
    again: float
    clicks: int
    believed: float
    asked_again: int
    retry_after: float
    longest_wait: float
    pause: float
    give_up: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait for what, in seconds."""

    sign_in_form: float
    after_post: float
    sign_out: float
    quiet: float
    late: float
    menu: float
    unchanged: float
    empty: float
    completed: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at most."""

    reads: int
    rows_on_a_page: int
    orders: int
    completed_pages: int


@dataclass(frozen=True, slots=True)
class Profile:
    """All of it."""

    paths: Paths
    sign_in: SignInSigns
    work_list: WorkListSigns
    completed_list: CompletedListSigns
    row: RowSigns
    visit: VisitSigns
    equipment: EquipmentSigns
    waits: Waits
    limits: Limits


class _WrongKey(Exception):
    """A key is not as it must be; the text says how, without the file."""

    def __init__(self, key: str, told: str) -> None:
        super().__init__(f"The portal profile{told}.")
        self.key = key


def load_profile(path: Path | None = None) -> Profile:
    """Return the profile of a file, or the built-in one. What the file is too old to have is as in the built-in one.

    Raises InvalidInput that names the key that is wrong and, for a given file, that with the line.
    """
    file = path or BUILT_IN
    content = _content(file)
    try:
        text = content.decode("utf-8-sig")  # editors of Windows begin a file with a mark of its encoding
        data = tomllib.loads(text)
    except ValueError as error:  # not UTF-8, not TOML
        raise InvalidInput(f"The portal profile is not TOML: {error} ({file}).", advice=ADVICE) from error
    except RecursionError:
        raise InvalidInput(f"The portal profile has lists in lists without end ({file}).", advice=ADVICE) from None
    try:
        types = typing.get_type_hints(Profile)
        if path is not None:
            _add_newer(data)
        _same_keys("", data, set(types))
        profile = Profile(**{name: _section(name, data[name], section) for name, section in types.items()})
        _require_room(profile)
    except _WrongKey as wrong:
        line = _line_of(wrong.key, text)
        where = f"{file}, line {line}" if line else str(file)
        raise InvalidInput(f"{str(wrong).removesuffix('.')} ({where}).", advice=ADVICE) from None
    return profile


def _content(file: Path) -> bytes:
    """Return what a file holds. Raises InvalidInput for one that cannot be read, is too large, or is none at all."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe would be waited for without end
            raise InvalidInput(f"The portal profile is not a file ({file}).", advice=ADVICE)
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidInput(f"The portal profile cannot be read: {error.strerror} ({file}).", advice=ADVICE) from error
    if len(content) > _LARGEST_FILE:
        raise InvalidInput(f"The portal profile has more than {_LARGEST_FILE:,} bytes ({file}).", advice=ADVICE)
    return content


def _require_room(profile: Profile) -> None:
    """Raise _WrongKey where a full page has more rows than are read of one."""
    largest = max(profile.work_list.page_sizes)
    if profile.limits.rows_on_a_page < largest:
        key = "limits.rows_on_a_page"
        raise _wrong(key, f"at least {largest:,}, the largest of work_list.page_sizes")


def _add_newer(data: dict[str, Any]) -> None:
    built_in = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
    for section, name in _NEWER:
        if isinstance(data.get(section), dict):
            data[section].setdefault(name, built_in[section][name])


def _line_of(key: str, text: str) -> int | None:
    """Return the line of a key such as "row.number", or of its section where the key itself is not there."""
    section, _, name = key.partition(".")
    found, inside = None, False
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*\[\s*(\w+)\s*\]", line)
        if head is not None:
            inside = head[1] == section
            found = number if inside and found is None else found
        elif inside and name and re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return found


def _section(name: str, table: object, section: type[_T]) -> _T:
    if not isinstance(table, dict):
        raise _wrong(name, "a table")
    types = typing.get_type_hints(section)
    _same_keys(f"{name}.", table, set(types))
    return section(**{f.name: _value(f"{name}.{f.name}", table[f.name], types[f.name]) for f in fields(section)})  # type: ignore[arg-type]


def _same_keys(prefix: str, table: dict[str, Any], names: set[str]) -> None:
    for key in sorted(names - set(table)):
        raise _WrongKey(prefix + key, f" lacks the key {prefix}{key}")
    for key in sorted(set(table) - names):
        raise _WrongKey(prefix + key, f" has an unknown key {prefix}{key}")


def _value(key: str, value: object, kind: object) -> object:
    if kind is str:
        return _text(key, value)
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_WAIT:
            raise _wrong(key, f"a number of seconds above 0 and at most {_LONGEST_WAIT:.0f}")
        return float(value)
    if kind is int:
        return _number(key, value)
    if not isinstance(value, list):
        raise _wrong(key, "a list")
    if not value and key not in _MAY_BE_EMPTY:
        raise _wrong(key, "a list with something in it")
    if kind == tuple[int, ...]:
        return tuple(_number(key, item, "a list of whole numbers above 0") for item in value)
    if kind == tuple[str, ...]:
        return tuple(_text(key, item) for item in value)
    if not all(isinstance(item, list) and len(item) == 2 for item in value):
        raise _wrong(key, "a list of pairs")
    pairs = tuple((_text(key, item[0]), _text(key, item[1])) for item in value)
    if key == "equipment.labels" and not {field for _, field in pairs} <= LABELLED_FIELDS:
        raise _wrong(key, "a list of labels with one of: " + ", ".join(sorted(LABELLED_FIELDS)))
    return pairs


def _number(key: str, value: object, wanted: str = "a whole number above 0") -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _wrong(key, wanted)
    if key in _MOST and value > _MOST[key]:
        raise _wrong(key, f"{wanted} and at most {_MOST[key]:,}")
    return value


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(key, "a text")
    if "://" in value:
        raise _wrong(key, "a text without an origin")
    if key.startswith("paths.") and not re.fullmatch(_PATH, value):
        raise _wrong(key, "a path that begins with one slash")
    if key.endswith("_pattern") and (wanted := pattern_wanted(key, value)) is not None:
        raise _wrong(key, wanted)
    return value


def _wrong(key: str, wanted: str) -> _WrongKey:
    return _WrongKey(key, f"'s key {key} is not {wanted}")
