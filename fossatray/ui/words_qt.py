"""The shared sentences (core.words) in the language, clock habit and time zone of this desktop."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtCore import QCoreApplication, QLocale

from fossatray.core.locale_habit import Habit
from fossatray.core.words import Words
from fossatray.system.clock import clock_of, local_habit, local_zone

_QUOTED = re.compile(r"'[^']*'")
_NAME_OF_DAY = re.compile(r"d{3,4}")


def make_words(zone: Callable[[], tzinfo] | tzinfo = local_zone, locale: QLocale | None = None) -> Words:
    """Return the words for the person at this desktop.

    `zone` is the system's time zone as it is at each sentence, and `locale` the system's, unless given (tests). Day and
    month names, AM and PM are in the language of the texts, so that a sentence is never in two languages; the clock,
    the order of day and month, and the grouping of large figures follow the system's habit.
    """
    names = QLocale(QCoreApplication.translate("Words", "en_US", "the locale of this translation"))
    habit = _system_habit() if locale is None else habit_of_locale(locale)
    return Words(
        zone_of=zone,
        tr=_translated,
        clock=clock_of(habit),
        weekday=_Weekday(names),
        month=_Month(names),
        number=_Number(locale or QLocale.system()),
        day_first=not habit.month_first,
    )


def habit_of_locale(locale: QLocale) -> Habit:
    """Return how a locale writes times of day and days. The C locale says nothing and counts as en_US."""
    if locale.language() == QLocale.Language.C:
        return Habit()
    clock = _QUOTED.sub("", locale.timeFormat(QLocale.FormatType.ShortFormat))
    day = _NAME_OF_DAY.sub("", _QUOTED.sub("", locale.dateFormat(QLocale.FormatType.LongFormat)))
    return Habit("a" in clock.lower(), day.find("M") < day.find("d"))


def _system_habit() -> Habit:
    """Return the system's habit: where its environment says it, by the very rule of the command line."""
    return local_habit() if sys.platform == "linux" else habit_of_locale(QLocale.system())


def with_century(form: str) -> str:
    """Return a date format with the year in full: of "26" nobody knows the century, and Qt guesses."""
    return form if "yyyy" in form else form.replace("yy", "yyyy")


def _translated(text: str) -> str:
    return QCoreApplication.translate("Words", text)


class _Weekday:
    """Names a day of the week in full."""

    def __init__(self, names: QLocale) -> None:
        self._names = names

    def __call__(self, moment: datetime) -> str:
        return self._names.standaloneDayName(moment.isoweekday(), QLocale.FormatType.LongFormat)


class _Month:
    """Names a month in short: "Nov"."""

    def __init__(self, names: QLocale) -> None:
        self._names = names

    def __call__(self, moment: datetime) -> str:
        return self._names.monthName(moment.month, QLocale.FormatType.ShortFormat)


class _Number:
    """Writes a whole number with its digits in groups: "18,406"."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale

    def __call__(self, count: int) -> str:
        return self._locale.toString(count)
