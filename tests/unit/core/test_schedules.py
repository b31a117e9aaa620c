"""A schedule: what it refuses, when it runs next, what chains are possible, and its public form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fossatray.core.errors import InvalidInput
from fossatray.core.schedule_words import when_words
from fossatray.core.schedules import (
    Lateness,
    Schedule,
    check_chains,
    check_schedule,
    free_name,
    missed_runs,
    next_run,
    next_runs,
)
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable
from fossatray.core.words import Words

NEW_YORK = ZoneInfo("America/New_York")
DAILY = Schedule(1, "a", timetable=Timetable(Every(24 * 60), active_hours=ActiveHours(18, 19)))


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_new_schedule_runs_hourly_on_the_hour_and_once_when_it_is_late() -> None:
    schedule = Schedule(1, "a")
    assert next_run(schedule, local("2026-11-21T13:20"), NEW_YORK) == local("2026-11-21T14:00")
    assert schedule.lateness is Lateness.RUN_ONCE


def test_the_next_run_is_after_the_moment_and_never_at_it() -> None:
    assert next_run(Schedule(1, "a"), local("2026-11-21T14:00"), NEW_YORK) == local("2026-11-21T15:00")


def test_a_catch_up_does_not_move_the_next_run() -> None:
    for last_run_ended in ("2026-11-21T09:46", "2026-11-21T00:10", "2026-11-21T17:59"):
        assert next_run(DAILY, local(last_run_ended), NEW_YORK) == local("2026-11-21T18:00")


def test_changing_or_switching_off_the_active_hours_changes_the_next_run() -> None:
    now = local("2026-11-21T10:30")
    narrow = Schedule(1, "a", timetable=Timetable(Every(60), active_hours=ActiveHours(0, 2)))
    assert next_run(narrow, now, NEW_YORK) == local("2026-11-22T00:00")
    wider = replace(narrow, timetable=replace(narrow.timetable, active_hours=ActiveHours(12, 2)))
    assert next_run(wider, now, NEW_YORK) == local("2026-11-21T12:00")
    without = replace(narrow, timetable=replace(narrow.timetable, active_hours=None))
    assert next_run(without, now, NEW_YORK) == local("2026-11-21T11:00")


@pytest.mark.parametrize(
    "schedule", [replace(DAILY, enabled=False), replace(DAILY, switched_off=True), replace(DAILY, after=2)]
)
def test_what_is_paused_switched_off_or_chained_has_no_next_run(schedule: Schedule) -> None:
    assert next_run(schedule, local("2026-11-21T13:20"), NEW_YORK) is None
    assert next_runs(schedule, local("2026-11-21T13:20"), NEW_YORK, 5) == []


def test_a_pause_with_an_end_moves_the_next_run_behind_it() -> None:
    paused = replace(DAILY, paused_until=local("2026-11-23T18:00"))
    now = local("2026-11-21T13:20")
    assert next_run(paused, now, NEW_YORK) == local("2026-11-24T18:00")
    assert next_run(paused, local("2026-12-01T00:00"), NEW_YORK) == local("2026-12-01T18:00")
    assert next_runs(paused, now, NEW_YORK, 2) == [local("2026-11-24T18:00"), local("2026-11-25T18:00")]


def test_a_schedule_rests_until_the_end_of_its_pause_and_no_longer() -> None:
    end = local("2026-11-23T18:00")
    paused = replace(DAILY, paused_until=end)
    assert paused.rests(end - timedelta(seconds=1))
    assert not paused.rests(end)
    assert replace(DAILY, enabled=False).rests(end)
    assert replace(DAILY, switched_off=True).rests(end)
    assert not DAILY.rests(end)


def test_the_slots_of_a_paused_schedule_are_still_known() -> None:
    since, until = local("2026-11-20T00:00"), local("2026-11-22T00:00")
    expected = [local("2026-11-20T18:00"), local("2026-11-21T18:00")]
    assert missed_runs(replace(DAILY, enabled=False), since, until, NEW_YORK) == expected
    assert missed_runs(replace(DAILY, after=2), since, until, NEW_YORK) == []


@pytest.mark.parametrize("hours", [None, 0, -1, 169])
def test_a_run_within_so_many_hours_needs_the_hours(hours: float | None) -> None:
    with pytest.raises(InvalidInput, match="hours"):
        Schedule(1, "a", lateness=Lateness.WITHIN, late_hours=hours)


def test_hours_are_kept_only_where_they_count() -> None:
    assert Schedule(1, "a", lateness=Lateness.WITHIN, late_hours=0.5).late_hours == 0.5
    assert Schedule(1, "a", lateness=Lateness.SKIP, late_hours=2).late_hours is None


@pytest.mark.parametrize("name", ["x" * 61, "bell\a"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        Schedule(1, "a", name=name)


def test_a_name_is_put_in_order() -> None:
    assert Schedule(1, "a", name="  Work   orders ").name == "Work orders"
    assert (Schedule(1, "a", name="Early").title, Schedule(7, "a").title) == ("Early", "schedule 7")


def test_a_pause_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        Schedule(1, "a", paused_until=datetime(2026, 1, 1))


def test_chains_that_end_are_fine() -> None:
    check_chains([Schedule(1, "a"), Schedule(2, "a", after=1), Schedule(3, "a", after=2)])


def test_several_schedules_may_run_after_the_same_one() -> None:
    check_chains([Schedule(1, "a"), Schedule(2, "a", name="B", after=1), Schedule(3, "a", after=1)])


def test_a_holiday_calendar_that_is_known_no_longer_hinders_no_plan() -> None:
    lost = Schedule(1, "a", timetable=Timetable(holidays=HolidayCalendar("XQ")))
    plain = Schedule(1, "a", timetable=Timetable())
    now = local("2026-11-21T13:20")
    assert next_run(lost, now, NEW_YORK) == next_run(plain, now, NEW_YORK)
    day = timedelta(days=1)
    assert missed_runs(lost, now - day, now, NEW_YORK) == missed_runs(plain, now - day, now, NEW_YORK)
    assert "XQ" in when_words(lost, [], Words(NEW_YORK))


def test_a_circle_is_refused_and_named() -> None:
    links = [Schedule(1, "a", name="Orders", after=3), Schedule(2, "a", after=1), Schedule(3, "a", name="C", after=2)]
    with pytest.raises(InvalidInput, match='"Orders" after "C" after "schedule 2" after "Orders"'):
        check_chains([*links, Schedule(4, "a", after=1)])
    with pytest.raises(InvalidInput, match="after itself"):
        Schedule(5, "a", after=5)


def test_a_chain_begins_at_a_schedule_of_the_same_account() -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        check_chains([Schedule(1, "a", after=9)])
    with pytest.raises(InvalidInput, match="same account"):
        check_chains([Schedule(1, "a"), Schedule(2, "b", after=1)])


def test_what_cannot_be_kept_is_refused() -> None:
    now = local("2026-11-21T13:20")
    never = Timetable(Times((time(9),)), active_hours=ActiveHours(10, 12))
    with pytest.raises(InvalidInput, match="would not run once"):
        check_schedule(Schedule(0, "a", timetable=never), [], now, NEW_YORK)
    check_schedule(Schedule(0, "a", timetable=never, after=1), [Schedule(1, "a")], now, NEW_YORK)
    with pytest.raises(InvalidInput, match="XQ"):
        check_schedule(Schedule(0, "a", timetable=Timetable(holidays=HolidayCalendar("XQ"))), [], now, NEW_YORK)
    others = [Schedule(1, "a"), Schedule(2, "a", after=1)]
    check_schedule(replace(others[0], name="Other"), others, now, NEW_YORK)
    with pytest.raises(InvalidInput, match="wait for each other"):
        check_schedule(replace(others[0], after=2), others, now, NEW_YORK)


def test_the_public_form() -> None:
    moment = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    schedule = Schedule(4, "a", name="Early", timetable=Timetable(Times((time(6), time(18, 30))), frozenset({0, 4})))
    assert schedule.to_json("Work", "At 6:00 AM", moment, "blocked") == {
        "id": 4,
        "account": "Work",
        "job": "work_orders",
        "name": "Early",
        "when": "At 6:00 AM",
        "rule": {"kind": "times", "minutes": None, "anchor_minute": None, "times": ["06:00", "18:30"], "cron": None},
        "weekdays": [0, 4],
        "active_hours": None,
        "holidays": None,
        "lateness": "run_once",
        "late_hours": None,
        "paused_until": None,
        "after": None,
        "enabled": True,
        "switched_off": False,
        "failures": 0,
        "next_run": "2026-11-23T14:00:00Z",
        "held": "blocked",
        "hint": None,
    }
    every = replace(schedule, timetable=Timetable(Every(30, 5), active_hours=ActiveHours(22, 6)), paused_until=moment)
    told = every.to_json("Work", "", None, None)
    assert told["rule"] == {"kind": "every", "minutes": 30, "anchor_minute": 5, "times": None, "cron": None}
    assert told["active_hours"] == {"start": 22, "end": 6}
    assert told["paused_until"] == "2026-11-23T14:00:00Z"
    cron = replace(schedule, timetable=Timetable(Cron("0 6 * * 1"), holidays=HolidayCalendar("US", "TX")))
    told = cron.to_json("Work", "", None, None)
    assert (told["rule"]["kind"], told["rule"]["cron"]) == ("cron", "0 6 * * 1")
    assert told["holidays"] == {"country": "US", "subdivision": "TX", "extra": []}


@settings(max_examples=25, deadline=None)
@given(
    interval=st.integers(1, 96).map(lambda steps: steps * 15),
    minute=st.integers(0, 59),
    hours=st.none() | st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] != pair[1] % 24),
    day=st.integers(0, 3650),
    zone=st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_following_the_next_run_gives_every_slot_once(
    interval: int, minute: int, hours: tuple[int, int] | None, day: int, zone: str
) -> None:
    timetable = Timetable(Every(interval, minute), active_hours=ActiveHours(*hours) if hours else None)
    schedule = Schedule(1, "a", timetable=timetable)
    start = datetime(2020, 1, 1, 7, 13, tzinfo=UTC) + timedelta(days=day)
    end = start + timedelta(days=2)
    followed: list[datetime] = []
    cursor = start
    while (slot := next_run(schedule, cursor, ZoneInfo(zone))) is not None and slot <= end:
        assert slot > cursor
        followed.append(slot)
        cursor = slot
    assert followed == missed_runs(schedule, start, end, ZoneInfo(zone))


def test_a_run_may_be_late_by_a_quarter_of_an_hour_at_least() -> None:
    """As the dialog has it; what an older version kept is still read."""
    kept = Schedule(0, "a", lateness=Lateness.WITHIN, late_hours=0.1)
    with pytest.raises(InvalidInput, match=r"late by 0\.25 to 168 hours"):
        check_schedule(kept, [], datetime(2026, 11, 22, tzinfo=UTC), NEW_YORK)
    check_schedule(replace(kept, late_hours=0.25), [], datetime(2026, 11, 22, tzinfo=UTC), NEW_YORK)


def test_a_new_schedule_gets_a_name_that_none_has() -> None:
    assert free_name([]) == "Work orders"
    assert free_name(["Work orders", "Other"]) == "Work orders 2"
    assert free_name(["Work orders 2", "Work orders", "Work orders 3"]) == "Work orders 4"
