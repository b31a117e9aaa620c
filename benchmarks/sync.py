"""How long a whole sync takes beside other ways to read the same list, and how much memory it takes at most.

In one run, by turns, against the practice portal, each of whose answers comes 40 ms late: FossaTray's whole sync (the
command `fossatray sync --wait`, from exec to exit; the first signs in with the password of a real keyring on a private
desktop, the second takes over its session and finds nothing changed); a script that only launches the browser; a bare
Playwright script that launches, signs in and reads each page by one evaluation, and nothing else; the same by two tabs
that share the pages (from 1,000 orders on); and plain HTTP as the physical limit. Memory is the proportional set size
(PSS) of the command with all its descendants, sampled every 50 ms in a first sync of its own, since the sampling takes
the processor's time.

When all that is done, the usual way (cell by cell, fixed sleeps, as the predecessor did) and the same without its half
second between rows: once for each number of orders, and two at a time, since 10,000 orders take it 106 minutes, most of
which it sleeps. Prints a table of medians with minimum and maximum, and the targets with what was measured.

    .venv/bin/python benchmarks/sync.py [-n 3] [--orders 60 1000 10000] [--without usual_way]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
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
BETWEEN_ROWS_MS = 500
SCRIPTS = {
    "browser_start": ("browser_start.py",),
    "bare_script": ("bare_script.py",),
    "two_tabs": ("two_tabs.py",),
    "usual_way": ("usual_way.py", str(BETWEEN_ROWS_MS)),
    "usual_way_unpaused": ("usual_way.py", "0"),
    "plain_http": ("plain_http.py",),
}
"""By variant: what is run, and its arguments beside origin, user name and browser."""
USUAL = ("usual_way", "usual_way_unpaused")
USUAL_AT_ONCE = 2
BROWSERS = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome")


@dataclass
class Row:
    """What was measured for one number of orders: seconds by variant, and the peak in MiB.

    `own` is how many seconds second syncs took by themselves, as the history has it, `starting` which parts of that
    (0 to 1) were over when the browser was there.
    """

    orders: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak_mib: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    starting: list[float] = field(default_factory=list)

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
    parser.add_argument("--without", nargs="*", default=[], choices=list(SCRIPTS), help="what is left out")
    parser.add_argument("--browser", default=next(filter(None, map(shutil.which, BROWSERS)), None))
    options = parser.parse_args(argv)
    if options.browser is None:
        parser.error("no Chromium was found on the PATH: name one with --browser")
    others = [one for one in SCRIPTS if one not in options.without]
    variants = ["first sync", "second sync", *others]
    rows = []
    began = os.getloadavg()[0]
    with DesktopSession(panel="none", notifications=False) as desktop:
        for orders in options.orders:
            rows.append(_measure(orders, options.n, others, options.browser, desktop))
            _say(
                f"{orders:,} orders: first sync {_shown(rows[-1].seconds['first sync'], 2)} s; the others are done, too"
            )
    _measure_usual(rows, [one for one in USUAL if one in others], options.browser)
    print("| orders | " + " | ".join(f"{one}, s" for one in variants) + " | peak memory, MiB |")
    print("|" + "---|" * (len(variants) + 2))
    for row in rows:
        shown = [_shown(row.seconds.get(one, []), 2) for one in variants]
        print(f"| {row.orders:,} | " + " | ".join(shown) + f" | {_shown(row.peak_mib, 0)} |")
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
                _add_own(row, data, desktop)
            for variant in others:
                if variant not in USUAL and (variant != "two_tabs" or orders >= SHORTEST_TWO_TABS):
                    row.add(variant, _other(variant, portal, browser, orders))
            if turn == 0:
                with _data_folder(portal, desktop) as data:
                    _sync(data, desktop, row)
    return row


def _measure_usual(rows: Sequence[Row], variants: Sequence[str], browser: str) -> None:
    """Measure the usual ways once each, the longest first: each has a portal of its own."""

    def measure(row: Row, variant: str) -> None:
        with PracticePortal(orders=row.orders, latency=LATENCY_SECONDS) as portal:
            portal.page_latency = LATENCY_SECONDS
            row.add(variant, _other(variant, portal, browser, row.orders))
        _say(f"{row.orders:,} orders: {variant} {_shown(row.seconds[variant], 1)} s")

    longest_first = sorted(rows, key=lambda row: -row.orders)
    with ThreadPoolExecutor(USUAL_AT_ONCE) as lanes:
        for done in [lanes.submit(measure, row, variant) for row in longest_first for variant in variants]:
            done.result()


def _say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)


def _add_own(row: Row, data: list[str], desktop: DesktopSession) -> None:
    """Add how long the newest sync itself took, and which part of that was over when the browser was there."""
    command = [*PROGRAM, "history", "--json", *data]
    newest = json.loads(subprocess.run(command, check=True, capture_output=True, env=desktop.env()).stdout)[0]
    took = datetime.fromisoformat(newest["finished_at"]) - datetime.fromisoformat(newest["started_at"])
    row.own.append(took.total_seconds())
    row.starting.append(float(newest["phases"]["initializing"]) / took.total_seconds())


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
    script, *arguments = SCRIPTS[variant]
    command = [sys.executable, str(READING / script), portal.origin, portal.username, browser, *arguments]
    expected = 0 if variant == "browser_start" else orders
    began = time.monotonic()
    ended = subprocess.run(command, input=portal.password + "\n", capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if ended.stdout.strip() != str(expected):
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
        first, second = row.median("first sync"), row.median("second sync")
        for what, part, whole, target in (
            ("first sync / bare script", first, row.median("bare_script"), "<= 1.25"),
            ("usual way / first sync", row.median("usual_way"), first, ">= 15"),
            ("usual way, no pauses between rows / first sync", row.median("usual_way_unpaused"), first, "none"),
            ("two tabs / bare script", row.median("two_tabs"), row.median("bare_script"), "none"),
            ("second / first sync", second, first, "<= 0.8"),
            ("browser start / first sync", row.median("browser_start"), first, "none"),
            ("browser start / second sync", row.median("browser_start"), second, "none"),
            ("browser start / second sync's own time", row.median("browser_start"), statistics.median(row.own), "none"),
        ):
            _ratio(f"{what} at {row.orders:,}", part, whole, target)
        print(f"second sync's own time at {row.orders:,}: {_shown(row.own, 2)} s")
        print(f"until the browser is there / second sync's own time at {row.orders:,}: {_shown(row.starting, 2)}")
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
