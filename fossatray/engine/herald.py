"""What is to be said to the person: made from the runs that the ledger marks as not yet notified.

The mark is set in the transaction that ends a run and taken away when the notice was handed to the desktop, so a kill
in between loses none.
"""

from __future__ import annotations

from fossatray.engine.notices import notice_for
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
        runs = self._store.runs
        for run in runs.unnotified():
            if run.id in self._said:
                continue
            changes = self._store.orders.change_counts(run.id)
            notice = notice_for(run, runs.judged_before(run), changes, self._parts.words())
            if notice is None:
                runs.mark_notified(run.id)
            else:
                self._said.add(run.id)
                self._publish.notice_due(notice, run.id)
