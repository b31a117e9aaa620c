"""Foreign errors of SQLite, Peewee and the file system become ours here, once. A bug stays a bug."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from fossatray.core.errors import FossaError, StoreBusy, StoreDamaged, StoreError, StoreFull, StoreUnsuitable

_PRIMARY = 0xFF  # an extended result code carries the primary one in its low byte
_BY_CODE: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (StoreFull, "The disk is full: nothing of this step was saved."),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, "The database file is damaged."),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, "The database file is damaged: it is no database any more."),
    sqlite3.SQLITE_BUSY: (StoreBusy, "The database is in use by another program."),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "The database is in use by another program."),
    sqlite3.SQLITE_PROTOCOL: (StoreBusy, "The database is in use by another program."),
    sqlite3.SQLITE_READONLY: (StoreUnsuitable, "The database cannot be written to."),
    sqlite3.SQLITE_CANTOPEN: (StoreUnsuitable, "The database file cannot be opened."),
    sqlite3.SQLITE_PERM: (StoreUnsuitable, "The database file cannot be opened."),
    sqlite3.SQLITE_INTERRUPT: (StoreBusy, "The reading was broken off."),
    sqlite3.SQLITE_IOERR: (StoreError, "The disk reported an error while the database was read or written."),
}
_NO_TEXT = "Could not decode to UTF-8"  # sqlite3 says it without any code
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn errors of the database into StoreFull, StoreDamaged, StoreBusy, StoreUnsuitable or StoreError.

    Works as a decorator, too. Errors that say that our own statement is wrong (syntax, constraint, misuse) pass: bugs.
    """
    try:
        yield
    except FossaError:
        raise
    except Exception as error:
        ours = _translated(error)
        if ours is None:
            raise
        raise ours from error


@contextmanager
def folder_errors(what: str) -> Iterator[None]:
    """Turn an OSError met in the data folder into StoreFull or StoreUnsuitable; `what` is the step, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(f"{what}: the disk is full.") from error
        raise StoreUnsuitable(f"{what}: {error.strerror or type(error).__name__}.") from error


def _translated(error: BaseException) -> StoreError | None:
    """Return our error for one of the database's; a full disk can hide behind "cannot rollback" (see its context)."""
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_NO_TEXT):
        return StoreDamaged("The database file is damaged: a text in it cannot be read.")
    if not _is_of_the_database(error):
        return None
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop(0)
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        found = _BY_CODE.get(getattr(link, "sqlite_errorcode", 0) & _PRIMARY)
        if found is not None:
            family, message = found
            return family(message)
        waiting += [link.__cause__, link.__context__]
    return None


def _is_of_the_database(error: BaseException) -> bool:
    return isinstance(error, sqlite3.Error) or type(error).__module__ == "peewee"
