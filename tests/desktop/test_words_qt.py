"""Times as this desktop shows them."""

import sys
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from fossatray.control import cli_output
from fossatray.core.locale_habit import habit_of
from fossatray.system.clock import clock_of, local_zone, reload_zone
from fossatray.ui.words_qt import habit_of_locale, make_words


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en_US", "2:05 PM"), ("de_DE", "14:05"), ("fr_FR", "14:05"), ("en_AU", "2:05 PM"), ("C", "2:05 PM")],
)
def test_the_clock_follows_the_habit_of_the_locale(qtbot: QtBot, locale: str, expected: str) -> None:
    assert clock_of(habit_of_locale(QLocale(locale)))(time(14, 5)) == expected


def test_midnight_and_noon_in_twelve_hours(qtbot: QtBot) -> None:
    clock = clock_of(habit_of_locale(QLocale("en_US")))
    assert [clock(time(0, 0)), clock(time(12, 0))] == ["12:00 AM", "12:00 PM"]


def test_days_are_named_in_the_language_of_the_sentences(qtbot: QtBot) -> None:
    words = make_words(ZoneInfo("America/New_York"), QLocale("de_DE"))
    now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert words.when(datetime(2026, 11, 25, 19, 0, tzinfo=UTC), now) == "Wednesday at 14:00"
    assert words.when(datetime(2026, 12, 25, 19, 0, tzinfo=UTC), now) == "25 Dec at 14:00"


@pytest.mark.parametrize(
    ("locale", "this_year", "next_year"),
    [
        ("en_US", "Dec 25 at 2:00 PM", "Jan 4, 2027 at 2:00 PM"),
        ("en_GB", "25 Dec at 14:00", "4 Jan 2027 at 14:00"),
        ("en_AU", "25 Dec at 2:00 PM", "4 Jan 2027 at 2:00 PM"),
        ("ja_JP", "Dec 25 at 14:00", "Jan 4, 2027 at 14:00"),
    ],
)
def test_day_and_month_come_in_the_order_of_the_locale_and_the_command_line_says_the_same(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, locale: str, this_year: str, next_year: str
) -> None:
    monkeypatch.setenv("LC_ALL", f"{locale}.UTF-8")
    zone = ZoneInfo("America/New_York")
    now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    moments = datetime(2026, 12, 25, 19, 0, tzinfo=UTC), datetime(2027, 1, 4, 19, 0, tzinfo=UTC)
    for words in (make_words(zone, QLocale(locale)), cli_output.words(zone)):
        assert [words.when(moment, now) for moment in moments] == [this_year, next_year]


def test_the_window_s_words_are_the_command_line_s_without_a_locale_that_is_installed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    zone, moment = ZoneInfo("America/New_York"), datetime(2026, 12, 25, 19, 0, tzinfo=UTC)
    assert make_words(zone).when(moment, now) == cli_output.words(zone).when(moment, now) == "25 Dec at 14:00"


def test_every_locale_that_qt_knows_has_the_habit_that_is_known_without_it(qtbot: QtBot) -> None:
    anything = QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    )
    names = {locale.name() for locale in anything}
    assert len(names) > 500
    wrong = [
        name for name in names if QLocale(name).name() == name and habit_of(name) != habit_of_locale(QLocale(name))
    ]
    assert wrong == []


def test_large_figures_are_grouped_as_the_locale_does(qtbot: QtBot) -> None:
    assert make_words(UTC, QLocale("en_US")).number(18406) == "18,406"
    assert make_words(UTC, QLocale("de_DE")).number(18406) == "18.406"


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
