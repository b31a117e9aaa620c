"""Backups are whole, few and private; a restore keeps the damaged file and takes the newest sound backup."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import timedelta

import pytest

from fossatray.core.errors import StoreBusy, StoreDamaged
from fossatray.store.backups import KEPT, is_sound, list_backups, make_backup, newest_sound
from fossatray.store.folder import FolderLock
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import NOW, Place, full_order, make_account, save

DAY = timedelta(days=1)


def damage(place: Place) -> bytes:
    """Overwrite the file's beginning, as a dying disk would; return what it is now."""
    data = bytearray(place.file.read_bytes())
    data[:2048] = b"\0" * 2048
    place.file.write_bytes(data)
    return bytes(data)


def names_after_restore(place: Place) -> list[str]:
    store = place.open(NOW + 9 * DAY)
    try:
        return [account.name for account in store.accounts.all()]
    finally:
        store.close()


def test_a_backup_holds_what_is_still_in_the_log(store: Store, place: Place) -> None:
    save(store, store.accounts.add(make_account()), [full_order()])
    backup = store.backup_if_due(NOW)
    assert backup is not None
    assert [path.name for path in place.backups.iterdir()] == [backup.file.name]
    with closing(sqlite3.connect(backup.file)) as copy:
        assert copy.execute("SELECT number FROM work_order").fetchall() == [("129651",)]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert stat.S_IMODE(backup.file.stat().st_mode) == 0o600


def test_one_a_day_and_the_newest_five(store: Store, place: Place) -> None:
    made = [store.backup_if_due(NOW + timedelta(hours=hours)) for hours in range(0, 24 * 8, 6)]
    assert sum(backup is not None for backup in made) == 8
    kept = list_backups(place.backups)
    assert [backup.made_at for backup in kept] == [NOW + n * DAY for n in (7, 6, 5, 4, 3)]
    assert len(kept) == KEPT


def test_opening_makes_the_days_backup(place: Place) -> None:
    place.open().close()
    place.open(NOW).close()
    place.open(NOW + timedelta(hours=23)).close()
    assert [backup.made_at for backup in list_backups(place.backups)] == [NOW]


def test_other_files_in_the_folder_are_left_alone(store: Store, place: Place) -> None:
    place.backups.mkdir()
    (place.backups / "fossatray-mine.sqlite3").write_text("mine")
    for n in range(7):
        store.backup_if_due(NOW + n * DAY)
    assert (place.backups / "fossatray-mine.sqlite3").read_text() == "mine"


def test_a_restore_keeps_the_damaged_file_and_brings_the_newest_backup(place: Place) -> None:
    store = place.open()
    store.accounts.add(make_account("One"))
    store.backup_if_due(NOW)
    store.accounts.add(make_account("Two"))
    store.backup_if_due(NOW + DAY)
    store.accounts.add(make_account("Three"))
    store.close()
    damaged = damage(place)
    with pytest.raises(StoreDamaged):
        place.open()
    restored = Store.restore_newest_backup(place.file, place.backups)
    assert restored.backup.made_at == NOW + DAY
    assert restored.kept.read_bytes() == damaged
    assert names_after_restore(place) == ["One", "Two"]
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600


def test_the_damaged_files_log_is_not_replayed_into_the_restored_one(place: Place) -> None:
    store = place.open()
    store.accounts.add(make_account("One"))
    store.backup_if_due(NOW)
    store.close()
    log = place.file.with_name(place.file.name + "-wal")
    log.write_bytes(b"left by a crash")
    restored = Store.restore_newest_backup(place.file, place.backups)
    assert not log.exists()
    assert restored.kept.with_name(restored.kept.name + "-wal").read_bytes() == b"left by a crash"
    assert names_after_restore(place) == ["One"]


def test_a_backup_that_is_damaged_or_newer_is_passed_over(place: Place) -> None:
    store = place.open()
    store.accounts.add(make_account("One"))
    made = [store.backup_if_due(NOW + n * DAY) for n in range(3)]
    store.close()
    sound, newer, broken = (backup.file for backup in made if backup is not None)
    broken.write_bytes(b"no database")
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert [is_sound(file) for file in (sound, newer, broken)] == [True, False, False]
    damage(place)
    assert Store.restore_newest_backup(place.file, place.backups).backup.file == sound


def test_a_schedule_that_cannot_be_read_gets_into_no_backup_and_comes_back_from_none(place: Place) -> None:
    store = place.open()
    store.accounts.add(make_account("One"))
    good = store.backup_if_due(NOW)
    store.close()
    assert good is not None
    with closing(sqlite3.connect(place.file)) as connection, connection:
        connection.execute("UPDATE schedule SET timetable = '{'")
    place.open(NOW + 2 * DAY).close()
    assert list_backups(place.backups) == [good], "the damaged rows would push a sound backup out"
    with closing(sqlite3.connect(place.file)) as connection:
        worse = make_backup(connection, place.backups, NOW + 3 * DAY)
    assert newest_sound(place.backups) == good != worse
    assert Store.restore_newest_backup(place.file, place.backups).backup == good
    assert names_after_restore(place) == ["One"]


def test_without_a_backup_nothing_is_moved(place: Place) -> None:
    place.open().close()
    damaged = damage(place)
    with pytest.raises(StoreDamaged, match="no usable backup"):
        Store.restore_newest_backup(place.file, place.backups)
    assert place.file.read_bytes() == damaged


def test_a_restore_needs_the_lock(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    lock = FolderLock(place.lock)
    lock.acquire()
    with pytest.raises(StoreBusy):
        Store.restore_newest_backup(place.file, place.backups)
    lock.release()


def test_a_reader_follows_to_the_restored_file(place: Place) -> None:
    store = place.open()
    store.accounts.add(make_account("One"))
    store.backup_if_due(NOW)
    store.accounts.add(make_account("Two"))
    store.close()
    reader = Reader(place.file)
    assert len(reader.accounts()) == 2
    Store.restore_newest_backup(place.file, place.backups)
    assert [account.name for account in reader.accounts()] == ["One"]
    reader.close()
