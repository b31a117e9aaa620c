"""Child processes: how they are started, what they may know, and how every one of them ends.

Playwright puts the browser into a process group of its own, so that ending the scrape's group does not reach it: all
descendants are listed first, and whatever carries the run's folder with its own, then each one's group is ended.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

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


def child_command(role: str) -> list[str]:
    """Return the command of a child process of a role (see `child.ROLES`): the same Python, the same FossaTray.

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

    See system.process_tree, which is loaded when it is first needed: the idle program does without psutil.
    """
    from fossatray.system import process_tree

    return process_tree.end_tree(pid, run_folder=run_folder, deadline_s=deadline_s)


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
