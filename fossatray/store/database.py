"""The one writing connection: opened in a fixed order, held with the data folder's lock for life.

Order: folder and file checks, lock, version (a newer one is refused untouched), write-ahead log, soundness, backup,
migrations, and only then Peewee and its queries. All of it runs in the thread that will use it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from peewee import SqliteDatabase

from fossatray.core.errors import StoreDamaged, StoreUnsuitable
from fossatray.store.backups import (
    Backup,
    Restored,
    check_integrity,
    list_backups,
    make_backup,
    rows_are_ours,
    set_aside_and_restore,
)
from fossatray.store.convert import Row
from fossatray.store.errors import store_errors
from fossatray.store.folder import FolderLock, check_file, check_folder, make_private
from fossatray.store.migrations import SCHEMA_VERSION, migrate, refuse_newer, version_of
from fossatray.store.models import proxy

log = logging.getLogger("fossatray.store")

BUSY_SECONDS = 5.0
BACKUP_EVERY = timedelta(days=1)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment, for the names of backups."""
    return datetime.now(UTC)


class Database:
    """The open database. Made by :meth:`open`; one at a time in a process, used in one thread."""

    def __init__(self, peewee: Any, lock: FolderLock, backups: Path) -> None:
        self._peewee = peewee
        self._lock = lock
        self._backups = backups

    @classmethod
    def open(cls, file: Path, lock: Path, backups: Path, *, wait: float = 0.0, clock: Clock = utc_now) -> Self:
        """Open (and make or migrate) the database; wait at most `wait` seconds for the lock.

        Raises StoreBusy (another process has it), StoreTooNew, StoreDamaged (see :meth:`restore_newest_backup`),
        StoreUnsuitable (another user's folder, read-only, no write-ahead log), StoreFull.
        """
        check_folder(file, backups)
        held = FolderLock(lock)
        held.acquire(wait)
        try:
            with store_errors():
                _prepare(file, backups, clock)
                return cls(_connect(file), held, backups)
        except BaseException:
            held.release()
            raise

    def close(self) -> None:
        """Close the connection and free the folder. Harmless the second time."""
        try:
            if not self._peewee.is_closed():
                with store_errors():
                    self._peewee.close()
        finally:
            if proxy.obj is self._peewee:
                proxy.initialize(None)
            self._lock.release()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Everything inside lands in one transaction, or nothing does; may be nested. Raises store errors."""
        with store_errors(), self._peewee.atomic("IMMEDIATE") if not self.in_transaction else self._peewee.atomic():
            yield

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._peewee.in_transaction())

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = self._peewee.connection()
        return connection

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Run one statement on Peewee's connection."""
        return self._connection.execute(sql, tuple(values))

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Return the rows of a plain query by column name: for what is asked at every planned run.

        It takes a twentieth of the time of a query that Peewee composes.
        """
        cursor = self.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, *values: Any) -> Row | None:
        """Return the first row of a plain query by column name, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def executemany(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement for many rows on Peewee's connection: ten times faster than Peewee's own way."""
        self._connection.executemany(sql, rows)

    @store_errors()
    def backup_if_due(self, now: datetime) -> Backup | None:
        """Make a backup if the newest one is a day old or older."""
        return make_backup(self._connection, self._backups, now) if _is_due(self._backups, now) else None

    @staticmethod
    def restore_newest_backup(
        file: Path, backups: Path, lock: Path | None = None, *, wait: float = 0.0, clock: Clock = utc_now
    ) -> Restored:
        """Set a damaged database aside (it is kept) and restore the newest sound backup; open it anew afterwards.

        `lock` is the folder's lock file (the database's name with .lock by default). Raises StoreDamaged if there is no
        sound backup (nothing is moved then), StoreBusy if a process has the folder.
        """
        check_folder(file, backups)
        held = FolderLock(lock or file.with_suffix(".lock"))
        held.acquire(wait)
        try:
            return set_aside_and_restore(file, backups, clock())
        finally:
            held.release()


def _prepare(file: Path, backups: Path, clock: Clock) -> None:
    """Bring the file into the state that queries expect. The lock is held."""
    existed = check_file(file)
    if existed:
        _refuse_newer_untouched(file)
    else:
        make_private(file)
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous = FULL")
        if existed and not check_integrity(connection):
            raise StoreDamaged("The database file is damaged.")
        version, now = version_of(connection), clock()
        if existed and (_has_tables(connection) and (version < SCHEMA_VERSION or _is_due(backups, now))):
            _back_up(connection, backups, now)
        migrate(connection)


def _back_up(connection: sqlite3.Connection, backups: Path, now: datetime) -> None:
    """Make the backup that is due; not of damaged rows: that would push a sound backup out."""
    if rows_are_ours(connection):
        make_backup(connection, backups, now)
    else:
        log.error("no backup is made: rows of the database cannot be read")


def _refuse_newer_untouched(file: Path) -> None:
    """Read the version through a connection that cannot write. Raises StoreTooNew, StoreDamaged."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        refuse_newer(version_of(connection))


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the database to its write-ahead log. Raises StoreUnsuitable where the file system has none."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreUnsuitable("The data folder cannot hold a write-ahead log, as on some network drives.")


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _is_due(backups: Path, now: datetime) -> bool:
    newest = next(iter(list_backups(backups)), None)
    return newest is None or now - newest.made_at >= BACKUP_EVERY


def _connect(file: Path) -> SqliteDatabase:
    """Open Peewee's connection and bind the models to it. Raises RuntimeError if another one is open: a bug."""
    if proxy.obj is not None:
        raise RuntimeError("a database is open in this process already")
    database = SqliteDatabase(
        str(file),
        pragmas=(("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2)),
        timeout=BUSY_SECONDS,
        autoconnect=False,
    )
    proxy.initialize(database)
    try:
        database.connect()
    except BaseException:
        proxy.initialize(None)
        raise
    return database
