"""Foreign errors become ours once; bugs stay bugs."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from fossatray.core.accounts import Account
from fossatray.core.errors import FossaError, InvalidInput, StoreBusy, StoreDamaged, StoreFull, StoreUnsuitable
from fossatray.core.runs import Outcome, Trigger
from fossatray.store.errors import folder_errors, store_errors
from fossatray.store.store import Store
from tests.unit.store.places import NOTHING, NOW, Place, full_order, save


def leave_pages(store: Store, pages: int) -> None:
    """Let the database grow by so many pages and no more: SQLite then says that the disk is full."""
    used = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {used + pages}")


def test_a_full_disk_says_so_and_keeps_what_was_there(store: Store, account: Account) -> None:
    save(store, account, [full_order("1")])
    run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW)
    leave_pages(store, 2)
    orders = [full_order(str(n)) for n in range(1000, 2000)]

    def save_all() -> None:
        with store.atomic():
            store.orders.save_read(run.id, account.id, orders, NOTHING, NOW)
            store.runs.finish(run.id, Outcome.SUCCEEDED, NOW)

    with pytest.raises(StoreFull):
        save_all()
    assert not store._database.in_transaction
    assert list(store.orders.open(account.id)) == ["1"]
    assert [each.id for each in store.runs.running()] == [run.id]
    store._database.execute("PRAGMA max_page_count = 100000")
    save_all()
    assert store.orders.count_open(account.id) == 1001
    assert store.runs.running() == []


def test_a_full_disk_behind_a_failed_rollback_is_found() -> None:
    """Peewee's own report is "cannot rollback"; the cause is in the chain."""
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    cannot = peewee.OperationalError("cannot rollback - no transaction is active")
    cannot.__context__ = full
    with pytest.raises(StoreFull), store_errors():
        raise cannot


def test_a_held_database_is_busy(store: Store, place: Place) -> None:
    other = sqlite3.connect(place.file, timeout=0, isolation_level=None)
    with closing(other), store.atomic(), pytest.raises(StoreBusy), store_errors():
        other.execute("BEGIN IMMEDIATE")


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"letters, no database" * 100)
    with closing(sqlite3.connect(tmp_path / "x")) as connection, pytest.raises(StoreDamaged), store_errors():
        connection.execute("SELECT * FROM sqlite_master")


def test_a_text_that_is_none_is_damage(tmp_path: Path) -> None:
    address = tmp_path / "x"
    with closing(sqlite3.connect(address)) as connection, pytest.raises(StoreDamaged, match="text"), store_errors():
        connection.execute("SELECT CAST(x'ff' AS TEXT)").fetchall()
    with pytest.raises(StoreDamaged, match="text"), store_errors():
        b"\xff".decode()  # as sqlite3 does with the message about a damaged schema


def test_what_cannot_be_opened_or_written_is_unsuitable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnsuitable), store_errors():
        sqlite3.connect(tmp_path / "nowhere" / "x")
    file = tmp_path / "x"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE t (x)")
    address = f"{file.as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection, pytest.raises(StoreUnsuitable), store_errors():
        connection.execute("INSERT INTO t VALUES (1)")


def test_our_own_mistakes_pass_as_they_are(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax"), store_errors():
        store._database.execute("SELEC 1")
    with pytest.raises(peewee.IntegrityError):
        store.runs.start("nobody", "work_orders", Trigger.MANUAL, None, NOW)
    with pytest.raises(KeyError), store_errors():
        raise KeyError("bug")
    with pytest.raises(InvalidInput), store_errors():
        raise InvalidInput("said already")


@pytest.mark.parametrize(
    ("number", "family"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EACCES, StoreUnsuitable)]
)
def test_errors_of_the_folder(number: int, family: type[FossaError]) -> None:
    with pytest.raises(family, match="The folder"), folder_errors("The folder cannot be used"):
        raise OSError(number, "as the system says")
