"""Schedules as they are kept: several an account, chained, paused, switched off; and their occurrences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, time, timedelta

import pytest

from fossatray.core.accounts import Account
from fossatray.core.errors import InvalidInput, NotFound
from fossatray.core.runs import Fate, Occurrence, Outcome, Reason, Trigger
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.timetable import ActiveHours, Cron, Every, HolidayCalendar, Times, Timetable
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import HOUR, NOW, make_account

PLANNED = NOW.replace(microsecond=0)
TEXAS = HolidayCalendar("US", "TX", (date(2026, 12, 24),))


def only(store: Store, account: Account) -> Schedule:
    (schedule,) = store.schedules.of_account(account.id)
    return schedule


def test_a_new_account_gets_one_hourly_schedule(store: Store, account: Account) -> None:
    schedule = only(store, account)
    assert schedule == Schedule(schedule.id, account.id, name="Work orders", timetable=Timetable(Every(60)))
    assert store.schedules.all() == [schedule]


@pytest.mark.parametrize(
    "timetable",
    [
        Timetable(Every(15, 30), frozenset({0, 4}), ActiveHours(22, 0), TEXAS),
        Timetable(Times((time(6), time(18, 30)))),
        Timetable(Cron("*/15 8-17 * * MON-FRI")),
    ],
)
def test_everything_of_a_schedule_is_kept(store: Store, account: Account, reader: Reader, timetable: Timetable) -> None:
    full = Schedule(
        0,
        account.id,
        "work_orders",
        "Early",
        timetable,
        Lateness.WITHIN,
        2.5,
        PLANNED + 24 * HOUR,
        only(store, account).id,
        enabled=False,
        failures=5,
        switched_off=True,
    )
    added = store.schedules.add(full)
    assert added == replace(full, id=added.id) == store.schedules.get(added.id)
    assert store.schedules.of_account(account.id)[1:] == [added] == reader.schedules()[1:]


def test_an_account_has_any_number_of_schedules(store: Store, account: Account) -> None:
    other = store.accounts.add(make_account("Other"))
    for number in range(4):
        store.schedules.add(Schedule(0, account.id, name=f"Number {number}"))
    assert len(store.schedules.of_account(account.id)) == 5
    assert len(store.schedules.of_account(other.id)) == 1
    with pytest.raises(NotFound):
        store.schedules.add(Schedule(0, "nobody"))


def test_a_schedule_is_changed_and_accounted_for(store: Store, account: Account) -> None:
    schedule = only(store, account)
    changed = replace(schedule, timetable=Timetable(Every(15, 30), active_hours=ActiveHours(22, 0)), enabled=False)
    other = replace(changed, job="other")
    assert store.schedules.save(replace(other, account_id="elsewhere")) == store.schedules.get(schedule.id) == other
    assert store.schedules.save(changed) == changed
    assert store.schedules.get(schedule.id) == changed
    assert store.schedules.accounted_until(schedule.id) is None
    store.schedules.set_accounted_until(schedule.id, NOW)
    store.schedules.save(changed)
    assert store.schedules.accounted_until(schedule.id) == NOW
    with pytest.raises(NotFound):
        store.schedules.save(Schedule(99, account.id))
    with pytest.raises(NotFound):
        store.schedules.set_accounted_until(99, NOW)


def test_the_result_of_a_run_is_remembered(store: Store, account: Account) -> None:
    schedule = only(store, account)
    store.schedules.set_result(schedule.id, 5, switched_off=True)
    assert store.schedules.get(schedule.id) == replace(schedule, failures=5, switched_off=True)
    with pytest.raises(NotFound):
        store.schedules.set_result(99, 0, switched_off=False)


def test_a_chain_cannot_come_back_to_itself(store: Store, account: Account) -> None:
    first = only(store, account)
    second = store.schedules.add(Schedule(0, account.id, name="Second", after=first.id))
    with pytest.raises(InvalidInput, match="wait for each other"):
        store.schedules.save(replace(first, after=second.id))
    with pytest.raises(InvalidInput, match="does not exist"):
        store.schedules.add(Schedule(0, account.id, after=99))
    assert store.schedules.all() == [first, second]


def test_a_schedule_that_another_runs_after_is_not_removed(store: Store, account: Account) -> None:
    first = only(store, account)
    second = store.schedules.add(Schedule(0, account.id, name="Second", after=first.id))
    with pytest.raises(InvalidInput, match='"Second" runs after'):
        store.schedules.remove(first.id, NOW)
    store.schedules.remove(second.id, NOW)
    store.schedules.remove(first.id, NOW)
    assert store.schedules.all() == []
    with pytest.raises(NotFound):
        store.schedules.remove(first.id, NOW)


def test_an_account_goes_with_its_chain(store: Store, account: Account) -> None:
    store.schedules.add(Schedule(0, account.id, after=only(store, account).id))
    store.accounts.remove(account.id)
    assert store.schedules.all() == []


def test_what_became_of_a_removed_schedule_stays_and_its_number_is_not_given_again(
    store: Store, account: Account, reader: Reader
) -> None:
    schedule = store.schedules.add(Schedule(0, account.id, name="Second"))
    run = store.runs.start(account.id, "work_orders", Trigger.SCHEDULED, PLANNED, NOW, schedule.id)
    store.runs.finish(run.id, Outcome.SUCCEEDED, NOW + HOUR, phases=[("list", 2.5)])
    store.schedules.add_occurrences([Occurrence(schedule.id, PLANNED - HOUR, Fate.MISSED, Reason.ASLEEP)])
    told = [(entry.outcome, entry.schedule, entry.schedule_id, entry.phases) for entry in reader.history()]
    assert told == [
        ("succeeded", "Second", schedule.id, (("list", 2.5),)),
        ("missed", "Second", schedule.id, ()),
    ]
    store.schedules.remove(schedule.id, NOW + HOUR)
    assert [(entry.outcome, entry.schedule, entry.schedule_id, entry.phases) for entry in reader.history()] == told
    assert [one.fate for one in store.schedules.occurrences(schedule.id, NOW - 9 * HOUR, NOW)] == ["missed", "run"]
    assert store.schedules.add(Schedule(0, account.id, name="Second")).id > schedule.id


def test_a_removed_schedule_is_no_schedule_any_more(store: Store, account: Account, reader: Reader) -> None:
    first = only(store, account)
    second = store.schedules.add(Schedule(0, account.id, name="Second"))
    store.schedules.remove(second.id, NOW)
    assert store.schedules.all() == store.schedules.of_account(account.id) == reader.schedules() == [first]
    assert [one.schedule for one in reader.state(NOW, UTC).accounts[0].schedules] == [first]
    assert store.schedules.get(second.id) is None
    with pytest.raises(NotFound):
        store.schedules.save(second)
    with pytest.raises(NotFound):
        store.schedules.remove(second.id, NOW)
    with pytest.raises(InvalidInput, match="does not exist"):
        store.schedules.add(Schedule(0, account.id, after=second.id))
    store.accounts.remove(account.id)
    assert reader.history() == []


def test_the_occurrences_of_a_time_are_given_in_order(store: Store, account: Account) -> None:
    schedule = only(store, account)
    rows = [Occurrence(schedule.id, PLANNED + n * HOUR, Fate.SKIPPED, Reason.PAUSED) for n in range(4)]
    store.schedules.add_occurrences(reversed(rows))
    assert store.schedules.occurrences(schedule.id, PLANNED, PLANNED + 3 * HOUR) == rows[:3]
    assert store.schedules.occurrences(schedule.id, PLANNED + timedelta(milliseconds=1), NOW + 9 * HOUR) == rows[1:]
    assert store.schedules.occurrences(schedule.id + 1, PLANNED, NOW + 9 * HOUR) == []


def test_a_run_that_no_slot_started_has_no_occurrence(store: Store, account: Account) -> None:
    schedule = only(store, account)
    run = store.runs.start(account.id, "work_orders", Trigger.CHAINED, None, NOW, schedule.id)
    assert (run.trigger, run.schedule_id) == (Trigger.CHAINED, schedule.id)
    assert store.schedules.occurrences(schedule.id, NOW - HOUR, NOW + HOUR) == []
