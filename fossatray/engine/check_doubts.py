"""What a check of the portal profile read, beside what is kept: a key is missing whose loss no sync would believe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fossatray.core.no_longer_shown import lost_at_a_site, lost_on_a_page
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.text import one_line, shape
from fossatray.engine.transcript import Reading
from fossatray.store.store import Store

KEYS: dict[str, tuple[str, ...]] = {
    "links to the sites": ("row.site_lines",),
    "streets": ("row.address_lines",),
    "cities": ("row.address_lines",),
    "counties": ("row.address_lines",),
    "service descriptions": ("row.service_text",),
    "service codes": ("row.service_code",),
    "service groups": ("row.service_group",),
    "service quantities": ("row.service_quantity",),
    "dates of creation": ("row.creator",),
    "creators": ("row.creator",),
    "reasons": ("row.reason_label",),
    "projects": ("row.project_label",),
    "PO numbers": ("row.po_label",),
    "customers": ("row.site_lines",),
    "store numbers": ("row.site_lines",),
    "site names": ("row.site_lines",),
    "instructions": ("row.instructions",),
    "visit dates": ("visit.date",),
    "visit times": ("visit.time",),
    "due dates": ("visit.due",),
    "counts of visits": ("row.counter",),
    "statuses": ("row.status",),
    "categories": ("row.categories",),
    "contacts": ("row.contact_lines",),
    "billing lines": ("row.billing_lines",),
    "dispenser numbers": ("equipment.title",),
    "grades": ("equipment.title", "equipment.labels"),
    "makes": ("equipment.title", "equipment.labels"),
    "models": ("equipment.labels",),
    "serial numbers": ("equipment.serial", "equipment.labels"),
    "stand-alone codes": ("equipment.labels",),
    "nozzles per side": ("equipment.labels",),
    "meter types": ("equipment.labels",),
    "NTEP / COC numbers": ("equipment.labels",),
}
"""The keys that a field (see core.no_longer_shown) comes from. Where all of them are found, the last is to blame."""
_LABELLED = frozenset({"reasons", "projects", "PO numbers"})
_MOST_LABELS = 5


def steps_beside_kept(store: Store, account_id: str, reading: Reading) -> list[PortalStep]:
    """Return the check's steps, those as missing that are about what the orders, or dispensers, kept have."""
    labels = reading.finished.unknown_labels
    lost = list(lost_on_a_page(store.orders.open(account_id), reading.orders, labels)) if reading.orders else []
    if reading.locations:
        urls = store.dispensers.locations(account_id)
        kept = {url: store.dispensers.of_location(account_id, url) for url in urls}
        for site in reading.locations:
            lost += lost_at_a_site(kept, site.location_url, site.dispensers)
    steps = list(reading.steps)
    for key in dict.fromkeys(_to_blame(name, steps) for name in lost):
        names = [name for name in lost if _to_blame(name, reading.steps) == key]
        _doubt(steps, key, names, labels)
    return steps


def _to_blame(name: str, steps: Sequence[PortalStep]) -> str:
    """Return the first of a field's keys that was not found, else the last."""
    keys = KEYS[name]
    found = {step.key for step in steps if step.verdict is Verdict.FOUND}
    return next((key for key in keys if key not in found), keys[-1])


def _doubt(steps: list[PortalStep], key: str, names: Sequence[str], labels: Iterable[str]) -> None:
    """Make the step about a key one of a missing key, or add one where it was found; not where it could not be."""
    there = [place for place, step in enumerate(steps) if step.key == key]
    verdicts = {steps[place].verdict for place in there}
    if not there or verdicts & {Verdict.MISSING, Verdict.UNCHECKED}:
        return
    told = f"It was there before and is nowhere now: a sync stops at that ({', '.join(names)})."
    unknown = [one_line(shape(label), 40) for label in labels if label]
    if unknown and _LABELLED.intersection(names):
        told += f" Labels not known: {', '.join(unknown[:_MOST_LABELS])}."
    place, absent = there[-1], Verdict.ABSENT in verdicts
    doubted = replace(steps[place], verdict=Verdict.MISSING, matched=0, example=None, told=told)
    if absent:
        steps[place] = doubted
    else:
        steps.insert(place + 1, replace(doubted, what=", ".join(names), of=None))
