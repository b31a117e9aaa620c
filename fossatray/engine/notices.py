"""Which run is worth a notice, and its words. Pure: what is known comes in, a notice or nothing comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fossatray.core.changes import DISPENSER_KINDS, Kind
from fossatray.core.notices import Notice
from fossatray.core.runs import DISPENSERS, WORK_ORDERS, Outcome, Run
from fossatray.core.schedules import Schedule

if TYPE_CHECKING:
    from fossatray.core.words import Words


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the run: the failed runs in a row before it, its changes by kind, and the settings' say.

    `not_completed` of the orders removed are known not to be completed. `tell_after` is from which failure in a row on
    it is told, once: `told_before` says that it was. `switched_off` is the run's schedule, where it is that by now.
    """

    failures_before: int = 0
    told_before: bool = False
    changes: Mapping[Kind, int] = field(default_factory=dict)
    not_completed: int = 0
    tell_after: int = 1
    switched_off: Schedule | None = None


def notice_for(run: Run, known: Known, words: Words, account: str | None = None) -> Notice | None:
    """Return what to say about an ended run, or None.

    Told are the first failure (or the one that `tell_after` says), that the schedule was switched off, the first
    success after a failure that was told, the changes of a run, and once what the first sync found. A click on what
    changed opens the page that shows it. `account` is the account's name, for the title, where there are several
    accounts.
    """
    notice = _notice_for(run, known, words)
    if notice is None:
        return None
    title = notice.title if account is None else f"{account}: {notice.title}"
    return replace(notice, title=title, account_id=run.account_id)


def _notice_for(run: Run, known: Known, words: Words) -> Notice | None:
    if run.outcome is Outcome.FAILED and run.error is not None:
        if known.switched_off is not None:
            return _switched_off(run, known.switched_off, words)
        is_due = known.failures_before + 1 >= known.tell_after and not known.told_before
        return _failure(run, words) if is_due else None
    if run.outcome is not Outcome.SUCCEEDED or run.asked_nothing:
        return None  # one that had nothing to ask the portal for is no news, and no proof that it works again
    news, title = words.batch(known.changes, known.not_completed), words.tr("Your work orders have changed")
    page = "dispensers" if run.job == DISPENSERS else "orders"
    if any(kind in DISPENSER_KINDS for kind in known.changes):
        title = words.tr("Dispensers have changed")
    elif run.job == WORK_ORDERS and not news and run.counts.found and run.counts.new == run.counts.found:
        # the first sync: stored without a change for each order
        news, title = words.found(run.counts.found), words.tr("Your work orders are here")
    if known.told_before:
        return Notice(str(run.id), words.tr("Syncing works again"), news, "recovery", page if news else "card")
    if not news:
        return None
    return Notice(str(run.id), title, news, "batch", page)


def _failure(run: Run, words: Words) -> Notice:
    assert run.error is not None
    body = words.tr(run.error.advice)
    if run.error.message != run.error.title:
        body = f"{words.tr(run.error.message)}\n{body}"
    return Notice(str(run.id), words.tr(run.error.title), body, "failure", "history", urgent=True)


def _switched_off(run: Run, schedule: Schedule, words: Words) -> Notice:
    assert run.error is not None
    title = words.tr("{schedule} is switched off after {count} failed syncs in a row")
    body = f"{words.tr(run.error.message)}\n{words.tr('Choose Resume in the menu when the cause is gone.')}"
    return Notice(
        str(run.id),
        title.format(schedule=schedule.title, count=schedule.failures),
        body,
        "failure",
        "history",
        urgent=True,
    )
