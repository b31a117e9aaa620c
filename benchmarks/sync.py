"""How long a whole sync takes beside four other ways to read the same list, and how much memory it takes at most.

In one run, by turns, against the practice portal, each of whose answers comes 40 ms late: FossaTray's whole sync (the
command `fossatray sync --wait`, from exec to exit; the first signs in with the password of a real keyring on a private
desktop, the second takes over its session and finds nothing changed); a bare Playwright script that only launches,
signs in and reads each page by one evaluation; the same by two tabs that share the pages (from 1,000 orders on); the
usual way (cell by cell, fixed sleeps, as the predecessor did; once for each number of orders, since 10,000 take it 20
minutes); and plain HTTP as the physical limit. Memory is the proportional set size (PSS) of the command with all its
descendants, sampled every 50 ms in a first sync of its own, since the sampling takes the processor's time. Prints a
table of medians with minimum and maximum, and the targets with what was measured.

    .venv/bin/python benchmarks/sync.py [-n 3] [--orders 60 1000 10000] [--without usual_way]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fossatray.demo.portal import PracticePortal
from tests.private_desktop.session import DesktopSession

SAMPLE_SECONDS = 0.05
LATENCY_SECONDS = 0.04
SHORTEST_TWO_TABS = 1_000
PROGRAM = [sys.executable, "-P", "-m", "fossatray"]
READING = Path(__file__).with_name("reading")
OTHERS = ("bare_script", "two_tabs", "usual_way", "plain_http")
BROWSERS = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome")


@dataclass
class Row:
    """What was measured for one number of orders: seconds by variant, and the peak in MiB."""

    orders: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak_mib: list[float] = field(default_factory=list)

    def add(self, variant: str, seconds: float) -> None:
        """Take one measurement."""
        self.seconds.setdefault(variant, []).append(seconds)

    def median(self, variant: str) -> float | None:
        """Return the median of a variant's seconds, None where it was not measured."""
        values = self.seconds.get(variant)
        return statistics.median(values) if values else None


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the table; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument("--orders", type=int, nargs="+", default=[60, 1000, 10000], help="how many orders")
    parser.add_argument("--without", nargs="*", default=[], choices=OTHERS, help="what is left out")
    parser.add_argument("--browser", default=next(filter(None, map(shutil.which, BROWSERS)), None))
    options = parser.parse_args(argv)
    if options.browser is None:
        parser.error("no Chromium was found on the PATH: name one with --browser")
    others = [one for one in OTHERS if one not in options.without]
    variants = ["first sync", "second sync", *others]
    print("| orders | " + " | ".join(f"{one}, s" for one in variants) + " | peak memory, MiB |")
    print("|" + "---|" * (len(variants) + 2))
    rows = []
    began = os.getloadavg()[0]
    with DesktopSession(panel="none", notifications=False) as desktop:
        for orders in options.orders:
            row = _measure(orders, options.n, others, options.browser, desktop)
            shown = [_shown(row.seconds.get(one, []), 2) for one in variants]
            print(f"| {orders:,} | " + " | ".join(shown) + f" | {_shown(row.peak_mib, 0)} |", flush=True)
            rows.append(row)
    _print_targets(rows)
    print(f"load when it began {began:.1f}, when it ended {os.getloadavg()[0]:.1f}, on {os.cpu_count()} processors")
    return 0


def _shown(values: Sequence[float], digits: int) -> str:
    if not values:
        return "-"
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def _measure(orders: int, rounds: int, others: Sequence[str], browser: str, desktop: DesktopSession) -> Row:
    row = Row(orders)
    for turn in range(rounds):
        with PracticePortal(orders=orders, latency=LATENCY_SECONDS) as portal:
            portal.page_latency = LATENCY_SECONDS
            with _data_folder(portal, desktop) as data:
                for variant in ("first sync", "second sync"):
                    row.add(variant, _sync(data, desktop, None))
            for variant in others:
                if _has_sense(variant, orders, turn):
                    row.add(variant, _other(variant, portal, browser, orders))
            if turn == 0:
                with _data_folder(portal, desktop) as data:
                    _sync(data, desktop, row)
    return row


def _has_sense(variant: str, orders: int, turn: int) -> bool:
    if variant == "usual_way":
        return turn == 0
    return variant != "two_tabs" or orders >= SHORTEST_TWO_TABS


@contextmanager
def _data_folder(portal: PracticePortal, desktop: DesktopSession) -> Iterator[list[str]]:
    """Make a data folder with one account whose password is in the keyring; gives the options that name it."""
    with tempfile.TemporaryDirectory(prefix="fossatray-sync-") as folder:
        data = ["--data-dir", folder]
        account = ["--name", "A", "--portal", portal.origin, "--username", portal.username, "--password-stdin"]
        command = [*PROGRAM, "accounts", "add", *account, *data]
        subprocess.run(command, check=True, capture_output=True, env=desktop.env(), input=portal.password.encode())
        yield data


def _other(variant: str, portal: PracticePortal, browser: str, orders: int) -> float:
    """Return how many seconds another way took to read as many. Raises SystemExit when it read another number."""
    command = [sys.executable, str(READING / f"{variant}.py"), portal.origin, portal.username, browser]
    began = time.monotonic()
    ended = subprocess.run(command, input=portal.password + "\n", capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if ended.stdout.strip() != str(orders):
        raise SystemExit(f"{variant} read {ended.stdout.strip() or 'nothing'}: {ended.stderr[-500:]}")
    return seconds


def _sync(data: list[str], desktop: DesktopSession, row: Row | None) -> float:
    """Return how many seconds a sync took; with a row its peak memory in MiB is added to that."""
    began = time.monotonic()
    command = [*PROGRAM, "sync", "--wait", *data]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, env=desktop.env()) as run:
        peak = None if row is None else _Peak(run.pid)
        if peak is not None:
            peak.start()
        _, said = run.communicate()
        seconds = time.monotonic() - began
        if peak is not None and row is not None:
            peak.finish()
            row.peak_mib.append(peak.mib)
    if run.returncode != 0:
        raise SystemExit(f"the sync failed with status {run.returncode}: {said.decode()[-500:]}")
    return seconds


def _print_targets(rows: Sequence[Row]) -> None:
    """Print each target beside what was measured, as far as it was."""
    by_orders = {row.orders: row for row in rows}
    for row in rows:
        _ratio(
            f"first sync / bare script at {row.orders:,}",
            row.median("first sync"),
            row.median("bare_script"),
            "<= 1.25",
        )
        _ratio(f"usual way / first sync at {row.orders:,}", row.median("usual_way"), row.median("first sync"), ">= 15")
        _ratio(f"two tabs / bare script at {row.orders:,}", row.median("two_tabs"), row.median("bare_script"), "none")
        _ratio(f"second / first sync at {row.orders:,}", row.median("second sync"), row.median("first sync"), "<= 0.8")
    small, large = by_orders.get(1000), by_orders.get(10000)
    if small is not None and large is not None:
        _ratio("10,000 / 1,000 orders, time", large.median("first sync"), small.median("first sync"), "<= 10")
        _ratio("10,000 / 1,000 orders, memory", max(large.peak_mib), max(small.peak_mib), "0.85 to 1.15")


def _ratio(what: str, part: float | None, whole: float | None, target: str) -> None:
    if part is not None and whole:
        print(f"{what}: {part / whole:.2f} (target {target})")


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
