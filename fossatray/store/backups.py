"""Backups: made through SQLite's own backup interface, complete single files, the newest five kept.

`shutil.copy` of an open database loses what is still in its log.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fossatray.core.errors import FossaError, StoreDamaged
from fossatray.store.convert import NOT_OURS, account_from, schedule_from
from fossatray.store.errors import folder_errors, store_errors
from fossatray.store.folder import make_private
from fossatray.store.migrations import SCHEMA_VERSION, version_of

KEPT = 5
NO_BACKUP = (
    "There is no usable backup. Move the database file away to start anew: the next sync reads all open orders again."
)
_NAME = re.compile(r"fossatray-(\d{8}T\d{12}Z)-v(\d+)\.sqlite3")
_STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file: when it was made (UTC) and the version of the database in it."""

    file: Path
    made_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the backup that is the database now, and where the damaged file is kept."""

    backup: Backup
    kept: Path


def list_backups(folder: Path) -> list[Backup]:
    """Return the backups in a folder, newest first."""
    found = []
    for file in folder.glob("fossatray-*.sqlite3"):
        name = _NAME.fullmatch(file.name)
        if name:
            made_at = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
            found.append(Backup(file, made_at, int(name[2])))
    return sorted(found, key=lambda backup: (backup.made_at, backup.version), reverse=True)


def newest_sound(folder: Path) -> Backup | None:
    """Return the newest backup that can be used, or None."""
    return next((backup for backup in list_backups(folder) if is_sound(backup.file)), None)


def make_backup(source: sqlite3.Connection, folder: Path, now: datetime) -> Backup:
    """Copy an open database into the folder (0600) and drop all but the newest five. Raises store errors."""
    now = now.astimezone(UTC)
    version = version_of(source)
    with folder_errors(f"The folder {folder} cannot be used"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"fossatray-{now.strftime(_STAMP)}-v{version}.sqlite3"
        _clear(partial := target.with_suffix(".partial"))
        _copy(source, partial)
        partial.replace(target)
        for old in list_backups(folder)[KEPT:]:
            old.file.unlink(missing_ok=True)
    return Backup(target, now, version)


def is_sound(file: Path, known: int = SCHEMA_VERSION) -> bool:
    """Tell whether a backup can be read as a whole, is one of ours, and is not from a newer version."""
    try:
        with store_errors(), closing(sqlite3.connect(_read_only(file), uri=True)) as connection:
            return 0 < version_of(connection) <= known and check_integrity(connection) and rows_are_ours(connection)
    except FossaError:
        return False


def check_integrity(connection: sqlite3.Connection) -> bool:
    """Tell whether SQLite finds a database sound (structure of every page; not every index against its table)."""
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def rows_are_ours(connection: sqlite3.Connection) -> bool:
    """Tell whether the accounts and schedules, without which nothing works, can be read as ours.

    Those of an earlier version are read when it has been migrated, and taken for ours here.
    """
    if version_of(connection) != SCHEMA_VERSION:
        return True
    try:
        for account in _rows(connection, "account"):
            account_from(account)
        for schedule in _rows(connection, "schedule"):
            schedule_from(schedule)
    except (StoreDamaged, *NOT_OURS):
        return False
    return True


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - two names of our own
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def set_aside_and_restore(file: Path, backups: Path, now: datetime) -> Restored:
    """Keep the damaged database under another name and put the newest sound backup in its place.

    The caller holds the folder's lock and has no connection open. Killed at any moment this leaves either the damaged
    database, to be offered again, or the restored one. Raises StoreDamaged (nothing is moved) without a sound backup.
    """
    backup = newest_sound(backups)
    if backup is None:
        raise StoreDamaged("The database is damaged, and there is no usable backup.", advice=NO_BACKUP)
    stamp = now.astimezone(UTC).strftime(_STAMP)
    kept = file.with_name(f"{file.stem}-damaged-{stamp}{file.suffix}")
    with folder_errors("The damaged database cannot be set aside"), store_errors():
        _clear(fresh := file.with_name(f"{file.name}.restoring"))
        with closing(sqlite3.connect(_read_only(backup.file), uri=True)) as source:
            _copy(source, fresh)
        _keep_damaged(file, kept)
        fresh.replace(file)
        _sync_folder(file.parent)
    return Restored(backup, kept)


def _copy(source: sqlite3.Connection, target: Path) -> None:
    make_private(target)
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


def _keep_damaged(file: Path, kept: Path) -> None:
    """Give the damaged file a second name before it loses its first. Its log goes along: it would be replayed."""
    if file.exists():
        try:
            os.link(file, kept)
        except OSError:
            shutil.copy2(file, kept)
    log = file.with_name(file.name + "-wal")
    if log.exists():
        log.replace(kept.with_name(kept.name + "-wal"))
    file.with_name(file.name + "-shm").unlink(missing_ok=True)


def _clear(file: Path) -> None:
    """Remove what an interrupted attempt left."""
    for name in (file.name, f"{file.name}-journal", f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)


def _read_only(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be synced."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
