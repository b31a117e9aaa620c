"""The clock and the person's time zone: the only place that asks the system for them."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, tzinfo

import tzlocal

from fossatray.core.words import twelve_hours, twenty_four_hours

if sys.platform != "win32":
    from time import tzset

_ZONE_FILES = ("/etc/localtime", "/etc/timezone")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_zone() -> tzinfo:
    """Return the system's time zone with its rules; UTC where none is set, its present offset if they are not known.

    Cheap: it is kept until :func:`reload_zone`.
    """
    try:
        return tzlocal.get_localzone()
    except (OSError, LookupError, ValueError):
        return datetime.now(UTC).astimezone().tzinfo or UTC


def reload_zone() -> tzinfo:
    """Return the system's time zone, asked anew: it may have been changed since the start."""
    if sys.platform != "win32":
        tzset()  # the C library keeps it, too, and tzlocal warns where that differs
    return tzlocal.reload_localzone()


def zone_mark(files: Sequence[str] = _ZONE_FILES) -> tuple[object, ...]:
    """Return what is another one once the system's time zone was set anew; cheap (0.01 ms), to be asked often.

    `files` are those that say which zone it is, except on Windows.
    """
    if sys.platform == "win32":
        try:
            return (str(reload_zone()),)
        except (OSError, LookupError, ValueError):
            return ()
    return tuple(_file_mark(path) for path in files)


def _file_mark(path: str) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def clock_words(moment: time) -> str:
    """Return a wall-clock time by the locale's 12/24-hour habit, without Qt ("2:00 PM" or "14:00")."""
    return twelve_hours(moment) if _twelve() else twenty_four_hours(moment)


def _twelve() -> bool:
    """Tell whether the person's locale says AM and PM; the C locale says nothing and counts as if it did."""
    former = locale.setlocale(locale.LC_TIME)
    try:
        name = locale.setlocale(locale.LC_TIME, "")
        if name.split(".")[0] in ("C", "POSIX"):
            return True
        if sys.platform == "win32":
            return time(13).strftime("%X").startswith(("1:", "01:"))
        form = locale.nl_langinfo(locale.T_FMT)
    except locale.Error:
        return True
    finally:
        locale.setlocale(locale.LC_TIME, former)
    return any(part in form for part in ("%p", "%r", "%I", "%l"))
