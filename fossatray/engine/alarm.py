"""The alarm clock: APScheduler, with one date job for each schedule. What is planned stands in the database."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Protocol

Ring = Callable[[], Awaitable[None]]


class Alarm(Protocol):
    """Rings once at a moment, per key. Used in the thread of the running loop alone.

    The keys are ids of schedules; a negative one is that of the look ahead, right before the schedule's own.
    """

    def start(self) -> None:
        """Begin to keep time, on the running loop."""

    def set(self, key: int, at: datetime, ring: Ring) -> None:
        """Ring at a moment (aware); a key has one alarm, the newest."""

    def clear(self, key: int) -> None:
        """Take a key's alarm away, if it has one."""

    def wake_up(self) -> None:
        """Look at the clock again: after the computer has slept, or its clock was set."""

    def stop(self) -> None:
        """Take every alarm away."""


class ApsAlarm:
    """APScheduler as an alarm clock. Imported when started: it costs 50 ms and 2 MiB."""

    def __init__(self) -> None:
        self._scheduler: Any = None

    def start(self) -> None:
        """Begin to keep time, on the running loop."""
        with _no_plugins():
            from apscheduler.schedulers.asyncio import AsyncIOScheduler

        # Late is better than never (the default drops a job that is 1 s late), and several times late is once.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._scheduler.start()

    def set(self, key: int, at: datetime, ring: Ring) -> None:
        """Ring at a moment (aware); a key has one alarm, the newest."""
        from apscheduler.triggers.date import DateTrigger

        trigger = DateTrigger(at, UTC)
        self._scheduler.add_job(ring, trigger, id=str(key), replace_existing=True)

    def clear(self, key: int) -> None:
        """Take a key's alarm away, if it has one."""
        if self._scheduler.get_job(str(key)) is not None:
            self._scheduler.remove_job(str(key))

    def wake_up(self) -> None:
        """Look at the clock again: after the computer has slept, or its clock was set."""
        self._scheduler.wakeup()

    def stop(self) -> None:
        """Take every alarm away."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None


@contextmanager
def _no_plugins() -> Iterator[None]:
    """Let APScheduler find no plugins while it is imported: it needs none here.

    It would look through the metadata of every installed package, with the zip, csv and mail libraries: 2 MiB and 35 ms
    of a program that idles. Nothing is changed where `importlib.metadata` is loaded already; later it is as always.
    """
    name = "importlib.metadata"
    if name in sys.modules or "apscheduler" in sys.modules:
        yield
        return
    empty = ModuleType(name)
    empty.PackageNotFoundError = LookupError  # type: ignore[attr-defined]
    empty.version = _unknown_version  # type: ignore[attr-defined]
    empty.entry_points = _no_entry_points  # type: ignore[attr-defined]
    sys.modules[name] = empty
    try:
        yield
    finally:
        del sys.modules[name]


def _unknown_version(package: str) -> str:
    raise LookupError(package)


def _no_entry_points(**_group: str) -> tuple[()]:
    return ()
