"""What is to be said to the person: made from the runs that the ledger marks as not yet notified.

The mark is set in the transaction that ends a run. It becomes "on its way" right before the notice is handed to the
desktop, and goes when the desktop has taken it, or when it was seen in the program's own window. So no kill loses one.
One on its way at a kill is in doubt in the next life, which sends it so that it takes its own place on the screen.
"""

from __future__ import annotations

from dataclasses import replace

from fossatray.core.notices import Notice
from fossatray.core.runs import Run
from fossatray.engine.notices import Known, notice_for
from fossatray.engine.parts import EngineParts, Publish
from fossatray.store.store import Store


class Herald:
    """Publishes the notices that are due, each once in this life of the program."""

    def __init__(self, parts: EngineParts, store: Store, publish: Publish) -> None:
        self._parts = parts
        self._store = store
        self._publish = publish
        self._said: set[int] = set()

    def announce(self) -> None:
        """Publish what is due; a run of which nothing is to be said is marked as notified."""
        for run in self._store.runs.unnotified():
            if run.id not in self._said:
                self._say(run, self._notice(run))

    def announce_unwritten(self, run: Run) -> None:
        """Publish what is to be said of a run whose end could not be written down; not again when it is.

        Where nobody hears it (a headless run) it waits for that.
        """
        notice = self._notice(run) if self._parts.scheduling else None
        if notice is not None:
            self._said.add(run.id)
            self._publish.notice_due(notice, run.id)

    def has_said(self, run_id: int) -> bool:
        """Tell whether a run's notice was published in this life."""
        return run_id in self._said

    def announce_half_told(self) -> None:
        """Publish, as in doubt, what was on its way when an earlier life ended. For the start only."""
        for run in self._store.runs.half_told():
            notice = self._notice(run)
            self._say(run, None if notice is None else replace(notice, is_in_doubt=True))

    def _notice(self, run: Run) -> Notice | None:
        store = self._store
        schedule = store.schedules.get(run.schedule_id) if run.schedule_id is not None else None
        known = Known(
            failures_before=store.runs.failures_before(run),
            told_before=store.runs.is_told_before(run),
            changes=store.orders.change_counts(run.id),
            not_completed=store.orders.count_not_completed(run.id),
            tell_after=int(store.settings.get("notify_after")),
            switched_off=schedule if schedule is not None and schedule.switched_off else None,
        )
        return notice_for(run, known, self._parts.words(), self.name(run.account_id))

    def name(self, account_id: str) -> str | None:
        """Return the account's name if there are several, which a notice must tell apart."""
        accounts = self._store.accounts.all()
        return next((one.name for one in accounts if one.id == account_id), None) if len(accounts) > 1 else None

    def _say(self, run: Run, notice: Notice | None) -> None:
        if notice is None:
            self._store.runs.nothing_to_tell(run.id)
        else:
            self._said.add(run.id)
            self._publish.notice_due(notice, run.id)
