"""A data folder that cannot be used: a damaged database, one of a newer version, another user's folder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from fossatray.store.migrations import SCHEMA_VERSION
from fossatray.system.paths import Paths, app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import COMMAND, Program


def with_an_account(program: Program) -> Paths:
    """Make a data folder with an account and a backup that has it."""
    for name in ("Work", "Home"):
        program.cli("accounts", "add", "--name", name, "--username", "me@portal.example")
    paths = app_paths(program.data)
    assert list(paths.backups.iterdir()) != []
    return paths


def damage(file: Path) -> bytes:
    """Overwrite the middle of a database; returns what is there then."""
    data = bytearray(file.read_bytes())
    data[4096 : len(data) - 512] = b"\xa5" * (len(data) - 4608)
    file.write_bytes(data)
    return bytes(data)


def test_a_damaged_database_is_offered_its_backup_and_works_again(desktop: DesktopSession, program: Program) -> None:
    paths = with_an_account(program)
    broken = damage(paths.database)
    item = program.start()
    window = desktop.wait_for_window("FossaTray")
    assert program.process is not None
    assert [one.id for one in desktop.windows(program.process)] == [window.id]
    assert program.json("status")["status"] == "failed"
    assert "damaged" in item.tooltip()
    desktop.screen.focus(window)
    desktop.screen.press("alt+r")
    plans = ("Next sync", "no password")  # the one, until the keyring has said the other
    wait_until(lambda: any(one in item.tooltip() for one in plans), 30, "the engine to work on the backup")
    assert program.json("accounts", "list")[0]["name"] == "Work"
    (kept,) = program.data.glob("fossatray-damaged-*.sqlite3")
    assert kept.read_bytes() == broken
    program.cli("accounts", "add", "--name", "Third", "--username", "me@portal.example")
    assert "Third" in program.cli("accounts", "list")
    assert desktop.windows(program.process) == []


def test_a_refused_offer_leaves_everything_as_it_is(desktop: DesktopSession, program: Program) -> None:
    paths = with_an_account(program)
    broken = damage(paths.database)
    item = program.start()
    desktop.screen.focus(desktop.wait_for_window("FossaTray"))
    desktop.screen.press("Escape")
    wait_until(lambda: desktop.windows(program.process) == [], 30, "the offer to close")
    assert "damaged" in item.tooltip()
    assert paths.database.read_bytes() == broken
    assert "has quit" in program.cli("quit")


def test_a_newer_database_is_refused_untouched_with_a_clear_message(desktop: DesktopSession, program: Program) -> None:
    paths = with_an_account(program)
    with closing(sqlite3.connect(paths.database)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = paths.database.read_bytes()
    program.process = desktop.start([*COMMAND, "--data-dir", str(program.data)])
    item = desktop.wait_for_icon()
    window = desktop.wait_for_window("FossaTray")
    assert [one.id for one in desktop.windows(program.process)] == [window.id]
    wait_until(lambda: "newer" in item.tooltip(), 30, "the reason in the tooltip")
    status = program.json("status")
    assert status["status"] == "failed"
    assert "newer" in status["message"]
    program.cli("orders", status=1)
    assert "has quit" in program.cli("quit")
    assert paths.database.read_bytes() == before
    assert list(paths.backups.glob("*newer*")) == []


def test_another_users_folder_is_refused_on_the_screen(desktop: DesktopSession, program: Program) -> None:
    folder = Path("/usr")
    if os.geteuid() == 0:
        folder = program.data
        folder.mkdir()
        os.chown(folder, 65534, 65534)
    command = [*COMMAND, "--data-dir", str(folder)]
    started = desktop.start(command)
    box = desktop.wait_for_window("FossaTray could not start")  # nobody reads a log file, so it is said on the screen
    desktop.screen.focus(box)
    desktop.screen.press("Return")
    assert started.wait(30) == 1
    assert "belongs to another user" in desktop.program_log()
    assert "--data-dir" in desktop.program_log()
    assert desktop.tray_items() == []
    if os.geteuid() == 0:
        assert list(folder.iterdir()) == []
