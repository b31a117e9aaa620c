"""The state that every face of the program shows, kept up to date and published: at once, progress in small steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fossatray.core.accounts import Account
from fossatray.core.runs import START, Outcome, Progress, Run
from fossatray.core.status import AccountState, AppState, BrowserInstall, Retry, ScheduleState, standing
from fossatray.engine.parts import Publish
from fossatray.store.store import Store


class Board:
    """Holds one AccountState for each account. Used in the engine's loop alone."""

    def __init__(
        self,
        store: Store,
        publish: Publish,
        schedules: Callable[[str], tuple[ScheduleState, ...]],
        unwritten: Callable[[str], Run | None],
        progress_s: float,
    ) -> None:
        self._store = store
        self._publish = publish
        self._schedules = schedules
        self._unwritten = unwritten
        self._progress_s = progress_s
        self._states: dict[str, AccountState] = {}
        self._browser_install: BrowserInstall | None = None
        self._later: asyncio.TimerHandle | None = None
        self._published: AppState | None = None
        self._published_at = float("-inf")
        self._open = False

    @property
    def state(self) -> AppState:
        """The present snapshot."""
        return AppState(tuple(self._states.values()), browser_install=self._browser_install)

    def load(self) -> None:
        """Take what is stored and publish nothing before the first `refresh`: no plan is made yet."""
        self._states = {account.id: self._read(account) for account in self._store.accounts.all()}

    def refresh(self, *, anew: bool = False) -> None:
        """Take what is stored anew, keep what is under way, and publish; with `anew` also what was published before.

        That is for a change of clock or zone: the same state is told in other words then.
        """
        self._open = True
        if anew:
            self._published = None
        self._states = {account.id: self._read(account) for account in self._store.accounts.all()}
        self._tell()

    def started(self, run: Run) -> None:
        """A run is under way; that a browser could not be installed before it is old news."""
        if self._browser_install is not None and self._browser_install.error is not None:
            self._browser_install = None
        state = self._states[run.account_id]
        schedules = self._schedules(run.account_id)
        self._states[run.account_id] = replace(state, run=run, progress=START, in_line=False, schedules=schedules)
        self._tell()

    def progressed(self, account_id: str, progress: Progress) -> None:
        """A run has come further. Published at most every `progress_s` seconds, the newest."""
        state = self._states.get(account_id)
        if state is None or state.run is None or state.progress == progress:
            return
        self._states[account_id] = replace(state, progress=progress)
        loop = asyncio.get_running_loop()
        due = self._published_at + self._progress_s
        if loop.time() >= due or progress.percentage == 100:
            self._tell()
        elif self._later is None:
            self._later = loop.call_at(due, self._tell)

    def retrying(self, account_id: str, retry: Retry | None) -> None:
        """A run waits for its next try, or no more (None)."""
        state = self._states.get(account_id)
        if state is not None and state.run is not None:
            self._states[account_id] = replace(state, retry=retry)
            self._tell()

    def ended(self, run: Run) -> None:
        """A run has ended."""
        state = self._states.get(run.account_id)
        if state is not None:
            under_way = state.run if state.run is not None and state.run.id != run.id else None  # the one after it
            progress, retry = (state.progress, state.retry) if under_way else (None, None)
            in_line = state.in_line and under_way is not None
            self._states[run.account_id] = replace(
                state, run=under_way, progress=progress, retry=retry, in_line=in_line, last_run=run
            )
        self.refresh()

    def waits_in_line(self, account_id: str) -> None:
        """The run under way waits for others to end before it starts."""
        state = self._states.get(account_id)
        if state is not None and state.run is not None:
            self._states[account_id] = replace(state, in_line=True)
            self._tell()

    def begun(self, run: Run) -> None:
        """A run that waited has begun: only now is it started."""
        state = self._states.get(run.account_id)
        if state is not None and state.run is not None and state.run.id == run.id:
            self._states[run.account_id] = replace(state, run=run, in_line=False)
            self._tell()

    def installing(self, install: BrowserInstall | None) -> None:
        """A browser is being installed, has come further, could not be installed; None when it is there."""
        self._browser_install = install
        self._tell()

    def close(self) -> None:
        """Publish nothing more later."""
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def _read(self, account: Account) -> AccountState:
        store, before = self._store, self._states.get(account.id)
        schedules, last_run = self._schedules(account.id), store.runs.last_ended(account.id)
        last_judged = standing(
            store.runs.last_judged(account.id),
            [one.schedule.job for one in schedules],
            partial(store.runs.last_judged, account.id),
        )
        unwritten = self._unwritten(account.id)
        if unwritten is not None and (last_run is None or last_run.id < unwritten.id):
            last_run = unwritten
            last_judged = unwritten if unwritten.outcome is Outcome.FAILED else last_judged
        return AccountState(
            account=account,
            schedules=schedules,
            run=before.run if before else None,
            progress=before.progress if before else None,
            last_run=last_run,
            blocked=store.accounts.blocked(account.id),
            open_orders=store.orders.count_open(account.id),
            last_judged=last_judged,
            retry=before.retry if before else None,
            in_line=before.in_line if before else False,
            failures=self._failures(last_judged),
        )

    def _failures(self, judged: Run | None) -> int:
        """Return how many runs failed in a row, up to the newest that succeeded or failed."""
        if judged is None or judged.outcome is not Outcome.FAILED:
            return 0
        return self._store.runs.failures_before(judged) + 1

    def _tell(self) -> None:
        self.close()
        state = self.state
        if self._open and state != self._published:
            self._published, self._published_at = state, asyncio.get_running_loop().time()
            self._publish.state_changed(state)
