"""When a timetable runs: named cases, and every kind of timetable against the minute-by-minute oracle."""

from __future__ import annotations

import random
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fossatray.core.errors import InvalidInput
from fossatray.core.plan import (
    NotPlanned,
    Reason,
    missed_runs,
    next_run,
    occurrences,
    refuse_if_never,
    why_not_planned,
)
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable
from fossatray.core.words import Words
from tests.unit.core.plan_oracle import Tally, changes, compare_around, moments_to_watch, truth, watch

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NUUK = ZoneInfo("America/Nuuk")
WORKDAYS = frozenset(range(5))
EVERY_QUARTER = Timetable(Every(15))
HOURLY = Timetable(Every(60))


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def at(*texts: str) -> Timetable:
    return Timetable(Times(tuple(time.fromisoformat(text) for text in texts)))


def shown(timetable: Timetable, since: str, until: str, zone: ZoneInfo = NEW_YORK) -> list[str]:
    found = missed_runs(timetable, local(since, zone), local(until, zone), zone)
    assert all(slot.tzinfo is UTC for slot in found)
    return [slot.astimezone(zone).strftime("%d %H:%M") for slot in found]


# --- ordinary days --------------------------------------------------------------------------------------------------


def test_hourly_means_on_the_hour_and_the_next_is_after_the_moment() -> None:
    assert next_run(HOURLY, local("2026-11-21T13:20"), NEW_YORK) == local("2026-11-21T14:00")
    assert next_run(HOURLY, local("2026-11-21T14:00"), NEW_YORK) == local("2026-11-21T15:00")


def test_missed_runs_begin_after_since_and_include_until() -> None:
    assert shown(HOURLY, "2026-11-21T13:00", "2026-11-21T15:00") == ["21 14:00", "21 15:00"]
    assert shown(HOURLY, "2026-11-21T15:00", "2026-11-21T15:00") == []
    assert shown(HOURLY, "2026-11-21T15:00", "2026-11-21T13:00") == []


def test_every_five_hours_from_six_begins_anew_each_day() -> None:
    timetable = Timetable(Every(300), active_hours=ActiveHours(6, 5))
    expected = ["20 06:00", "20 11:00", "20 16:00", "20 21:00", "21 02:00", "21 06:00"]
    assert shown(timetable, "2026-11-20T05:30", "2026-11-21T06:30") == expected


def test_the_chosen_minute_is_the_anchor_when_there_are_no_active_hours() -> None:
    assert shown(Timetable(Every(90, 7)), "2026-11-20T23:00", "2026-11-21T04:00") == [
        "21 00:07",
        "21 01:37",
        "21 03:07",
    ]
    both = Timetable(Every(60, 7), active_hours=ActiveHours(6, 8))
    assert shown(both, "2026-11-20T00:00", "2026-11-21T00:00") == ["20 06:00", "20 07:00"]


@pytest.mark.parametrize("ended", ["2026-11-21T09:46", "2026-11-21T00:10", "2026-11-21T17:59:59"])
def test_a_catch_up_at_09_46_does_not_move_the_run_at_18_00(ended: str) -> None:
    daily = Timetable(Every(24 * 60), active_hours=ActiveHours(18, 19))
    for timetable in (daily, at("18:00"), Timetable(Cron("0 18 * * *"))):
        assert next_run(timetable, local(ended), NEW_YORK) == local("2026-11-21T18:00")


def test_hour_zero_is_an_hour() -> None:
    timetable = Timetable(Every(60), active_hours=ActiveHours(0, 2))
    assert shown(timetable, "2026-11-20T12:00", "2026-11-21T12:00") == ["21 00:00", "21 01:00"]


@pytest.mark.parametrize("end", [24, 0])
def test_hour_twenty_four_ends_the_day(end: int) -> None:
    timetable = Timetable(Every(60), active_hours=ActiveHours(22, end))
    assert shown(timetable, "2026-11-20T12:00", "2026-11-21T12:00") == ["20 22:00", "20 23:00"]


