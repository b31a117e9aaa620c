"""The runs under way: one an account at a time, so many together; started, joined, cancelled, and ended."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from fossatray.core.accounts import Account
from fossatray.core.errors import Busy, FossaError, InvalidInput, NotFound, RunCancelled, StoreError
from fossatray.core.ledger import Due
from fossatray.core.runs import WORK_ORDERS, Outcome, Progress, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret
from fossatray.core.status import Retry
from fossatray.engine.jobs import PORTAL_CHECK, TEST_SIGN_IN
from fossatray.engine.parts import EngineParts, Publish
from fossatray.engine.places import Places
from fossatray.engine.retry import retry_until
from fossatray.engine.sync import Sync, Task, Tell, is_attended, record
from fossatray.engine.transcript import Reading, ScrapeFailed
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.runner")

T = TypeVar("T")

BY_PERSON = "cancelled by you"
BY_QUIT = "FossaTray was quit"


@dataclass
class Active:
    """A run (or a sign-in test: no `run`) under way: `work` is what can be cancelled, `whole` what ends after it."""

    account_id: str
    run: Run | None
    work: asyncio.Task[Any]
    whole: asyncio.Task[Any] | None = None
    why: str = BY_PERSON
    cancelled: bool = False
    sync: Sync | None = None

    def so_far(self, run: Run) -> Run:
        """Return the run with its attempts and phase times so far."""
        return self.sync.so_far(run) if self.sync is not None else run

    def cancel(self, why: str) -> None:
        """Cancel the work; a second time changes nothing, so that its ending is not disturbed."""
        if not self.cancelled:
            self.cancelled, self.why = True, why
            self.work.cancel()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is part of: the kind of job, its schedule and what was due.

    Where it fails for now it is tried again, up to half the way to `next_slot`. With `force` also what was read lately
    is read; with `believe` less than before is believed.
    """

    job: str = WORK_ORDERS
    schedule_id: int | None = None
    due: Due | None = None
    next_slot: datetime | None = None
    force: bool = False
    believe: bool = False

    @property
    def planned_at(self) -> datetime | None:
        """The planned moment; a chained run has none."""
        return None if self.due is None or self.due.trigger is Trigger.CHAINED else self.due.planned_at

    @property
    def accounted_until(self) -> datetime | None:
        """Up to where its schedule is accounted for with it."""
        return None if self.due is None else self.due.planned_at


@dataclass(frozen=True, slots=True)
class Ears:
    """Whom the runner tells what a run does.

    It is there, waits for others to end, has begun after that, has come further, waits for its next try (or no more),
    has ended.
    """

    started: Callable[[Run], None]
    waits_in_line: Callable[[str], None]
    begun: Callable[[Run], None]
    progressed: Callable[[str, Progress], None]
    retrying: Callable[[str, Retry | None], None]
    ended: Callable[[Run], None]


