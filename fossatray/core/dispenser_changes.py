"""What is different between the dispensers kept of one site and those just read there, all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fossatray.core.changes import Change, FieldChange, Kind
from fossatray.core.dispensers import Dispenser, dispenser_keys


@dataclass(frozen=True, slots=True)
class SiteDiff:
    """The outcome of a comparison. `changes` is what to tell, `gone` the keys (core.dispensers) to archive."""

    changes: tuple[Change, ...]
    gone: tuple[str, ...]


def compare(location_url: str, kept: Mapping[str, Dispenser], read: Sequence[Dispenser], *, first: bool) -> SiteDiff:
    """Compare the dispensers kept of a site, by their keys, with all that its page shows now.

    The first read of a site makes no change noise.
    """
    now = dict(zip(dispenser_keys(read), read, strict=True))
    gone = tuple(key for key in kept if key not in now)
    if first:
        return SiteDiff((), gone)
    changes: list[Change] = []
    for key, dispenser in now.items():
        before = kept.get(key)
        fields = () if before is None else field_changes(before, dispenser)
        if before is None:
            changes.append(_change(location_url, Kind.DISPENSER_ADDED, key, dispenser))
        elif fields:
            changes.append(_change(location_url, Kind.DISPENSER_CHANGED, key, dispenser, fields))
    changes += [_change(location_url, Kind.DISPENSER_REMOVED, key, kept[key]) for key in gone]
    return SiteDiff(tuple(changes), gone)


def field_changes(old: Dispenser, new: Dispenser) -> tuple[FieldChange, ...]:
    """Return the fields that differ, by their JSON names; those of unknown labels are dotted ("other.Island")."""
    before, after = _flat(old), _flat(new)
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    )


def _flat(dispenser: Dispenser) -> dict[str, Any]:
    data = dispenser.to_json()
    data.update({f"other.{label}": value for label, value in data.pop("other").items()})
    return data


def _change(
    location_url: str, kind: Kind, key: str, dispenser: Dispenser, fields: tuple[FieldChange, ...] = ()
) -> Change:
    numbers = dispenser.numbers or dispenser.serial or key
    return Change("", kind, fields, location_url=location_url, numbers=numbers)
