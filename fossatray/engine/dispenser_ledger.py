"""What the dispensers read at some sites change in the store: committed together with the run's outcome."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from fossatray.core.changes import Kind
from fossatray.core.dispenser_changes import SiteDiff, compare
from fossatray.core.dispensers import LocationWanted, wanted_locations
from fossatray.core.errors import (
    AskedTooOften,
    BrowserCrashed,
    CertificateInvalid,
    LedElsewhere,
    LocationGone,
    PortalMaintenance,
    PortalUnreachable,
    RunTimeout,
    SessionLost,
    error_from_info,
)
from fossatray.core.locations import LocationState, stale_locations
from fossatray.core.messages import LocationFailed, LocationRead
from fossatray.core.runs import Counts, Outcome, Run
from fossatray.engine.doubts import Kept, believable, is_doubted, named
from fossatray.engine.results import finish
from fossatray.engine.transcript import Reading, ScrapeFailed
from fossatray.store.defaults import codes
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.ledger")

_OF_THE_WHOLE_RUN = frozenset(
    error.kind
    for error in (
        AskedTooOften,
        BrowserCrashed,
        CertificateInvalid,
        LedElsewhere,
        PortalMaintenance,
        PortalUnreachable,
        RunTimeout,
        SessionLost,
    )
)
"""Kinds of error that say nothing of the site at which they came."""


def wanted_sites(store: Store, account_id: str) -> tuple[LocationWanted, ...]:
    """Return the sites of an account's open orders with a service that concerns dispensers."""
    return wanted_locations(store.orders.open(account_id).values(), codes(store.settings.get("dispenser_codes")))


def stale_sites(
    store: Store, account_id: str, wanted: Sequence[LocationWanted], now: datetime
) -> tuple[LocationWanted, ...]:
    """Return those of the sites that the portal gave no clear answer of for as many days as the setting says."""
    days = int(store.settings.get("dispenser_fresh_days"))
    return stale_locations(wanted, store.dispensers.locations(account_id), now, days)


def commit_dispensers(store: Store, run: Run, reading: Reading, now: datetime, *, believe: bool = False) -> Run:
    """Save dispensers, changes, the sites' states and the outcome in one transaction; return the ended run.

    `run` carries its attempts and phase times so far. A site that failed does not spoil the others; that one is no
    longer in the portal is an answer of the portal, and no failure. Nor does one fail the run if it is asked for by
    itself, since all the others were read lately. Raises ScrapeFailed with the first error where no site had an answer
    that is believed, and not as many others were read lately: then only the sites' states are saved. Raises
    NoLongerShown, and saves nothing, where the dispensers lack what was shown of them before. With `believe` every
    answer is believed.
    """
    kept = {
        site.location_url: store.dispensers.of_location(run.account_id, site.location_url) for site in reading.locations
    }
    if not believe:
        reading = believable(kept, reading)
    for failed in reading.failures:
        log.warning("a site could not be read: %s: %s", failed.error.kind, failed.error.message)
    with store.atomic():
        _save_failures(store, run.account_id, reading, now)
        answered = reading.locations or any(_is_gone(failed) for failed in reading.failures)
        if (answered or _is_about_few(store, run.account_id, reading, now)) and not is_doubted(reading):
            counts = _save_dispensers(store, run, reading, now)
            return finish(store, run, Outcome.SUCCEEDED, now, counts, reason=_reason(reading, kept), notify=True)
    raise ScrapeFailed(error_from_info(reading.failures[0].error))


def _save_failures(store: Store, account_id: str, reading: Reading, now: datetime) -> None:
    wanted = {one.url: one for one in reading.wanted}
    for failed in reading.failures:
        state = LocationState.GONE if _is_gone(failed) else LocationState.FAILED
        store.dispensers.save_failure(account_id, wanted[failed.location_url], state, failed.error, now)


def _is_about_few(store: Store, account_id: str, reading: Reading, now: datetime) -> bool:
    """Tell whether the failures are about their sites: each is, and at least as many others were read lately."""
    if any(failed.error.kind in _OF_THE_WHOLE_RUN for failed in reading.failures):
        return False
    wanted = wanted_sites(store, account_id)
    return len(wanted) - len(stale_sites(store, account_id, wanted, now)) >= len(reading.failures)


def _save_dispensers(store: Store, run: Run, reading: Reading, now: datetime) -> Counts:
    """Save what was read, site by site; return the counts of them all.

    The first read of a site makes no change noise: all that is there is counted as new.
    """
    account_id, wanted = run.account_id, {one.url: one for one in reading.wanted}
    known = store.dispensers.locations(account_id)
    counts = Counts()
    for read in reading.locations:
        before = known.get(read.location_url)
        first = before is None or before.read_at is None
        kept = store.dispensers.of_location(account_id, read.location_url)
        diff = compare(read.location_url, kept, read.dispensers, first=first)
        store.dispensers.save_read(run.id, account_id, wanted[read.location_url], read.dispensers, diff, now)
        counts = _added(counts, _counts(read, diff, first=first))
    return counts


def _counts(read: LocationRead, diff: SiteDiff, *, first: bool) -> Counts:
    kinds = [change.kind for change in diff.changes]
    new = len(read.dispensers) if first else kinds.count(Kind.DISPENSER_ADDED)
    gone = len(diff.gone) if first else kinds.count(Kind.DISPENSER_REMOVED)
    return Counts(len(read.dispensers), new, kinds.count(Kind.DISPENSER_CHANGED), gone)


def _added(one: Counts, other: Counts) -> Counts:
    return Counts(
        one.found + other.found, one.new + other.new, one.changed + other.changed, one.archived + other.archived
    )


def _is_gone(failed: LocationFailed) -> bool:
    return failed.error.kind == LocationGone.kind


def _reason(reading: Reading, kept: Kept) -> str | None:
    """Return what the history says of sites that brought nothing, or nothing any more."""
    gone = sum(_is_gone(failed) for failed in reading.failures)
    unread, all_of_them = len(reading.failures) - gone, len(reading.wanted)
    parts = []
    if unread:
        parts.append(f"{unread} of {all_of_them} locations could not be read")
    if gone:
        parts.append(f"{gone} of {all_of_them} locations no longer in the portal")
    emptied = [site for site in reading.locations if kept[site.location_url] and not site.dispensers]
    if emptied:
        groups = named(group for site in emptied for group in site.groups)
        parts.append(f"{len(emptied)} of {all_of_them} locations without dispensers now" + f": {groups}" * bool(groups))
    return "; ".join(parts) or None
