"""Child processes: how they are started, what they may know, and how every one of them ends.

Playwright puts the browser into a process group of its own, so that ending the scrape's group does not reach it: all
descendants are listed first, then each one's group is ended, then whatever still carries the run's folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import psutil

from fossatray.system.child import ROLES

_ALLOWED = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LANGUAGE",
        "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
        "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "USERPROFILE", "USERNAME", "USERDOMAIN",
        "NUMBER_OF_PROCESSORS",
        "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START",  # so that the tests' coverage counts the children, too
    }
)  # fmt: skip
_ALLOWED_STARTS = ("LC_", "XDG_")
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_ROUND_SECONDS = 0.5
_LOOK_SECONDS = 0.005


def child_command(role: str) -> list[str]:
    """Return the command of a child process of a role ("scrape", "credentials"): the same Python, the same FossaTray.

    A frozen build is called with "child ROLE" as its arguments. Raises KeyError for an unknown role.
    """
    if role not in ROLES:
        raise KeyError(role)
    if getattr(sys, "frozen", False):
        return [sys.executable, "child", role]
    return [sys.executable, "-P", "-X", "utf8", str(Path(__file__).with_name("child.py")), role]


def child_environment(extra: Mapping[str, str] | None = None, *, run_folder: Path | None = None) -> dict[str, str]:
    """Return the environment of a child: an allow-list of ours, `extra`, and the run's folder as temporary folder.

    What could make a child print its secrets or run other code (DEBUG, PW..., NODE_OPTIONS, SSLKEYLOGFILE, PYTHON...)
    is on no list.
    """
    chosen = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _ALLOWED or name.upper().startswith(_ALLOWED_STARTS)
    }
    chosen |= dict(extra or {})
    if run_folder is not None:
        chosen |= dict.fromkeys(_TEMPORARY, str(run_folder))
    return chosen


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
    for root in roots:
        try:
            found += [*reversed(root.children(recursive=True)), root]
        except psutil.Error:
            continue  # it has ended
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


def remove_run_folder(folder: Path, *, runs: Path) -> bool:
    """Remove a run's folder with all in it; returns whether it is gone. Links are removed, never followed.

    Raises ValueError if the folder is not one right inside `runs`: nothing else is ever removed.
    """
    if folder.parent != runs or folder.name in ("", ".", ".."):
        raise ValueError("not a run's folder")
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def redirect_protocol_stdout() -> BinaryIO:
    """Return standard output as a binary stream of its own, and point whatever else prints at standard error."""
    sys.stdout.flush()
    protocol = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(protocol, "wb")