def test_overnight_hours_are_judged_by_each_slots_own_date() -> None:
    timetable = Timetable(Every(120), frozenset({0}), ActiveHours(22, 6))  # 2026-11-23 is a Monday
    expected = ["23 00:00", "23 02:00", "23 04:00", "23 22:00"]
    assert shown(timetable, "2026-11-21T12:00", "2026-11-25T12:00") == expected


def test_weekdays_holidays_and_own_days_are_left_out() -> None:
    calendar = HolidayCalendar("US", "TX", (date(2026, 11, 24),))
    timetable = Timetable(Times((time(9),)), WORKDAYS, holidays=calendar)  # Thanksgiving, and the Friday after in Texas
    found = shown(timetable, "2026-11-20T12:00", "2026-12-01T12:00")
    assert found == ["23 09:00", "25 09:00", "30 09:00", "01 09:00"]


def test_active_hours_bound_times_and_cron_too() -> None:
    hours = ActiveHours(8, 18)
    assert shown(
        Timetable(Times((time(7, 59), time(8), time(18))), active_hours=hours), "2026-11-20", "2026-11-21"
    ) == ["20 08:00"]
    assert shown(Timetable(Cron("30 */6 * * *"), active_hours=hours), "2026-11-20", "2026-11-21") == ["20 12:30"]


def test_changing_or_switching_off_the_active_hours_changes_the_next_run_at_once() -> None:
    night = local("2026-11-21T23:10")
    found = [
        next_run(Timetable(Every(60), active_hours=hours), night, NEW_YORK)
        for hours in (ActiveHours(6, 22), ActiveHours(8, 18), None)
    ]
    assert found == [local("2026-11-22T06:00"), local("2026-11-22T08:00"), local("2026-11-22T00:00")]


def test_the_same_timetable_follows_the_person_into_another_zone() -> None:
    moment = datetime(2026, 11, 21, 12, 10, tzinfo=UTC)
    daily = at("18:00")
    assert next_run(daily, moment, NEW_YORK) == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert next_run(daily, moment, BERLIN) == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert next_run(daily, moment, ZoneInfo("Asia/Kathmandu")) == datetime(2026, 11, 21, 12, 15, tzinfo=UTC)


# --- clocks that change ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "day"), [(NEW_YORK, "2026-03-08"), (BERLIN, "2026-03-29")])
def test_spring_moves_skipped_slots_to_the_gaps_end_and_makes_them_one(zone: ZoneInfo, day: str) -> None:
    two = day[-2:]
    expected = [f"{two} 01:45", f"{two} 03:00", f"{two} 03:15"]
    assert shown(EVERY_QUARTER, f"{day}T01:40", f"{day}T03:20", zone) == expected
    assert shown(at("02:10", "02:30", "03:00"), f"{day}T00:00", f"{day}T12:00", zone) == [f"{two} 03:00"]
    assert shown(Timetable(Cron("30 2 * * *")), f"{day}T00:00", f"{day}T12:00", zone) == [f"{two} 03:00"]
    assert shown(Timetable(Cron("*/30 2 * * *")), f"{day}T00:00", f"{day}T12:00", zone) == []


def test_a_day_whose_active_hours_spring_skips_runs_once_all_the_same() -> None:
    timetable = Timetable(Every(30), active_hours=ActiveHours(2, 3))
    assert shown(timetable, "2026-03-07", "2026-03-09") == ["07 02:00", "07 02:30", "08 03:00"]


