"""The options of `schedules add` and `edit`: what they make of a schedule, and what they refuse."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from fossatray.control.cli_parser import make_parser
from fossatray.control.schedule_options import nothing_given, past_moment_from, until_from, with_options
from fossatray.core.errors import InvalidInput
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
"""14:30 in the zone."""
CHRISTMAS = date(2026, 12, 24)
PLAIN = Schedule(3, "a" * 32, name="Work orders")
FULL = replace(
    PLAIN,
    timetable=Timetable(
        Every(300, 20),
        frozenset({0, 1}),
        ActiveHours(6, 22),
        HolidayCalendar("US", "TX", (CHRISTMAS,)),
    ),
    lateness=Lateness.WITHIN,
    late_hours=2.0,
    paused_until=datetime(2026, 12, 1, tzinfo=UTC),
)


def edited(schedule: Schedule, words: str) -> Schedule:
    given = make_parser().parse_args(["schedules", "edit", "3", *shlex.split(words)])
    return with_options(schedule, given, NOW, ZONE)


def test_what_is_not_given_stays() -> None:
    given = make_parser().parse_args(["schedules", "edit", "3"])
    assert nothing_given(given)
    assert with_options(FULL, given, NOW, ZONE) == FULL


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("--every 1", Every(60, 20)),
        ("--times 18:00,6:00", Times((time(6), time(18)))),
        ("--cron '0 6,18  * * 1-5'", Cron("0 6,18 * * 1-5")),
    ],
)
def test_a_rule_of_each_kind(words: str, rule: Every | Times | Cron) -> None:
    assert edited(FULL, words) == replace(FULL, timetable=replace(FULL.timetable, rule=rule))


def test_the_minute_is_given_where_no_active_hours_say_it() -> None:
    at_any_hour = replace(PLAIN, timetable=Timetable(Every(300, 20)))
    assert edited(at_any_hour, "--every 0.25 --minute 5").timetable.rule == Every(15, 5)
    assert edited(at_any_hour, "--minute 0").timetable.rule == Every(300, 0)
    assert edited(FULL, "--minute 0 --active off").timetable.rule == Every(300, 0)
    assert edited(at_any_hour, "--active 6-22").timetable.rule == Every(300, 20), "kept, as the dialog keeps it"


def test_back_to_an_interval_it_counts_from_midnight() -> None:
    by_times = replace(PLAIN, timetable=Timetable(Times((time(6),))))
    assert edited(by_times, "--every 2").timetable.rule == Every(120, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--every 1 --times 6:00", "only one of"),
        ("--times 6:00 --cron '* * * * *'", "only one of"),
        ("--times 6:00 --minute 5", "goes with --every alone"),
        ("--cron '0 6 * * *' --minute 5", "goes with --every alone"),
        ("--minute 30", "does not go with active hours"),
        ("--active 6-22 --every 1 --minute 30", "does not go with active hours"),
        ("--every 0.3", "15 minutes to 24 hours"),
        ("--every 25", "15 minutes to 24 hours"),
        ("--every often", "no interval"),
        ("--minute 60", "0 to 59"),
        ("--minute half", "0 to 59"),
        ("--times 6", "no time of day"),
        ("--times ,", "at least one time"),
        ("--cron '0 25 * * *'", "hour"),
        ("--cron '0 6'", "five fields"),
        ("--weekdays ,", "at least one weekday"),
        ("--weekdays freitag", "no weekday"),
        ("--active 6-6", "start and end"),
        ("--holidays Texas", "two letters"),
        ("--extra-days christmas", "no date"),
        ("--late never", "late runs"),
        ("--late 0", "more than 0"),
        ("--late 169", "at most 168"),
        ("--after itself", "no schedule"),
        ("--after 3", "after itself"),
        ("--until later", "no date"),
        ("--until 2026-11-22", "has begun already"),
        ("--until 2020-01-01", "has begun already"),
        ("--until 0001-01-01", "has begun already"),
        ("--until 3000-01-01", "too far away"),
        ("--until '2026-11-22 14:30'", "has passed already"),
        ("--until '2026-11-23 14:00, 15:00'", "no time"),
        ("--until '2026-11-23 later'", "no time"),
        ("--name " + "n" * 61, "at most 60"),
    ],
)
def test_what_cannot_be_is_refused_in_words(words: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        edited(FULL, words)


def test_an_interval_alone_has_a_minute() -> None:
    with pytest.raises(InvalidInput, match="--every alone"):
        edited(replace(PLAIN, timetable=Timetable(Times((time(6),)))), "--minute 5")


def test_what_narrows_the_times() -> None:
    found = edited(PLAIN, "--weekdays mon-fri --active 22-6 --holidays us-tx --extra-days 2026-12-24").timetable
    assert found == Timetable(
        Every(), frozenset(range(5)), ActiveHours(22, 6), HolidayCalendar("US", "TX", (CHRISTMAS,))
    )


def test_each_limit_can_be_lifted() -> None:
    found = edited(FULL, "--weekdays all --active OFF --holidays off --extra-days off").timetable
    assert found == Timetable(Every(300, 20))


def test_country_and_own_days_are_changed_alone() -> None:
    assert edited(FULL, "--holidays DE").timetable.holidays == HolidayCalendar("DE", None, (CHRISTMAS,))
    assert edited(FULL, "--holidays off").timetable.holidays == HolidayCalendar(None, None, (CHRISTMAS,))
    assert edited(FULL, "--extra-days off").timetable.holidays == HolidayCalendar("US", "TX")


@pytest.mark.parametrize(
    ("word", "lateness", "hours"),
    [("run", Lateness.RUN_ONCE, None), ("skip", Lateness.SKIP, None), ("1.5", Lateness.WITHIN, 1.5)],
)
def test_what_being_late_means(word: str, lateness: Lateness, hours: float | None) -> None:
    found = edited(FULL, f"--late {word}")
    assert (found.lateness, found.late_hours) == (lateness, hours)


def test_a_pause_ends_as_the_day_begins_here() -> None:
    assert edited(PLAIN, "--until 2026-12-27").paused_until == datetime(2026, 12, 27, 6, tzinfo=UTC)
    assert edited(FULL, "--until off").paused_until is None
    assert edited(PLAIN, "--until '2026-12-27 14:05'").paused_until == datetime(2026, 12, 27, 20, 5, tzinfo=UTC)
    assert until_from("2026-11-22 2:31 pm", NOW, ZONE) == datetime(2026, 11, 22, 20, 31, tzinfo=UTC)
    assert until_from("2027-07-01", NOW, ZONE) == datetime(2027, 7, 1, 5, tzinfo=UTC)
    assert until_from("2026-11-23", NOW, ZONE) == datetime(2026, 11, 23, 6, tzinfo=UTC)
    evening = datetime(2026, 11, 23, 5, tzinfo=UTC)  # the 22nd still, in the zone
    assert until_from("2026-11-23", evening, ZONE) == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_a_pause_without_an_end_gets_one_or_is_lifted() -> None:
    paused = replace(PLAIN, enabled=False)
    assert edited(paused, "--until 2026-12-27").enabled
    assert edited(paused, "--until off") == PLAIN
    assert not edited(paused, "--every 2").enabled


def test_a_chained_schedule_has_no_times_until_it_is_unchained() -> None:
    chained = edited(FULL, "--after 2 --name Dispensers")
    assert (chained.after, chained.name, chained.timetable) == (2, "Dispensers", FULL.timetable)
    for words in ("--every 1", "--weekdays mon", "--active off", "--extra-days off"):
        with pytest.raises(InvalidInput, match="no times of its own"):
            edited(chained, words)
    assert edited(chained, "--after none --every 1").after is None
    assert edited(chained, "--late skip").after == 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:30", datetime(2026, 11, 22, 14, 30)),
        ("14:31", datetime(2026, 11, 21, 14, 31)),
        ("2 pm", datetime(2026, 11, 22, 14)),
        ("2026-11-01 1:30", datetime(2026, 11, 1, 1, 30)),
        (" 2026-11-21T18:00 ", datetime(2026, 11, 21, 18)),
        ("2026-11-21 6 pm", datetime(2026, 11, 21, 18)),
    ],
)
def test_a_past_moment(text: str, moment: datetime) -> None:
    assert past_moment_from(text, NOW, ZONE) == moment.replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-22 14:31", "not come yet"),
        ("0001-01-01 0:00", "too long ago"),
        ("1970-12-31 23:59", "too long ago"),
        ("2026-11-22", "no time"),
        ("14:30, 15:30", "no time"),
        ("", "no time"),
        ("soon", "no time"),
        ("11-22 14:30", "no time"),
        ("22.11.2026-14:30", "no"),
    ],
)
def test_another_one_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        past_moment_from(text, NOW, ZONE)


def test_the_job_is_chosen_and_stays_where_it_is_not_given() -> None:
    assert edited(PLAIN, "--job dispensers").job == "dispensers"
    assert edited(replace(PLAIN, job="dispensers"), "--every 2").job == "dispensers"
