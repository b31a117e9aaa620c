"""Opening: what is checked, in which order, and what is refused without being touched."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from fossatray.core.errors import StoreBusy, StoreDamaged, StoreTooNew, StoreUnsuitable
from fossatray.store.database import use_write_ahead_log
from fossatray.store.folder import check_folder, is_held, is_on_network
from fossatray.store.migrations import SCHEMA_VERSION
from fossatray.store.store import Store
from tests.unit.store.old_databases import build_newer
from tests.unit.store.places import NOW, Place, full_order, make_account, save
from tests.unit.store.processes import second_process


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_the_users_alone_whatever_the_umask(place: Place) -> None:
    old = os.umask(0)
    try:
        store = place.open()
        save(store, store.accounts.add(make_account()), [full_order()])
        store.backup_if_due(NOW)
        modes = {path.name: mode(path) for path in place.folder.rglob("*") if path.is_file()}
        folders = [mode(path) for path in (place.folder, place.backups)]
        store.close()
    finally:
        os.umask(old)
    assert folders == [0o700, 0o700]
    assert {"fossatray.sqlite3", "fossatray.sqlite3-wal", "fossatray.lock"} <= set(modes)
    assert len(modes) >= 5
    assert set(modes.values()) == {0o600}


def test_an_open_folder_and_file_are_closed_to_others(place: Place) -> None:
    place.open().close()
    place.folder.chmod(0o755)
    place.file.chmod(0o644)
    place.open().close()
    assert (mode(place.folder), mode(place.file)) == (0o700, 0o600)


def test_the_connection_is_durable_and_checked(store: Store) -> None:
    database = store._database
    pragmas = [
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    ]
    assert pragmas == ["wal", 2, 1]
    assert database.execute("PRAGMA busy_timeout").fetchone()[0] == 5000
    assert database.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_what_is_kept_is_there_again(place: Place) -> None:
    first = place.open()
    account = first.accounts.add(make_account())
    first.close()
    second = place.open()
    try:
        assert second.accounts.all() == [account]
    finally:
        second.close()


def test_a_newer_database_is_refused_untouched(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    build_newer(place.file, SCHEMA_VERSION + 1)
    before = place.file.read_bytes()
    with pytest.raises(StoreTooNew, match=str(SCHEMA_VERSION + 1)):
        place.open()
    assert place.file.read_bytes() == before
    assert not place.backups.exists()
    assert not is_held(place.lock)


def test_the_second_store_of_one_process_is_refused(store: Store, place: Place, tmp_path: Path) -> None:
    with pytest.raises(StoreBusy):
        place.open()
    with pytest.raises(RuntimeError, match="open in this process"):
        Place(tmp_path / "other").open()
    assert store.accounts.all() == []


def test_two_processes_never_hold_one_folder(place: Place) -> None:
    with second_process("hold", place.folder) as child:
        assert is_held(place.lock)
        with pytest.raises(StoreBusy):
            place.open()
        child.kill()
        child.wait()
        assert not is_held(place.lock)
        place.open().close()


def test_the_lock_is_waited_for(place: Place) -> None:
    with second_process("hold", place.folder) as child:
        assert child.stdin is not None
        child.stdin.close()  # it now closes its store in its own time
        Store.open(place.file, place.lock, place.backups, wait=30).close()


def test_a_lock_that_nobody_ever_took_is_not_held(place: Place) -> None:
    assert not is_held(place.lock)
    assert not place.folder.exists()


def test_the_folder_is_locked_before_the_database_is_touched(place: Place) -> None:
    with second_process("hold", place.folder):
        before = place.file.read_bytes()
        place.file.chmod(0o600)
        with pytest.raises(StoreBusy):
            place.open()
        assert place.file.read_bytes() == before


def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    if os.geteuid() == 0:
        folder.mkdir()
        os.chown(folder, 12345, 12345)
    else:
        folder = Path("/")
    with pytest.raises(StoreUnsuitable, match="another user"):
        check_folder(folder / "fossatray.sqlite3", folder / "backups")


@pytest.mark.parametrize("shared", [0o777, 0o755, 0o1700 | 0o77])
def test_a_shared_folder_is_refused_and_left_as_it_is(place: Place, shared: int) -> None:
    place.folder.mkdir()
    (place.folder / "of somebody").touch()
    place.folder.chmod(shared)
    with pytest.raises(StoreUnsuitable, match="open to other users"):
        place.open()
    assert mode(place.folder) == shared
    assert [path.name for path in place.folder.iterdir()] == ["of somebody"]


def test_a_private_folder_with_other_things_is_used(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    (place.folder / "of mine").touch()
    place.open().close()
    assert mode(place.folder) == 0o700


def test_a_database_that_is_a_link_is_refused(place: Place, tmp_path: Path) -> None:
    place.folder.mkdir()
    (tmp_path / "elsewhere").touch()
    place.file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnsuitable, match="plain file"):
        place.open()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnsuitable):
        Place(tmp_path / "file" / "data").open()


def test_no_write_ahead_log_is_refused(tmp_path: Path) -> None:
    """SQLite's VFS "unix-none" has no shared memory, like a network drive."""
    address = f"{(tmp_path / 'x.sqlite3').as_uri()}?vfs=unix-none"
    with closing(sqlite3.connect(address, uri=True)) as connection, pytest.raises(StoreUnsuitable, match="ahead"):
        use_write_ahead_log(connection)


@pytest.mark.parametrize(
    ("mounts", "found"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", False),
        ("/dev/sda1 / ext4 rw 0 0\nserver:/x {folder} nfs4 rw 0 0\n", True),
        ("server:/x {parent} cifs rw 0 0\n/dev/sdb1 {folder} ext4 rw 0 0\n", False),
        ("/dev/sda1 / ext4 rw 0 0\nme@host: {folder} fuse.sshfs rw 0 0\n", True),
        ("server:/x {folder}x nfs rw 0 0\n/dev/sda1 / ext4 rw 0 0\nbroken\n", False),
    ],
)
def test_network_drives_are_known_by_their_mounts(tmp_path: Path, mounts: str, found: bool) -> None:
    folder = tmp_path.resolve() / "da ta"
    folder.mkdir()
    escaped = str(folder).replace(" ", "\\040")
    table = tmp_path / "mounts"
    table.write_text(mounts.format(folder=escaped, parent=folder.parent))
    assert is_on_network(folder, table) is found


@pytest.mark.parametrize("where", ["start", "middle"])
def test_a_damaged_file_is_found_on_opening_and_left_alone(place: Place, where: str) -> None:
    store = place.open()
    save(store, store.accounts.add(make_account()), [full_order(str(n)) for n in range(300)])
    store.close()
    data = bytearray(place.file.read_bytes())
    at = 0 if where == "start" else len(data) // 2 // 4096 * 4096
    data[at : at + 4096] = b"\xff" * 4096
    place.file.write_bytes(data)
    with pytest.raises(StoreDamaged):
        place.open()
    assert place.file.read_bytes() == bytes(data)
    assert not is_held(place.lock)


def test_a_transaction_lands_whole_or_not_at_all(store: Store) -> None:
    def fail_half_way() -> None:
        with store.atomic():
            store.accounts.add(make_account())
            store.settings.set("notifications", "off")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert store.accounts.all() == []
    assert store.settings.get("notifications") == "on"


def test_closing_twice_is_harmless(place: Place) -> None:
    store = place.open()
    store.close()
    store.close()
    assert not is_held(place.lock)
