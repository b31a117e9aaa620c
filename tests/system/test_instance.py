"""One FossaTray a data folder: a second start, starts at once, a start after a kill, another data folder."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fossatray.control.protocol import socket_address
from fossatray.system.paths import app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import COMMAND, Program


@pytest.fixture
def another(desktop: DesktopSession) -> Iterator[Program]:
    """A second FossaTray with a data folder of its own."""
    made = Program(desktop, desktop.home / "another")
    yield made
    made.end()


def launch(program: Program, *words: str) -> subprocess.Popen[bytes]:
    """Start the program once more."""
    return program.desktop.start([*COMMAND, *words, "--data-dir", str(program.data)])


def answers(program: Program) -> None:
    """Wait until the running program answers."""
    wait_until(lambda: "not running" not in program.cli("status"), 30, "an answer of the program")


def test_a_second_start_brings_the_settings_of_a_program_without_an_account(
    desktop: DesktopSession, program: Program
) -> None:
    program.start()
    assert program.process is not None
    assert launch(program, "--background").wait(15) == 0  # as login does: that one stays quiet
    answers(program)
    assert desktop.windows(program.process) == []
    assert launch(program).wait(15) == 0
    assert desktop.wait_for_window("FossaTray").pid == program.process.pid
    assert len(desktop.tray_items()) == 1


def test_after_a_kill_the_next_start_works(
    desktop: DesktopSession, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.start()
    answers(program)
    monkeypatch.setenv("XDG_RUNTIME_DIR", desktop.env()["XDG_RUNTIME_DIR"])
    paths = app_paths(program.data)
    assert program.process is not None
    program.process.kill()
    program.process.wait(5)
    stale = paths.token.read_text()
    assert Path(socket_address(paths)).is_socket()
    wait_until(lambda: not desktop.tray_items(), 30, "the tray to be empty")
    assert "not running" in program.cli("status")
    assert program.cli("quit", status=3) == ""
    program.start()
    answers(program)
    assert paths.token.read_text() != stale
    assert paths.token.stat().st_mode & 0o777 == 0o600
    assert "has quit" in program.cli("quit")
    assert not paths.token.exists()
    assert not Path(socket_address(paths)).exists()


def test_two_starts_at_the_same_moment_are_one_instance(desktop: DesktopSession, program: Program) -> None:
    both = [launch(program, "--background") for _ in range(2)]
    wait_until(lambda: any(one.poll() is not None for one in both), 30, "one of them to step back")
    assert sorted(str(one.poll()) for one in both) == ["0", "None"]
    desktop.wait_for_icon()
    answers(program)
    (item,) = desktop.tray_items()
    assert item.pid == next(one.pid for one in both if one.poll() is None)
    program.cli("quit")


def test_another_data_folder_is_another_instance(desktop: DesktopSession, program: Program, another: Program) -> None:
    first, second = program.launch(), another.launch()
    wait_until(lambda: len(desktop.tray_items()) == 2, 30, "two icons")
    for one in (program, another):
        answers(one)
    another.cli("quit")
    assert second.wait(5) == 0
    assert first.poll() is None
    assert [item.pid for item in desktop.tray_items()] == [first.pid]
    answers(program)


def test_the_data_folder_can_come_from_the_environment(desktop: DesktopSession, program: Program) -> None:
    process = desktop.start([*COMMAND, "--background"], FOSSATRAY_DATA_DIR=str(program.data))
    item = desktop.wait_for_icon()
    answers(program)
    assert item.pid == process.pid
    program.cli("quit")
    assert process.wait(5) == 0


def test_a_start_while_the_first_ends_takes_its_place(desktop: DesktopSession, program: Program) -> None:
    program.start()
    answers(program)
    first = program.process
    assert first is not None
    os.kill(first.pid, signal.SIGSTOP)
    second = program.launch()
    asking = psutil.Process(second.pid)
    wait_until(lambda: asking.net_connections("unix"), 30, "the second start to ask the first")
    first.kill()
    first.wait(5)
    wait_until(lambda: [item.pid for item in desktop.tray_items()] == [second.pid], 30, "the second's icon")
    answers(program)
    assert second.poll() is None
