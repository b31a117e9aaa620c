"""How much memory the processes below one of ours use. It brings psutil: loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import psutil


def memory_below(pid: int, enough: int) -> int:
    """Return about how many bytes all processes below `pid` use together, itself not counted.

    What several of them share is counted for each, which is cheap; where that comes to more than `enough`, it is
    counted once. 0 where there are none any more. Blocks for some ms.
    """
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return 0  # it has ended
    quick = _sum(_resident, below)
    return quick if quick <= enough else _sum(_own_share, below)


def _sum(measure: Callable[[psutil.Process], int], processes: Iterable[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            total += measure(process)
        except (psutil.Error, OSError):
            continue  # it has ended, or is closed to us
    return total


def _resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _own_share(process: psutil.Process) -> int:
    """What is the process's own, and its share of what it shares; where the system does not tell that, its own."""
    told = process.memory_full_info()
    return int(getattr(told, "pss", 0) or told.uss)
