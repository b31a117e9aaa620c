"""Single instance: one tray program a data folder, by an operating-system lock held for life.

The lock is the one that the filelock library takes (the command line waits with it), taken by hand here: that library
brings asyncio, which would cost the icon a fifth of its start-up time.
"""

from __future__ import annotations

import os
import sys

from fossatray.core.errors import StoreUnsuitable
from fossatray.system.paths import Paths

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class InstanceLock:
    """The lock of the tray program (the store's writer has its own, which a headless sync may hold meanwhile)."""

    def __init__(self, paths: Paths) -> None:
        self._file = paths.instance_lock
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock; tell whether it was free. Raises StoreUnsuitable if the folder allows no locks."""
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnsuitable("The data folder cannot be locked.") from error
        try:
            _take(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise StoreUnsuitable("The data folder cannot be locked.") from error
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
