"""Runs and their occurrences: each planned moment ends as one row, each run is committed before it starts."""

from __future__ import annotations

import re
from datetime import UTC

import pytest

from fossatray.core.accounts import Account
from fossatray.core.errors import NotFound, PortalUnreachable, SignInRefused
from fossatray.core.runs import NOTHING_ASKED, Counts, Fate, Occurrence, Outcome, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import HOUR, NOW, make_account

PLANNED = NOW.replace(microsecond=0)


def start(store: Store, account: Account, hours: int = 0) -> Run:
    return store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW + hours * HOUR)


def schedule_of(store: Store, account: Account) -> Schedule:
    (schedule,) = store.schedules.of_account(account.id)
    return schedule


def test_a_run_is_committed_before_it_starts(store: Store, account: Account, reader: Reader) -> None:
    schedule = schedule_of(store, account)
    run = store.runs.start(account.id, "work_orders", Trigger.SCHEDULED, PLANNED, NOW, schedule.id)
    assert run == Run(run.id, account.id, "work_orders", Trigger.SCHEDULED, PLANNED, NOW, schedule_id=schedule.id)
    assert [entry.id for entry in reader.history()] == [run.id]  # another connection sees it
    assert store.schedules.occurrence(schedule.id, PLANNED) == Occurrence(schedule.id, PLANNED, Fate.RUN, None, run.id)
    with pytest.raises(RuntimeError, match="committed"), store.atomic():
        start(store, account)


