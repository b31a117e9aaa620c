"""Times as this desktop shows them."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from fossatray.ui.words_qt import clock_of, make_words


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en_US", "2:05 PM"), ("de_DE", "14:05"), ("fr_FR", "14:05"), ("en_AU", "2:05 pm"), ("C", "2:05 PM")],
)
def test_the_clock_follows_the_habit_of_the_locale(qtbot: QtBot, locale: str, expected: str) -> None:
    assert clock_of(QLocale(locale))(time(14, 5)) == expected


def test_midnight_and_noon_in_twelve_hours(qtbot: QtBot) -> None:
    clock = clock_of(QLocale("en_US"))
    assert [clock(time(0, 0)), clock(time(12, 0))] == ["12:00 AM", "12:00 PM"]


def test_days_are_named_in_the_language_of_the_sentences(qtbot: QtBot) -> None:
    words = make_words(ZoneInfo("America/New_York"), QLocale("de_DE"))
    now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert words.when(datetime(2026, 11, 25, 19, 0, tzinfo=UTC), now) == "Wednesday at 14:00"
    assert words.when(datetime(2026, 12, 25, 19, 0, tzinfo=UTC), now) == "Dec 25 at 14:00"
