"""A program with schedules at work in a fast clock, to be killed: the engine without a window, everything else real.

Started with the data folder, the browser, the moment at which its clock began (ISO), the real second at which that was,
and how many times faster it runs; the password comes on standard input. Says "working" once the engine is open.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fossatray.core.commands import SaveSettings
from fossatray.core.secret import Secret
from fossatray.core.words import Words
from fossatray.engine.conductor import Conductor
from fossatray.engine.parts import EngineParts, Limits
from fossatray.store.store import Store
from fossatray.system.credentials_client import CredentialState, MemoryCredentialStore
from tests.harness.fast_clock import FastAlarm, FastClock
from tests.unit.engine.world import Ear

ZONE = ZoneInfo("America/New_York")


class OnePassword(MemoryCredentialStore):
    """A keyring with one password for every account: it is there before the accounts are known."""

    def __init__(self, password: Secret) -> None:
        super().__init__()
        self._password = password

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> CredentialState:
        """Say that it is there."""
        return CredentialState.PRESENT

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        """Return the password."""
        return self._password


def fast_parts(home: Path, clock: FastClock, credentials: MemoryCredentialStore) -> EngineParts:
    """The engine's real parts but for clock, alarm clock and keyring."""
    data = home / "data"
    return EngineParts(
        open_store=lambda: Store.open(data / "db.sqlite3", data / "db.lock", home / "backups", wait=5.0),
        credentials=credentials,
        runs_folder=home / "runs",
        clock=clock,
        monotonic=clock.monotonic,
        zone=lambda: ZONE,
        words=lambda: Words(ZONE),
        alarm=lambda: FastAlarm(clock),
        limits=Limits(watch_s=max(0.05, 60 / clock.speed)),
    )


async def work(home: Path, browser: str, clock: FastClock, password: Secret) -> None:
    """Run what is planned until killed."""
    credentials = OnePassword(password)
    conductor = Conductor(fast_parts(home, clock, credentials), Ear())
    await conductor.open()
    try:
        await conductor.execute(SaveSettings({"browser_path": browser}))
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    finally:
        await conductor.close()


if __name__ == "__main__":
    home, browser, begins, since, speed = sys.argv[1:]
    clock = FastClock(datetime.fromisoformat(begins), float(speed), float(since))
    asyncio.run(work(Path(home), browser, clock, Secret(sys.stdin.readline().strip())))