def test_the_end_of_a_run_lands_with_the_transaction_around_it(store: Store, account: Account) -> None:
    run = start(store, account)

    def fail_after_the_end() -> None:
        with store.atomic():
            store.runs.finish(run.id, Outcome.SUCCEEDED, NOW + HOUR, Counts(1, 1), notify=True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_end()
    assert store.runs.running() == [run]
    assert store.runs.unnotified() == []


def test_everything_about_a_run_is_kept(store: Store, account: Account) -> None:
    run = start(store, account)
    error = PortalUnreachable("No route to the portal.").info()
    ended = store.runs.finish(
        run.id,
        Outcome.FAILED,
        NOW + HOUR,
        Counts(4, 3, 2, 1),
        error,
        "asked twice",
        attempts=2,
        phases=[("sign_in", 1.5), ("list", 2.0), ("sign_in", 0.25)],
        notify=True,
    )
    assert ended == Run(
        run.id,
        account.id,
        "work_orders",
        Trigger.MANUAL,
        None,
        NOW,
        NOW + HOUR,
        Outcome.FAILED,
        "asked twice",
        Counts(4, 3, 2, 1),
        2,
        error,
        phases=(("sign_in", 1.75), ("list", 2.0)),
    )
    assert store.runs.get(run.id) == ended == store.runs.last_ended(account.id)


def test_a_run_ends_once(store: Store, account: Account) -> None:
    run = start(store, account)
    store.runs.finish(run.id, Outcome.CANCELLED, NOW)
    with pytest.raises(NotFound):
        store.runs.finish(run.id, Outcome.SUCCEEDED, NOW)
    with pytest.raises(NotFound):
        store.runs.finish(run.id + 1, Outcome.SUCCEEDED, NOW)


def test_a_notice_is_given_until_it_is_marked_as_given(store: Store, account: Account) -> None:
    quiet, told = start(store, account), start(store, account)
    store.runs.finish(quiet.id, Outcome.SUCCEEDED, NOW)
    store.runs.finish(told.id, Outcome.SUCCEEDED, NOW, notify=True)
    assert [run.id for run in store.runs.unnotified()] == [told.id]
    store.runs.mark_notified(quiet.id)
    assert [run.id for run in store.runs.unnotified()] == [told.id]
    store.runs.mark_notified(told.id)
    assert store.runs.unnotified() == []


def test_a_notice_that_is_being_given_is_no_longer_due_and_known_until_it_is_marked_as_given(
    store: Store, account: Account
) -> None:
    quiet, told = start(store, account), start(store, account)
    store.runs.finish(quiet.id, Outcome.SUCCEEDED, NOW)
    store.runs.finish(told.id, Outcome.SUCCEEDED, NOW, notify=True)
    for run in (quiet, told):
        store.runs.begin_to_tell(run.id)
    assert store.runs.unnotified() == []
    assert [run.id for run in store.runs.half_told()] == [told.id]
    store.runs.mark_notified(told.id)
    store.runs.begin_to_tell(told.id)
    assert store.runs.half_told() == []


def test_what_died_with_the_program_is_interrupted(store: Store, account: Account) -> None:
    done, dead = start(store, account), start(store, account, 1)
    store.runs.finish(done.id, Outcome.SUCCEEDED, NOW)
    (marked,) = store.runs.mark_interrupted(NOW + 2 * HOUR)
    assert (marked.id, marked.outcome, marked.finished_at) == (dead.id, Outcome.INTERRUPTED, NOW + 2 * HOUR)
    assert store.runs.running() == []
    assert store.runs.mark_interrupted(NOW + 3 * HOUR) == []
    assert store.runs.last_ended(account.id) == marked


def test_a_run_that_was_cut_off_or_cancelled_is_not_the_last_judged_one(store: Store, account: Account) -> None:
    assert store.runs.last_judged(account.id) is None
    failed = store.runs.finish(start(store, account).id, Outcome.FAILED, NOW)
    for hours, outcome in enumerate([Outcome.CANCELLED, Outcome.INTERRUPTED], start=1):
        store.runs.finish(start(store, account, hours).id, outcome, NOW + hours * HOUR)
    start(store, account, 3)
    other = store.accounts.add(make_account("Other"))
    store.runs.finish(start(store, other, 4).id, Outcome.SUCCEEDED, NOW)
    assert store.runs.last_judged(account.id) == failed
    assert store.runs.last_judged(account.id, "work_orders") == failed
    assert store.runs.last_judged(account.id, "dispensers") is None


def test_a_planned_moment_has_one_fate(store: Store, account: Account) -> None:
    schedule = schedule_of(store, account)
    missed = Occurrence(schedule.id, PLANNED, Fate.MISSED, "not running")
    store.schedules.add_occurrences([missed, Occurrence(schedule.id, PLANNED + HOUR, Fate.SKIPPED, "paused")])
    store.schedules.add_occurrences([Occurrence(schedule.id, PLANNED, Fate.SKIPPED, "other")])
    assert store.schedules.occurrence(schedule.id, PLANNED) == missed
    assert store.schedules.occurrence(schedule.id, PLANNED + 2 * HOUR) is None
    assert store._database.execute("SELECT count(*) FROM occurrence").fetchone() == (2,)


def test_a_missed_moment_that_is_caught_up_belongs_to_its_run_for_good(store: Store, account: Account) -> None:
    schedule = schedule_of(store, account)
    store.schedules.add_occurrences([Occurrence(schedule.id, PLANNED, Fate.MISSED, "asleep")])
    first = store.runs.start(account.id, "work_orders", Trigger.CATCH_UP, PLANNED, NOW, schedule.id)
    store.runs.start(account.id, "work_orders", Trigger.CATCH_UP, PLANNED, NOW, schedule.id)
    occurrence = Occurrence(schedule.id, PLANNED, Fate.RUN, None, first.id)
    assert store.schedules.occurrence(schedule.id, PLANNED) == occurrence


def test_sign_ins_are_counted_before_they_end(store: Store, account: Account, reader: Reader) -> None:
    first = store.sign_ins.begin(account.id, NOW - HOUR)
    store.sign_ins.begin(account.id, NOW)
    assert reader._rows("SELECT count(*) AS n FROM sign_in")[0]["n"] == 2  # committed
    assert store.sign_ins.count_since(account.id, NOW - HOUR, NOW) == 2
    assert store.sign_ins.count_since(account.id, NOW, NOW) == 1
    assert store.sign_ins.unresolved(account.id) == 2
    store.sign_ins.end(first, "accepted")
    assert store.sign_ins.unresolved(account.id) == 1
    third = store.sign_ins.begin(account.id, NOW + HOUR)
    store.sign_ins.end(third, "refused")
    assert store.sign_ins.unresolved(account.id) == 0
    assert store.sign_ins.count_since(account.id, NOW - HOUR, NOW + HOUR) == 3
    assert store.sign_ins.count_since(account.id, NOW - HOUR, NOW) == 2  # the clock was set back since the third
    with pytest.raises(NotFound):
        store.sign_ins.end(99, "accepted")
    with pytest.raises(RuntimeError, match="committed"), store.atomic():
        store.sign_ins.begin(account.id, NOW)


def test_a_refusal_stops_the_schedule_until_it_is_taken_back(store: Store, account: Account) -> None:
    refusal = SignInRefused("The portal refused the password.").info()
    store.accounts.block(account.id, refusal)
    assert store.accounts.blocked(account.id) == refusal
    store.accounts.unblock(account.id)
    assert store.accounts.blocked(account.id) is None
    assert store.accounts.blocked("nobody") is None


def test_failures_in_a_row_and_the_last_success_are_those_of_the_account(store: Store, account: Account) -> None:
    other = store.accounts.add(make_account("Other"))
    assert store.runs.last_success(account.id, "work_orders") is None
    good, bad = Outcome.SUCCEEDED, Outcome.FAILED
    ends = [bad, good, bad, Outcome.CANCELLED, bad, Outcome.INTERRUPTED, good, bad]
    runs = [
        store.runs.finish(start(store, account, hours).id, outcome, NOW + hours * HOUR)
        for hours, outcome in enumerate(ends)
    ]
    store.runs.finish(start(store, other, 2).id, Outcome.FAILED, NOW)
    assert [store.runs.failures_before(run) for run in runs] == [0, 1, 0, 1, 1, 2, 2, 0]
    assert store.runs.last_success(account.id, "work_orders") == runs[6]
    assert store.runs.last_success(other.id, "work_orders") is None


@pytest.mark.parametrize("reason", NOTHING_ASKED)
def test_a_run_with_nothing_to_ask_for_ends_no_row_of_failures(store: Store, account: Account, reason: str) -> None:
    failed = store.runs.finish(start(store, account).id, Outcome.FAILED, NOW)
    asked_nothing = store.runs.finish(start(store, account, 1).id, Outcome.SUCCEEDED, NOW + HOUR, reason=reason)
    assert asked_nothing.asked_nothing
    assert store.runs.last_ended(account.id) == asked_nothing
    assert store.runs.last_judged(account.id) == failed
    assert store.runs.last_success(account.id, "work_orders") is None
    assert not store.runs.has_succeeded_since(failed)
    assert store.runs.failures_before(start(store, account, 2)) == 1


def test_no_question_reads_a_whole_table(store: Store, account: Account, reader: Reader) -> None:
    """Each may be asked with a million runs there."""
    run = store.runs.finish(start(store, account).id, Outcome.SUCCEEDED, NOW, notify=True)
    asked: list[str] = []
    for connection in (store._database._connection, reader._opened()):
        assert connection is not None
        connection.set_trace_callback(asked.append)
    store.runs.running()
    store.runs.unnotified()
    store.runs.half_told()
    store.runs.last_ended(account.id)
    store.runs.failures_before(run)
    store.runs.last_success(account.id, "work_orders")
    store.runs.last_judged(account.id)
    store.sign_ins.unresolved(account.id)
    store.sign_ins.count_since(account.id, NOW - HOUR, NOW)
    store.orders.count_open(account.id)
    store.orders.open(account.id)
    reader.state(NOW, UTC, instance_alive=True)
    reader.history(50)
    reader.history(50, account.id)
    reader.changes(run.id)
    reader.why(account.id, NOW, UTC)
    store.schedules.occurrences(schedule_of(store, account).id, NOW - HOUR, NOW)
    slow = re.compile(r"SCAN (t1|run|occurrence|change|work_order|sign_in)(?! USING INDEX)|TEMP B-TREE")
    plans = {
        sql: [row[3] for row in store._database.execute("EXPLAIN QUERY PLAN " + sql).fetchall()]
        for sql in asked
        if sql.startswith("SELECT")
    }
    assert len(plans) > 12
    assert {sql: plan for sql, plan in plans.items() if any(slow.search(step) for step in plan)} == {}
