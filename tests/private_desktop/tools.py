"""What the private desktop is built with: waiting by condition, finding tools, starting and ending child processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TypeVar

import psutil

T = TypeVar("T")

POLL_SECONDS = 0.02
END_SECONDS = 5.0
"""How long a process has between the polite signal and the other one."""

DEBIAN_PACKAGES = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus-daemon",
    "display": "imagemagick",
    "dunst": "dunst",
    "dunstctl": "dunst",
    "gnome-keyring-daemon": "gnome-keyring",
    "import": "imagemagick",
    "openbox": "openbox",
    "setpriv": "util-linux",
    "xdotool": "xdotool",
    "xfce4-panel": "xfce4-panel",
    "xfconfd": "xfconf",
    "xprop": "x11-utils",
    "xwininfo": "x11-utils",
}
"""Every program the desktop is made of and the Debian package that has it."""

_XFCONFD_FOLDERS = ("/usr/lib/*/xfce4/xfconf", "/usr/lib/xfce4/xfconf", "/usr/lib64/xfce4/xfconf", "/usr/libexec")


class DesktopError(AssertionError):
    """The private desktop could not be started, or something waited for did not happen."""


def wait_until(condition: Callable[[], T | None], seconds: float, what: str | Callable[[], str]) -> T:
    """Ask `condition` again and again until it is true, and return what it answered.

    Raises DesktopError, which names `what` (asked for only then, if it is a function), when that takes longer than
    `seconds`. The condition is asked at least once.
    """
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            missed = what if isinstance(what, str) else what()
            raise DesktopError(f"waited {seconds:g} s in vain for {missed}; the last answer was {answer!r}")
        pause.wait(POLL_SECONDS)


def listens(path: Path) -> bool:
    """Return whether somebody accepts connections at a local socket; its file is there a moment before that."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def find_tool(name: str) -> str:
    """Return the full path of a program; raises DesktopError with the Debian package's name where it is missing."""
    found = shutil.which(name)
    if found is None and name == "xfconfd":
        folders = [folder for pattern in _XFCONFD_FOLDERS for folder in Path("/").glob(pattern[1:])]
        found = next((str(folder / name) for folder in folders if (folder / name).is_file()), None)
    if found is None:
        raise DesktopError(f"{name} is missing; on Debian: apt-get install {DEBIAN_PACKAGES[name]}")
    return found


def run_tool(arguments: Sequence[str], env: Mapping[str, str], *, check: bool = True) -> str:
    """Run one of DEBIAN_PACKAGES' tools to its end (30 s at most) and return what it printed.

    Raises DesktopError when it ends with another status than 0, unless `check` is off.
    """
    command = [find_tool(arguments[0]), *arguments[1:]]
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, timeout=30, check=False)
    if check and done.returncode != 0:
        raise DesktopError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def start_part(
    arguments: Sequence[str],
    env: Mapping[str, str],
    log: IO[bytes],
    *,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a part of the desktop, which dies with this process even if this process is killed."""
    command = [find_tool("setpriv"), "--pdeathsig", "KILL", "--", find_tool(arguments[0]), *arguments[1:]]
    return subprocess.Popen(command, env=dict(env), stdin=stdin, stdout=log, stderr=log, pass_fds=pass_fds)


def end_process(process: subprocess.Popen[bytes]) -> int:
    """End a child and what it started: SIGTERM, END_SECONDS, SIGKILL. Returns its exit status."""
    try:
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    status = process.wait(END_SECONDS)
    if process.stdin is not None:
        process.stdin.close()
    end_orphans(family)
    return status


def end_orphans(processes: Sequence[psutil.Process]) -> None:
    """End processes that are not children of ours (any more), politely first."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    with contextlib.suppress(DesktopError):
        wait_until(lambda: not any(is_alive(process) for process in processes), 5.0, "the processes to end")
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(is_alive(process) for process in processes), 20.0, f"{processes} to be killed")


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs; one that has ended and only waits for its parent's question does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def processes_with(variable: str, value: str) -> list[psutil.Process]:
    """Return the processes of this user whose environment has `variable=value` (zombies and ourselves left out)."""
    wanted = os.fsencode(f"{variable}={value}")
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
            if wanted in environment and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (OSError, psutil.NoSuchProcess):
            continue
    return found
