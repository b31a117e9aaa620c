"""The shared sentences (core.words) in the language, clock habit and time zone of this desktop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, tzinfo

from PySide6.QtCore import QCoreApplication, QLocale

from fossatray.core.words import Words, twelve_hours, twenty_four_hours
from fossatray.system.clock import local_zone


def make_words(zone: Callable[[], tzinfo] | tzinfo = local_zone, locale: QLocale | None = None) -> Words:
    """Return the words for the person at this desktop.

    `zone` is the system's time zone as it is at each sentence, and `locale` the system's, unless given (tests). Day and
    month names are in the language of the texts, so that a sentence is never in two languages; the clock follows the
    system's habit.
    """
    names = QLocale(QCoreApplication.translate("Words", "en_US", "the locale of this translation"))
    return Words(
        zone_of=zone,
        tr=_translated,
        clock=clock_of(locale or QLocale.system()),
        weekday=_Weekday(names),
        month_day=_MonthDay(names),
    )


def clock_of(locale: QLocale) -> Callable[[time], str]:
    """Return how times of day are shown: "2:00 PM" or "14:00". The C locale says nothing and gets the former."""
    if locale.language() == QLocale.Language.C:
        return twelve_hours
    if "a" not in locale.timeFormat(QLocale.FormatType.ShortFormat).lower():
        return twenty_four_hours
    return _HalfDays(locale.amText(), locale.pmText())


def with_century(form: str) -> str:
    """Return a date format with the year in full: of "26" nobody knows the century, and Qt guesses."""
    return form if "yyyy" in form else form.replace("yy", "yyyy")


def _translated(text: str) -> str:
    return QCoreApplication.translate("Words", text)


class _HalfDays:
    """Shows a time of day in twelve hours with the locale's own signs."""

    def __init__(self, am: str, pm: str) -> None:
        self._signs = (am, pm)

    def __call__(self, moment: time) -> str:
        return f"{moment.hour % 12 or 12}:{moment.minute:02d} {self._signs[moment.hour >= 12]}"


class _Weekday:
    """Names a day of the week in full."""

    def __init__(self, names: QLocale) -> None:
        self._names = names

    def __call__(self, moment: datetime) -> str:
        return self._names.standaloneDayName(moment.isoweekday(), QLocale.FormatType.LongFormat)


class _MonthDay:
    """Names a day of the year: "Nov 23"."""

    def __init__(self, names: QLocale) -> None:
        self._names = names

    def __call__(self, moment: datetime) -> str:
        return f"{self._names.monthName(moment.month, QLocale.FormatType.ShortFormat)} {moment.day}"
