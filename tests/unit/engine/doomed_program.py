"""A program with the engine at work, to be killed: syncs the one account of a data folder and says how far it is.

Started with the data folder and the browser as arguments; the password comes on standard input.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from fossatray.core.commands import SaveSettings, SyncNow
from fossatray.core.secret import Secret
from fossatray.core.status import AppState
from fossatray.engine.conductor import Conductor
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store
from fossatray.system.credentials_client import MemoryCredentialStore
from tests.unit.engine.world import Ear


class Teller(Ear):
    """Says the phase of the run on standard output, whenever it is another."""

    phase = ""

    def state_changed(self, state: AppState) -> None:
        for account in state.accounts:
            if account.progress is not None and account.progress.phase != self.phase:
                self.phase = account.progress.phase
                sys.stdout.write(self.phase + "\n")
                sys.stdout.flush()


async def sync(home: Path, browser: str, password: Secret) -> None:
    """Sync until killed."""
    data = home / "data"
    credentials = MemoryCredentialStore()
    parts = EngineParts(
        open_store=lambda: Store.open(data / "db.sqlite3", data / "db.lock", home / "backups"),
        credentials=credentials,
        runs_folder=home / "runs",
    )
    conductor = Conductor(parts, Teller())
    await conductor.open()
    try:
        for account in conductor.state.accounts:
            credentials.keep(account.account.id, account.account.origin, password)
        await conductor.execute(SaveSettings({"browser_path": browser}))
        for run_id in await conductor.execute(SyncNow()):
            await conductor.run_ended(run_id)
    finally:
        await conductor.close()


if __name__ == "__main__":
    asyncio.run(sync(Path(sys.argv[1]), sys.argv[2], Secret(sys.stdin.readline().strip())))