@pytest.mark.parametrize(("zone", "day", "hour"), [(NEW_YORK, "2026-11-01", 1), (BERLIN, "2026-10-25", 2)])
def test_autumn_runs_both_passes_up_to_an_hours_step_and_else_once(zone: ZoneInfo, day: str, hour: int) -> None:
    since, until = local(f"{day}T00:00", zone), local(f"{day}T03:59", zone)

    def in_hour(timetable: Timetable) -> list[tuple[int, int]]:
        found = [slot.astimezone(zone) for slot in missed_runs(timetable, since, until, zone)]
        return [(slot.minute, slot.fold) for slot in found if slot.hour == hour]

    assert in_hour(Timetable(Every(30))) == [(0, 0), (30, 0), (0, 1), (30, 1)]
    assert in_hour(HOURLY) == [(0, 0), (0, 1)]
    assert in_hour(Timetable(Every(75, 15))) == ([(30, 0)] if hour == 1 else [(45, 0)])
    assert in_hour(at(f"0{hour}:30")) == [(30, 0)]
    assert in_hour(Timetable(Cron(f"30 {hour} * * *"))) == [(30, 0)]
    assert in_hour(Timetable(Cron("30 * * * *"))) == [(30, 0), (30, 1)]


def test_the_half_hour_of_lord_howe() -> None:
    assert shown(EVERY_QUARTER, "2026-10-04T01:40", "2026-10-04T02:50", LORD_HOWE) == [
        "04 01:45",
        "04 02:30",
        "04 02:45",
    ]
    autumn = shown(EVERY_QUARTER, "2026-04-05T01:10", "2026-04-05T02:05", LORD_HOWE)
    assert autumn == ["05 01:15", "05 01:30", "05 01:45", "05 01:30", "05 01:45", "05 02:00"]
    assert shown(HOURLY, "2026-04-05T00:30", "2026-04-05T03:30", LORD_HOWE) == ["05 01:00", "05 02:00", "05 03:00"]
    # cronsim itself gives 5:30 here: it steps by whole hours over the half one
    after_both = local("2026-04-05T01:45", LORD_HOWE).replace(fold=1)
    assert next_run(Timetable(Cron("* 5 * * *")), after_both, LORD_HOWE) == local("2026-04-05T05:00", LORD_HOWE)


def test_a_slot_that_spring_moves_over_midnight_belongs_to_its_own_day() -> None:
    """In Nuuk 2026-03-28 ends at 23:00: a Saturday's slot at 23:30 runs at the first moment of Sunday."""
    late = Times((time(23, 30),))
    assert shown(Timetable(late, frozenset({5})), "2026-03-28T12:00", "2026-03-29T12:00", NUUK) == ["29 00:00"]
    assert shown(Timetable(late, frozenset({6})), "2026-03-28T12:00", "2026-03-29T12:00", NUUK) == []


def test_moments_between_two_passes_lose_and_repeat_nothing() -> None:
    second_pass = local("2026-11-01T01:10").replace(fold=1)
    assert next_run(Timetable(Cron("30 1 * * *")), second_pass, NEW_YORK) == local("2026-11-02T01:30")
    assert next_run(HOURLY, second_pass, NEW_YORK) == local("2026-11-01T02:00")


# --- no end, and never ----------------------------------------------------------------------------------------------


def test_a_year_away_has_no_hole() -> None:
    found = missed_runs(HOURLY, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), NEW_YORK)
    assert len(found) == 365 * 24
    assert {after - before for before, after in pairwise(found)} == {timedelta(hours=1)}


def test_a_rare_day_is_found_and_one_that_never_comes_ends_the_search() -> None:
    leap = Timetable(Cron("0 0 29 2 *"))
    start = local("2096-03-01T00:00")
    assert next_run(leap, start, NEW_YORK) == local("2104-02-29T00:00")
    contrary = Timetable(Times((time(9),)), active_hours=ActiveHours(10, 12))
    assert next_run(contrary, start, NEW_YORK) is None
    assert list(occurrences(contrary, start, NEW_YORK)) == []
    assert list(islice(occurrences(HOURLY, datetime(9999, 12, 31, 12, tzinfo=UTC), NEW_YORK), 1)) == []


