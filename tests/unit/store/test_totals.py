"""Statistics from single rows and from daily totals; what is folded is neither lost nor counted twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, Diff, Kind
from fossatray.core.runs import Counts, Fate, Occurrence, Outcome, Reason, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.statistics import Statistics
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import Place, full_order, make_account, save

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def run(
    store: Store,
    account: Account,
    at: datetime,
    outcome: Outcome = Outcome.SUCCEEDED,
    seconds: float = 10,
    schedule_id: int | None = None,
    counts: Counts = Counts(),  # noqa: B008 - frozen
    job: str = "work_orders",
) -> Run:
    planned = at if schedule_id is not None else None
    begun = store.runs.start(account.id, job, Trigger.SCHEDULED, planned, at, schedule_id)
    phases = [("initializing", seconds / 10), ("logging_in", seconds / 5), ("scraping", seconds / 2)]
    return store.runs.finish(begun.id, outcome, at + timedelta(seconds=seconds), counts, phases=phases)


def of(store: Store, account: Account) -> int:
    return store.schedules.of_account(account.id)[0].id


def without_durations(found: Statistics) -> dict[str, object]:
    return {name: value for name, value in found.to_json().items() if name not in ("median_seconds", "p95_seconds")}


def fill(store: Store, accounts: list[Account], days: int = 20) -> None:
    """Keep some hundred runs and occurrences of every kind, over so many days."""
    chance = random.Random(20261122)
    for account in accounts:
        schedules = [of(store, account), store.schedules.add(Schedule(0, account.id, name="Second")).id]
        for hour in range(days * 24):
            at = FIRST + hour * HOUR + timedelta(minutes=chance.randrange(60))
            schedule = chance.choice([*schedules, None])
            if schedule is not None and chance.random() < 0.3:
                fate = chance.choice([Fate.SKIPPED, Fate.MISSED])
                store.schedules.add_occurrences([Occurrence(schedule, at, fate, Reason.ASLEEP)])
            else:
                counts = Counts(*(chance.randrange(50) for _ in range(4)))
                outcome, seconds = chance.choice(list(Outcome)), chance.uniform(2, 90)
                job = ("work_orders", "dispensers")[hour % 2]
                run(store, account, at, outcome, seconds, schedule, counts, job)


def test_a_period_is_counted(store: Store, account: Account, reader: Reader) -> None:
    schedule = of(store, account)
    ends = [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.SUCCEEDED, Outcome.CANCELLED, Outcome.SUCCEEDED]
    for hours, outcome in enumerate([*ends, Outcome.INTERRUPTED]):
        run(store, account, FIRST + hours * HOUR, outcome, 10 + hours, schedule, Counts(4, 3, 2, 1))
    store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, FIRST + 3 * HOUR)  # under way: not counted
    fates = [Fate.SKIPPED, Fate.MISSED, Fate.MISSED]
    store.schedules.add_occurrences(
        Occurrence(schedule, FIRST + (hours + 0.5) * HOUR, fate) for hours, fate in enumerate(fates)
    )
    found = reader.statistics()
    rounded = replace(found, portal_seconds=round(found.portal_seconds, 6), own_seconds=round(found.own_seconds, 6))
    assert rounded == Statistics(
        succeeded=3,
        failed=1,
        cancelled=1,
        interrupted=1,
        skipped=1,
        missed=2,
        counts=Counts(24, 18, 12, 6),
        median_seconds=12,
        p95_seconds=14,
        portal_seconds=52.5,
        own_seconds=7.5,
        longest_gap=timedelta(hours=2, seconds=2),
        last_success=FIRST + 4 * HOUR + timedelta(seconds=14),
    )
    assert reader.statistics().success_rate == 0.75
    part = reader.statistics(FIRST + HOUR, FIRST + 3 * HOUR)
    assert (part.runs, part.succeeded, part.failed, part.skipped, part.missed) == (2, 1, 1, 0, 2)
    assert (part.since, part.until, part.longest_gap) == (FIRST + HOUR, FIRST + 3 * HOUR, None)


def test_dispensers_are_counted_apart(store: Store, account: Account, reader: Reader) -> None:
    run(store, account, FIRST, counts=Counts(60, 3, 2, 1))
    run(store, account, FIRST + HOUR, counts=Counts(400, 40, 4, 0), job="dispensers")
    found = reader.statistics()
    assert (found.runs, found.counts, found.dispensers) == (2, Counts(60, 3, 2, 1), Counts(400, 40, 4, 0))


def test_accounts_and_schedules_are_told_apart(store: Store, account: Account, reader: Reader) -> None:
    other = store.accounts.add(make_account("Other"))
    second = store.schedules.add(Schedule(0, account.id)).id
    run(store, account, FIRST, schedule_id=of(store, account))
    run(store, account, FIRST + HOUR, schedule_id=second)
    run(store, other, FIRST + 5 * HOUR)
    store.schedules.add_occurrences(
        [Occurrence(second, FIRST, Fate.SKIPPED), Occurrence(of(store, other), FIRST, Fate.MISSED)]
    )
    figures = [
        (found.runs, found.skipped, found.missed)
        for found in (
            reader.statistics(),
            reader.statistics(account_id=account.id),
            reader.statistics(account_id=other.id),
            reader.statistics(schedule_id=second),
        )
    ]
    assert figures == [(3, 1, 1), (2, 1, 0), (1, 0, 1), (1, 1, 0)]
    assert reader.statistics().longest_gap == HOUR  # not between two accounts


def test_what_is_not_there_yet_has_no_statistics(reader: Reader, place: Place) -> None:
    assert reader.statistics() == Statistics()
    assert not place.folder.exists()


def test_folding_changes_no_figure(store: Store, account: Account, reader: Reader) -> None:
    """Of no account, no schedule, and no period of whole days; durations within the histogram's 2.5 %."""
    other = store.accounts.add(make_account("Other"))
    fill(store, [account, other])
    asked: list[tuple[datetime | None, datetime | None, str | None, int | None]] = [
        (None, None, None, None),
        (FIRST + 3 * DAY, FIRST + 9 * DAY, None, None),
        (FIRST + 3 * DAY, FIRST + 17 * DAY, account.id, None),
        (None, None, other.id, None),
        *((None, FIRST + 8 * DAY, None, schedule.id) for schedule in store.schedules.all()),
    ]
    before = [reader.statistics(*question) for question in asked]
    assert all(found.runs > 20 and found.skipped and found.missed for found in before)
    assert all(found.counts.found and found.dispensers.found for found in before)
    for days in (4, 4, 5, 15):  # again, a day later, and two weeks later
        store.runs.fold(FIRST + days * DAY + 7 * HOUR)
        after = [reader.statistics(*question) for question in asked]
        assert [without_durations(found) for found in after] == [without_durations(found) for found in before]
        for one, two in zip(before, after, strict=True):
            assert two.median_seconds == pytest.approx(one.median_seconds, rel=0.03)
            assert two.p95_seconds == pytest.approx(one.p95_seconds, rel=0.03)


