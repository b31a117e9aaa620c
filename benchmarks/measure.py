"""The three measurements of a tray program: start to icon, idle cost, and the time of its help."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.processes import cpu_ms, growth, own_mib, pss_mib, tree, voluntary_switches
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until

START_SECONDS = 30.0


@dataclass(frozen=True)
class Idle:
    """What a program costs while nothing happens, alone on its desktop, its whole tree counted."""

    pss_mib: float
    own_mib: float
    cpu_ms_per_minute: float
    switches_per_second: float
    processes: int
    threads: int


@dataclass(frozen=True)
class Start:
    """From the start of a program to its icon: by the clock, and the processor time it took (all of its tree)."""

    wall_ms: float
    cpu_ms: float


def start_to_icon(desktop: DesktopSession, command: Sequence[str]) -> Start:
    """Start a program, wait for the tray's StatusNotifierItemRegistered signal, and end the program."""
    registrations = desktop.registrations()
    registrations.clear()
    began = time.monotonic()
    process = desktop.start(command)
    try:
        registrations.next(START_SECONDS)
        wall = (time.monotonic() - began) * 1000
        return Start(wall, sum(cpu_ms(tree(process.pid)).values()))
    finally:
        registrations.close()
        _end(desktop, process)


def idle(desktop: DesktopSession, command: Sequence[str], settle: float, window: float) -> Idle:
    """Start a program, leave it alone for `settle` s, then measure it for `window` s and end it."""
    process = desktop.start(command)
    try:
        desktop.wait_for_icon(START_SECONDS)
        _rest(settle)
        pids = tree(process.pid)
        cpu, switches, began = cpu_ms(pids), voluntary_switches(pids), time.monotonic()
        _rest(window)
        pids = tree(process.pid)
        cpu_after, switches_after, seconds = cpu_ms(pids), voluntary_switches(pids), time.monotonic() - began
        if not pids:
            raise RuntimeError(f"{command} ended by itself: {desktop.program_log()[-1500:]}")
        return Idle(
            pss_mib=pss_mib(pids),
            own_mib=own_mib(pids),
            cpu_ms_per_minute=growth(cpu, cpu_after) * 60 / seconds,
            switches_per_second=growth(switches, switches_after) / seconds,
            processes=len(pids),
            threads=len(cpu_after),
        )
    finally:
        _end(desktop, process)


def help_time(desktop: DesktopSession, command: Sequence[str]) -> float:
    """Return how long a program takes to answer `--help`, in milliseconds.

    Without a deadline: with one, subprocess asks for the end at intervals, which then is what would be measured.
    """
    began = time.monotonic()
    subprocess.run([*command, "--help"], env=desktop.env(), stdout=subprocess.DEVNULL, check=True)
    return (time.monotonic() - began) * 1000


def python_time(desktop: DesktopSession) -> float:
    """Return how long this Python takes to do nothing, in milliseconds: what no help can be faster than."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-P", "-c", "pass"], env=desktop.env(), check=True)
    return (time.monotonic() - began) * 1000


def _rest(seconds: float) -> None:
    """Let time pass; this process sleeps in the kernel meanwhile and disturbs nothing."""
    threading.Event().wait(seconds)


def _end(desktop: DesktopSession, process: subprocess.Popen[bytes]) -> None:
    desktop.stop(process)
    wait_until(lambda: not desktop.tray_items(), 5, "the tray to be empty")