@pytest.mark.parametrize(
    ("timetable", "reason"),
    [
        (
            Timetable(Times((time(9),)), active_hours=ActiveHours(10, 12)),
            "none of its times lies within the active hours",
        ),
        (Timetable(Cron("0 9 * * 1"), frozenset({2})), "do not fall on the weekdays chosen"),
        (Timetable(Cron("0 9 25 12 *"), holidays=HolidayCalendar("US")), "every day it could run on is a holiday"),
        (Timetable(Cron("0 9 1 6 *")), "its next run would be on Jun 1, 2027."),
        (Timetable(Cron("0 9 * * 1"), frozenset({2}), ActiveHours(10, 12)), "leave no day"),
    ],
)
def test_what_would_not_run_once_in_sixty_days_is_refused_with_the_reason(timetable: Timetable, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_if_never(timetable, local("2026-11-21T13:20"), NEW_YORK)
    assert reason in refused.value.message
    assert "60 days" in refused.value.message


def test_what_runs_once_in_sixty_days_is_taken() -> None:
    now = local("2026-11-21T13:20")
    refuse_if_never(HOURLY, now, NEW_YORK)
    refuse_if_never(Timetable(Cron("0 9 19 1 *")), now, NEW_YORK)
    with pytest.raises(InvalidInput, match="be on Jan 21, 2027"):
        refuse_if_never(Timetable(Cron("0 14 21 1 *")), now, NEW_YORK)
    with pytest.raises(InvalidInput, match="be on 21 Jan 2027"):
        refuse_if_never(Timetable(Cron("0 14 21 1 *")), now, NEW_YORK, Words(NEW_YORK, day_first=True).day)


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_run(HOURLY, datetime(2026, 11, 21), NEW_YORK)


# --- why not --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("2026-11-23T14:00", None),
        ("2026-11-23T14:00:59", None),
        ("2026-11-21T14:00", NotPlanned(Reason.WEEKDAY)),
        ("2026-11-26T14:00", NotPlanned(Reason.HOLIDAY, "Thanksgiving Day")),
        ("2026-11-24T14:00", NotPlanned(Reason.HOLIDAY, "a day of your own")),
        ("2026-11-23T22:00", NotPlanned(Reason.ACTIVE_HOURS)),
        ("2026-11-23T14:01", NotPlanned(Reason.SLOT)),
    ],
)
def test_why_it_did_not_run_then(moment: str, answer: NotPlanned | None) -> None:
    calendar = HolidayCalendar("US", "TX", (date(2026, 11, 24),))
    timetable = Timetable(Every(60), WORKDAYS, ActiveHours(6, 22), calendar)
    assert why_not_planned(timetable, local(moment), NEW_YORK) == answer


def test_why_it_did_not_run_when_clocks_changed() -> None:
    second_pass = local("2026-11-01T01:30").replace(fold=1)
    assert why_not_planned(at("01:30"), second_pass, NEW_YORK) == NotPlanned(Reason.SECOND_PASS)
    assert why_not_planned(at("01:30"), second_pass.replace(fold=0), NEW_YORK) is None
    assert why_not_planned(at("02:30"), local("2026-03-08T03:00"), NEW_YORK) is None
    assert why_not_planned(Timetable(Cron("0 9 1 * *")), local("2026-11-02T09:00"), NEW_YORK) == NotPlanned(Reason.SLOT)


# --- the oracle -----------------------------------------------------------------------------------------------------


def test_the_plan_agrees_with_the_oracle_where_clocks_change(seed: int) -> None:
    """A sample; `benchmarks/plan_oracle.py` does all. A failure names the seed, and how to repeat it."""
    chance = random.Random(seed)
    tally = Tally()
    names = sorted(zoneinfo.available_timezones())
    for name in [*chance.sample(names, 24), "Australia/Lord_Howe", "America/Nuuk", "Antarctica/Troll"]:
        moment = chance.choice(moments_to_watch(changes(ZoneInfo(name))))
        compare_around(name, moment, chance, 3, tally)
    assert not tally.mismatches, tally.mismatches
    assert tally.cases == 27 * 3 * 3
    assert tally.occurrences > 1000


