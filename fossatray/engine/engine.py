"""The engine as the GUI thread sees it: commands go in by one method, facts come out as signals.

A QThread whose run() is asyncio.run() has no Qt event loop, so commands enter by `call_soon_threadsafe` alone, and the
signals are those of an object that lives in the GUI thread. Receive them with bound slots: a lambda would run in the
engine's thread.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import sys
import threading
import traceback
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from fossatray.core.commands import Command
from fossatray.core.errors import ErrorInfo, FossaError, error_from_info
from fossatray.core.notices import Notice
from fossatray.core.runs import Run
from fossatray.core.status import AccountState, AppState
from fossatray.engine.conductor import Conductor
from fossatray.engine.parts import EngineParts

log = logging.getLogger("fossatray.engine")

RESTARTS = 1
"""How often the engine is started again by itself after it ended unasked."""

STOP_PROMISE_S = 5.0
"""How long an orderly end may take."""

STOP_LIMIT_S = 20.0
"""How long it is waited for all the same: a slow disk, a keyring that does not answer."""


class EngineStopped(FossaError):
    """A command came when the engine was not running."""

    kind = "engine_stopped"
    title = "FossaTray is not ready for this"
    advice = "Wait a moment and try again. If it happens again, quit FossaTray and start it again."


class EngineCrashed(FossaError):
    """The engine ended unasked, and again after its restart."""

    kind = "engine_crashed"
    title = "FossaTray has stopped working"
    advice = "Quit FossaTray and start it again. If it happens again, open the log from the menu."


class EngineRestarts(EngineCrashed):
    """The engine ended unasked and is being started again; the crash dialog tells of it."""

    kind = "engine_restarts"
    advice = "It is starting again by itself."


class Engine(QObject):
    """Hosts the engine's thread. Make it, start it and stop it in the GUI thread; `submit` may be called from any."""

    state_changed = Signal(object)
    """AppState; whenever anything changes (progress at most about 10 times a second)."""
    folder_awaited = Signal()
    """Another FossaTray holds the data folder; the first state comes when it has let go."""
    run_finished = Signal(object)
    """Run; after it is in the ledger."""
    orders_changed = Signal(str)
    """Account id; after a commit that changed orders."""
    history_changed = Signal()
    """After a run or an occurrence was written down."""
    notice_due = Signal(object, object)
    """Notice, run id (int); when the desktop has taken it, or it was seen, submit MarkNotified(run id)."""
    failed = Signal(str)
    """The traceback of a bug, for the crash dialog: in a run, or one that ended the loop (see `state.fault`)."""

    def __init__(self, parts: EngineParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._state = AppState()
        self._thread: _LoopThread | None = None
        self._restarts = RESTARTS
        self._stopping = False

    @property
    def state(self) -> AppState:
        """The newest snapshot."""
        return self._state

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.isRunning()

    def start(self) -> None:
        """Start the thread; nothing happens if it runs already."""
        if self.running:
            return
        self._stopping = False
        self._restarts = RESTARTS
        self._launch()

    def submit(self, command: Command) -> Future[Any]:
        """Hand a command to the engine, from any thread. The Future brings its result, or a FossaError."""
        thread = self._thread
        if thread is None:
            future: Future[Any] = Future()
            future.set_exception(_refusal(self._state.fault))
            return future
        return thread.submit(command)

    @Slot()
    def wake_up(self) -> None:
        """Look at clock and zone again: the computer has woken up, or they were set. For any thread, and too often."""
        if self._thread is not None:
            self._thread.wake_up()

    def stop(self, promise_s: float = STOP_PROMISE_S, limit_s: float = STOP_LIMIT_S) -> bool:
        """End runs under way and the thread; returns whether it ended. May come twice.

        That takes `promise_s` seconds at most; what keeps the thread longer is waited for, up to `limit_s`. A thread
        that runs even then outlives this object, and ends with the process.
        """
        self._stopping = True
        thread = self._thread
        if thread is None:
            return True
        thread.ask_to_stop()
        ended = thread.wait(_ms(promise_s))
        if not ended:
            log.warning("the engine has not ended within %g s; waiting", promise_s)
            ended = thread.wait(_ms(max(0.0, limit_s - promise_s)))
        if ended:
            self._let_go(thread)
        else:
            log.error("the engine did not end within %g s", limit_s)
            _keep_until_it_ends(thread)
        return ended

    def _launch(self) -> None:
        self._thread = _LoopThread(self._parts, _Signals(self), self)
        self._thread.setObjectName("engine")
        self._thread.finished.connect(self._thread_ended)
        self._thread.start()

    def _let_go(self, thread: _LoopThread) -> None:
        thread.finished.disconnect(self._thread_ended)
        _STUCK.discard(thread)
        thread.deleteLater()
        self._thread = None

    @Slot()
    def _thread_ended(self) -> None:
        """The thread has ended; by itself, unless we are stopping."""
        thread = self._thread
        if thread is None or self._stopping or not thread.isFinished():
            return
        self._let_go(thread)
        if thread.fault is not None:  # an error for the person, such as a database in use: a restart changes nothing
            self._show(AppState(self._state.accounts, thread.fault))
            return
        log.error("the engine ended unasked: %s", thread.trace)
        again = self._restarts > 0
        self._show(AppState(self._without_runs(), (EngineRestarts() if again else EngineCrashed()).info()))
        if again:
            self._restarts -= 1
            log.info("the engine starts again")
            self._launch()  # the first state that it tells takes the fault away
        self.failed.emit(thread.trace)

    def _without_runs(self) -> tuple[AccountState, ...]:
        return tuple(
            replace(
                one,
                run=None,
                progress=None,
                retry=None,
                in_line=False,
                schedules=tuple(replace(schedule, next_run=None) for schedule in one.schedules),
            )
            for one in self._state.accounts
        )

    def _show(self, state: AppState) -> None:
        self._state = state
        self.state_changed.emit(state)


class _Signals:
    """What the conductor tells, handed on as the engine's signals. Called in the engine's thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state_changed(self, state: AppState) -> None:
        self._engine._show(state)  # noqa: SLF001 - its other half

    def folder_awaited(self) -> None:
        self._engine.folder_awaited.emit()

    def run_finished(self, run: Run) -> None:
        self._engine.run_finished.emit(run)

    def orders_changed(self, account_id: str) -> None:
        self._engine.orders_changed.emit(account_id)

    def history_changed(self) -> None:
        self._engine.history_changed.emit()

    def notice_due(self, notice: Notice, run_id: int) -> None:
        self._engine.notice_due.emit(notice, run_id)

    def crashed(self, trace: str) -> None:
        self._engine.failed.emit(trace)


class _LoopThread(QThread):
    """The thread: one asyncio loop, from its start to its end."""

    def __init__(self, parts: EngineParts, publish: _Signals, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._publish = publish
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._conductor: Conductor | None = None
        self._opening: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._waiting: list[tuple[Command, Future[Any]]] = []
        self._underway: set[Future[Any]] = set()
        self._stop_asked = False
        self._ended = False
        self.trace = ""
        self.fault: ErrorInfo | None = None

    def run(self) -> None:
        """Run the loop until asked to stop. Called by Qt in the new thread."""
        tracer = threading.gettrace()  # coverage sees nothing in a QThread unless its tracer is installed here
        if tracer is not None:
            sys.settrace(tracer)
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            log.info("stopped before the data folder was free")
        except FossaError as error:
            log.error("the engine cannot work: %s (%s)", error, error.kind)
            self.fault = error.info()
        except BaseException:  # noqa: BLE001 - told to the person by Engine.failed
            self.trace = traceback.format_exc()
        finally:
            self._refuse_the_rest()

    def submit(self, command: Command) -> Future[Any]:
        """Hand a command to the loop, or keep it until there is one."""
        future: Future[Any] = Future()
        with self._lock:
            if self._ended:
                future.set_exception(_refusal(self.fault))
            elif self._loop is None:
                self._waiting.append((command, future))
            else:
                self._underway.add(future)
                self._loop.call_soon_threadsafe(self._execute, command, future)
        return future

    def wake_up(self) -> None:
        """Let the conductor look at the clock again; before there is one nothing is to be done."""
        with self._lock:
            if self._loop is not None and self._conductor is not None and not self._ended:
                self._loop.call_soon_threadsafe(self._conductor.wake_up)

    def ask_to_stop(self) -> None:
        """Let the loop end in order."""
        with self._lock:
            self._stop_asked = True
            if self._loop is not None and self._stop is not None and not self._ended:
                self._loop.call_soon_threadsafe(self._stop.set)
            elif self._opening is not None and not self._ended:
                loop, opening = self._opening
                loop.call_soon_threadsafe(opening.cancel)

    async def _main(self) -> None:
        conductor, stop = Conductor(self._parts, self._publish), asyncio.Event()
        try:
            await self._open(conductor)
            self._let_in(conductor, stop)
            await conductor.run_until(stop)
        finally:
            with self._lock:
                self._ended = True
            await conductor.close()

    async def _open(self, conductor: Conductor) -> None:
        """Open the conductor; it may wait for the data folder, and then a stop cuts that short."""
        loop = asyncio.get_running_loop()
        opening = loop.create_task(conductor.open())
        with self._lock:
            self._opening = (loop, opening)
            if self._stop_asked:
                opening.cancel()
        try:
            await opening
        finally:
            with self._lock:
                self._opening = None

    def _let_in(self, conductor: Conductor, stop: asyncio.Event) -> None:
        """Open the door for commands, and carry out those that came before."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._loop, self._stop, self._conductor = loop, stop, conductor
            if self._stop_asked:
                stop.set()
            waiting, self._waiting = self._waiting, []
            self._underway.update(future for _, future in waiting)
        for command, future in waiting:
            self._execute(command, future)

    def _execute(self, command: Command, future: Future[Any]) -> None:
        """Carry out one command; in the loop."""
        assert self._conductor is not None
        self._conductor.keep(self._answer(self._conductor, command, future))

    async def _answer(self, conductor: Conductor, command: Command, future: Future[Any]) -> None:
        try:
            result = await conductor.execute(command)
        except FossaError as error:
            _settle(future, error=error)
        except asyncio.CancelledError:
            _settle(future, error=EngineStopped())
            raise
        except Exception as error:
            _settle(future, error=error)
            raise
        else:
            _settle(future, result=result)
        finally:
            self._underway.discard(future)

    def _refuse_the_rest(self) -> None:
        with self._lock:
            self._ended = True
            left = [future for _, future in self._waiting] + list(self._underway)
            self._waiting, self._loop = [], None
        for future in left:
            _settle(future, error=_refusal(self.fault))


_STUCK: set[_LoopThread] = set()
"""Threads that did not end when they were asked to: Qt aborts the process when one is destroyed while it runs."""


def _keep_until_it_ends(thread: _LoopThread) -> None:
    """Let a thread outlive whoever made it; the process ends without it."""
    thread.setParent(None)
    _STUCK.add(thread)
    atexit.unregister(_leave_without_the_stuck)
    atexit.register(_leave_without_the_stuck)


def _leave_without_the_stuck() -> None:
    """End the process at once if a thread is still stuck; registered late, so that this comes before Qt's own end."""
    if any(thread.isRunning() for thread in _STUCK):
        log.error("FossaTray ends although the engine has not")
        logging.shutdown()
        os._exit(1)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)


def _refusal(fault: ErrorInfo | None) -> FossaError:
    """Return the error of a command that cannot be carried out: the fault, if there is one."""
    return EngineStopped() if fault is None else error_from_info(fault)


def _settle(future: Future[Any], *, result: Any = None, error: BaseException | None = None) -> None:
    """Give a Future its result, unless whoever waited has gone."""
    if future.done() or not future.set_running_or_notify_cancel():
        return
    with contextlib.suppress(Exception):
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
