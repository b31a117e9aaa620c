"""An engine with everything real but the scrape (a scripted child), the clock and the alarm clock.

A run that fails is not tried again, unless a test gives the pauses.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fossatray.core.accounts import Account
from fossatray.core.commands import SaveAccount, SyncNow
from fossatray.core.errors import FossaError
from fossatray.core.messages import BrowserChosen, Finished, Message, OrderRead, PageProgress, SignedIn, SigningIn
from fossatray.core.notices import Notice
from fossatray.core.orders import Address, Visit, WorkOrder
from fossatray.core.runs import Phase, Run
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.core.wire import encode_message, failure
from fossatray.core.words import Words
from fossatray.engine.alarm import Ring
from fossatray.engine.conductor import Conductor
from fossatray.engine.parts import EngineParts, Limits
from fossatray.store.store import Store
from fossatray.system.credentials_client import CredentialStore, MemoryCredentialStore

T = TypeVar("T")
Step = dict[str, Any]

CHILD = Path(__file__).resolve().parents[2] / "harness" / "scripted_scrape.py"
ORIGIN = "https://portal.example"
ZONE = ZoneInfo("America/New_York")
START = datetime(2026, 3, 2, 14, 20, tzinfo=UTC)
PASSWORD = "made-up"
PATIENCE_S = 60.0


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a test's coroutine to its end."""
    return asyncio.run(work)


# --- what the scrape says ---------------------------------------------------------------------------------------------


def say(message: Message) -> Step:
    return {"line": encode_message(message).decode().rstrip("\n")}


def order(number: int, **fields: Any) -> WorkOrder:
    told = WorkOrder(
        number=str(number),
        customer="Speedway",
        location_url=f"{ORIGIN}/app/locations/{number}",
        address=Address(street=f"{number} Main St", city="Dayton", state="OH"),
        visit=Visit(str(number), f"{ORIGIN}/app/visits/{number}", START.date(), "anytime", None),
    )
    return replace(told, **fields)


def orders(*numbers: int) -> list[WorkOrder]:
    return [order(number) for number in numbers]


def beginning() -> list[Step]:
    return [
        {"request": "/dev/null"},
        say(BrowserChosen("/usr/bin/chromium", "Chromium", sandbox=True)),
        say(PageProgress(Phase.LOGGING_IN)),
    ]


def signed_in(answers: str = "/dev/null") -> list[Step]:
    return [say(SigningIn()), {"answer": answers}, say(SignedIn("accepted"))]


def listing(read: list[WorkOrder], **fields: Any) -> list[Step]:
    return [
        say(PageProgress(Phase.SCRAPING, found=len(read), page=1, pages=1, done=1.0)),
        *(say(OrderRead(one)) for one in read),
        say(Finished(len(read), "as many rows as the portal says", **fields)),
    ]


def success(*numbers: int) -> list[Step]:
    return [*beginning(), *signed_in(), *listing(orders(*numbers))]


def failing(error: FossaError, **fields: Any) -> list[Step]:
    return [*beginning(), *signed_in(), say(failure(error, **fields))]


# --- the engine's surroundings ----------------------------------------------------------------------------------------


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


class HandAlarm:
    """An alarm clock that rings when the test says so."""

    def __init__(self) -> None:
        self.set_for: dict[int, tuple[datetime, Ring]] = {}
        self.started = False
        self.woken = 0

    def start(self) -> None:
        self.started = True

    def set(self, key: int, at: datetime, ring: Ring) -> None:
        self.set_for[key] = at, ring

    def clear(self, key: int) -> None:
        self.set_for.pop(key, None)

    def wake_up(self) -> None:
        self.woken += 1

    def stop(self) -> None:
        self.set_for.clear()

    async def ring(self, key: int | None = None) -> None:
        """Ring the one alarm that is set, or that of a schedule; a date alarm is gone once it rang."""
        if key is None:
            (key,) = (each for each in self.set_for if each > 0)  # a negative one is that of the look ahead
        _, ring = self.set_for.pop(key)
        await ring()

    @property
    def at(self) -> datetime | None:
        """When the one alarm rings."""
        return next((at for key, (at, _) in self.set_for.items() if key > 0), None)