def test_a_whole_day_that_is_skipped_runs_once_when_it_is_over() -> None:
    """Samoa left out 2011-12-30."""
    apia = ZoneInfo("Pacific/Apia")
    assert shown(at("06:00", "18:00"), "2011-12-29T12:00", "2011-12-31T12:00", apia) == [
        "29 18:00",
        "31 00:00",
        "31 06:00",
    ]
    tally = Tally()
    compare_around("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), random.Random(2011), 5, tally)
    assert not tally.mismatches, tally.mismatches


def test_an_hour_repeated_around_midnight() -> None:
    """In Newfoundland 2010-11-07 began, went back to 23:01 of the day before after a minute, and began again."""
    zone = ZoneInfo("America/St_Johns")
    quarters = ["06 23:45", "07 00:00", "06 23:15", "06 23:30", "06 23:45", "07 00:00", "07 00:15"]
    assert shown(EVERY_QUARTER, "2010-11-06T23:30", "2010-11-07T00:15", zone) == quarters
    first_midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert first_midnight.astimezone(zone) == local("2010-11-07T00:00", zone)
    second_pass = first_midnight + timedelta(minutes=16)
    assert next_run(EVERY_QUARTER, first_midnight, zone) == first_midnight + timedelta(minutes=15)
    assert missed_runs(at("00:00"), first_midnight - timedelta(minutes=5), second_pass, zone) == [first_midnight]
    tally = Tally()
    compare_around("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC), random.Random(2010), 20, tally)
    assert not tally.mismatches, tally.mismatches


def test_occurrences_go_on_for_as_long_as_slots_come() -> None:
    yearly = occurrences(Timetable(Cron("0 0 1 1 *")), local("2026-11-21T13:20"), NEW_YORK)
    assert [slot.astimezone(NEW_YORK).year for slot in islice(yearly, 20)] == list(range(2027, 2047))


def test_the_oracle_notices_a_plan_that_is_wrong() -> None:
    since, until = local("2026-03-08T00:00"), local("2026-03-08T04:00")
    expected = truth(EVERY_QUARTER, watch(NEW_YORK, since.astimezone(UTC), until.astimezone(UTC)))
    assert expected == missed_runs(EVERY_QUARTER, since, until, NEW_YORK)
    for other in (Timetable(Every(30)), Timetable(Every(15), frozenset({0}))):
        assert expected != missed_runs(other, since, until, NEW_YORK)


@settings(max_examples=40, deadline=None)
@given(
    timetable=st.sampled_from(
        [EVERY_QUARTER, Timetable(Every(300), WORKDAYS, ActiveHours(22, 6)), at("00:00", "01:30", "02:30", "23:59")]
        + [Timetable(Cron(text)) for text in ("*/20 1-3 * * *", "30 1,2 * * *", "0 0 1,15 * 1")]
    ),
    minute=st.integers(0, 365 * 24 * 60),
    hours=st.integers(1, 24 * 9),
    zone=st.sampled_from([NEW_YORK, BERLIN, LORD_HOWE, NUUK, ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]),
)
def test_following_the_next_run_gives_every_slot_once(
    timetable: Timetable, minute: int, hours: int, zone: ZoneInfo
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    end = start + timedelta(hours=hours)
    followed: list[datetime] = []
    cursor = next_run(timetable, start, zone)
    while cursor is not None and cursor <= end:
        followed.append(cursor)
        cursor = next_run(timetable, cursor, zone)
    assert followed == missed_runs(timetable, start, end, zone)
    middle = start + (end - start) / 3
    parts = missed_runs(timetable, start, middle, zone) + missed_runs(timetable, middle, end, zone)
    assert followed == parts
