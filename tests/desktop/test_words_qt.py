"""Times as this desktop shows them."""

import sys
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from fossatray.system.clock import local_zone, reload_zone
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its zone in the registry")
def test_words_that_are_there_follow_the_zone_that_is_read_anew(qtbot: QtBot) -> None:
    now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as system:
        system.setenv("TZ", "America/New_York")
        reload_zone()
        words = make_words(locale=QLocale("en_US"))
        assert words.when(now, now) == "Today at 8:00 AM"
        system.setenv("TZ", "America/Los_Angeles")
        assert words.when(now, now) == "Today at 8:00 AM", "not before it is read anew"
        reload_zone()
        assert words.when(now, now) == "Today at 5:00 AM"
        assert datetime.fromtimestamp(now.timestamp()).hour == 5, "the C library, too"  # noqa: DTZ006
    reload_zone()
    assert words.zone == local_zone()
