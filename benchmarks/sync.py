"""How long a whole sync takes and how much memory its processes hold at most, for 60 and 1,000 practice orders.

Each is the command a person gives (`fossatray sync --wait --password-stdin`, from exec to exit) on a fresh data folder,
against the practice portal in this process. Memory is the proportional set size (PSS) of the command with all its
descendants, sampled every 50 ms. Prints a table of medians with minimum and maximum.

    .venv/bin/python benchmarks/sync.py [-n 3] [--orders 60 1000]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fossatray.demo.portal import PracticePortal

SAMPLE_SECONDS = 0.05
PROGRAM = [sys.executable, "-P", "-m", "fossatray"]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the table; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument("--orders", type=int, nargs="+", default=[60, 1000], help="how many orders (60 1000)")
    options = parser.parse_args(argv)
    print("orders | first sync, s       | second sync, s      | peak memory (PSS), MiB")
    for orders in options.orders:
        runs = [_measure(orders) for _ in range(options.n)]
        first, second, memory = ([run[i] for run in runs] for i in range(3))
        print(f"{orders:6d} | {_shown(first, 2):19s} | {_shown(second, 2):19s} | {_shown(memory, 0)}", flush=True)
    return 0


def _shown(values: Sequence[float], digits: int) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def _measure(orders: int) -> tuple[float, float, float]:
    """Return the seconds of a first and a second sync, and the peak memory of both in MiB."""
    with tempfile.TemporaryDirectory(prefix="fossatray-sync-") as folder, PracticePortal(orders=orders) as portal:
        data = ["--data-dir", folder]
        account = ["--name", "A", "--portal", portal.origin, "--username", portal.username]
        subprocess.run([*PROGRAM, "accounts", "add", *account, *data], check=True, capture_output=True)
        first, first_peak = _sync(data, portal.password)
        second, second_peak = _sync(data, portal.password)
    return first, second, max(first_peak, second_peak)


def _sync(data: list[str], password: str) -> tuple[float, float]:
    began = time.monotonic()
    command = [*PROGRAM, "sync", "--wait", "--password-stdin", *data]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        peak = _Peak(run.pid)
        peak.start()
        run.communicate(password.encode() + b"\n")
        seconds = time.monotonic() - began
        peak.finish()
    if run.returncode != 0:
        raise SystemExit(f"the sync failed with status {run.returncode}")
    return seconds, peak.mib


class _Peak(threading.Thread):
    """Samples the memory of a process with all its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self.mib = 0.0

    def run(self) -> None:
        """Sample until told to finish."""
        while not self._over.wait(SAMPLE_SECONDS):
            total = 0
            try:
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.Error:
                continue
            for one in family:
                try:
                    total += one.memory_full_info().pss
                except (psutil.Error, AttributeError):
                    continue
            self.mib = max(self.mib, total / 1024 / 1024)

    def finish(self) -> None:
        """Stop sampling."""
        self._over.set()
        self.join()


if __name__ == "__main__":
    sys.exit(main())
