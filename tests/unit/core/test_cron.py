"""Cron expressions: checked in plain words, read as cronsim reads them, and said back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import example, given
from hypothesis import strategies as st

from fossatray.core.cron import LONGEST, parse
from fossatray.core.cron_words import describe_cron
from fossatray.core.errors import InvalidInput
from fossatray.core.plan import missed_runs
from fossatray.core.timetable import Cron, Timetable
from fossatray.core.words import Words, twenty_four_hours

WORDS = Words(UTC)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("60 * * * *", 'The minute "60" cannot be used: it goes from 0 to 59.'),
        ("0 24 * * *", 'The hour "24" cannot be used: it goes from 0 to 23.'),
        ("0 17-8 * * *", 'The hour "17-8" cannot be used'),
        ("*/0 * * * *", 'The minute "*/0" cannot be used'),
        ("0 0 32 * *", 'The day of the month "32" cannot be used'),
        ("0 0 30 2 *", 'The day of the month "30" cannot be used: it goes from 1 to 31, and a day that the months'),
        ("0 0 * 13 *", 'The month "13" cannot be used: it goes from 1 to 12, or JAN to DEC.'),
        ("0 0 * * 8", 'The day of the week "8" cannot be used'),
        ("0 0 * * day", 'The day of the week "day" cannot be used'),
        ("0 0 * *", "has five fields (minute, hour, day of the month, month, day of the week); this one has 4."),
        ("0 0 0 * * *", "this one has 6."),
        ("", "this one has 0."),
        ("@daily", "this one has 1."),
        ("0 0 * * ²", "plain characters"),
        ("9" * LONGEST + " * * * *", f"at most {LONGEST}"),
    ],
)
def test_what_cannot_be_used_is_refused_in_plain_words(expression: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(expression)
    assert reason in refused.value.message
    assert refused.value.what_to_do


@given(st.lists(st.text("0123456789*/,-#LWMONJA ²", max_size=6), max_size=7).map(" ".join))
@example("0 0 * * 5L/2")
@example("0 0 L/2 * *")
def test_any_text_is_taken_or_refused_in_words(expression: str) -> None:
    try:
        parse(expression)
    except InvalidInput as error:
        refused = error.message
    else:
        refused = ""
    assert refused or describe_cron(expression, WORDS)


def test_minutes_hours_and_days() -> None:
    found = parse("*/20 6,18 1-7 JAN,7 *")
    assert (found.minutes, found.hours, found.by_elapsed_time) == ((0, 20, 40), (6, 18), True)
    assert [found.runs_on(date(2026, 1, day)) for day in (1, 7, 8)] == [True, True, False]
    assert not found.runs_on(date(2026, 2, 1))
    assert not parse("0 1-3 * * *").by_elapsed_time


def test_either_day_field_is_enough_unless_one_begins_with_a_star() -> None:
    either, both = parse("0 0 13 * 5"), parse("0 0 */13 * 5")
    assert [day for day in range(1, 31) if either.runs_on(date(2026, 11, day))] == [6, 13, 20, 27]
    assert either.runs_on(date(2026, 10, 13))
    assert [day for day in range(1, 31) if both.runs_on(date(2026, 11, day))] == [27]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kathmandu"])
@pytest.mark.parametrize(
    "expression",
    ["0 6,18 * * 1-5", "30 1,2 * * *", "*/20 * * * *", "*/15 1-3 * * *", "0 */3 * * *", "0 0 L * *", "0 9 * * MON#2"],
)
@pytest.mark.parametrize("month", [3, 9, 10])  # in these, clocks change in one or the other of the zones
def test_the_plan_is_the_one_of_cronsim(expression: str, zone: str, month: int) -> None:
    """Where clocks change by whole hours. Where by half an hour (Lord Howe), cronsim itself loses its place."""
    start = datetime(2026, month, 3, tzinfo=UTC)
    end = start + timedelta(days=39)
    expected = []
    for moment in CronSim(expression, start.astimezone(ZoneInfo(zone))):
        if moment.astimezone(UTC) > end:
            break
        expected.append(moment.astimezone(UTC))
    assert missed_runs(Timetable(Cron(expression)), start, end, ZoneInfo(zone)) == expected
    assert expected


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 6,18 * * 1-5", "At 6:00 AM and 6:00 PM, Monday to Friday"),
        ("0 9 * * *", "At 9:00 AM"),
        ("30 9 * * mon,wed,fri", "At 9:30 AM, Monday, Wednesday and Friday"),
        ("0 9 * * 6-7", "At 9:00 AM, Saturday and Sunday"),
        ("0 9 * * 0-6", "At 9:00 AM"),
        ("* * * * *", "Every minute"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("*/15 8-17 * * 1-5", "Every 15 minutes from 8:00 AM to 5:45 PM, Monday to Friday"),
        ("* 5 * * *", "Every minute from 5:00 AM to 5:59 AM"),
        ("0 * * * *", "Every hour"),
        ("5 * * * *", "Every hour at 5 minutes past"),
        ("0 8-17 * * *", "Every hour from 8:00 AM to 5:00 PM"),
        ("0 */2 * * *", "Every 2 hours, counted from 12:00 AM"),
        ("0 9 1 * *", "At 9:00 AM, on day 1 of the month"),
        ("0 9 15,1 1,7 *", "At 9:00 AM, on days 1 and 15 of the month, in January and July"),
        ("0 9 L * *", "At 9:00 AM, on the last day of the month"),
        ("7 0-6/2,9 * * 1", "At 12:07 AM, 2:07 AM, 4:07 AM, 6:07 AM and 9:07 AM, Monday"),
        ("0 9 13 * 5", "minute 0; hour 9; day of the month 13 or weekday 5; every month"),
        ("0 9 */2 * 5", "minute 0; hour 9; day of the month */2 and weekday 5; every month"),
        ("0 9 L * */2", "minute 0; hour 9; day of the month L and weekday */2; every month"),
        ("0 9 * * mon#2", "minute 0; hour 9; weekday mon#2; every month"),
        ("*/7 * * * *", "minute */7; every hour; every day; every month"),
        ("*/15 */5 * jan-mar *", "minute */15; hour */5; every day; month jan-mar"),
    ],
)
def test_it_is_said_back(expression: str, words: str) -> None:
    assert describe_cron(expression, WORDS) == words


def test_it_is_said_back_by_the_persons_clock() -> None:
    assert describe_cron("30 18 * * *", Words(UTC, clock=twenty_four_hours)) == "At 18:30"
