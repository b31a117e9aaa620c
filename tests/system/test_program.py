"""A life of the real program: what it opens at its start, its end in the middle of a run, and after its own fall."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fossatray import __version__
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.system.paths import app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import DesktopError, is_alive, wait_until
from tests.system.program import COMMAND, SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

QUIT_SECONDS = 5.0
CRASH = "FossaTray: unexpected error"


def start_openly(program: Program) -> subprocess.Popen[bytes]:
    """Start the program as from the desktop's menu: without --background."""
    program.process = program.desktop.start([*COMMAND, "--data-dir", str(program.data)])
    return program.process


def handles(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    """Tell whether a process has a handler of its own for a signal."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.fixture
def stuck_portal() -> Iterator[PracticePortal]:
    """A portal whose list never arrives: a sync stands in its middle until its deadline."""
    with PracticePortal(orders=30, mishaps=[Mishap.HANGING]) as practice:
        yield practice


def in_mid_run(program: Program, portal: PracticePortal) -> list[psutil.Process]:
    """Start the program and a sync, and return all its processes when the browser waits for the list."""
    program.add_account(portal)
    program.start()
    wait_until(lambda: program.json("status")["next_run"], 30, "the engine to plan")
    program.cli("sync")
    wait_until(lambda: program.json("status")["phase"] == "scraping", SYNC_SECONDS, "the scraping")
    family = program.family()
    assert len(family) > 3
    return family


def suspend_browsers(family: list[psutil.Process]) -> None:
    """Stop every process of the browser, as if it hung."""
    stopped = [one for one in family if "chrom" in one.name()]
    assert stopped
    for one in stopped:
        one.suspend()


def test_the_package_can_be_started_as_a_module() -> None:
    command = [sys.executable, "-P", "-m", "fossatray", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, f"FossaTray {__version__}\n")


def test_the_first_start_opens_the_settings_and_one_with_an_account_the_card(
    desktop: DesktopSession, program: Program
) -> None:
    first = start_openly(program)
    settings = desktop.wait_for_window("Settings")
    assert settings.title.endswith("FossaTray")
    assert [window.id for window in desktop.windows(first)] == [settings.id]
    program.cli("accounts", "add", "--name", "Work", "--username", "me@portal.example")
    program.cli("quit")
    second = start_openly(program)
    desktop.wait_for_window("FossaTray progress")
    assert [window.title for window in desktop.windows(second)] == ["FossaTray progress"]


@pytest.mark.parametrize(("number", "is_stopped"), [(signal.SIGINT, False), (signal.SIGHUP, True)])
def test_a_signal_in_the_middle_of_a_run_is_an_orderly_quit(
    program: Program, stuck_portal: PracticePortal, number: signal.Signals, *, is_stopped: bool
) -> None:
    family = in_mid_run(program, stuck_portal)
    if is_stopped:
        suspend_browsers(family)
    began = time.monotonic()
    family[0].send_signal(number)
    assert program.process is not None
    assert program.process.wait(QUIT_SECONDS + 5) == 0
    assert time.monotonic() - began < QUIT_SECONDS
    assert program.remains(family) == []
    (run,) = program.json("history")
    assert run["outcome"] == "cancelled"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_is_not_lost(
    program: Program, desktop: DesktopSession, number: signal.Signals
) -> None:
    process = program.launch()
    desktop.wait_for_icon()  # the rest is being loaded; the last of the handlers comes first of that
    wait_until(lambda: handles(process, signal.SIGHUP), 30, "the handlers")
    family = program.family()
    process.send_signal(number)
    assert process.wait(30) == 0
    assert program.remains(family) == []
    assert not app_paths(program.data).token.exists()
    assert list(Path(desktop.env()["XDG_RUNTIME_DIR"]).rglob("fossatray-*.sock")) == []
    assert "Traceback" not in desktop.program_log()


def test_a_program_that_ends_at_its_start_is_told_of_with_its_exit_status(program: Program) -> None:
    process = program.launch()
    process.kill()
    with pytest.raises(DesktopError, match="exit status -9; the program said"):
        program.wait_for_state()


def test_a_signal_during_the_start_of_the_demo_leaves_no_folder(desktop: DesktopSession) -> None:
    demo = desktop.start([*COMMAND, "demo"], TMPDIR=str(desktop.home))
    wait_until(lambda: list(desktop.home.glob("fossatray-demo-*")), 30, "the demo's folder")
    demo.terminate()
    assert demo.wait(QUIT_SECONDS) in (0, 1)
    assert list(desktop.home.glob("fossatray-demo-*")) == []
    assert "Traceback" not in desktop.program_log()


def test_after_a_kill_in_mid_run_the_next_start_sweeps_and_tells(
    program: Program, stuck_portal: PracticePortal
) -> None:
    family = in_mid_run(program, stuck_portal)
    suspend_browsers(family)  # a browser that hangs does not end with its pipe
    assert program.process is not None
    program.process.kill()
    program.process.wait(5)
    assert list(app_paths(program.data).runs.iterdir()) != []
    assert program.json("status")["status"] == "idle"
    item = program.start()
    wait_until(lambda: "was interrupted" in item.tooltip(), 30, "the interrupted run in the tooltip")
    wait_until(lambda: not any(app_paths(program.data).runs.iterdir()), 30, "the sweeping")
    assert [process for process in family if is_alive(process)] == []
    (run,) = program.json("history")
    assert run["outcome"] == "interrupted"
    stuck_portal.mishaps.clear()
    program.cli("sync", "--wait")
    assert len(program.json("orders")) == len(stuck_portal.orders)


def test_a_hard_crash_is_offered_once_at_the_next_start(desktop: DesktopSession, program: Program) -> None:
    program.start()
    wait_until(lambda: "not running" not in program.cli("status"), 30, "an answer of the program")
    assert program.process is not None
    os.kill(program.process.pid, signal.SIGSEGV)
    assert program.process.wait(5) == -signal.SIGSEGV
    wait_until(lambda: not desktop.tray_items(), 30, "the tray to be empty")
    program.start()
    dialog = desktop.wait_for_window(CRASH)
    assert dialog.pid == program.process.pid
    program.cli("quit")
    program.start()
    wait_until(lambda: "not running" not in program.cli("status"), 30, "an answer of the program")
    assert desktop.windows(program.process) == []


def test_without_a_screen_it_says_so_and_ends(program: Program) -> None:
    environment = {
        name: value for name, value in program.desktop.env().items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    command = [*COMMAND, "--data-dir", str(program.data)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SYNC_SECONDS, check=False)
    assert done.returncode == 1
    assert "no graphical desktop" in done.stderr
    assert "sync --wait" in done.stderr
    assert not app_paths(program.data).crash_log.exists()
