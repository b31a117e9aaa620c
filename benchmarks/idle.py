"""Start-up, idle memory, idle processor time and help of FossaTray, against a bare PySide6 tray in the same run.

Both run by turns on one private desktop with a real tray host. FossaTray has a data folder with one account and a year
of hourly history. Prints a table; the exit status is 1 if a budget is missed. Run from anywhere, on Linux:

    .venv/bin/python benchmarks/idle.py [-n 10] [--rounds 1] [--settle 90] [--window 300] [--json FILE]

What is measured as idle begins 90 s after the icon, since a minute after its start the program does the upkeep that it
does once a day (a backup, the folding of old history). That is no idleness: `--settle 30` shows what it takes.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.budgets import Figure, table
from benchmarks.history import write_year_of_history
from benchmarks.measure import help_time, idle, python_time, start_to_icon
from tests.private_desktop.session import DesktopSession

VORTA_MIB = 103.0
"""Idle memory of the nearest peer, measured once on another day; ours must stay below it."""

T = TypeVar("T")

BARE = [sys.executable, "-P", str(Path(__file__).with_name("bare_tray.py"))]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, return the exit status."""
    options = _options(argv)
    with tempfile.TemporaryDirectory(prefix="fossatray-benchmark-") as folder:
        data = Path(folder) / "data"
        runs = write_year_of_history(data)
        ours = [*options.command.split(), "--background", "--data-dir", str(data)]
        with DesktopSession(notifications=True, keyring="unlocked") as desktop:
            figures = _measure(desktop, ours, options)
    print(f"Python {platform.python_version()}, {platform.platform()}; {runs} runs of history")
    print(table(figures))
    if options.json is not None:
        options.json.write_text(json.dumps([figure.as_json() for figure in figures], indent=1), encoding="utf-8")
    return 0 if all(figure.met for figure in figures) else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=10, help="how often each is started (10); one start more goes before")
    parser.add_argument("--rounds", type=int, default=1, help="how often each is left idle (1)")
    parser.add_argument("--settle", type=float, default=90, help="seconds after the icon before measuring (90)")
    parser.add_argument("--window", type=float, default=300, help="seconds of idleness that are measured (300)")
    parser.add_argument("--json", type=Path, help="write every value to this file")
    command = f"{sys.executable} -P -m fossatray.cli"
    parser.add_argument("--command", default=command, help="how FossaTray is started (this Python with -m)")
    return parser.parse_args(argv)


def _measure(desktop: DesktopSession, ours: list[str], options: argparse.Namespace) -> list[Figure]:
    start = _by_turns(options.n, lambda command: start_to_icon(desktop, command), ours, BARE)
    _say("start-up measured")
    program = options.command.split()
    helped = _by_turns(options.n, lambda command: help_time(desktop, command), program, BARE)
    nothing = [python_time(desktop) for _ in range(options.n)]
    _say(f"help measured; Python alone takes {sorted(nothing)[len(nothing) // 2]:.0f} ms")
    rested = _by_turns(
        options.rounds, lambda command: idle(desktop, command, options.settle, options.window), ours, BARE, warm_up=0
    )
    return [
        Figure("start to icon", "ms", *_parts(start, lambda it: it.wall_ms), times_floor=1.2),
        Figure("processor time to icon", "ms", *_parts(start, lambda it: it.cpu_ms)),
        Figure("--help", "ms", *helped, limit=40),
        Figure("idle memory (PSS)", "MiB", *_parts(rested, lambda it: it.pss_mib), times_floor=1.6, limit=VORTA_MIB),
        Figure("of that, own data", "MiB", *_parts(rested, lambda it: it.own_mib)),
        Figure("idle processor time", "ms/min", *_parts(rested, lambda it: it.cpu_ms_per_minute), limit=2),
        Figure("idle switches", "1/s", *_parts(rested, lambda it: it.switches_per_second), limit=0.2, above_floor=0.1),
        Figure("threads", "1", *_parts(rested, lambda it: float(it.threads))),
        Figure("processes", "1", *_parts(rested, lambda it: float(it.processes))),
    ]


def _by_turns(
    count: int, measure: Callable[[list[str]], T], ours: list[str], floor: list[str], warm_up: int = 1
) -> tuple[list[T], list[T]]:
    """Measure ours, the floor, ours, … so that the machine's slow and fast spells meet both; the warm-up is dropped."""
    pairs = [(measure(ours), measure(floor)) for _ in range(count + warm_up)]
    return [pair[0] for pair in pairs[warm_up:]], [pair[1] for pair in pairs[warm_up:]]


def _parts(measured: tuple[list[T], list[T]], part: Callable[[T], float]) -> tuple[list[float], list[float]]:
    return [part(it) for it in measured[0]], [part(it) for it in measured[1]]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
