"""The plan of a schedule: exact slots by the wall clock, over daylight saving and active hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fossatray.core.errors import InvalidInput
from fossatray.core.schedules import ActiveHours, Schedule, missed_runs, next_run, wall_instants

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def slots(schedule: Schedule, since: str, until: str, zone: ZoneInfo = NEW_YORK) -> list[str]:
    found = missed_runs(schedule, local(since, zone), local(until, zone), zone)
    return [slot.astimezone(zone).strftime("%d %H:%M") for slot in found]


def test_hourly_means_on_the_hour() -> None:
    assert next_run(Schedule(1, "a"), local("2026-11-21T13:20"), NEW_YORK) == local("2026-11-21T14:00")


def test_the_next_run_is_after_the_moment_and_never_at_it() -> None:
    assert next_run(Schedule(1, "a"), local("2026-11-21T14:00"), NEW_YORK) == local("2026-11-21T15:00")


def test_every_five_hours_from_six_begins_anew_each_day() -> None:
    schedule = Schedule(1, "a", interval_minutes=300, active_hours=ActiveHours(6, 5))
    assert slots(schedule, "2026-11-20T05:30", "2026-11-21T06:30") == [
        "20 06:00",
        "20 11:00",
        "20 16:00",
        "20 21:00",
        "21 02:00",
        "21 06:00",
    ]


def test_a_catch_up_does_not_move_the_next_run() -> None:
    daily = Schedule(1, "a", interval_minutes=24 * 60, active_hours=ActiveHours(18, 19))
    for last_run_ended in ("2026-11-21T09:46", "2026-11-21T00:10", "2026-11-21T17:59"):
        assert next_run(daily, local(last_run_ended), NEW_YORK) == local("2026-11-21T18:00")


def test_active_hours_are_the_wall_clock_and_hour_zero_is_an_hour() -> None:
    schedule = Schedule(1, "a", active_hours=ActiveHours(0, 2))
    assert slots(schedule, "2026-11-20T12:00", "2026-11-21T12:00") == ["21 00:00", "21 01:00"]


def test_overnight_active_hours() -> None:
    schedule = Schedule(1, "a", interval_minutes=120, active_hours=ActiveHours(22, 6))
    assert slots(schedule, "2026-11-20T12:00", "2026-11-21T12:00") == ["20 22:00", "21 00:00", "21 02:00", "21 04:00"]


@pytest.mark.parametrize(("start", "end"), [(6, 6), (0, 0), (-1, 5), (24, 5), (5, 25)])
def test_a_window_that_is_none_is_refused(start: int, end: int) -> None:
    with pytest.raises(InvalidInput):
        ActiveHours(start, end)


@pytest.mark.parametrize("minutes", [0, 14, 20, 1455, -15])
def test_an_interval_out_of_range_is_refused(minutes: int) -> None:
    with pytest.raises(InvalidInput):
        Schedule(1, "a", interval_minutes=minutes)


def test_a_paused_schedule_has_no_next_run() -> None:
    assert next_run(Schedule(1, "a", enabled=False), local("2026-11-21T13:20"), NEW_YORK) is None


def test_a_slot_in_the_skipped_hour_moves_to_the_gaps_end_and_two_there_are_one() -> None:
    quarter = Schedule(1, "a", interval_minutes=15)
    assert slots(quarter, "2026-03-08T01:40", "2026-03-08T03:20") == ["08 01:45", "08 03:00", "08 03:15"]


def test_the_repeated_hour_runs_in_both_passes_when_the_step_is_an_hour_or_less() -> None:
    found = missed_runs(
        Schedule(1, "a"), datetime(2026, 11, 1, 4, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC), NEW_YORK
    )
    assert [slot.hour for slot in found] == [5, 6, 7]


def test_the_repeated_hour_runs_once_when_the_step_is_longer() -> None:
    schedule = Schedule(1, "a", interval_minutes=90)
    found = slots(schedule, "2026-11-01T00:00", "2026-11-01T04:00")
    assert found == ["01 01:30", "01 03:00"]


def test_a_half_hour_transition_is_found_to_the_second() -> None:
    gap = wall_instants(datetime(2026, 10, 4, 2, 10), LORD_HOWE, both_passes=True)
    assert [moment.astimezone(LORD_HOWE).strftime("%H:%M:%S") for moment in gap] == ["02:30:00"]


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
    schedule = Schedule(
        1, "a", interval_minutes=interval, anchor_minute=minute, active_hours=ActiveHours(*hours) if hours else None
    )
    start = datetime(2020, 1, 1, 7, 13, tzinfo=UTC) + timedelta(days=day)
    end = start + timedelta(days=2)
    followed: list[datetime] = []
    cursor = start
    while (slot := next_run(schedule, cursor, ZoneInfo(zone))) is not None and slot <= end:
        assert slot > cursor
        followed.append(slot)
        cursor = slot
    assert followed == missed_runs(schedule, start, end, ZoneInfo(zone))
