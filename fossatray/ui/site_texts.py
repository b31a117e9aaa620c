"""Small texts about sites and their dispensers, for tables and panes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from fossatray.core.dispensers import Dispenser, StoredDispenser
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.words import Words
from fossatray.ui.texts import cell, error_text

translate = QCoreApplication.translate


def state_cell(site: StoredLocation | None, read_at: datetime | None, words: Words, now: datetime) -> str:
    """Return when a site was read, or with a sign before it that it could not be the last time."""
    if site is not None and site.state is LocationState.GONE:
        return translate("Sites", "⚠ No longer in the portal")
    if site is not None and site.state is LocationState.FAILED:
        return translate("Sites", "⚠ Could not be read")
    return words.when(read_at, now) if read_at is not None else ""


def state_text(site: StoredLocation | None, words: Words, now: datetime) -> str:
    """Return what became of asking for a site's dispensers where that was in vain, with its reason; else nothing."""
    if site is None or site.state is LocationState.READ:
        return ""
    when = words.when(site.asked_at, now, inside=True)
    if site.state is LocationState.GONE:
        text = translate("Sites", "⚠ This site is no longer in the portal (asked {when}).")
        return text.format(when=when)
    lines = [translate("Sites", "⚠ This site could not be read {when}.").format(when=when), error_text(site.error)]
    return "\n".join(line for line in lines if line)


def read_text(site: StoredLocation | None, read_at: datetime | None, words: Words, now: datetime) -> str:
    """Return when the dispensers were read last; nothing where they never were."""
    moment = read_at or (site.read_at if site is not None else None)
    return words.when(moment, now) if moment is not None else ""


def site_name(store_number: str | None, name: str | None) -> str:
    """Return what a site is called: its store number and its name, as far as they are there."""
    return " ".join(part for part in (store_number, name) if part)


def dispenser_line(one: Dispenser) -> str:
    """Return a dispenser on one line: "1/2 · Regular, Diesel · Gilbarco NN1 · EN01234567"."""
    maker = " ".join(part for part in (one.make, one.model) if part)
    return cell(" · ".join(part for part in (one.numbers, ", ".join(one.grades), maker, one.serial) if part))


def site_lines(found: Sequence[StoredDispenser], site: StoredLocation | None, words: Words, now: datetime) -> str:
    """Return the dispensers of a site, one a line, with when they were read or why not; nothing if nobody asked."""
    lines = [dispenser_line(stored.dispenser) for stored in found]
    if site is not None and site.state is LocationState.READ:
        read = words.when(site.read_at or site.asked_at, now, inside=True)
        what = translate("Sites", "Read {when}") if found else translate("Sites", "None there, read {when}")
        lines.append(what.format(when=read))
    return "\n".join((*lines, *filter(None, (state_text(site, words, now),))))
