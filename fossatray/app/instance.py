"""Single instance: one tray program a data folder, by an operating-system lock held for life."""

from __future__ import annotations

from filelock import FileLock, Timeout

from fossatray.core.errors import StoreUnsuitable
from fossatray.system.paths import Paths


class InstanceLock:
    """The lock of the tray program (the store's writer has its own, which a headless sync may hold meanwhile)."""

    def __init__(self, paths: Paths) -> None:
        self._lock = FileLock(paths.instance_lock, timeout=0)

    def acquire(self) -> bool:
        """Take the lock; tell whether it was free. Raises StoreUnsuitable if the folder allows no locks."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            raise StoreUnsuitable("The data folder cannot be locked.") from error
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()
