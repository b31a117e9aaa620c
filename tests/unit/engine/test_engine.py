"""The engine's thread as the GUI thread sees it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from fossatray.core.commands import Cancel, GetState, Resume, SaveAccount, SyncNow
from fossatray.core.errors import NotFound, StoreBusy
from fossatray.core.health import Health
from fossatray.core.runs import Outcome, Run, Trigger
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.engine.engine import Engine, EngineStopped
from fossatray.store.store import Store
from tests.unit.engine.world import ORIGIN, World, beginning, success

PATIENCE_MS = 20_000


class Listener(QObject):
    """Receives by bound slots, as windows do."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.threads: set[Any] = set()
        self.states: list[AppState] = []
        self.runs: list[Run] = []
        self.failures: list[str] = []
        engine.state_changed.connect(self.state)
        engine.run_finished.connect(self.run)
        engine.failed.connect(self.failed)

    @Slot(object)
    def state(self, state: AppState) -> None:
        self.threads.add(QThread.currentThread())
        self.states.append(state)

    @Slot(object)
    def run(self, run: Run) -> None:
        self.threads.add(QThread.currentThread())
        self.runs.append(run)

    @Slot(str)
    def failed(self, trace: str) -> None:
        self.failures.append(trace)


@pytest.fixture
def engines(qtbot: QtBot) -> Iterator[list[Engine]]:
    """Engines that a test made; stopped at its end."""
    made: list[Engine] = []
    yield made
    for engine in made:
        assert engine.stop()
        engine.deleteLater()


def wait(qtbot: QtBot, future: Future[Any]) -> Any:
    qtbot.waitUntil(future.done, timeout=PATIENCE_MS)
    return future.result(0)


def save_account() -> SaveAccount:
    return SaveAccount("Work", ORIGIN, "t@example.com", password=Secret("made-up"))


def test_a_command_syncs_through_a_child_and_signals_arrive_in_the_gui_thread(
    world: World, qtbot: QtBot, engines: list[Engine]
) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    listener = Listener(engine)
    saved = engine.submit(save_account())
    with pytest.raises(EngineStopped):
        saved.result(0)  # not started yet
    engine.start()
    wait(qtbot, engine.submit(save_account()))
    world.scripts.append(success(1, 2))
    (run_id,) = wait(qtbot, engine.submit(SyncNow()))
    qtbot.waitUntil(lambda: bool(listener.runs), timeout=PATIENCE_MS)
    assert [(run.id, run.outcome) for run in listener.runs] == [(run_id, Outcome.SUCCEEDED)]
    assert listener.threads == {QCoreApplication.instance().thread()}  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: engine.state.health() is Health.HEALTHY, timeout=PATIENCE_MS)
    assert engine.state.accounts[0].open_orders == 2
    assert listener.failures == []