class Runner:
    """Starts and ends runs. Used in the engine's loop alone."""

    def __init__(self, parts: EngineParts, store: Store, publish: Publish, ears: Ears) -> None:
        self._parts = parts
        self._store = store
        self._publish = publish
        self._ears = ears
        self.places = Places(int(store.settings.get("at_once")))
        self._locks: dict[str, asyncio.Lock] = {}
        self._runs: dict[int, Active] = {}
        self._tests: dict[str, Active] = {}

    def busy(self, account_id: str) -> bool:
        """Tell whether a run of the account is under way; one that was cancelled and is ending does not count."""
        return self.under_way(account_id) is not None

    def under_way(self, account_id: str) -> Run | None:
        """Return the account's run under way that was not cancelled."""
        ours = (one for one in self._runs.values() if one.account_id == account_id and not one.cancelled)
        return next((one.run for one in ours), None)

    def does_another_job(self, account_id: str, job: str) -> bool:
        """Tell whether the account's run under way is of another kind."""
        run = self.under_way(account_id)
        return run is not None and run.job != job

    @asynccontextmanager
    async def held(self, account_id: str, why: str = BY_PERSON) -> AsyncIterator[None]:
        """End what is under way for the account, and let nothing of it begin inside: what is asked for waits its turn.

        What begins afterwards finds the account as it is then.
        """
        lock = self._lock(account_id)
        taking = asyncio.create_task(lock.acquire())  # in line before everything that is asked for from now on
        try:
            await self.cancel(account_id, why)
            await taking
            yield
        finally:
            if taking.done() and not taking.cancelled():
                lock.release()
            else:
                taking.cancel()

    async def clear(self, account_id: str, why: str = BY_PERSON) -> None:
        """Cancel until nothing of the account is there; nothing has begun between that and the return."""
        while any(one.account_id == account_id for one in (*self._runs.values(), *self._tests.values())):
            await self.cancel(account_id, why)

    def start(
        self,
        account: Account,
        trigger: Trigger,
        *,
        plan: Plan | None = None,
        accept_empty: bool = False,
    ) -> Run:
        """Write down a run and start it; join the one under way if there is one. Returns the run's row.

        One that was cancelled is not joined: the new one begins when it has ended. Raises Busy where the one under way
        does another job.
        """
        plan = plan or Plan()
        if self.does_another_job(account.id, plan.job):
            raise Busy("Another sync of this account is under way.", advice="Try again when it has ended.")
        joined = self.under_way(account.id)
        if joined is not None:
            return joined
        now, runs = self._parts.clock(), self._store.runs
        run = runs.start(
            account.id, plan.job, trigger, plan.planned_at, now, plan.schedule_id, accounted_until=plan.accounted_until
        )
        task = Task(account, plan.job, is_attended(trigger), accept_empty, plan.force, plan.believe)
        work = self._in_turn(account.id, partial(self._perform, task, plan, run.id), run.id)
        active = Active(account.id, run, asyncio.create_task(work))
        active.whole = asyncio.create_task(self._see_through(active, run.id), name=f"run {run.id}")
        self._runs[run.id] = active
        log.info("run %d begins: %s, %s", run.id, run.job, trigger)
        self._ears.started(run)
        return run

    def start_planned(self, schedule: Schedule, due: Due, next_slot: datetime | None) -> None:
        """Write down a planned run, with its occurrence (a chained one has none), and start it.

        None of its tries is begun after half the way to `next_slot`.
        """
        account = self._store.accounts.get(schedule.account_id)
        assert account is not None
        self.start(account, due.trigger, plan=Plan(schedule.job, schedule.id, due, next_slot))

    async def test_sign_in(self, account: Account, password: Secret | None = None) -> None:
        """Sign in once, with a password for this once if given, and read nothing. Raises the error that came of it."""
        await self._try_out(Task(account, TEST_SIGN_IN, attended=True, password=password))

    async def check_portal(self, account: Account, profile: str | None, password: Secret | None) -> Reading:
        """Hold a portal profile (None: the one in use) beside the portal. Raises the error that ended it."""
        return await self._try_out(Task(account, PORTAL_CHECK, attended=True, password=password, profile=profile))

    async def _try_out(self, task: Task) -> Reading:
        """Do what is no run, while nothing else of the account is under way. Raises the error that came of it."""
        account = task.account
        if self.busy(account.id) or account.id in self._tests:
            raise Busy("The account is signing in just now.")
        active = Active(account.id, None, asyncio.create_task(self._in_turn(account.id, partial(self._read, task))))
        self._tests[account.id] = active
        active.work.add_done_callback(lambda _: self._tests.pop(account.id, None))
        try:
            await asyncio.wait({active.work})
            return await self._outcome_of_test(active)
        finally:
            active.cancel(BY_QUIT)  # whoever asked has gone; until its end `cancel` knows the test, and waits for it

    async def cancel(self, account_id: str | None, why: str = BY_PERSON) -> int:
        """Cancel what is under way for one account, or for all, and wait until it has ended; returns how many did."""
        chosen = [one for one in (*self._runs.values(), *self._tests.values()) if account_id in (None, one.account_id)]
        for active in chosen:
            active.cancel(why)
        ends = [active.whole or active.work for active in chosen]
        if ends:
            await asyncio.wait(ends)
        return sum(_was_cancelled(active) for active in chosen)

    async def ended(self, run_id: int) -> Run:
        """Wait until a run has ended and return it. Raises InvalidInput if there is no such run."""
        active = self._runs.get(run_id)
        if active is not None and active.whole is not None:
            await asyncio.wait({active.whole})
        run = self._store.runs.get(run_id)
        if run is None:
            raise InvalidInput(f"There is no run {run_id}.")
        return run

    async def _in_turn(self, account_id: str, work: Callable[[], Awaitable[T]], run_id: int | None = None) -> T:
        """Do the work when the account and one of the places are free; a run that waits for that begins only then."""
        lock = self._lock(account_id)
        waits = run_id is not None and (lock.locked() or self.places.is_full)
        if waits:
            self._ears.waits_in_line(account_id)
        async with lock, self.places:
            if waits and run_id is not None:
                self._begin(self._runs[run_id], run_id)
            return await work()

    def _begin(self, active: Active, run_id: int) -> None:
        """Let a run that waited in line count from now."""
        now = self._parts.clock()
        try:
            active.run = self._store.runs.begin(run_id, now)
        except (StoreError, NotFound) as error:  # it runs all the same; its end says what is wrong
            log.warning("run %d: its beginning could not be written down: %s", run_id, error.kind)
            return
        log.info("run %d has waited for others to end", run_id)
        self._ears.begun(active.run)

    def _lock(self, account_id: str) -> asyncio.Lock:
        return self._locks.setdefault(account_id, asyncio.Lock())

    async def _perform(self, task: Task, plan: Plan, run_id: int) -> Run:
        ears, active = self._ears, self._runs[run_id]
        assert active.run is not None
        task = replace(task, retry_until=retry_until(self._parts.clock(), plan.next_slot))
        tell = Tell(partial(ears.progressed, active.account_id), partial(ears.retrying, active.account_id))
        active.sync = self._sync(task, tell)
        return await active.sync.perform(active.run)

    async def _read(self, task: Task) -> Reading:
        return await self._sync(task, Tell(lambda progress: None, lambda retry: None)).read()

    def _sync(self, task: Task, tell: Tell) -> Sync:
        """Return what carries out a task, with the account as it is by now. Raises NotFound if it is gone."""
        now = self._store.accounts.get(task.account.id)
        if now is None:
            raise NotFound("There is no such account.")
        return Sync(self._parts, self._store, replace(task, account=now), tell)

    async def _see_through(self, active: Active, run_id: int) -> Run:
        """Wait for a run's work, write down what the work itself did not, and tell."""
        await asyncio.wait({active.work})
        run = active.run
        assert run is not None
        if active.work.cancelled():
            ended = record(self._parts, self._store, active.so_far(run), Outcome.CANCELLED, reason=active.why)
        elif (bug := active.work.exception()) is not None:
            error = FossaError("FossaTray itself made a mistake in this sync.").info()
            ended = record(self._parts, self._store, active.so_far(run), Outcome.FAILED, error)
            self._tell_bug("in", run, bug)
        else:
            ended = active.work.result()
        del self._runs[run_id]
        _log_end(ended)
        try:
            self._ears.ended(ended)
        except FossaError as error:
            log.error("after run %d: %s (%s)", run.id, error.message, error.kind)
        except Exception as bug:  # noqa: BLE001 - told to the person
            self._tell_bug("after", run, bug)
        return ended

    def _tell_bug(self, when: str, run: Run, bug: BaseException) -> None:
        trace = "".join(traceback.format_exception(bug))
        log.error("a bug %s run %d:\n%s", when, run.id, trace)
        self._publish.crashed(trace)

    async def _outcome_of_test(self, active: Active) -> Reading:
        if active.work.cancelled():
            raise RunCancelled("The test was cancelled.")
        error = active.work.exception()
        if isinstance(error, ScrapeFailed):
            raise error.error
        if error is not None:
            raise error
        reading = active.work.result()
        assert isinstance(reading, Reading)
        return reading


def _log_end(run: Run) -> None:
    """Write one line that tells how a run ended, without a word of what it is about."""
    counts, took = run.counts, (run.finished_at or run.started_at) - run.started_at
    log.info(
        "run %d %s: %s; %d found, %d new, %d changed, %d archived; %d attempts, %.1f s",
        *(run.id, run.outcome, run.error.kind if run.error else "no error"),
        *(counts.found, counts.new, counts.changed, counts.archived),
        *(run.attempts, took.total_seconds()),
    )


def _was_cancelled(active: Active) -> bool:
    if active.whole is not None and not active.whole.cancelled() and active.whole.exception() is None:
        run = active.whole.result()
        return isinstance(run, Run) and run.outcome is Outcome.CANCELLED
    return active.work.cancelled()
