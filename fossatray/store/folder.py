"""The data folder: is it ours and fit for a database, and who holds it. The lock is the operating system's."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from fossatray.core.errors import StoreBusy, StoreUnsuitable
from fossatray.core.folders import OTHERS, refuse_shared
from fossatray.store.errors import folder_errors

NETWORK_KINDS = frozenset(
    (
        *(
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "coda",
            "davfs",
            "fuse.davfs2",
            "fuse.glusterfs",
            "fuse.rclone",
            "fuse.sshfs",
        ),
        *("gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb2", "smb3", "smbfs"),
    )
)
"""File systems that several machines share: write-ahead logging needs memory that all writers share."""

_POLL_SECONDS = 0.05
_MOUNTS = Path("/proc/self/mounts")


def check_folder(file: Path, backups: Path) -> None:
    """Make the folder of a database file (0700) if it is missing, refuse one that is not ours or not fit.

    An open one is closed to others only if it is empty, or holds our database, lock or backups. Raises StoreUnsuitable.
    """
    folder = file.parent
    with folder_errors(f"The folder {folder} cannot be used"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if not is_ours(status):
            raise StoreUnsuitable(f"The folder {folder} belongs to another user.")
        if sys.platform != "win32" and status.st_mode & OTHERS:
            ours = any(map(_is_there_and_ours, (file, file.with_suffix(".lock"), backups)))
            refuse_shared(folder, status.st_mode, empty=not any(folder.iterdir()), ours=ours)
            folder.chmod(0o700)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StoreUnsuitable(f"The folder {folder} is not writable.")
    if is_on_network(folder):
        raise StoreUnsuitable(f"The folder {folder} is on a network drive, where a database cannot be kept safely.")


def _is_there_and_ours(path: Path) -> bool:
    try:
        return is_ours(path.lstat())
    except FileNotFoundError:
        return False


def check_file(file: Path) -> bool:
    """Tell whether the database file is there; refuse one that is another user's or no file. Raises StoreUnsuitable.

    The file is looked at, never opened: closing it outside SQLite would drop SQLite's locks.
    """
    with folder_errors(f"The file {file} cannot be used"):
        try:
            status = file.lstat()
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(status.st_mode):
            raise StoreUnsuitable(f"The file {file} is not a plain file.")
        if not is_ours(status):
            raise StoreUnsuitable(f"The file {file} belongs to another user.")
        if sys.platform != "win32" and status.st_mode & OTHERS:
            file.chmod(0o600)
    return True


def make_private(file: Path) -> None:
    """Make a new empty file that is the user's alone, whatever the umask. Raises StoreFull, StoreUnsuitable."""
    with folder_errors(f"The file {file} cannot be made"):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def is_ours(status: os.stat_result) -> bool:
    """Tell whether something on the disk belongs to this user."""
    return sys.platform == "win32" or status.st_uid == os.geteuid()


def is_on_network(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Tell whether a folder lies on a network drive, as far as the system says (Linux, Windows' UNC paths)."""
    if sys.platform == "win32":
        return str(folder.resolve()).startswith("\\\\")
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return _kind_of_mount(folder.resolve(), lines) in NETWORK_KINDS


def _kind_of_mount(folder: Path, lines: list[str]) -> str:
    """Return the file system's name of the mount that holds a folder; of two at one place the later lies on top."""
    best, kind = -1, ""
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = Path(parts[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), parts[2]
    return kind


class FolderLock:
    """The lock on the data folder. The operating system frees it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(
            path, mode=0o600, thread_local=False, fallback_to_soft=False, preserve_lock_file=True, is_singleton=False
        )

    def acquire(self, wait: float = 0.0) -> None:
        """Take the lock, waiting at most `wait` seconds. Raises StoreBusy, StoreUnsuitable where there are no locks."""
        with folder_errors("The data folder cannot be locked"):
            try:
                self._lock.acquire(timeout=wait, poll_interval=_POLL_SECONDS)
            except Timeout as error:
                raise StoreBusy("Another FossaTray uses this data folder.") from error
            except NotImplementedError as error:
                raise StoreUnsuitable("The data folder is on a file system that cannot lock files.") from error

    def release(self) -> None:
        """Free the lock; harmless if it is not held."""
        self._lock.release(force=True)


def is_held(lock: Path) -> bool:
    """Tell whether somebody holds the data folder's lock, by trying to take it for a moment."""
    if not lock.exists():
        return False
    mine = FolderLock(lock)
    try:
        mine.acquire()
    except StoreBusy:
        return True
    mine.release()
    return False
