"""The store as the engine sees it: one object, a room for each kind of thing kept. Only the engine thread has one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

from fossatray.store.accounts import Accounts
from fossatray.store.backups import Backup, Restored
from fossatray.store.database import Clock, Database, utc_now
from fossatray.store.dispensers import Dispensers
from fossatray.store.evidence import EvidenceShelf, evidence_beside
from fossatray.store.orders import Orders
from fossatray.store.runs import Runs
from fossatray.store.schedules import Schedules
from fossatray.store.sessions import Sessions
from fossatray.store.settings import Settings
from fossatray.store.sign_ins import SignIns


class Store:
    """The one writer. It holds the data folder's lock from :meth:`open` to :meth:`close`, for use in one thread.

    Every method of its rooms may raise StoreFull, StoreDamaged, StoreBusy, StoreUnsuitable or StoreError.
    """

    def __init__(self, database: Database, evidence: EvidenceShelf) -> None:
        self._database = database
        self.evidence = evidence
        self.accounts = Accounts(database)
        self.schedules = Schedules(database)
        self.runs = Runs(database)
        self.orders = Orders(database)
        self.dispensers = Dispensers(database)
        self.settings = Settings(database)
        self.sign_ins = SignIns(database)
        self.sessions = Sessions(database)

    @classmethod
    def open(cls, file: Path, lock: Path, backups: Path, *, wait: float = 0.0, clock: Clock = utc_now) -> Self:
        """Open the store; wait at most `wait` seconds for another process to free it. Raises as Database.open does."""
        return cls(Database.open(file, lock, backups, wait=wait, clock=clock), evidence_beside(file))

    @staticmethod
    def restore_newest_backup(file: Path, backups: Path, lock: Path | None = None) -> Restored:
        """Set a damaged database aside and restore the newest sound backup. Raises StoreDamaged if there is none."""
        return Database.restore_newest_backup(file, backups, lock)

    def atomic(self) -> AbstractContextManager[None]:
        """Return a context in which everything lands in one transaction, or nothing does."""
        return self._database.atomic()

    def backup_if_due(self, now: datetime) -> Backup | None:
        """Make a backup if the newest is a day old or older: for a program that runs for weeks."""
        return self._database.backup_if_due(now)

    def sweep_evidence(self) -> None:
        """Delete the evidence of runs that are no longer in the history."""
        self.evidence.keep_only(lambda run: self.runs.get(run) is not None)

    def close(self) -> None:
        """Close the database and free the data folder. Harmless the second time."""
        self._database.close()
