"""From the raw texts of a dispenser's card to a Dispenser: by label, pure, inventing nothing.

What a label is not known for is kept under that label. A card that is not as the profile describes it is unreadable
(:class:`CardUnreadable`, which names what is wrong, never its text).
"""

from __future__ import annotations

import re
from typing import Any

from fossatray.core.dispensers import Dispenser
from fossatray.core.text import storable
from fossatray.portal.profile import Profile

_DASH = re.compile(r"(?:(?<=\s)|^)-(?=\s|$)")
_NUMBERS = re.compile(r"\d|^[^\W_](?:\s*\W\s*[^\W_])*$")
_COUNT = re.compile(r"\d{1,4}", re.ASCII)
_TITLE = "Title"
"""The label under which a title is kept that says something else than the fields below it."""


class CardUnreadable(ValueError):
    """A part of a card is not as the profile describes it; `field` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class CardReader:
    """Turns raw cards into dispensers; `replaced` counts characters that could not be kept."""

    def __init__(self, profile: Profile) -> None:
        self._fields = {_folded(label): field for label, field in profile.equipment.labels}
        self.replaced = 0

    def read(self, raw: Any) -> Dispenser:
        """Return the dispenser of one raw card (see scripts/equipment.js). Raises CardUnreadable."""
        try:
            return self._read(raw)
        except CardUnreadable:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise CardUnreadable("card") from error

    def _read(self, raw: dict[str, Any]) -> Dispenser:
        if raw["title"] is None:
            raise CardUnreadable("title")
        known, other = self._labelled([*self._serial(raw["serial"]), *raw["details"], *raw["fields"]])
        title, nozzles = self._flat(raw["title"]) or "", known.pop("nozzles_per_side", None)
        told_grades, told_make = known.pop("grades", None), known.pop("make", None)
        numbers, grades, make = split_title(title, told_make, told_grades)
        untold = bool(title) and numbers is None and grades is None and make is None
        if untold or _differs(_listed(grades), _listed(told_grades)) or _differs(make, told_make):
            other[_unused(other, _TITLE)] = title
        return Dispenser(
            numbers=numbers,
            grades=_listed(told_grades or grades),
            make=told_make or make,
            nozzles_per_side=None if nozzles is None else int(nozzles),
            other=tuple(sorted(other.items())),
            **known,
        )

    def _serial(self, text: str | None) -> list[list[str | None]]:
        """The line "S/N: EN0000001" as a label and its value."""
        shown = self._flat(text)
        if shown is None:
            return []
        label, colon, value = shown.partition(":")
        if not colon:
            raise CardUnreadable("serial")
        return [[label, value]]

    def _labelled(self, pairs: list[list[str | None]]) -> tuple[dict[str, str], dict[str, str]]:
        """Sort labels and values into fields that are known and others.

        A known label with an empty value is absent; an unknown one is kept without a value.
        """
        known: dict[str, str] = {}
        other: dict[str, str] = {}
        for label, text in pairs:
            shown, value = self._flat(label), self._flat(text)
            if shown is None and value is None:
                continue
            if shown is None:
                raise CardUnreadable("label")
            field = self._fields.get(_folded(shown))
            if field is None or (value is not None and not (known.get(field, value) == value and _fits(field, value))):
                other[_unused(other, shown)] = value or ""
            elif value is not None:
                known[field] = value
        return known, other

    def _flat(self, text: str | None) -> str | None:
        """One line without white space around or doubled in it; nothing stays None."""
        if text is None:
            return None
        kept, count = storable(text)
        self.replaced += count
        return " ".join(kept.split()) or None


def split_title(
    title: str, make: str | None = None, grades: str | None = None
) -> tuple[str | None, str | None, str | None]:
    """Return the numbers, grades and make of "1/2 - Regular, Plus - Gilbarco"; what is not there is None.

    The first part are the numbers, unless it has neither a digit nor just single letters ("A/B"). What the card tells
    below decides about the rest: where it ends with the `make` (which may hold a dash itself), that is the make, and
    all before it are grades; where it is the `grades`, or where there is another make, all of it are. Else the last
    part is the make, unless it is all there is and has a comma. A single word that is none of these tells nothing.
    """
    first, *rest = (part.strip() for part in _DASH.split(title))
    if first and not _NUMBERS.search(first):
        first, rest = "", [first, *rest]
        if len(rest) == 1 and rest[0] != grades and rest[0].casefold() != (make or "").casefold():
            return None, None, None
    numbers, inner = first or None, " - ".join(part for part in rest if part)
    if not inner or inner == grades:
        return numbers, inner or None, None
    if make is not None:
        parts, end = f" - {inner}", f" - {make}"
        grades_of, make_of = parts[: -len(end)], parts[-len(end) :]
        if make_of.casefold() != end.casefold():
            return numbers, inner, None
        return numbers, grades_of[3:] or None, make_of[3:]
    *middle, last = rest
    before = " - ".join(part for part in middle if part)
    if not before and "," in last:
        return numbers, last, None
    return numbers, before or None, last or None


def _differs(title: object, told: object) -> bool:
    """Tell whether the title says something else than the fields below it; nothing is nothing else."""
    return bool(title) and bool(told) and title != told


def _listed(grades: str | None) -> tuple[str, ...]:
    return tuple(grade for part in (grades or "").split(",") if (grade := part.strip()))


def _fits(field: str, value: str) -> bool:
    return field != "nozzles_per_side" or _COUNT.fullmatch(value) is not None


def _folded(label: str) -> str:
    return " ".join(label.split()).rstrip(":").strip().casefold()


def _unused(other: dict[str, str], label: str) -> str:
    """The label, numbered where it was used before."""
    name, count = label, 1
    while name in other:
        count += 1
        name = f"{label} ({count})"
    return name
