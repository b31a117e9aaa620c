"""The engine without Qt: opens the store, plans, carries out commands, and tells what happens. Plain asyncio.

Used by the engine's thread and by headless runs (`sync --wait`). Everything here happens in one loop of one thread.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

from fossatray.core.commands import (
    AcceptEmptyList,
    BeginToNotify,
    Cancel,
    CancelInstall,
    CheckPassword,
    CheckPortal,
    Command,
    CredentialsChanged,
    DeleteEvidence,
    ForgetSession,
    GetState,
    InstallBrowser,
    MarkNotified,
    MarkSilenceNotified,
    Pause,
    PauseSchedule,
    RemoveAccount,
    RemoveSchedule,
    Resume,
    ResumeSchedule,
    SaveAccount,
    SaveSchedule,
    SaveSettings,
    SyncNow,
    TestSignIn,
)
from fossatray.core.errors import FossaError, StoreBusy, StoreError
from fossatray.core.runs import Progress, Run
from fossatray.core.schedules import Schedule
from fossatray.core.status import AppState, Retry
from fossatray.engine.board import Board
from fossatray.engine.browser_install import BrowserInstaller
from fossatray.engine.departures import Guard, Keep
from fossatray.engine.desk import Desk
from fossatray.engine.herald import Herald
from fossatray.engine.parts import EngineParts, Publish
from fossatray.engine.planner import Planner
from fossatray.engine.runner import BY_PERSON, BY_QUIT, Ears, Runner
from fossatray.engine.schedule_desk import ScheduleDesk
from fossatray.engine.scrape_process import end_everything
from fossatray.engine.silence import Silence
from fossatray.engine.unwritten import Unwritten
from fossatray.engine.watch import ClockWatch
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine")

LOCK_LOOK_S = 0.5
"""How often a data folder in use is looked at."""


class Conductor:
    """One life of the engine: `await open()`, then commands, then `await close()`."""

    def __init__(self, parts: EngineParts, publish: Publish) -> None:
        self._parts = parts
        self._publish = publish
        self._tasks: set[asyncio.Task[Any]] = set()
        self._house: _House | None = None
        self._watch: ClockWatch | None = None

    async def open(self) -> None:
        """Open the store, put in order what an earlier life left, and plan. Raises StoreError.

        From now on a bug in any task or callback of this loop is told, also where nobody waits for it.
        """
        asyncio.get_running_loop().set_exception_handler(self._unawaited)
        store = await self._open_store()
        self._house = house = _House(self._parts, store, self._publish, self._guard, self.keep, self._is_steady)
        house.desk.apply_settings()
        house.desk.sweep_evidence()
        interrupted = store.runs.mark_interrupted(self._parts.clock())
        for run in interrupted:
            log.warning("run %d was interrupted when FossaTray ended", run.id)
        await self._sweep()
        house.board.load()
        house.planner.start()
        house.board.refresh()  # the first state that is told: with the plan
        if interrupted:
            self._publish.history_changed()
        house.herald.announce_half_told()
        house.herald.announce()
        if self._parts.scheduling:
            self._watch = ClockWatch(self._parts, asyncio.get_running_loop().call_later, self._look_again, self._tick)
            self._watch.start()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Work until the event is set."""
        await stop.wait()

    async def close(self) -> None:
        """End what is under way (recorded as cancelled), and close the store; takes less than 5 s."""
        house, self._house = self._house, None
        if self._watch is not None:
            self._watch.stop()
        if house is None:
            return
        try:
            house.planner.stop()
            await asyncio.gather(house.runner.cancel(None, BY_QUIT), house.installer.stop())
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            house.board.close()
            self._step(house.write_at_end)
            house.store.close()

    async def execute(self, command: Command) -> Any:
        """Carry out a command and return its result (see core.commands). Raises a FossaError if it cannot be."""
        return await self._open_house().execute(command)

    async def run_ended(self, run_id: int) -> Run:
        """Wait until a run has ended and return it."""
        return await self._open_house().runner.ended(run_id)

    @property
    def state(self) -> AppState:
        """The present snapshot."""
        return self._open_house().board.state

    def keep(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do some work in the background; a bug in it is told, and the engine goes on."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def wake_up(self) -> None:
        """Look at the clock again and tell the state anew: the computer has slept, or its clock or zone was set.

        The watch, which would notice the same within a minute, need not tell it a second time.
        """
        if self._watch is not None:
            self._watch.told()
        self._look_again()

    def _look_again(self) -> None:
        if self._house is not None:
            self._guard(self._house.planner.wake_up, anew=True)

    def _is_steady(self) -> bool:
        """Tell whether the date can be trusted; a headless run, which watches no clock, has to."""
        return self._watch.is_steady() if self._watch is not None else not self._parts.scheduling

    def _tick(self) -> None:
        """What is looked at now and then, when the watch is awake anyhow."""
        if self._house is not None:
            self._step(self._house.write_what_is_left)
            self._step(self._house.planner.tick)
            self._step(self._house.silence.tick)
            self._step(self._house.keep_up_daily)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            self._tell_bug(bug)

    def _guard(self, step: Callable[[], None], *, anew: bool = False) -> None:
        """Do a step that nobody waits for, tell of a bug in it, show what became of it; `anew`: see Board.refresh."""
        self._step(step)
        if self._house is not None:
            self._house.board.refresh(anew=anew)
            self._publish.history_changed()

    def _step(self, step: Callable[[], None]) -> None:
        try:
            step()
        except FossaError as error:
            log.error("a planned step failed: %s (%s)", error.message, error.kind)
        except Exception as bug:  # noqa: BLE001 - told to the person
            self._tell_bug(bug)

    def _unawaited(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What asyncio finds that nobody waits for: a callback that failed, a task whose error nobody took."""
        bug = context.get("exception")
        if isinstance(bug, FossaError):
            log.error("%s: %s (%s)", context.get("message"), bug.message, bug.kind)
        elif isinstance(bug, BaseException):
            self._tell_bug(bug)
        else:
            log.warning("the event loop: %s", context.get("message"))

    def _tell_bug(self, bug: BaseException) -> None:
        trace = "".join(traceback.format_exception(bug))
        log.error("a bug in the engine:\n%s", trace)
        self._publish.crashed(trace)

    async def _open_store(self) -> Store:
        """Open the store; a data folder that another FossaTray holds is waited for. Raises StoreError."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._parts.lock_wait_s
        told = False
        while True:
            try:
                return self._parts.open_store()
            except StoreBusy:
                if loop.time() >= end:
                    raise
            if not told:
                log.info("another FossaTray holds the data folder; waiting for it")
                self._publish.folder_awaited()
                told = True
            await asyncio.sleep(LOCK_LOOK_S)

    async def _sweep(self) -> None:
        """End processes that runs of an earlier life left, and remove their folders."""
        runs = self._parts.runs_folder
        left = [entry for entry in runs.iterdir() if entry.is_dir()] if runs.is_dir() else []
        for folder in sorted(left):
            log.warning("sweeping what a run left behind")
            await end_everything(None, folder, runs, self._parts.limits.end_s)

    def _open_house(self) -> _House:
        if self._house is None:
            raise RuntimeError("the conductor is not open")
        return self._house


class _House:
    """The rooms of one life, connected."""

    def __init__(
        self,
        parts: EngineParts,
        store: Store,
        publish: Publish,
        guard: Guard,
        keep: Keep,
        is_steady: Callable[[], bool],
    ) -> None:
        self._clock = parts.clock
        self._is_steady = is_steady
        self._folded_on: date | None = None
        self._looked_on: date | None = None
        self.store = store
        self.publish = publish
        self.herald = Herald(parts, store, publish)
        self.unwritten = Unwritten(store, self.herald.has_said)
        ears = Ears(
            self._run_started,
            self._waits_in_line,
            self._run_begun,
            self._come_further,
            self._tried_again,
            self._run_ended,
        )
        self.runner = Runner(parts, store, publish, ears)
        self.silence = Silence(parts, store, publish, self.herald.name, self.runner.busy)
        self.planner = Planner(parts, store, self.runner, guard, keep)
        self.board = Board(store, publish, self.planner.schedules, self.unwritten.newest, parts.limits.progress_s)
        self.desk = Desk(parts, store, self.runner, self.planner)
        self.schedules = ScheduleDesk(parts, store, self.planner)
        self.installer = BrowserInstaller(parts, store, self.runner, self.board.installing)
        self.ways = self._ways()

    async def execute(self, command: Command) -> Any:
        """Carry out a command."""
        log.debug("command: %s", type(command).__name__)
        try:
            result = self.ways[type(command)](command)
            return await result if inspect.isawaitable(result) else result
        finally:
            if not isinstance(command, GetState):
                self.board.refresh()

    def _ways(self) -> dict[type, Callable[[Any], Any]]:
        """What is done for each kind of command."""
        desk, runner, store = self.desk, self.runner, self.store
        return {
            GetState: lambda command: self.board.state,
            SyncNow: desk.sync_now,
            Cancel: lambda command: runner.cancel(command.account_id, command.reason or BY_PERSON),
            SaveAccount: desk.save_account,
            CredentialsChanged: desk.credentials_changed,
            CheckPassword: desk.check_password,
            RemoveAccount: desk.remove_account,
            ForgetSession: desk.forget_session,
            TestSignIn: desk.test_sign_in,
            CheckPortal: desk.check_portal,
            SaveSchedule: self._save_schedule,
            RemoveSchedule: self.schedules.remove,
            PauseSchedule: self.schedules.pause,
            ResumeSchedule: self.schedules.resume,
            Pause: lambda command: self.schedules.switch(desk.account_ids(command.account_id), on=False),
            Resume: lambda command: self.schedules.switch(desk.account_ids(command.account_id), on=True),
            AcceptEmptyList: desk.accept_empty_list,
            InstallBrowser: self.installer.install_browser,
            CancelInstall: self.installer.cancel,
            SaveSettings: desk.save_settings,
            DeleteEvidence: self._delete_evidence,
            BeginToNotify: lambda command: store.runs.begin_to_tell(command.run_id),
            MarkNotified: lambda command: store.runs.mark_notified(command.run_id),
            MarkSilenceNotified: lambda command: self.silence.notified(command.account_id),
        }

    def _save_schedule(self, command: SaveSchedule) -> Schedule:
        self.desk.account_ids(command.schedule.account_id)  # there is such an account, and it is not being removed
        return self.schedules.save(command)

    def _delete_evidence(self, command: DeleteEvidence) -> int:
        deleted = self.store.evidence.delete(command.run_id)
        self.publish.history_changed()
        return deleted

    def _run_started(self, run: Run) -> None:
        self.board.started(run)
        self.publish.history_changed()

    def _waits_in_line(self, account_id: str) -> None:
        self.board.waits_in_line(account_id)

    def _run_begun(self, run: Run) -> None:
        self.board.begun(run)
        self.publish.history_changed()

    def _come_further(self, account_id: str, progress: Progress) -> None:
        self.board.progressed(account_id, progress)

    def _tried_again(self, account_id: str, retry: Retry | None) -> None:
        self.board.retrying(account_id, retry)

    def _run_ended(self, run: Run) -> None:
        """Tell, in this order: the state, the history, the run, what is to be said of it."""
        is_unwritten = self.unwritten.keep_if_so(run)
        self.planner.run_ended(run)
        self.board.ended(run)
        counts = run.counts
        if counts.new or counts.changed or counts.archived:
            self.publish.orders_changed(run.account_id)
        self.publish.history_changed()
        self.publish.run_finished(run)
        self.herald.announce()
        if is_unwritten:
            self.herald.announce_unwritten(run)
        self.planner.chain(run)
        self._keep_up()

    def write_what_is_left(self) -> None:
        """Write down the ends of runs that could not be before, and plan by what follows from them."""
        if self.unwritten.write():
            self.herald.announce()
            for account_id in {one.account_id for one in self.store.schedules.all() if one.switched_off}:
                self.planner.replan(account_id)
            self.board.refresh()
            self.publish.history_changed()

    def write_at_end(self) -> None:
        """Try once more, before the store is closed."""
        self.unwritten.write()

    def keep_up_daily(self) -> None:
        """Make backups and fold also where nothing syncs: at the first look of a day that is sure to have come."""
        today = self._clock().date()
        if self._looked_on != today or (self._folded_on != today and self._is_steady()):
            self._looked_on = today
            self._keep_up()

    def _keep_up(self) -> None:
        """Make the day's backup if it is due, and fold what is older than it is to be kept; no sync is hindered.

        Nothing is folded by a clock that has just been set: it may be wrong.
        """
        now = self._clock()
        try:
            self.store.backup_if_due(now)
            if self._folded_on != now.date() and self._is_steady():
                self._folded_on = now.date()
                self.store.runs.fold(now - timedelta(days=int(self.store.settings.get("retention_days"))))
                self.store.sweep_evidence()
        except StoreError as error:
            log.warning("no backup could be made, or old rows not be folded: %s", error.kind)
