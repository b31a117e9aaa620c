"""What the kernel says of a program: its process tree's memory, processor time and switches (Linux, /proc)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil


def tree(pid: int) -> list[int]:
    """Return the process and its descendants, without those that have ended; empty when it is gone."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
        return [process.pid for process in family if process.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return []


def pss_mib(pids: Iterable[int]) -> float:
    """Return the proportional set size of some processes together, in MiB."""
    return _memory_mib(pids, "Pss:")


def own_mib(pids: Iterable[int]) -> float:
    """Return what some processes have written for themselves alone (not files), in MiB: no neighbour changes that."""
    return _memory_mib(pids, "Pss_Anon:")


def _memory_mib(pids: Iterable[int], field: str) -> float:
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith(field))
    return total / 1024


def cpu_ms(pids: Iterable[int]) -> dict[int, float]:
    """Return each thread's processor time so far, in ms (exact to the nanosecond, unlike `stat`'s ticks)."""
    return {
        thread: int((folder / "schedstat").read_text().split()[0]) / 1e6
        for pid in pids
        for thread, folder in _threads(pid)
    }


def voluntary_switches(pids: Iterable[int]) -> dict[int, int]:
    """Return how often each thread has gone to sleep so far, which is how often it was woken."""
    found = {}
    for pid in pids:
        for thread, folder in _threads(pid):
            lines = (folder / "status").read_text().splitlines()
            found[thread] = next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))
    return found


def growth(before: dict[int, float] | dict[int, int], after: dict[int, float] | dict[int, int]) -> float:
    """Return the sum over the threads of what was added; a thread that is new counts whole."""
    return sum(value - before.get(thread, 0) for thread, value in after.items())


def _threads(pid: int) -> list[tuple[int, Path]]:
    return [(int(folder.name), folder) for folder in Path(f"/proc/{pid}/task").iterdir()]