def test_only_whole_days_before_the_moment_are_folded(store: Store, account: Account) -> None:
    runs = [run(store, account, FIRST + hours * HOUR) for hours in (0, 23, 24, 30)]
    assert store.runs.fold(FIRST + 30 * HOUR) == 2
    assert [store.runs.get(one.id) is not None for one in runs] == [False, False, True, True]
    assert store.runs.fold(FIRST + 30 * HOUR) == 0


def test_the_last_rows_of_a_schedule_are_kept(store: Store, account: Account, reader: Reader) -> None:
    schedule = of(store, account)
    old = [run(store, account, FIRST + n * HOUR, schedule_id=schedule) for n in range(3)]
    failed = run(store, account, FIRST + 4 * HOUR, Outcome.FAILED, schedule_id=schedule)
    missed = [Occurrence(schedule, FIRST + n * HOUR, Fate.MISSED) for n in (5, 6)]
    store.schedules.add_occurrences(missed)
    assert store.runs.fold(FIRST + 400 * DAY) == 2 + 5  # two successes; the occurrences of all runs, and one missed
    assert [entry.id for entry in reader.history()] == [None, failed.id, old[-1].id]
    assert store.schedules.occurrence(schedule, missed[-1].planned_at) == missed[-1]
    assert store.runs.last_judged(account.id) == failed
    assert reader.statistics().runs == 4
    assert reader.statistics().missed == 2


def test_what_is_under_way_or_to_be_told_is_kept(store: Store, account: Account) -> None:
    running = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, FIRST)
    begun = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, FIRST)
    waiting = store.runs.finish(begun.id, Outcome.SUCCEEDED, FIRST + HOUR, notify=True)
    run(store, account, FIRST + HOUR)
    assert store.runs.fold(FIRST + 2 * DAY) == 0
    store.runs.mark_notified(waiting.id)
    assert store.runs.fold(FIRST + 2 * DAY) == 1
    assert [one.id for one in store.runs.running()] == [running.id]


