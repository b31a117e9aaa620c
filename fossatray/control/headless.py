"""The engine without a screen: for commands that must write while no FossaTray runs, and for `sync --wait`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from fossatray.control.cli_output import words
from fossatray.core.errors import RunCancelled
from fossatray.core.notices import Notice
from fossatray.core.runs import Run
from fossatray.core.status import AppState
from fossatray.core.text import visible
from fossatray.engine.conductor import Conductor
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.credentials_client import CredentialStore
from fossatray.system.logs import Redactor, detail_log, open_log
from fossatray.system.paths import Paths

T = TypeVar("T")

_LOCK_WAIT_SECONDS = 5.0


class Ear:
    """Hears what the engine tells and remembers the ends of runs."""

    def __init__(self) -> None:
        self.ended: dict[int, Run] = {}
        self.news = asyncio.Event()
        self._retries: set[datetime] = set()

    def state_changed(self, state: AppState) -> None:
        """Say on standard error, once each, that a run is tried again and when; nothing else shows the state here."""
        for one in state.accounts:
            if one.retry is not None and one.retry.at not in self._retries:
                self._retries.add(one.retry.at)
                sys.stderr.write(f"{visible(words().doing(one))}\n")

    def folder_awaited(self) -> None:
        """Whoever waits longer than the command does is told by its error."""

    def run_finished(self, run: Run) -> None:
        """Remember the run."""
        self.ended[run.id] = run
        self.news.set()

    def orders_changed(self, account_id: str) -> None:
        """Nothing shows orders here."""

    def history_changed(self) -> None:
        """Nothing shows the history here."""

    def notice_due(self, notice: Notice, run_id: int) -> None:
        """Nobody to notify: it stays due, and the tray program says it at its next start."""

    def crashed(self, trace: str) -> None:
        """Say a bug's trace at once."""
        sys.stderr.write(trace)

    async def wait_for(self, runs: list[int]) -> list[Run]:
        """Wait until all these runs have ended and return them."""
        while not set(runs) <= self.ended.keys():
            self.news.clear()
            await self.news.wait()
        return [self.ended[run] for run in runs]


def run_headless(paths: Paths, credentials: CredentialStore, job: Callable[[Conductor, Ear], Awaitable[T]]) -> T:
    """Open the store as its writer, do a job with the engine, and close. SIGINT, SIGTERM and SIGHUP end it in order.

    Raises StoreBusy if another FossaTray holds the data folder, RunCancelled after a signal, and what the job raises.
    """
    close_log = open_log(paths, Redactor(), name="command.log")
    try:
        return asyncio.run(_with_conductor(paths, credentials, job))
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise RunCancelled("You ended the command.") from None
    finally:
        close_log()


async def _with_conductor(
    paths: Paths, credentials: CredentialStore, job: Callable[[Conductor, Ear], Awaitable[T]]
) -> T:
    parts = EngineParts(
        open_store=lambda: Store.open(paths.database, paths.lock, paths.backups),
        lock_wait_s=_LOCK_WAIT_SECONDS,
        credentials=credentials,
        runs_folder=paths.runs,
        own_profile=paths.own_profile,
        clock=utc_now,
        zone=local_zone,
        words=words,
        detail_log=detail_log,
        scheduling=False,
    )
    ear = Ear()
    conductor = Conductor(parts, ear)
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)
    try:
        await conductor.open()
        return await job(conductor, ear)
    finally:
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, _ending_already)
        await conductor.close()


def _ending_already() -> None:
    """A second signal does not hurry the orderly end, which takes 5 s at most."""
