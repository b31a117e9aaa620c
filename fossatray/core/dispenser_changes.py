"""What is different between the dispensers kept of one site and those just read there, all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fossatray.core.changes import Change, FieldChange, Kind
from fossatray.core.dispensers import Dispenser, dispenser_keys, place_key


@dataclass(frozen=True, slots=True)
class SiteDiff:
    """The outcome of a comparison. `changes` is what to tell, `gone` the keys (core.dispensers) to archive.

    The old key of a dispenser that has another one now is among `gone`, and no change tells that it was removed.
    """

    changes: tuple[Change, ...]
    gone: tuple[str, ...]


def compare(location_url: str, kept: Mapping[str, Dispenser], read: Sequence[Dispenser], *, first: bool) -> SiteDiff:
    """Compare the dispensers kept of a site with all that its page shows now.

    One is the same if it has the same key and serial number, else the same serial number, which no other one has, else
    the same key, or the same place if that was all there was. The first read of a site makes no change noise.
    """
    now = dict(zip(dispenser_keys(read), read, strict=True))
    gone = tuple(key for key in kept if key not in now)
    if first:
        return SiteDiff((), gone)
    pairs = _pairs(kept, now)
    changes: list[Change] = []
    for key, dispenser in now.items():
        before = kept[pairs[key]] if key in pairs else None
        fields = () if before is None else field_changes(before, dispenser)
        if before is None:
            changes.append(_change(location_url, Kind.DISPENSER_ADDED, key, dispenser))
        elif fields:
            changes.append(_change(location_url, Kind.DISPENSER_CHANGED, key, dispenser, fields))
    left = (key for key in kept if key not in pairs.values())
    changes += [_change(location_url, Kind.DISPENSER_REMOVED, key, kept[key]) for key in left]
    return SiteDiff(tuple(changes), gone)


def _pairs(kept: Mapping[str, Dispenser], now: Mapping[str, Dispenser]) -> dict[str, str]:
    """Return which dispenser of now, by its key, is which of those kept, by its key."""
    pairs = {key: key for key in now if key in kept and now[key].serial == kept[key].serial}
    old = {key: one for key, one in kept.items() if key not in pairs}
    new = {key: one for key, one in now.items() if key not in pairs}
    by_serial = _by_own_serial(old)
    pairs |= {key: by_serial[serial] for serial, key in _by_own_serial(new).items() if serial in by_serial}
    taken = set(pairs.values())
    pairs |= {key: key for key in new if key in old and key not in pairs and key not in taken}
    # what had neither numbers nor a serial number, and is told by its place, may have got a serial number since
    by_place = {key: place_key(place) for place, key in enumerate(now, start=1)}
    return pairs | {
        key: by_place[key] for key in new if key not in pairs and not now[key].numbers and by_place[key] in old
    }


def _by_own_serial(dispensers: Mapping[str, Dispenser]) -> dict[str, str]:
    """Return the keys of dispensers by their serial numbers, of those that no other one of them has."""
    times = Counter(one.serial for one in dispensers.values())
    return {one.serial: key for key, one in dispensers.items() if one.serial and times[one.serial] == 1}


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
