"""What a reading is not believed without a person's word: that nearly all at once lost what they had before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import NoLongerShown
from fossatray.core.messages import LocationFailed, LocationRead
from fossatray.core.no_longer_shown import doubtful_sites, lost_dispenser_fields, lost_order_fields
from fossatray.core.orders import WorkOrder
from fossatray.core.text import one_line, visible
from fossatray.engine.transcript import Reading

_MOST_NAMES = 5
_LONGEST_NAME = 40

Kept = Mapping[str, Mapping[str, Dispenser]]
"""The dispensers kept, by the URL of their site and by their keys."""


def require_orders_whole(kept: Mapping[str, WorkOrder], reading: Reading) -> None:
    """Raise NoLongerShown, naming the fields, where nearly all open orders have lost one."""
    labels = reading.finished.unknown_labels
    _require_none(lost_order_fields(kept, reading.orders, labels), labels)


def believable(kept: Kept, reading: Reading) -> Reading:
    """Return the reading with the sites as failed that are not believed to have no dispensers any more.

    Raises NoLongerShown, naming the fields, where nearly all dispensers of the others have lost one.
    """
    read = {site.location_url: site.dispensers for site in reading.locations}
    doubtful = frozenset(doubtful_sites(kept, read))
    new_labels = _labels(reading.locations, kept)
    _require_none(lost_dispenser_fields(kept, read), new_labels)
    if not doubtful:
        return reading
    doubted = [site for site in reading.locations if site.location_url in doubtful]
    error = _none_any_more(doubted, kept).info()
    failed = (LocationFailed(site.location_url, error) for site in doubted)
    rest = tuple(site for site in reading.locations if site.location_url not in doubtful)
    return replace(reading, locations=rest, failures=(*failed, *reading.failures))


def is_doubted(reading: Reading) -> bool:
    """Tell whether no site is left that is believed."""
    return not reading.locations and any(failed.error.kind == NoLongerShown.kind for failed in reading.failures)


def named(names: Iterable[str]) -> str:
    """Return names that the portal gives, in quotation marks: each once, the first few, cut where they are long."""
    cut = dict.fromkeys(visible(one_line(name.replace(";", ","), _LONGEST_NAME)) for name in names if name)
    shown = ", ".join(f'"{name}"' for name in list(cut)[:_MOST_NAMES])
    return f"{shown} …" if len(cut) > _MOST_NAMES else shown


def _require_none(lost: Sequence[str], labels: Sequence[str]) -> None:
    if lost:
        unknown = f" Labels not known: {named(labels)}." if any(labels) else ""
        raise NoLongerShown(f"The portal no longer shows: {', '.join(lost)}.{unknown}")


def _labels(sites: Iterable[LocationRead], kept: Kept) -> list[str]:
    """Return the labels without a field of their own that no dispenser kept has, the most frequent first."""
    before = {label for site in kept.values() for one in site.values() for label, _ in one.other}
    seen = Counter(label for site in sites for one in site.dispensers for label, _ in one.other)
    return [label for label, _ in seen.most_common() if label not in before]


def _none_any_more(sites: list[LocationRead], kept: Kept) -> NoLongerShown:
    counts = [len(kept[site.location_url]) for site in sites if kept[site.location_url]]
    places = "1 site" if len(counts) == 1 else f"{len(counts)} sites"
    groups = named(group for site in sites for group in site.groups)
    instead = f" Only other equipment is shown: {groups}." if groups else ""
    return NoLongerShown(f"Of {sum(counts)} dispensers at {places} the portal shows none any more.{instead}")
