"""What a complete list changes in the store: compared, guarded and committed together with the run's outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fossatray.core.changes import Diff, Kind, compare, needs_second_read
from fossatray.core.messages import CompletedRead
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import WORK_ORDERS, Counts, Outcome, Run
from fossatray.engine.doubts import require_orders_whole
from fossatray.engine.results import finish
from fossatray.engine.transcript import NONE_COMPLETED, Reading
from fossatray.store.store import Store

_NEW = (Kind.NEW, Kind.REPLACED)
_NOT_CHANGED = (*_NEW, Kind.REMOVED, Kind.COMPLETED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a read is taken to mean: its changes, what it says is gone and is not yet believed, and the counts."""

    diff: Diff
    held_back: frozenset[str]
    counts: Counts

    @property
    def reason(self) -> str | None:
        """The run's reason where something was held back."""
        if not self.held_back:
            return None
        return f"held back: {len(self.held_back)} orders missing, waiting for a second read"


def judge(
    kept: dict[str, WorkOrder],
    archived: dict[str, WorkOrder],
    read: Sequence[WorkOrder],
    *,
    first: bool,
    held_before: frozenset[str] | None,
    confirmed: bool = False,
    completed: CompletedRead = NONE_COMPLETED,
) -> Verdict:
    """Compare a complete list with what is kept.

    A read that would archive more than half of at least ten orders archives nothing until a second one, right
    after it, agrees order by order (`held_before` is what the first missed). What only the second one misses is
    archived with it if that alone is no great loss; otherwise, or where the two agree in nothing, it waits in turn.
    A `confirmed` read is one that a person has vouched for. What was found among the `completed` orders is no loss,
    nor is what others have taken the place of, if the rest alone is none.
    """
    found = dict.fromkeys(completed.numbers) | dict(completed.days)
    looked = partial(compare, archived=archived, read=read, first=first, completed=found, whole=completed.whole)
    diff = looked(kept)
    replaced = {change.partner for change in diff.changes if change.kind is Kind.REPLACED}
    gone = frozenset(diff.gone).difference(found)
    held = frozenset[str]()
    if not confirmed and _to_hold_back(len(kept), gone - replaced, held_before):
        held = _to_hold_back(len(kept), gone, held_before)
    if held:
        diff = looked({n: order for n, order in kept.items() if n not in held})
    return Verdict(diff, held, _counts(diff, len(read), first=first))


def _to_hold_back(kept: int, gone: frozenset[str], held_before: frozenset[str] | None) -> frozenset[str]:
    """Return what is missing and not yet believed to be gone, of `kept` orders."""
    unseen_before = gone - (held_before or frozenset())
    disjoint = bool(held_before) and unseen_before == gone
    return unseen_before if disjoint or needs_second_read(kept, len(unseen_before)) else frozenset()


def commit(
    store: Store, run: Run, reading: Reading, now: datetime, *, confirmed: bool = False, believe: bool = False
) -> Run:
    """Save orders, changes, guard and outcome in one transaction, marked as not yet notified; return the ended run.

    `run` carries its attempts and phase times so far. Raises NoLongerShown, with nothing saved, where the list lacks
    what it showed before, unless a person says that one may `believe` it.
    """
    account_id = run.account_id
    with store.atomic():
        orders = store.orders
        kept = orders.open(account_id)
        if not believe:
            require_orders_whole(kept, reading)
        verdict = judge(
            kept,
            orders.archived(account_id),
            reading.orders,
            first=_is_first(store, account_id),
            held_before=orders.held_back(account_id),
            confirmed=confirmed,
            completed=reading.completed,
        )
        orders.save_read(run.id, account_id, reading.orders, verdict.diff, now)
        orders.hold_back(account_id, verdict.held_back or None)
        if reading.finished.empty_sign is not None:
            orders.remember_empty_sign(account_id, reading.finished.empty_sign)
        counts, reason = verdict.counts, verdict.reason
        return finish(store, run, Outcome.SUCCEEDED, now, counts, reason=reason, notify=True)


def _is_first(store: Store, account_id: str) -> bool:
    """Tell whether no list was ever read; an empty one was read, too. A success of long ago may be folded away."""
    return not store.orders.has_any(account_id) and store.runs.last_success(account_id, WORK_ORDERS) is None


def _counts(diff: Diff, found: int, *, first: bool) -> Counts:
    """Count each order once; what left the list before and is only now known to be completed has changed."""
    new = found if first else sum(change.kind in _NEW for change in diff.changes)
    changed = {
        number
        for change in diff.changes
        if change.kind not in _NOT_CHANGED
        for number in (change.number, change.partner)
        if number is not None
    }
    changed |= {change.number for change in diff.changes if change.kind is Kind.COMPLETED}.difference(diff.gone)
    return Counts(found, new, len(changed), len(diff.gone))
