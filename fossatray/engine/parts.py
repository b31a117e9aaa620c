"""What the engine is made of and whom it tells: its collaborators, its limits, and the ear for what happens."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fossatray.core.notices import Notice
from fossatray.core.runs import Run
from fossatray.core.status import AppState
from fossatray.engine.alarm import Alarm, ApsAlarm
from fossatray.engine.retry import PAUSES_S
from fossatray.engine.transcript import OUTPUT_LIMIT
from fossatray.store.store import Store
from fossatray.system.battery import Battery, NoBattery
from fossatray.system.clock import local_zone, reload_zone, utc_now, zone_mark
from fossatray.system.credentials_client import CredentialStore
from fossatray.system.processes import child_command, child_environment

if TYPE_CHECKING:
    from fossatray.core.words import Words


class Publish(Protocol):
    """The ear for what happens; called in the engine's thread, and must return at once."""

    def state_changed(self, state: AppState) -> None:
        """The state is another one (progress: at most about 10 times a second)."""

    def folder_awaited(self) -> None:
        """Another FossaTray holds the data folder, and it is waited for; told once, before any state."""

    def run_finished(self, run: Run) -> None:
        """A run has ended and is in the ledger."""

    def orders_changed(self, account_id: str) -> None:
        """A commit changed an account's orders."""

    def history_changed(self) -> None:
        """A run or an occurrence was added or changed."""

    def notice_due(self, notice: Notice, run_id: int) -> None:
        """Something is to be said to the person; due again at the next start until the run is marked as notified."""

    def crashed(self, trace: str) -> None:
        """A bug showed itself in a run; the engine goes on. `trace` is for the crash dialog."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Deadlines in seconds, sizes and counts."""

    run_s: float | None = None
    """None: as the setting `run_minutes` says."""
    page_s: float = 60.0
    memory_bytes: int = 2 * 1024**3
    """What a run's browser may use, as much as is not shared by its processes."""
    memory_look_s: float = 2.0
    """How often that is looked at while a run is under way."""
    output_bytes: int = OUTPUT_LIMIT
    """What a run's scrape process may write in all, standard error included."""
    grace_s: float = 10.0
    """What the scrape gets beyond the run's limit to say by itself that the time is over."""
    closing_s: float = 5.0
    """What the scrape gets to end after its last message; on macOS it closes its browser first."""
    end_s: float = 3.0
    """What ending all processes of a run may take."""
    install_s: float = 1800.0
    """What installing a browser may take: about 100 MB, over a slow connection."""
    retry_pauses_s: tuple[float, ...] = PAUSES_S
    """The pauses before a run is tried again; see `fossatray.engine.retry`."""
    evidence_s: float = 3.0
    """What taking the evidence of a failure may add to a run."""
    progress_s: float = 0.1
    sign_ins_an_hour: int = 12
    sign_ins_a_run: int = 4
    """Two tries, and two more when the session was lost and is renewed."""
    lock_out: timedelta = timedelta(hours=1)
    """How long no scheduled run signs in after the portal said that it locked the sign-in."""
    quiet_wait_s: float = 1.0
    """A slot that waits so long for the network is shown as one that does."""
    wait_goes_on: timedelta = timedelta(seconds=150)
    """A slot that began to wait at most so long ago waits on when the computer wakes: two minutes for the network."""
    look_ahead: timedelta = timedelta(seconds=5)
    """So long before a slot it is probed whether the portal can be reached, so that the run starts on time."""
    way_known: timedelta = timedelta(seconds=20)
    """How long that is believed."""
    look_again: timedelta = timedelta(hours=1)
    """How often the slots of resting schedules are written down, and the passwords are asked for."""
    pause: timedelta = timedelta(minutes=1)
    """After which an alarm rings again whose slots could not be written down."""
    watch_s: float = 60.0
    """How often it is looked whether the computer has slept, or its clock was set."""
    look_back: timedelta = timedelta(days=3650)
    """How far back missed slots are written down: as far as they can be kept; beyond that a clock was wrong."""


class Network(Protocol):
    """What the desktop knows of the network; may be asked from any thread. See fossatray.system.network."""

    def metered(self) -> bool | None:
        """Tell whether it is paid by volume; None = not known."""


class UnknownNetwork:
    """Nothing is known of the network."""

    def metered(self) -> bool | None:
        """Return None: not known."""
        return None


WaitForNetwork = Callable[[str], Awaitable[bool]]
"""Waits until the server of an origin takes connections; False when that took too long. See engine.network_probe."""


class ChildEnvironment(Protocol):
    """Gives a child's environment; see fossatray.system.processes.child_environment."""

    def __call__(self, extra: Mapping[str, str] | None = None, *, run_folder: Path | None = None) -> dict[str, str]:
        """Return the variables of a child with this run folder."""


def plain_words() -> Words:
    """Return the sentences in English, in the person's time zone."""
    from fossatray.core.words import Words

    return Words(local_zone)


def no_matter(_on: bool) -> None:
    """Leave the log as it is."""


@dataclass(frozen=True)
class EngineParts:
    """The engine's collaborators. `open_store` is called in the engine's thread, which alone uses what it returns.

    `scheduling=False` is for a headless run: nothing is planned, nothing counts as missed. `words` is called whenever a
    notice is worded. `child_command` gives the command of the role "scrape".
    """

    open_store: Callable[[], Store]
    """Raises StoreBusy where another FossaTray holds the data folder; see `lock_wait_s`."""
    credentials: CredentialStore
    runs_folder: Path
    clock: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    zone: Callable[[], tzinfo] = local_zone
    zone_mark: Callable[[], object] = zone_mark
    """Cheap; gives something else once the system's zone was set anew. Then `reload_zone` is called."""
    reload_zone: Callable[[], object] = reload_zone
    words: Callable[[], Words] = plain_words
    scheduling: bool = True
    lock_wait_s: float = 0.0
    """How long the engine waits, stoppable, for a data folder that a headless run holds."""
    child_command: Callable[[str], list[str]] = child_command
    child_environment: ChildEnvironment = child_environment
    alarm: Callable[[], Alarm] = ApsAlarm
    network: Network = field(default_factory=UnknownNetwork)
    wait_for_network: WaitForNetwork | None = None
    """None: planned runs start without asking whether the portal can be reached."""
    battery: Battery = field(default_factory=NoBattery)
    chance: Callable[[], float] = random.random
    """Gives 0 to 1, for the spread of pauses."""
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    """Waits some seconds before a run is tried again."""
    limits: Limits = field(default_factory=Limits)
    profile_path: str | None = None
    """The portal profile's file, where it is not to be looked for."""
    own_profile: Path | None = None
    """Where the person's own portal profile lies, if there is one: then runs use it."""
    log_level: str = "INFO"
    """What the scrape tells at least; everything, where the person has switched the detailed log on."""
    detail_log: Callable[[bool], object] = no_matter
    """Told whether the detailed log is on: at the start, and when that setting changes."""
    folder: str = "/" if os.name == "posix" else os.environ.get("SYSTEMROOT", "C:\\")
    """The current folder of the children: a fixed one."""

    def profile_in_use(self) -> str | None:
        """Return the path of the portal profile that runs use; None: the built-in one.

        The person's own one is used as soon as there is anything of that name; a run says what is wrong with it.
        """
        if self.profile_path is not None or self.own_profile is None:
            return self.profile_path
        return str(self.own_profile) if os.path.lexists(self.own_profile) else None