@dataclass
class Ear:
    """Hears what the engine tells."""

    states: list[AppState] = field(default_factory=list)
    ended: list[Run] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    notices: list[tuple[Notice, int]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    history: int = 0
    awaited: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def state_changed(self, state: AppState) -> None:
        self.states.append(state)
        self._news.set()

    def folder_awaited(self) -> None:
        self.awaited += 1

    def run_finished(self, run: Run) -> None:
        self.ended.append(run)
        self._news.set()

    def orders_changed(self, account_id: str) -> None:
        self.changed.append(account_id)

    def history_changed(self) -> None:
        self.history += 1
        self._news.set()

    def notice_due(self, notice: Notice, run_id: int) -> None:
        self.notices.append((notice, run_id))

    def crashed(self, trace: str) -> None:
        self.crashes.append(trace)
        self._news.set()

    async def until(self, true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
        """Wait until something is true; looked at whenever the engine tells something."""
        async with asyncio.timeout(patience_s):
            while not true():
                self._news.clear()
                await self._news.wait()


class World:
    """One data folder, over several lives of the engine. `scripts` are the coming scrapes, one list of steps each."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.runs = home / "runs"
        self.clock = Clock()
        self.credentials: CredentialStore = MemoryCredentialStore()
        self.scripts: list[list[Step]] = []
        self.started = 0
        self.limits = Limits(closing_s=3.0, retry_pauses_s=())
        self.alarm = HandAlarm()
        self._gates: list[Gate] = []

    def parts(self, **changes: Any) -> EngineParts:
        def alarm() -> HandAlarm:
            self.alarm = HandAlarm()
            return self.alarm

        parts = EngineParts(
            open_store=self.open_store,
            credentials=self.credentials,
            runs_folder=self.runs,
            clock=self.clock,
            zone=lambda: ZONE,
            words=lambda: Words(ZONE),
            child_command=self._command,
            alarm=alarm,
            limits=self.limits,
        )
        return replace(parts, **changes)

    def open_store(self) -> Store:
        data = self.home / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        return Store.open(data / "db.sqlite3", data / "db.lock", self.home / "backups", wait=5.0)

    def database(self) -> Path:
        return self.home / "data" / "db.sqlite3"

    async def gate(self) -> Gate:
        """A gate at which a scripted scrape waits."""
        gate = Gate(self.home / f"gate{len(self._gates)}")
        await gate.build()
        self._gates.append(gate)
        return gate

    def _command(self, role: str) -> list[str]:
        assert role == "scrape"
        steps = self.scripts.pop(0)
        self.started += 1
        file = self.home / f"script{self.started}.json"
        file.write_text(json.dumps(steps))
        return [sys.executable, "-S", "-E", str(CHILD), str(file)]

    def left(self) -> list[str]:
        """What is in the folder of runs."""
        return sorted(path.name for path in self.runs.iterdir()) if self.runs.is_dir() else []

    @asynccontextmanager
    async def life(self, **changes: Any) -> AsyncIterator[Life]:
        """One life of the engine, from opening to an orderly end."""
        ear = Ear()
        conductor = Conductor(self.parts(**changes), ear)
        try:
            await conductor.open()
            yield Life(self, conductor, ear)
        finally:
            await conductor.close()
            for gate in self._gates:
                gate.close()


@dataclass
class Life:
    """The engine at work."""

    world: World
    conductor: Conductor
    ear: Ear

    async def add_account(self, name: str = "Work") -> Account:
        account = await self.conductor.execute(SaveAccount(name, ORIGIN, "t@example.com", password=Secret(PASSWORD)))
        assert isinstance(account, Account)
        return account

    async def do(self, command: Any) -> Any:
        return await self.conductor.execute(command)

    async def begin(self, script: list[Step] | None = None) -> int:
        """Start a sync with this script and return its id."""
        if script is not None:
            self.world.scripts.append(script)
        (run_id,) = await self.do(SyncNow())
        assert isinstance(run_id, int)
        return run_id

    async def sync(self, script: list[Step] | None = None) -> Run:
        """Sync with this script and return the ended run."""
        return await self.ended(await self.begin(script))

    async def ended(self, run_id: int) -> Run:
        async with asyncio.timeout(PATIENCE_S):
            return await self.conductor.run_ended(run_id)

    @property
    def store(self) -> Store:
        house = self.conductor._house
        assert house is not None
        return house.store

    @property
    def state(self) -> AppState:
        return self.conductor.state


class Gate:
    """A local socket at which a scripted scrape waits (step "wait") until the test lets it go on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._server: asyncio.Server | None = None
        self._reached = asyncio.Event()
        self._open = asyncio.Event()

    async def build(self) -> None:
        self._server = await asyncio.start_unix_server(self._let_through, self.path)

    async def reached(self) -> None:
        """Wait until the scrape is here."""
        async with asyncio.timeout(PATIENCE_S):
            await self._reached.wait()

    async def open(self) -> None:
        """Wait until the scrape is here and let it go on."""
        await self.reached()
        self.close()

    def close(self) -> None:
        self._open.set()
        if self._server is not None:
            self._server.close()

    async def _let_through(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reached.set()
        await self._open.wait()
        writer.close()