def test_a_command_given_while_the_thread_starts_is_not_lost(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    engine.start()
    early = engine.submit(GetState())  # the loop cannot be there yet
    assert wait(qtbot, early) == AppState()


def test_a_computer_that_woke_up_is_caught_up_with(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    engine.wake_up()  # too early, and harmless
    listener = Listener(engine)
    engine.start()
    engine.wake_up()
    wait(qtbot, engine.submit(save_account()))
    world.scripts.append(success(1))
    world.clock.forward(hours=2)
    engine.wake_up()
    qtbot.waitUntil(lambda: bool(listener.runs), timeout=PATIENCE_MS)
    assert [(run.trigger, run.outcome) for run in listener.runs] == [(Trigger.CATCH_UP, Outcome.SUCCEEDED)]


def test_a_data_folder_in_use_is_told_before_any_state_and_taken_when_it_is_free(
    world: World, qtbot: QtBot, engines: list[Engine]
) -> None:
    other = world.open_store()
    try:
        engine = Engine(world.parts(lock_wait_s=600.0))
        engines.append(engine)
        listener = Listener(engine)
        with qtbot.waitSignal(engine.folder_awaited, timeout=PATIENCE_MS):
            engine.start()
        early = engine.submit(save_account())
        assert listener.states == []
    finally:
        other.close()
    assert wait(qtbot, early).name == "Work"
    qtbot.waitUntil(lambda: len(engine.state.accounts) == 1, timeout=PATIENCE_MS)


def test_commands_come_from_any_thread(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    engine.start()
    answers: list[Future[Any]] = []
    threads = [threading.Thread(target=lambda: answers.append(engine.submit(GetState()))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [wait(qtbot, answer) for answer in answers] == [AppState()] * 5


def test_an_error_of_a_command_comes_back_in_its_future(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    engine.start()
    with pytest.raises(NotFound):
        wait(qtbot, engine.submit(Resume("nobody")))


def test_stopping_in_mid_run_takes_at_most_five_seconds_and_may_come_twice(
    world: World, qtbot: QtBot, engines: list[Engine]
) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    engine.start()
    wait(qtbot, engine.submit(save_account()))
    world.scripts.append([*beginning(), {"browser": "stopped"}, {"hang": True}])
    wait(qtbot, engine.submit(SyncNow()))
    assert engine.stop(5.0)
    assert engine.stop(5.0)
    assert world.left() == []
    with pytest.raises(EngineStopped):
        engine.submit(Cancel()).result(0)
    store = world.open_store()
    try:
        assert store.runs.running() == []
    finally:
        store.close()


def test_a_crash_restarts_the_engine_once_and_the_second_is_a_fault(
    world: World, qtbot: QtBot, engines: list[Engine], caplog: pytest.LogCaptureFixture
) -> None:
    opened: list[Store] = []

    def broken() -> Store:
        opened.append(world.open_store())
        opened[-1].close()
        raise RuntimeError("a bug")

    engine = Engine(world.parts(open_store=broken))
    engines.append(engine)
    listener = Listener(engine)
    engine.start()
    qtbot.waitUntil(lambda: engine.state.fault is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: len(listener.failures) == 2, timeout=PATIENCE_MS)
    assert len(opened) == 2
    assert "RuntimeError: a bug" in listener.failures[0]
    first = listener.states[0]
    assert first.fault is not None
    assert (first.fault.kind, first.health()) == ("engine_restarts", Health.FAILED), "red at the first crash"
    assert engine.state.fault is not None
    assert engine.state.fault.kind == "engine_crashed"
    assert engine.state.health() is Health.FAILED


def test_after_one_crash_the_engine_works_again(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    tries: list[int] = []

    def once_broken() -> Store:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("a bug")
        return world.open_store()

    engine = Engine(world.parts(open_store=once_broken))
    engines.append(engine)
    listener = Listener(engine)
    engine.start()
    qtbot.waitUntil(lambda: len(tries) == 2 and len(listener.failures) == 1, timeout=PATIENCE_MS)
    assert wait(qtbot, engine.submit(GetState())) == AppState()
    assert engine.state.fault is None
    assert [state.health() for state in listener.states][:1] == [Health.FAILED]


def test_a_store_in_use_is_a_fault_without_a_restart(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    def busy() -> Store:
        raise StoreBusy

    engine = Engine(world.parts(open_store=busy))
    engines.append(engine)
    listener = Listener(engine)
    engine.start()
    qtbot.waitUntil(lambda: engine.state.fault is not None, timeout=PATIENCE_MS)
    assert engine.state.fault is not None
    assert engine.state.fault.kind == "store_busy"
    assert listener.failures == []
    with pytest.raises(StoreBusy):
        engine.submit(GetState()).result(0)


def test_a_stop_while_the_data_folder_is_waited_for_is_heard(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    tries: list[int] = []

    def busy() -> Store:
        tries.append(1)
        raise StoreBusy

    engine = Engine(world.parts(open_store=busy, lock_wait_s=600.0))
    engines.append(engine)
    engine.start()
    qtbot.waitUntil(lambda: bool(tries), timeout=PATIENCE_MS)
    waiting = engine.submit(GetState())
    assert engine.stop(5.0)
    with pytest.raises(EngineStopped):
        waiting.result(0)
    assert not engine.running


class SlowStore:
    """A data folder that takes as long to open as the test says."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.begun, self.go_on = threading.Event(), threading.Event()

    def open(self) -> Store:
        self.begun.set()
        assert self.go_on.wait(60)
        return self._world.open_store()


class AtWarning(logging.Handler):
    """Lets a slow store go on when it is said that it is slow."""

    def __init__(self, slow: SlowStore) -> None:
        super().__init__(logging.WARNING)
        self._slow = slow
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())
        self._slow.go_on.set()


def test_a_stop_that_takes_longer_than_promised_is_waited_for(
    world: World, qtbot: QtBot, engines: list[Engine]
) -> None:
    slow = SlowStore(world)
    engine = Engine(world.parts(open_store=slow.open))
    engines.append(engine)
    handler = AtWarning(slow)
    logging.getLogger("fossatray.engine").addHandler(handler)
    try:
        engine.start()
        qtbot.waitUntil(slow.begun.is_set, timeout=PATIENCE_MS)
        assert engine.stop(0.05, 60.0)
    finally:
        logging.getLogger("fossatray.engine").removeHandler(handler)
    assert handler.told == ["the engine has not ended within 0.05 s; waiting"]
    assert not engine.running


def test_an_engine_that_does_not_end_is_not_destroyed(
    world: World, qtbot: QtBot, engines: list[Engine], caplog: pytest.LogCaptureFixture
) -> None:
    slow = SlowStore(world)
    engine = Engine(world.parts(open_store=slow.open))
    engines.append(engine)
    engine.start()
    qtbot.waitUntil(slow.begun.is_set, timeout=PATIENCE_MS)
    assert not engine.stop(0.02, 0.05)
    assert "did not end within 0.05 s" in caplog.text
    assert engine.running
    assert engine.findChildren(QThread) == []  # so it is not deleted with the engine
    slow.go_on.set()
    assert engine.stop()
    assert not engine.running


STUCK = """
import logging, sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from fossatray.engine.engine import Engine
from fossatray.engine.parts import EngineParts
from fossatray.system.credentials_client import MemoryCredentialStore
logging.basicConfig(stream=sys.stdout, level=logging.WARNING)
begun = threading.Event()
def opening():
    begun.set()
    threading.Event().wait()
def life():
    engine = Engine(EngineParts(opening, MemoryCredentialStore(), Path(sys.argv[1])))
    engine.start()
    begun.wait()
    print("stopped:", engine.stop(0.02, 0.05), flush=True)
application = QCoreApplication([])
life()
"""


def test_a_process_whose_engine_does_not_end_ends_without_an_abort(own_home: Path) -> None:
    command = [sys.executable, "-c", STUCK, str(own_home / "runs")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "stopped: False" in ended.stdout
    assert "FossaTray ends although the engine has not" in ended.stdout
    assert (ended.returncode, ended.stderr) == (1, "")


def test_an_engine_that_was_stopped_can_be_started_again(world: World, qtbot: QtBot, engines: list[Engine]) -> None:
    engine = Engine(world.parts())
    engines.append(engine)
    for _ in range(2):
        engine.start()
        assert wait(qtbot, engine.submit(GetState())) == AppState()
        assert engine.stop()


def test_a_tracer_that_runs_in_every_thread_runs_in_the_engine_s_too(
    world: World, qtbot: QtBot, engines: list[Engine]
) -> None:
    before, seen = threading.gettrace(), []

    def trace(*told: Any) -> None:
        """A tracer that follows nothing."""

    def opening() -> Store:
        seen.append(sys.gettrace())
        return world.open_store()

    engine = Engine(world.parts(open_store=opening))
    engines.append(engine)
    threading.settrace(trace)
    try:
        engine.start()
        qtbot.waitUntil(lambda: bool(seen), timeout=PATIENCE_MS)
    finally:
        threading.settrace(before)
    assert seen == [trace]
