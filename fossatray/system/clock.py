"""The clock and the person's time zone: the only place that asks the system for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo

import tzlocal

from fossatray.core.locale_habit import Habit, habit_of

if sys.platform != "win32":
    from time import tzset

ZONE_FILES = ("/etc/localtime", "/etc/timezone")
"""Which zone the system is in is said by these, except on Windows."""

_LOCALE_NAMES = ("LC_ALL", "LC_TIME", "LANG")  # the first that is set counts


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


def zone_mark(files: Sequence[str] = ZONE_FILES) -> tuple[object, ...]:
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


def local_habit(environment: Mapping[str, str] | None = None) -> Habit:
    """Return how the person's locale writes times and days, without Qt, and without asking whether it is installed.

    `environment` is the process's, unless given (tests). Windows keeps the locale elsewhere, and is asked.
    """
    if sys.platform == "win32":
        return _windows_habit()
    values = os.environ if environment is None else environment
    return habit_of(next((values[name] for name in _LOCALE_NAMES if values.get(name)), ""))


def clock_of(habit: Habit) -> Callable[[time], str]:
    """Return how a wall-clock time is shown: "2:00 PM" or "14:00"."""
    from fossatray.core.words import twelve_hours, twenty_four_hours

    return twelve_hours if habit.twelve_hours else twenty_four_hours


def _windows_habit() -> Habit:
    import locale

    former = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, "")
        shown = date(2001, 12, 25).strftime("%x")
        return Habit(time(13).strftime("%X").startswith(("1:", "01:")), shown.find("12") < shown.find("25"))
    except locale.Error:
        return Habit()
    finally:
        locale.setlocale(locale.LC_TIME, former)
