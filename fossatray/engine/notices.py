"""Which run is worth a notice, and its words. Pure: what is known comes in, a notice or nothing comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fossatray.core.changes import Kind
from fossatray.core.notices import Notice
from fossatray.core.runs import Outcome, Run
from fossatray.core.words import Words


def notice_for(
    run: Run, previous: Run | None, changes: Mapping[Kind, int], words: Words, account: str | None = None
) -> Notice | None:
    """Return what to say about an ended run, or None.

    `previous` is the newest run before it that succeeded or failed, `changes` counts the run's changes by kind. Told
    are the first failure, the first success after a failure, the changes of a run, and once what the first sync found.
    `account` is the account's name, for the title, where there are several accounts.
    """
    notice = _notice_for(run, previous, changes, words)
    if notice is None:
        return None
    title = notice.title if account is None else f"{account}: {notice.title}"
    return replace(notice, title=title, account_id=run.account_id)


def _notice_for(run: Run, previous: Run | None, changes: Mapping[Kind, int], words: Words) -> Notice | None:
    failed_before = previous is not None and previous.outcome is Outcome.FAILED
    if run.outcome is Outcome.FAILED:
        return None if failed_before or run.error is None else _failure(run, words)
    if run.outcome is not Outcome.SUCCEEDED:
        return None
    news, title = words.batch(changes), words.tr("Your work orders have changed")
    if not news and run.counts.found and run.counts.new == run.counts.found:
        # the first sync: stored without a change for each order
        news, title = words.found(run.counts.found), words.tr("Your work orders are here")
    if failed_before:
        return Notice(str(run.id), words.tr("Syncing works again"), news, "recovery", "orders" if news else "card")
    if not news:
        return None
    return Notice(str(run.id), title, news, "batch", "orders")


def _failure(run: Run, words: Words) -> Notice:
    assert run.error is not None
    body = f"{words.tr(run.error.message)}\n{words.tr(run.error.advice)}"
    return Notice(str(run.id), words.tr(run.error.title), body, "failure", "history", urgent=True)
