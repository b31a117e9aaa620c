"""Where everything lies: the data folder and what belongs to it, and the files that come with the program.

All folders are the user's alone. Nothing is made by :func:`app_paths`; :func:`prepare` does that.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from fossatray.core.errors import StoreUnsuitable
from fossatray.core.folders import OTHERS, refuse_shared
from fossatray.system.core_dumps import forbid_core_dumps

APP_NAME = "FossaTray"
DATA_DIR_VARIABLE = "FOSSATRAY_DATA_DIR"
PROFILE_NAME = "workfossa.toml"

_LONGEST_RUNS_PATH = 50
"""A browser makes a socket about 45 characters below its run folder, and a socket's path ends at 107 bytes."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one FossaTray. `runs` holds the run folders; `runtime` the control socket.

    `config` is for what the person writes; `prepare` makes all but this one: whoever writes there makes it.
    """

    data: Path
    config: Path
    logs: Path
    backups: Path
    runs: Path
    runtime: Path
    chosen: bool = False
    """Whether the data folder is one of the person's choice."""

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "fossatray.sqlite3"

    @property
    def lock(self) -> Path:
        """The file whose operating-system lock the one writer holds."""
        return self.data / "fossatray.lock"

    @property
    def instance_lock(self) -> Path:
        """The file whose operating-system lock the one tray program holds."""
        return self.data / "instance.lock"

    @property
    def token(self) -> Path:
        """The control socket's token: who can read it is the same user."""
        return self.data / "control.token"

    @property
    def own_profile(self) -> Path:
        """The person's own portal profile, if there is one: it takes the built-in one's place."""
        return self.config / "profiles" / PROFILE_NAME

    @property
    def crash_log(self) -> Path:
        """The trace that a hard crash leaves."""
        return self.logs / "crash.log"


def app_paths(data_dir: Path | None = None) -> Paths:
    """Return the paths for a data folder: the argument, else FOSSATRAY_DATA_DIR, else the platform's place.

    With a data folder of the person's choice everything lies inside it.
    """
    chosen = data_dir or (Path(os.environ[DATA_DIR_VARIABLE]) if os.environ.get(DATA_DIR_VARIABLE) else None)
    if chosen is not None:
        data = Path(os.path.abspath(chosen.expanduser()))  # noqa: PTH100 - resolve() would follow links
        config, logs = data, data / "logs"
    else:
        import platformdirs  # late, as all that the icon can do without

        data = platformdirs.user_data_path(APP_NAME, appauthor=False)
        config = platformdirs.user_config_path(APP_NAME, appauthor=False)
        logs = platformdirs.user_log_path(APP_NAME, appauthor=False)
    return Paths(data, config, logs, data / "backups", _runs_folder(data), _runtime_folder(data), chosen is not None)


def _temporary_folder() -> Path:
    """The shortest folder for temporary files there is; never TMPDIR, which may be long and is not the same for all."""
    if sys.platform == "win32":
        import tempfile

        return Path(tempfile.gettempdir())
    return Path("/tmp")  # noqa: S108 - what is made in it has an owner check, see prepare()


def _runs_folder(data: Path) -> Path:
    runs = data / "runs"
    if sys.platform == "win32" or len(os.fsencode(runs)) <= _LONGEST_RUNS_PATH:
        return runs
    from fossatray.system.memory import import_without_openssl

    import_without_openssl("hashlib")  # which the program that idles shall not hold
    import hashlib

    short = hashlib.sha256(os.fsencode(data)).hexdigest()[:10]
    return _temporary_folder() / f"fossatray-{os.getuid()}-{short}"


def _runtime_folder(data: Path) -> Path:
    if sys.platform == "win32":
        return data  # a named pipe lies in no folder
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and Path(given).is_absolute() and _is_private(Path(given)):
        return Path(given)
    return _temporary_folder() / f"fossatray-{os.getuid()}"


def _is_private(folder: Path) -> bool:
    """Tell whether a folder is there, ours, and closed to others."""
    try:
        status = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and _is_ours(status) and not status.st_mode & OTHERS


def _is_ours(status: os.stat_result) -> bool:
    return sys.platform == "win32" or status.st_uid == os.geteuid()


def prepare(paths: Paths) -> None:
    """Make all folders but `config`, closed to others (umask 0077, mode 0700); and allow no core dump from now on.

    Raises StoreUnsuitable for a folder that is another user's, not writable, or cannot be made, and for a chosen data
    folder that is open to others and holds other things: it is left as it is.
    """
    os.umask(0o077)
    forbid_core_dumps(for_good=False)
    if paths.chosen:
        _refuse_shared(paths)
    for folder in (paths.data, paths.logs, paths.backups, paths.runs, paths.runtime):
        _prepare_folder(folder)


def _refuse_shared(paths: Paths) -> None:
    """Refuse a folder of the person's choice that is not ours to close. Raises StoreUnsuitable."""
    try:
        status = paths.data.stat()
        if sys.platform == "win32" or not _is_ours(status):
            return
        ours = any(file.exists() and _is_ours(file.lstat()) for file in (paths.database, paths.lock))
        refuse_shared(paths.data, status.st_mode, empty=not any(paths.data.iterdir()), ours=ours)
    except OSError:
        return  # not there yet, or _prepare_folder says what is wrong


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if not _is_ours(status):
            raise StoreUnsuitable(f"The folder {folder} belongs to another user.")
        if sys.platform != "win32" and status.st_mode & OTHERS:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreUnsuitable(f"The folder {folder} cannot be made or opened: {error.strerror}.") from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StoreUnsuitable(f"The folder {folder} is not writable.")


def built_in_profile() -> Path:
    """Return the path of the portal profile that comes with the program."""
    return Path(__file__).resolve().parent.parent / "portal" / "profiles" / PROFILE_NAME


def resource(name: str) -> Path:
    """Return the path of a file that comes with the program, such as "icons/healthy.svg".

    In an installed package it lies in fossatray/resources, in a checkout in resources/. Raises FileNotFoundError.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "resources", package.parent / "resources"):
        path = folder / name
        if path.exists() and path.resolve().is_relative_to(folder):
            return path
    raise FileNotFoundError(f"resource {name}")