def test_what_changed_in_an_order_outlives_its_run(store: Store, account: Account, reader: Reader) -> None:
    old = save(store, account, [full_order("1")], Diff((Change("1", Kind.NEW),), ()), FIRST)
    store.runs.mark_notified(old.id)
    save(store, account, [full_order("1")], now=FIRST + HOUR)
    assert store.runs.fold(FIRST + 2 * DAY) == 1
    assert store.runs.get(old.id) is None
    assert [(change.run_id, change.change.number) for change in reader.changes(number="1")] == [(old.id, "1")]


def test_totals_of_a_removed_schedule_stay_with_the_account(store: Store, account: Account, reader: Reader) -> None:
    fill(store, [account], days=3)
    first, second = store.schedules.of_account(account.id)
    store.runs.fold(FIRST + 2 * DAY)
    before = [reader.statistics(), reader.statistics(schedule_id=second.id)]
    store.schedules.remove(second.id, FIRST + 3 * DAY)
    assert [reader.statistics(), reader.statistics(schedule_id=second.id)] == before
    run(store, account, FIRST + HOUR)
    store.runs.fold(FIRST + 5 * DAY)
    after = reader.statistics()
    assert (after.runs, after.succeeded) == (before[0].runs + 1, before[0].succeeded + 1)
    assert reader.statistics(schedule_id=second.id) == Statistics(), "it has gone with its last row"
    assert reader.statistics(schedule_id=first.id).runs > 0
    store.accounts.remove(account.id)
    assert reader.statistics() == Statistics()


def test_what_a_removed_schedule_skipped_and_missed_stays_counted(
    store: Store, account: Account, reader: Reader
) -> None:
    fill(store, [account], days=3)
    asked = [(None, None, account.id), (FIRST, FIRST + DAY, None), (FIRST + DAY, FIRST + 3 * DAY, account.id)]
    before = [reader.statistics(*question) for question in asked]
    assert all(found.skipped and found.missed for found in before)
    store.schedules.remove(store.schedules.of_account(account.id)[1].id, FIRST + 3 * DAY)
    assert [reader.statistics(*question) for question in asked] == before
    for days in (2, 5):
        store.runs.fold(FIRST + days * DAY)
        after = [without_durations(reader.statistics(*question)) for question in asked]
        assert after == [without_durations(found) for found in before]


def test_a_removed_schedule_goes_when_nothing_of_it_is_kept(store: Store, account: Account, reader: Reader) -> None:
    """Its occurrences are kept as long as all others, the last one included; so are the runs of a chained one."""
    first = store.schedules.add(Schedule(0, account.id, name="First"))
    after = store.schedules.add(Schedule(0, account.id, name="After", after=first.id))
    missed = Occurrence(first.id, FIRST, Fate.MISSED, Reason.ASLEEP)
    store.schedules.add_occurrences([missed])
    begun = store.runs.start(account.id, "work_orders", Trigger.CHAINED, None, FIRST + DAY, after.id)
    chained = store.runs.finish(begun.id, Outcome.SUCCEEDED, FIRST + DAY + HOUR)
    for schedule in (after, first):
        store.schedules.remove(schedule.id, FIRST + DAY + 2 * HOUR)

    def told() -> list[tuple[str | None, str | None]]:
        return [(entry.outcome, entry.schedule) for entry in reader.history()]

    assert store.runs.fold(FIRST) == 0
    assert told() == [("succeeded", "After"), ("missed", "First")]
    assert store.runs.fold(FIRST + DAY) == 1
    assert told() == [("succeeded", "After")], "what was chained ran the day after"
    assert len(reader.why(account.id, chained.started_at, UTC, after.id)) == 1
    assert store.runs.fold(FIRST + 2 * DAY) == 0
    assert told() == [("succeeded", None)], "the account's last success is kept, the schedules are not"
    assert reader.why(account.id, FIRST, UTC, first.id) == reader.why(account.id, FIRST, UTC, after.id) == []
    assert reader.statistics().missed == 1


def test_a_fold_that_fails_leaves_everything_as_it_was(store: Store, account: Account, reader: Reader) -> None:
    fill(store, [account], days=3)
    before = reader.statistics()

    def fail_after_folding() -> None:
        with store.atomic():
            assert store.runs.fold(FIRST + 2 * DAY) > 0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_folding()
    assert reader.statistics() == before
