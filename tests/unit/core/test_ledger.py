"""What becomes of every slot when the program next looks: on time, late, paused, asleep, off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fossatray.core.ledger import Due, Settled, settle
from fossatray.core.runs import Fate, Occurrence, Reason, Trigger
from fossatray.core.schedules import Lateness, Schedule, missed_runs
from fossatray.core.timetable import Every, Timetable

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOURLY = Schedule(3, "a")


def look(schedule: Schedule, since: datetime, now: datetime, *, was_off: bool = False) -> Settled:
    return settle(schedule, since, now, UTC, was_off=was_off)


def skipped(at: datetime, reason: Reason) -> Occurrence:
    return Occurrence(3, at, Fate.SKIPPED, reason)


def missed(at: datetime, reason: Reason) -> Occurrence:
    return Occurrence(3, at, Fate.MISSED, reason)


@pytest.mark.parametrize("late", [timedelta(0), MINUTE, 5 * MINUTE])
@pytest.mark.parametrize("was_off", [True, False])
@pytest.mark.parametrize("lateness", Lateness)
def test_up_to_five_minutes_late_is_on_time(late: timedelta, was_off: bool, lateness: Lateness) -> None:
    schedule = replace(HOURLY, lateness=lateness, late_hours=0.01)
    assert look(schedule, NOON - MINUTE, NOON + late, was_off=was_off) == Settled((), Due(NOON, Trigger.SCHEDULED))


def test_nothing_is_due_between_the_slots() -> None:
    assert look(HOURLY, NOON, NOON + 59 * MINUTE) == Settled()


def test_several_missed_slots_make_one_catch_up() -> None:
    found = look(HOURLY, NOON - MINUTE, NOON + 2 * HOUR + 6 * MINUTE)
    assert found.due == Due(NOON + 2 * HOUR, Trigger.CATCH_UP)
    assert found.occurrences == (missed(NOON, Reason.ASLEEP), missed(NOON + HOUR, Reason.ASLEEP))


def test_the_time_the_program_was_off_is_told_as_such() -> None:
    found = look(HOURLY, NOON - MINUTE, NOON + HOUR, was_off=True)
    assert found == Settled((missed(NOON, Reason.NOT_RUNNING),), Due(NOON + HOUR, Trigger.SCHEDULED))


@pytest.mark.parametrize(("late", "runs"), [(2 * HOUR - MINUTE, True), (2 * HOUR, False), (3 * HOUR, False)])
def test_a_run_may_be_less_than_so_many_hours_late(late: timedelta, runs: bool) -> None:
    daily = replace(HOURLY, timetable=Timetable(Every(1440)), lateness=Lateness.WITHIN, late_hours=2)
    midnight = NOON - 12 * HOUR
    found = look(daily, midnight - HOUR, midnight + late)
    if runs:
        assert found == Settled((), Due(midnight, Trigger.CATCH_UP))
    else:
        assert found == Settled((skipped(midnight, Reason.TOO_LATE),))


def test_a_schedule_that_skips_skips_what_is_late_and_the_older_slots_were_missed() -> None:
    found = look(replace(HOURLY, lateness=Lateness.SKIP), NOON - MINUTE, NOON + HOUR + 6 * MINUTE)
    assert found == Settled((missed(NOON, Reason.ASLEEP), skipped(NOON + HOUR, Reason.TOO_LATE)))


def test_the_slots_of_a_pause_are_skipped_up_to_its_very_end() -> None:
    paused = replace(HOURLY, paused_until=NOON + HOUR)
    assert look(paused, NOON - MINUTE, NOON + HOUR) == Settled(
        (skipped(NOON, Reason.PAUSED), skipped(NOON + HOUR, Reason.PAUSED))
    )
    later = look(paused, NOON - MINUTE, NOON + 3 * HOUR, was_off=True)
    assert later.occurrences[2:] == (missed(NOON + 2 * HOUR, Reason.NOT_RUNNING),)
    assert later.due == Due(NOON + 3 * HOUR, Trigger.SCHEDULED)


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (replace(HOURLY, enabled=False), Reason.PAUSED),
        (replace(HOURLY, switched_off=True), Reason.SWITCHED_OFF),
        (replace(HOURLY, switched_off=True, enabled=False), Reason.SWITCHED_OFF),
    ],
)
def test_what_rests_skips_every_slot(schedule: Schedule, reason: Reason) -> None:
    found = look(schedule, NOON - MINUTE, NOON + HOUR, was_off=True)
    assert found == Settled((skipped(NOON, reason), skipped(NOON + HOUR, reason)))


def test_a_refused_sign_in_skips_every_slot_but_a_pause_is_said_first() -> None:
    found = settle(HOURLY, NOON - MINUTE, NOON, UTC, was_off=False, held=Reason.REFUSED)
    assert found == Settled((skipped(NOON, Reason.REFUSED),))
    paused = replace(HOURLY, enabled=False)
    found = settle(paused, NOON - MINUTE, NOON, UTC, was_off=False, held=Reason.REFUSED)
    assert found == Settled((skipped(NOON, Reason.PAUSED),))


def test_a_chained_schedule_has_no_slots() -> None:
    assert look(replace(HOURLY, after=1), NOON - 5 * HOUR, NOON) == Settled()


def test_a_clock_that_was_set_back_settles_nothing() -> None:
    assert look(HOURLY, NOON, NOON - 3 * HOUR) == Settled()


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.sampled_from([15, 30, 60, 105, 300, 1440]),
    begins=st.integers(0, 60 * 24 * 365),
    steps=st.lists(st.integers(1, 60 * 30), min_size=1, max_size=8),
    pause=st.none() | st.integers(-600, 6000),
    lateness=st.sampled_from(Lateness),
    resting=st.sampled_from(["no", "paused", "off", "held"]),
    was_off=st.booleans(),
    zone=st.sampled_from(["America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_every_slot_becomes_exactly_one_row(
    minutes: int,
    begins: int,
    steps: list[int],
    pause: int | None,
    lateness: Lateness,
    resting: str,
    was_off: bool,
    zone: str,
) -> None:
    """However often and whenever somebody looks."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + begins * MINUTE
    schedule = Schedule(
        3,
        "a",
        timetable=Timetable(Every(minutes)),
        lateness=lateness,
        late_hours=3.5,
        paused_until=None if pause is None else start + pause * MINUTE,
        enabled=resting != "paused",
        switched_off=resting == "off",
    )
    held = Reason.REFUSED if resting == "held" else None
    told: list[datetime] = []
    since = start
    for step in steps:
        now = since + step * MINUTE
        found = settle(schedule, since, now, ZoneInfo(zone), was_off=was_off, held=held)
        assert all(row.fate is not Fate.RUN and row.reason for row in found.occurrences)
        moments = [row.planned_at for row in found.occurrences] + ([found.due.planned_at] if found.due else [])
        assert moments == sorted(moments)
        told += moments
        since = now
    assert told == missed_runs(schedule, start, since, ZoneInfo(zone))
