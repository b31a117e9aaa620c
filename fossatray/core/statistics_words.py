"""Statistics in words: one line each, the same in windows and on the command line."""

from __future__ import annotations

from datetime import datetime

from fossatray.core.runs import Counts
from fossatray.core.statistics import Statistics
from fossatray.core.words import Words


def statistics_lines(found: Statistics, words: Words, now: datetime) -> list[tuple[str, str]]:
    """Return what each line is about, and what it says: ("Runs", "12 (10 succeeded, …)")."""
    tr = words.tr
    rate = found.success_rate
    return [
        (tr("Runs"), _runs(found, words)),
        (tr("Success rate"), tr("none yet") if rate is None else tr("{percent} %").format(percent=f"{rate * 100:.1f}")),
        (
            tr("Did not run"),
            tr("{skipped} skipped, {missed} missed").format(
                skipped=words.number(found.skipped), missed=words.number(found.missed)
            ),
        ),
        (tr("Work orders"), _orders(found, words)),
        *([(tr("Dispensers"), _dispensers(found, words))] if found.dispensers != Counts() else []),
        (tr("Duration"), _duration(found, words)),
        (
            tr("Time spent"),
            tr("{portal} waiting for the portal, {own} our own").format(
                portal=span_words(found.portal_seconds, words), own=span_words(found.own_seconds, words)
            ),
        ),
        (tr("Longest gap"), _gap(found, words)),
        (tr("Last success"), words.when(found.last_success, now) if found.last_success else tr("none yet")),
    ]


def span_words(seconds: float, words: Words) -> str:
    """Return a span of time: "8.2 s", "3 min 20 s", "5 h 12 min", "2 d 3 h"."""
    whole = round(seconds)
    if seconds < 59.95:
        return words.tr("{seconds} s").format(seconds=f"{seconds:.1f}")
    if whole < 3600:
        return words.tr("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return words.tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    hours = round(seconds / 3600)
    return words.tr("{days} d {hours} h").format(days=hours // 24, hours=hours % 24)


def _runs(found: Statistics, words: Words) -> str:
    parts = [
        words.tr("{count} succeeded").format(count=words.number(found.succeeded)),
        words.tr("{count} failed").format(count=words.number(found.failed)),
        words.tr("{count} cancelled").format(count=words.number(found.cancelled)),
        words.tr("{count} interrupted").format(count=words.number(found.interrupted)),
    ]
    return f"{words.number(found.runs)} ({', '.join(parts)})" if found.runs else words.tr("none yet")


def _orders(found: Statistics, words: Words) -> str:
    counts, number = found.counts, words.number
    return words.tr("{found} found, {new} new, {changed} changed, {archived} no longer in your open list").format(
        found=number(counts.found),
        new=number(counts.new),
        changed=number(counts.changed),
        archived=number(counts.archived),
    )


def _dispensers(found: Statistics, words: Words) -> str:
    counts = found.dispensers
    return words.tr("{found} found, {new} new, {changed} changed, {archived} no longer there").format(
        found=counts.found, new=counts.new, changed=counts.changed, archived=counts.archived
    )


def _duration(found: Statistics, words: Words) -> str:
    if found.median_seconds is None or found.p95_seconds is None:
        return words.tr("none yet")
    return words.tr("{median} in the middle, 95 of 100 within {high}").format(
        median=span_words(found.median_seconds, words), high=span_words(found.p95_seconds, words)
    )


def _gap(found: Statistics, words: Words) -> str:
    if found.longest_gap is None:
        return words.tr("none yet")
    return words.tr("{span} between two successes").format(span=span_words(found.longest_gap.total_seconds(), words))
