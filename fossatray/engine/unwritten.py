"""Ends of runs that could not be written down, as on a full disk: shown meanwhile, and written when that can be."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from fossatray.core.errors import NotFound, StoreError
from fossatray.core.runs import Outcome, Run
from fossatray.engine.results import finish
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.unwritten")


class Unwritten:
    """Keeps them until they are in the ledger. Used in the engine's loop alone."""

    def __init__(self, store: Store, is_told: Callable[[int], bool]) -> None:
        self._store = store
        self._is_told = is_told
        self._ended: dict[int, Run] = {}

    def keep_if_so(self, ended: Run) -> bool:
        """Keep an ended run if its row says that it is still under way; tells whether it does."""
        kept = self._store.runs.get(ended.id)
        if kept is None or kept.outcome is not None:
            return False
        self._ended[ended.id] = ended
        return True

    def newest(self, account_id: str) -> Run | None:
        """Return the account's newest run whose end is not written down yet, or None."""
        ours = (run for run in self._ended.values() if run.account_id == account_id)
        return max(ours, key=lambda run: run.id, default=None)

    def write(self) -> bool:
        """Write down what can be by now, oldest first, each counted, and marked to be told or as told already.

        A failure after which the same has succeeded is neither counted nor told any more. Tells whether any was.
        """
        before = len(self._ended)
        for run in sorted(self._ended.values(), key=lambda run: run.id):
            assert run.outcome is not None
            assert run.finished_at is not None
            try:
                self._finish(run, run.outcome, run.finished_at)
            except NotFound:  # its account was removed
                pass
            except StoreError as error:
                log.debug("the end of run %d still cannot be written down: %s", run.id, error.kind)
                break
            del self._ended[run.id]
        return len(self._ended) < before

    def _finish(self, run: Run, outcome: Outcome, at: datetime) -> None:
        store, is_told = self._store, self._is_told(run.id)
        with store.atomic():
            is_over = outcome is Outcome.FAILED and store.runs.has_succeeded_since(run)
            notify = outcome is Outcome.FAILED and (is_told or not is_over)
            finish(store, run, outcome, at, error=run.error, reason=run.reason, notify=notify, counts_in=not is_over)
            if is_told:
                store.runs.mark_notified(run.id)
