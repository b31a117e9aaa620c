"""The engine with the real scrape process at debug level, everything recorded, and the search for a canary in it."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fossatray.core.accounts import Account
from fossatray.core.commands import Cancel, SaveAccount, SyncNow
from fossatray.core.notices import Notice
from fossatray.core.runs import Run
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.engine.parts import ChildEnvironment, EngineParts, Limits
from fossatray.store.store import Store
from fossatray.system.credentials_client import CredentialStore
from fossatray.system.logs import Redactor, open_log
from fossatray.system.paths import Paths, app_paths, prepare
from fossatray.system.processes import child_command, child_environment
from tests.harness.canary import Canary
from tests.harness.short_waits import write_short_waits
from tests.private_desktop.tools import wait_until

REACH_SECONDS = 40.0
TALKATIVE = {
    "DEBUG": "*",
    "DEBUG_FILE": "{home}/debug-file",
    "NODE_DEBUG": "net,http,tls,child_process",
    "NODE_OPTIONS": "--trace-uncaught",
    "PWDEBUGIMPL": "1",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONDEVMODE": "1",
    "SSLKEYLOGFILE": "{home}/tls-keys",
}
"""What a person's environment may hold, and what makes other programs talk; none of it may reach a child."""

RECORDED = """
folder="$1"
shift
ulimit -S -c "$(ulimit -H -c)"
{ { "$@" 2>&1 1>&3 3>&- | tee -a "$folder/stderr" 1>&2 3>&-; } 3>&1 1>&2; } | tee -a "$folder/stdout"
"""
"""Runs a child with core dumps allowed, and keeps a copy of every byte that it prints."""


@dataclass
class Ear:
    """Keeps everything that the engine tells."""

    told: list[object] = field(default_factory=list)
    ended: list[Run] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def state_changed(self, state: AppState) -> None:
        self.told.append(state)

    def folder_awaited(self) -> None:
        pass

    def run_finished(self, run: Run) -> None:
        self.ended.append(run)

    def orders_changed(self, account_id: str) -> None:
        self.told.append(account_id)

    def history_changed(self) -> None:
        """Says nothing."""

    def notice_due(self, notice: Notice, run_id: int) -> None:
        self.told.append(notice)

    def crashed(self, trace: str) -> None:
        self.crashes.append(trace)


class RawLog(logging.Handler):
    """Keeps every record of every logger as it was made: unredacted, with its arguments and traces."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.texts.append(f"{record.name} {record.getMessage()} {record.msg!r} {record.args!r} {trace}")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to all loggers, ours included, which pass nothing on while a log file is open."""
        loggers = (logging.getLogger(), logging.getLogger("fossatray"))
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.addHandler(self)
            logger.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.removeHandler(self)
                logger.setLevel(level)


class Scene:
    """One data folder below `home`, with everything that a run leaves there or says anywhere."""

    def __init__(self, home: Path, canary: Canary) -> None:
        self.home = home
        self.canary = canary
        self.paths: Paths = app_paths(home / "d")
        prepare(self.paths)
        self.raw = home / "raw"
        self.work = home / "cwd"
        for folder in (self.raw, self.work):
            folder.mkdir(mode=0o700)
        self.ear = Ear()
        self.log = RawLog()
        self.errors: list[BaseException] = []
        self._temporary = set(_temporary())

    @property
    def stderr(self) -> bytes:
        """What all scrape processes so far have written to standard error."""
        file = self.raw / "stderr"
        return file.read_bytes() if file.exists() else b""

    def parts(self, credentials: CredentialStore, *, environment: ChildEnvironment = child_environment) -> EngineParts:
        """The engine's parts, with short waits and everything at debug level."""
        return EngineParts(
            open_store=lambda: Store.open(self.paths.database, self.paths.lock, self.paths.backups),
            credentials=credentials,
            runs_folder=self.paths.runs,
            scheduling=False,
            child_command=self._command,
            child_environment=environment,
            limits=Limits(run_s=60.0, page_s=8.0, sign_ins_an_hour=100, retry_pauses_s=()),
            profile_path=write_short_waits(self.home / "profile.toml"),
            log_level="DEBUG",
            folder=str(self.work),
        )

    def _command(self, role: str) -> list[str]:
        return ["sh", "-c", RECORDED, "recorded", str(self.raw), *child_command(role)]

    @contextmanager
    def logging(self) -> Iterator[None]:
        """Write the log file as the program does, at debug level, and keep the raw records, too."""
        close = open_log(self.paths, Redactor(), level=logging.DEBUG)
        try:
            with self.log.listening():
                yield
        finally:
            close()

    def findings(self, portals: Iterable[PracticePortal] = ()) -> list[str]:
        """Every place where the canary is, among all that is left and all that was said."""
        found, _ = self.canary.in_folder(self.home)
        for path in set(_temporary()) - self._temporary - {self.home}:
            found += [f"{path}: {form}" for form in self.canary.in_file(path)]
            found += self.canary.in_folder(path)[0]
        texts = {
            "raw log": self.log.texts,
            "told by the engine": map(repr, self.ear.told),
            "ended runs": map(repr, self.ear.ended),
            "crashes": self.ear.crashes,
            "errors": ("".join(traceback.format_exception(error)) + repr(vars(error)) for error in self.errors),
            "addresses asked for": (address for portal in portals for address in portal.requests),
        }
        for place, said in texts.items():
            found += [f"{place}: {form}" for text in said for form in self.canary.in_text(text)]
        return sorted(set(found))


def _temporary() -> Iterator[Path]:
    """What lies in the folders for temporary files and is ours."""
    for folder in (Path(tempfile.gettempdir()), Path("/dev/shm")):
        for path in folder.iterdir() if folder.is_dir() else ():
            try:
                if path.lstat().st_uid == os.getuid():
                    yield path
            except OSError:
                continue  # it is gone


async def add_account(conductor: Conductor, portal: PracticePortal, name: str) -> Account:
    """Add an account with the portal's password, as the settings page does."""
    command = SaveAccount(name, portal.origin, portal.username, password=Secret(portal.password))
    account = await conductor.execute(command)
    assert isinstance(account, Account)
    return account


async def synced(conductor: Conductor, account: Account | None = None) -> list[Run]:
    """Sync one account, or all, and return the ended runs."""
    runs = await conductor.execute(SyncNow(account.id if account else None))
    return [await conductor.run_ended(run) for run in runs]


async def cancelled_when(conductor: Conductor, account: Account, reached: Callable[[], object]) -> Run:
    """Start a sync, wait until it has come so far, cancel it, and return the ended run."""
    (run,) = await conductor.execute(SyncNow(account.id))
    await asyncio.to_thread(wait_until, reached, REACH_SECONDS, "the middle of the run")
    await conductor.execute(Cancel(account.id))
    return await conductor.run_ended(run)
