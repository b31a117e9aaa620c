"""A timetable in words, by the person's clock, and why it had no run."""

from __future__ import annotations

from datetime import UTC, date, time

import pytest

from fossatray.core.plan import NotPlanned, Reason
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable
from fossatray.core.timetable_words import describe, explain
from fossatray.core.words import Words, twenty_four_hours

WORDS = Words(UTC)
WORKDAYS = frozenset(range(5))
TEXAS = HolidayCalendar("US", "TX")
DAY = date(2026, 12, 24)
OFFICE = Timetable(Every(60), WORKDAYS, ActiveHours(6, 22), TEXAS)


@pytest.mark.parametrize(
    ("timetable", "words"),
    [
        (OFFICE, "Every hour from 6:00 AM to 10:00 PM, Monday to Friday, not on holidays (US, Texas)"),
        (Timetable(Every(60)), "Every hour"),
        (Timetable(Every(60, 10)), "Every hour at 10 minutes past"),
        (Timetable(Every(15)), "Every 15 minutes"),
        (Timetable(Every(15, 30)), "Every 15 minutes"),
        (Timetable(Every(15, 10)), "Every 15 minutes, counted from 12:10 AM"),
        (Timetable(Every(45)), "Every 45 minutes"),
        (Timetable(Every(75)), "Every hour and 15 minutes, counted from 12:00 AM"),
        (Timetable(Every(150, 5)), "Every 2 hours and 30 minutes, counted from 12:05 AM"),
        (Timetable(Every(300), active_hours=ActiveHours(6, 5)), "Every 5 hours from 6:00 AM to 5:00 AM"),
        (Timetable(Every(60), active_hours=ActiveHours(0, 24)), "Every hour"),
        (Timetable(Every(60, 5), active_hours=ActiveHours(0, 24)), "Every hour"),
        (Timetable(Every(120), active_hours=ActiveHours(22, 24)), "Every 2 hours from 10:00 PM to midnight"),
        (Timetable(Every(1440, 5)), "Once a day at 12:05 AM"),
        (Timetable(Every(1440), active_hours=ActiveHours(18, 19)), "Once a day at 6:00 PM"),
        (Timetable(Times((time(18), time(6, 30)))), "At 6:30 AM and 6:00 PM"),
        (
            Timetable(Times((time(18), time(6), time(12))), frozenset({5, 6}), ActiveHours(0, 24)),
            "At 6:00 AM, 12:00 PM and 6:00 PM, only from 12:00 AM to midnight, Saturday and Sunday",
        ),
        (Timetable(Cron("0 6,18 * * 1-5")), "At 6:00 AM and 6:00 PM, Monday to Friday"),
        (
            Timetable(Cron("*/15 * * * *"), frozenset({0, 2, 4}), ActiveHours(22, 6)),
            "Every 15 minutes, only from 10:00 PM to 6:00 AM, only on Monday, Wednesday and Friday",
        ),
        (Timetable(Every(), holidays=HolidayCalendar(None, None, (DAY,))), "Every hour, not on 1 day of your own"),
        (
            Timetable(Every(), frozenset({0}), holidays=HolidayCalendar("US", None, (DAY, date(2026, 12, 31)))),
            "Every hour, Monday, not on holidays (US) or 2 days of your own",
        ),
    ],
)
def test_a_timetable_in_words(timetable: Timetable, words: str) -> None:
    assert describe(timetable, WORDS) == words


def test_words_follow_the_persons_clock_and_language() -> None:
    german = {
        "Every hour": "Jede Stunde",
        "{often} {hours}": "{often} {hours}",
        "from {start} to {end}": "{start}–{end}",
    }
    words = Words(
        UTC,
        tr=lambda text: german.get(text, text),
        clock=twenty_four_hours,
        weekday=lambda moment: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"][moment.weekday()],
    )
    assert describe(Timetable(Every(60), WORKDAYS, ActiveHours(6, 22)), words) == "Jede Stunde 06:00–22:00, Mo to Fr"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (NotPlanned(Reason.WEEKDAY), "the schedule does not run on this weekday."),
        (NotPlanned(Reason.HOLIDAY, "Thanksgiving Day"), "it is a holiday (Thanksgiving Day)."),
        (NotPlanned(Reason.HOLIDAY, "a day of your own"), "it is one of your own days off."),
        (NotPlanned(Reason.ACTIVE_HOURS), "it is outside the active hours, from 6:00 AM to 10:00 PM."),
        (
            NotPlanned(Reason.SECOND_PASS),
            "the clocks went back, and the schedule ran in the hour's first pass.",
        ),
        (NotPlanned(Reason.SLOT), f"it is not one of the schedule's times ({describe(OFFICE, WORDS)})."),
    ],
)
def test_why_nothing_was_planned(found: NotPlanned, words: str) -> None:
    assert explain(found, OFFICE, WORDS) == f"Nothing was planned: {words}"


def test_every_reason_has_words_of_its_own() -> None:
    assert len({explain(NotPlanned(reason), OFFICE, WORDS) for reason in Reason}) == len(Reason)
