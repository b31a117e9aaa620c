"""Watching how much memory a run's browser uses, while the run is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Measure = Callable[[int, int], int]
"""Returns the bytes used below a process; see system.process_memory.memory_below."""


def measured(pid: int, enough: int) -> int:
    """Measure with psutil, which is loaded at the first run: the idle program does without it."""
    from fossatray.system.process_memory import memory_below

    return memory_below(pid, enough)


async def until_too_large(pid: int, limit: int, every_s: float, measure: Measure = measured) -> int:
    """Look at once and every `every_s` seconds, in a thread; return the bytes used once they are more than `limit`.

    The first look loads psutil while the scrape starts; a run's end needs it, too, and would wait for it.
    """
    while True:
        used = await asyncio.to_thread(measure, pid, limit)
        if used > limit:
            return used
        await asyncio.sleep(every_s)
