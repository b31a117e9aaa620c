"""Clock and zone as Linux tells of them: a timer of the kernel that setting the clock cancels, and the zone's files."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QFileSystemWatcher, QObject, QSocketNotifier, Slot

from fossatray.system.clock import ZONE_FILES, zone_mark
from fossatray.system.time_change import TimeChangeWatch

log = logging.getLogger("fossatray.time")

_CLOCK_REALTIME = 0
_ABSOLUTE, _CANCEL_ON_SET = 1, 2  # timerfd.h: TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET
_FAR_S = min(2**33, 2 ** (8 * ctypes.sizeof(ctypes.c_long) - 1) - 1)  # the year 2242; as far as a small long reaches


class SetClock(Protocol):
    """A file descriptor that can be read once the clock was set."""

    fd: int

    def was_set(self) -> bool:
        """Read it, and tell whether the clock was set. Raises OSError where it can be read no more."""

    def close(self) -> None:
        """Close it."""


class KernelTimer:
    """A timer that never rings (Python 3.11 knows none of these): setting the clock by a leap cancels it, and wakes us.

    It costs no wake-up. Waking from sleep may count as setting the clock. Raises OSError where the kernel has none.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        try:
            create, arm = library.timerfd_create, library.timerfd_settime
        except AttributeError as error:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from error
        self.fd = int(create(_CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC))
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        never = (ctypes.c_long * 4)(0, 0, _FAR_S, 0)  # struct itimerspec: no interval, then when
        if arm(self.fd, _ABSOLUTE | _CANCEL_ON_SET, ctypes.byref(never), None):
            number = ctypes.get_errno()
            os.close(self.fd)
            raise OSError(number, os.strerror(number))

    def was_set(self) -> bool:
        """Tell whether the clock was set since the last time; the timer stays as it is."""
        try:
            os.read(self.fd, 8)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno == errno.ECANCELED:
                return True
            raise
        return False  # it has rung: the far year has come

    def close(self) -> None:
        """Close it."""
        os.close(self.fd)


def kernel_timer() -> SetClock | None:
    """Return the kernel's timer, or None where there is none."""
    try:
        return KernelTimer()
    except OSError as error:
        log.info("a clock that is set is noticed by comparing clocks alone: %s", error)
        return None


class LinuxTimeChangeWatch(TimeChangeWatch):
    """Hears of the clock from the kernel, and of the zone by its files.

    These are mostly replaced, so their folders are watched, too; whatever else changes there is none of our business.
    """

    def __init__(
        self, parent: QObject | None = None, clock: SetClock | None = None, files: Sequence[str] = ZONE_FILES
    ) -> None:
        super().__init__(parent)
        self._clock = clock if clock is not None else kernel_timer()
        self._notifier: QSocketNotifier | None = None
        if self._clock is not None:
            self._notifier = QSocketNotifier(self._clock.fd, QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._read_clock)
        self._files = files
        self._mark = zone_mark(files)
        self._watcher: QFileSystemWatcher | None = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._zone_is_being_set)
        self._watcher.fileChanged.connect(self._zone_is_being_set)
        self._watch_files()

    def close(self) -> None:
        """Hear nothing more."""
        super().close()
        notifier, self._notifier = self._notifier, None
        if notifier is not None:
            notifier.setEnabled(False)
            notifier.deleteLater()
        clock, self._clock = self._clock, None
        if clock is not None:
            clock.close()
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.directoryChanged.disconnect(self._zone_is_being_set)
            watcher.fileChanged.disconnect(self._zone_is_being_set)
            watcher.deleteLater()

    @Slot()
    def _read_clock(self) -> None:
        if self._clock is None or self._notifier is None:
            return
        try:
            is_set = self._clock.was_set()
        except OSError as error:
            log.warning("the kernel tells no more of a clock that is set: %s", error)
            self._notifier.setEnabled(False)
            return
        if is_set:
            self._clock_was_set()

    @Slot()
    def _settled(self) -> None:
        """Tell of the zone if it was that which changed in the folder."""
        self._watch_files()  # one that was replaced is watched no more
        mark = zone_mark(self._files)
        if mark != self._mark:
            self._mark = mark
            super()._settled()

    def _watch_files(self) -> None:
        """Watch the folders, and the files that may be written anew in their place; a link is replaced."""
        if self._watcher is None:
            return
        files = [Path(name) for name in self._files]
        wanted = {str(file.parent) for file in files if file.parent.is_dir()}
        wanted |= {str(file) for file in files if file.is_file() and not file.is_symlink()}
        missing = wanted - {*self._watcher.directories(), *self._watcher.files()}
        unwatched = self._watcher.addPaths(sorted(missing)) if missing else []
        if unwatched:
            log.info("not watched for another time zone: %s", ", ".join(unwatched))
