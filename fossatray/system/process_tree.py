"""How every process of a run ends, whatever group it is in and whether it is stopped or hangs.

Playwright puts the browser into a process group of its own, so that ending the scrape's group does not reach it: all
descendants are listed first, and whatever carries the run's folder with its own, then each one's group is ended.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import psutil

_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_ROUND_SECONDS = 0.5
_LOOK_SECONDS = 0.005


def end_tree(pid: int | None, *, run_folder: Path | None = None, deadline_s: float = 3.0) -> list[int]:
    """End a child of ours with all its descendants, and every process that carries the run's folder.

    Kills at once, so that stopped and hung processes end, too. `pid` may have ended already; it is left alone if it is
    no child of this process (an id may have been given to another one). Blocks for at most about `deadline_s` seconds.
    Returns the ids that are still alive.
    """
    end = time.monotonic() + deadline_s
    found: dict[int, psutil.Process] = {}
    groups: set[int] = set()
    while True:
        roots = {**found, **{process.pid: process for process in _carriers(run_folder)}}
        new = {process.pid: process for process in _tree(pid, roots.values()) if _alive(process)}
        found |= new
        groups |= _own_groups(found)
        _kill(groups, new.values())
        still = _wait_gone(new.values(), min(end, time.monotonic() + _ROUND_SECONDS))
        if not new or (time.monotonic() >= end and still):
            return still


def _tree(pid: int | None, known: Iterable[psutil.Process]) -> list[psutil.Process]:
    """The child and what is known already, each with its descendants; leaves first."""
    roots = list(known)
    try:
        if pid is not None and (process := psutil.Process(pid)).ppid() == os.getpid():
            roots.append(process)
    except psutil.Error:
        pass  # it has ended
    found: list[psutil.Process] = []
    below: set[int] = set()
    for root in roots:
        if root.pid in below or not root.is_running():
            continue  # to ask for descendants is to look at all processes there are
        try:
            descendants = root.children(recursive=True)
        except psutil.Error:
            continue  # it has ended
        below.update(process.pid for process in (root, *descendants))
        found += [*reversed(descendants), root]
    return found


def _carriers(run_folder: Path | None) -> Iterator[psutil.Process]:
    """Processes of this user whose temporary folder is the run's, or that name it in their arguments."""
    if run_folder is None:
        return
    folder = str(run_folder)
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            if sys.platform != "win32" and process.uids().real != os.getuid():
                continue
            if _names_folder(process, folder):
                yield process
        except psutil.Error:
            continue  # it has ended, or is closed to us


def _names_folder(process: psutil.Process, folder: str) -> bool:
    if any(_is_inside(argument.partition("=")[2], folder) for argument in process.cmdline() if "=" in argument):
        return True
    environment = process.environ()
    return any(environment.get(name) == folder for name in _TEMPORARY)


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.Error:
        return False


def _wait_gone(processes: Iterable[psutil.Process], end: float) -> list[int]:
    """Wait until the processes have ended, and return the ids of those that have not.

    A child of ours is left to whoever started it: psutil's own waiting would take its exit status away from asyncio.
    """
    while True:
        still = [process.pid for process in processes if _alive(process)]
        if not still or time.monotonic() >= end:
            return still
        time.sleep(_LOOK_SECONDS)


def _own_groups(found: Mapping[int, psutil.Process]) -> set[int]:
    """The groups of the found processes that one of them leads, or whose leader has ended: no stranger is in them."""
    if sys.platform == "win32":
        return set()
    groups = set()
    for pid in found:
        try:
            group = os.getpgid(pid)
        except OSError:
            continue  # it has ended
        if group in found or not psutil.pid_exists(group):
            groups.add(group)
    return groups - {os.getpgrp()}


def _kill(groups: set[int], processes: Iterable[psutil.Process]) -> None:
    if sys.platform != "win32":
        for group in groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except OSError:
                continue  # it is empty by now
    for process in processes:
        try:
            process.kill()
        except psutil.Error:
            continue  # it has ended
