"""The measuring tools measure: a busy program shows as busy, and a missed budget as missed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.budgets import Figure, table
from benchmarks.measure import help_time, idle, start_to_icon
from benchmarks.processes import cpu_ms, growth, pss_mib, tree, voluntary_switches
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until


@contextmanager
def program(code: str) -> Iterator[int]:
    """Run a Python program that prints a line once it is ready; yields its process id."""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_start_idle_and_help_of_the_bare_tray(desktop: DesktopSession, bare_tray: list[str]) -> None:
    start = start_to_icon(desktop, bare_tray)
    assert 20 < start.cpu_ms < 20_000
    assert 20 < start.wall_ms < 20_000
    found = idle(desktop, bare_tray, settle=0.5, window=0.5)
    assert 5 < found.own_mib < found.pss_mib < 200
    assert found.processes == 1
    assert found.threads >= 1
    assert 1 < help_time(desktop, bare_tray) < 5_000
    assert desktop.tray_items() == []


def test_each_wake_up_counts_as_a_switch() -> None:
    code = "import threading\nprint(flush=True)\npause = threading.Event()\nwhile True: pause.wait(0.01)"
    with program(code) as pid:
        before = voluntary_switches([pid])
        wait_until(lambda: growth(before, voluntary_switches([pid])) >= 20, 30, "20 wake-ups")


def test_processor_time_and_memory_of_the_whole_tree_count() -> None:
    hog = "block = bytearray(64 * 2**20)\nprint(flush=True)\nwhile True: pass"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {hog!r}])"
    with program(code) as pid:
        pids = tree(pid)
        assert len(pids) == 2
        assert pss_mib(pids) > 64
        before = cpu_ms(pids)
        wait_until(lambda: growth(before, cpu_ms(pids)) > 50, 30, "50 ms of processor time")
        os.kill(pids[1], signal.SIGKILL)


@pytest.mark.parametrize(
    ("ours", "floor", "met"),
    [
        ([11.9, 50, 11], [10, 10, 10], True),
        ([12.1], [10], False),
        ([20.1], [30], False),
        ([0], [0], True),
        ([1], [0], False),
    ],
)
def test_a_budget_is_judged_by_the_median(ours: list[float], floor: list[float], *, met: bool) -> None:
    figure = Figure("start", "ms", ours, floor, limit=20, times_floor=1.2)
    assert figure.met is met
    assert ("yes" in table([figure])) is met
    assert figure.as_json()["met"] is met


@pytest.mark.parametrize(("ours", "met"), [(0.6, True), (0.61, False)])
def test_a_budget_may_be_so_much_above_the_floor(ours: float, *, met: bool) -> None:
    figure = Figure("idle switches", "1/s", [ours], [0.5], above_floor=0.1)
    assert (figure.met, figure.budget) == (met, "<= floor + 0.1")
