"""Why did it not run at 14:00? From the ledger, and where that is silent, from the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from fossatray.core.accounts import Account
from fossatray.core.errors import PortalUnreachable, SignInRefused
from fossatray.core.runs import Fate, Occurrence, Outcome, Reason, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.timetable import ActiveHours, HolidayCalendar, Times, Timetable
from fossatray.core.why import reason_words, tell, titled
from fossatray.core.words import Words
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import HOUR, Place

TWO = datetime(2026, 11, 19, 14, tzinfo=UTC)  # a Thursday
NOW = TWO + timedelta(days=2)
WORDS = Words(UTC)
NOT_YET = (
    "A run was planned today at 2:00 PM. What became of it is not written down yet: "
    "FossaTray does that within an hour, or when it is started."
)
OFFICE = Timetable(Times((time(9),)), active_hours=ActiveHours(8, 12))


def only(store: Store, account: Account) -> Schedule:
    (schedule,) = store.schedules.of_account(account.id)
    return schedule


def answers(reader: Reader, account: Account, moment: datetime = TWO) -> list[str]:
    return [tell(why, NOW, WORDS) for why in reader.why(account.id, moment, UTC)]


@pytest.mark.parametrize(
    ("fate", "reason", "sentence"),
    [
        (Fate.SKIPPED, Reason.PAUSED, "was skipped: the schedule was paused."),
        (Fate.SKIPPED, Reason.OFFLINE, "was skipped: there was no network."),
        (Fate.MISSED, Reason.ASLEEP, "was missed: the computer was asleep or busy."),
        (Fate.MISSED, Reason.NOT_RUNNING, "was missed: FossaTray was not running."),
        (Fate.MISSED, None, "was missed: no reason was kept."),
        (Fate.SKIPPED, "of an older version", "was skipped: of an older version."),
    ],
)
def test_what_was_skipped_or_missed_is_told_with_its_reason(
    store: Store, account: Account, reader: Reader, fate: Fate, reason: str | None, sentence: str
) -> None:
    store.schedules.add_occurrences([Occurrence(only(store, account).id, TWO, fate, reason)])
    assert answers(reader, account) == [f"The run planned Nov 19 at 2:00 PM {sentence}"]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_that_can_be_translated(reason: Reason) -> None:
    assert reason_words(reason.value, Words(UTC, tr=lambda text: f"<{text}>")).startswith("<")


each_end = pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (None, "and is not finished yet."),
        (Outcome.SUCCEEDED, "and succeeded."),
        (Outcome.FAILED, "and failed: No route."),
        (Outcome.CANCELLED, "and was cancelled."),
        (Outcome.INTERRUPTED, "and was cut off."),
    ],
)


@each_end
def test_what_did_run_is_told_with_its_end(
    store: Store, account: Account, reader: Reader, outcome: Outcome | None, words: str
) -> None:
    run = store.runs.start(account.id, "work_orders", Trigger.CATCH_UP, TWO, TWO + 2 * HOUR, only(store, account).id)
    if outcome is not None:
        error = PortalUnreachable("No route.").info() if outcome is Outcome.FAILED else None
        store.runs.finish(run.id, outcome, TWO + 3 * HOUR, error=error)
    told = f"It did run: planned Nov 19 at 2:00 PM, it started Nov 19 at 4:00 PM {words}"
    assert answers(reader, account) == [told]


def test_the_nearest_occurrence_within_half_an_hour_counts(store: Store, account: Account, reader: Reader) -> None:
    schedule = only(store, account)
    minutes = {-29: Reason.PAUSED, 15: Reason.OFFLINE, 40: Reason.BATTERY}
    store.schedules.add_occurrences(
        Occurrence(schedule.id, TWO + timedelta(minutes=n), Fate.SKIPPED, reason) for n, reason in minutes.items()
    )

    def reason(past: int) -> str | None:
        (why,) = reader.why(account.id, TWO + timedelta(minutes=past), UTC)
        return why.occurrence.reason if why.occurrence else None

    assert [reason(past) for past in (-60, -59, -7, 0, 27, 28, 70, 71)] == [
        *(None, "paused", "paused", "offline", "offline", "battery", "battery", None)
    ]


@pytest.mark.parametrize(
    ("timetable", "sentence"),
    [
        (OFFICE, "Nothing was planned: it is outside the active hours, from 8:00 AM to 12:00 PM."),
        (
            replace(OFFICE, active_hours=None),
            "Nothing was planned: it is not one of the schedule's times (At 9:00 AM).",
        ),
        (replace(OFFICE, weekdays=frozenset({0})), "Nothing was planned: the schedule does not run on this weekday."),
        (
            Timetable(holidays=HolidayCalendar(None, None, (TWO.date(),))),
            "Nothing was planned: it is one of your own days off.",
        ),
    ],
)
def test_where_nothing_was_planned_the_plan_says_why(
    store: Store, account: Account, reader: Reader, timetable: Timetable, sentence: str
) -> None:
    store.schedules.save(replace(only(store, account), timetable=timetable))
    assert answers(reader, account) == [sentence]


def test_a_plan_of_today_says_nothing_of_the_time_before_it(store: Store, account: Account, reader: Reader) -> None:
    schedule = only(store, account)
    store.schedules.save(replace(schedule, timetable=OFFICE), TWO + HOUR)
    store.schedules.save(replace(schedule, timetable=OFFICE, name="Other"), TWO + 9 * HOUR)  # not the plan
    assert answers(reader, account) == ["Nothing was planned then: the schedule was made or changed Nov 19 at 3:00 PM."]
    assert answers(reader, account, TWO + HOUR) == [
        "Nothing was planned: it is outside the active hours, from 8:00 AM to 12:00 PM."
    ]
    store.schedules.add(Schedule(0, account.id, name="New"), NOW)
    assert answers(reader, account)[1] == "Nothing was planned then: the schedule was made or changed today at 2:00 PM."


def test_a_slot_that_is_not_told_of_yet_is_not_explained(store: Store, account: Account, reader: Reader) -> None:
    assert answers(reader, account) == ["Nothing is recorded about this moment."]
    assert answers(reader, account, NOW + HOUR) == ["This moment has not come yet. A run is planned then."]


def test_each_schedule_answers_for_itself(store: Store, account: Account, reader: Reader) -> None:
    first = only(store, account)
    store.schedules.add(Schedule(0, account.id, name="Second", after=first.id))
    store.schedules.add_occurrences([Occurrence(first.id, TWO, Fate.SKIPPED, Reason.METERED)])
    assert answers(reader, account) == [
        "The run planned Nov 19 at 2:00 PM was skipped: the network was a metered one.",
        'It has no times of its own: it runs after "Work orders" has succeeded.',
    ]


def test_nobody_there_has_no_answer(reader: Reader, place: Place) -> None:
    assert reader.why("nobody", TWO, UTC) == []
    assert not place.folder.exists()


# --- what is not written down yet -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "answer"),
    [
        ({"enabled": False}, "The run planned today at 2:00 PM was skipped: the schedule was paused."),
        ({"paused_until": NOW + HOUR}, "The run planned today at 2:00 PM was skipped: the schedule was paused."),
        (
            {"switched_off": True},
            "The run planned today at 2:00 PM was skipped: the schedule was switched off after several failures.",
        ),
        ({"paused_until": NOW - HOUR}, NOT_YET),
    ],
)
def test_a_slot_that_is_not_looked_at_yet_is_told_by_the_plan(
    store: Store, account: Account, reader: Reader, rest: dict[str, object], answer: str
) -> None:
    schedule = only(store, account)
    store.schedules.set_accounted_until(schedule.id, NOW - HOUR)
    store.schedules.save(replace(schedule, **rest))  # type: ignore[arg-type]
    now = NOW + timedelta(minutes=40)
    for past in (0, 20):  # asked for the slot, and for a moment shortly after it
        (why,) = reader.why(account.id, NOW + timedelta(minutes=past), UTC)
        assert tell(why, now, WORDS) == answer
    (coming,) = reader.why(account.id, now, UTC)  # 3:00 PM is the nearest of all, and has not come yet
    assert tell(coming, now, WORDS).startswith("Nothing was planned: it is not one of the schedule's times")
    (coming,) = reader.why(account.id, NOW + HOUR, UTC)
    assert tell(coming, now, WORDS) == "This moment has not come yet. A run is planned then."


def test_a_refused_sign_in_tells_of_the_slots_to_come_to_nothing(
    store: Store, account: Account, reader: Reader
) -> None:
    store.schedules.set_accounted_until(only(store, account).id, NOW - HOUR)
    store.accounts.block(account.id, SignInRefused().info())
    answer = "The run planned today at 2:00 PM was skipped: the portal had refused the sign-in."
    assert answers(reader, account, NOW) == [answer]


# --- chains -----------------------------------------------------------------------------------------------------------


@each_end
def test_a_chained_schedule_answers_with_its_run(
    store: Store, account: Account, reader: Reader, outcome: Outcome | None, words: str
) -> None:
    first = only(store, account)
    after = store.schedules.add(Schedule(0, account.id, name="After", after=first.id))
    store.runs.start(account.id, "work_orders", Trigger.CHAINED, None, TWO - HOUR, after.id)
    run = store.runs.start(account.id, "work_orders", Trigger.CHAINED, None, TWO, after.id)
    if outcome is not None:
        error = PortalUnreachable("No route.").info() if outcome is Outcome.FAILED else None
        store.runs.finish(run.id, outcome, TWO + HOUR, error=error)
    told = f'It did run, after "Work orders": it started Nov 19 at 2:00 PM {words}'
    assert answers(reader, account, TWO + timedelta(minutes=10))[1] == told
    (_, away) = answers(reader, account, TWO + 2 * HOUR)
    assert away == 'It has no times of its own: it runs after "Work orders" has succeeded.'


def test_a_chained_schedule_answers_with_what_is_nearest(store: Store, account: Account, reader: Reader) -> None:
    after = store.schedules.add(Schedule(0, account.id, name="After", after=only(store, account).id))
    store.runs.start(account.id, "work_orders", Trigger.CHAINED, None, TWO, after.id)
    skipped = TWO + timedelta(minutes=20)
    store.schedules.add_occurrences([Occurrence(after.id, skipped, Fate.SKIPPED, Reason.BATTERY)])
    assert "It did run" in answers(reader, account, TWO + timedelta(minutes=9))[1]
    assert "the battery was low" in answers(reader, account, TWO + timedelta(minutes=11))[1]


def test_a_chained_run_that_was_skipped_is_a_chained_one_in_the_history(
    store: Store, account: Account, reader: Reader
) -> None:
    first = only(store, account)
    after = store.schedules.add(Schedule(0, account.id, name="After"), TWO - 9 * HOUR)
    store.schedules.add_occurrences([Occurrence(after.id, TWO - HOUR, Fate.SKIPPED, Reason.BATTERY)])
    store.schedules.save(replace(after, after=first.id), TWO)
    store.schedules.add_occurrences([Occurrence(after.id, TWO + HOUR, Fate.SKIPPED, Reason.BATTERY)])
    assert [entry.trigger for entry in reader.history()] == [Trigger.CHAINED, Trigger.SCHEDULED]


# --- what was removed -------------------------------------------------------------------------------------------------


def test_a_removed_schedule_answers_for_the_time_before(store: Store, account: Account, reader: Reader) -> None:
    schedule = only(store, account)
    store.schedules.set_accounted_until(schedule.id, TWO + HOUR)
    store.schedules.add_occurrences([Occurrence(schedule.id, TWO, Fate.MISSED, Reason.ASLEEP)])
    store.schedules.remove(schedule.id, TWO + 1.25 * HOUR)
    (why,) = reader.why(account.id, TWO, UTC)
    assert tell(why, NOW, WORDS) == "The run planned Nov 19 at 2:00 PM was missed: the computer was asleep or busy."
    assert titled(why, schedule.title, WORDS) == "Work orders (removed)"
    assert answers(reader, account, TWO + HOUR) == ["Nothing is recorded about this moment."], "it was settled"
    assert answers(reader, account, TWO + 2 * HOUR) == []
    (why,) = reader.why(account.id, TWO + 2 * HOUR, UTC, schedule.id)
    assert tell(why, NOW, WORDS) == "Nothing was planned then: the schedule was removed Nov 19 at 3:15 PM."


def test_a_slot_right_before_the_removal_is_told_for_a_moment_after_it(
    store: Store, account: Account, reader: Reader
) -> None:
    schedule = only(store, account)
    store.schedules.add_occurrences([Occurrence(schedule.id, TWO, Fate.SKIPPED, Reason.OFFLINE)])
    store.schedules.remove(schedule.id, TWO + timedelta(minutes=5))
    again = store.schedules.add(Schedule(0, account.id, name="Work orders"), NOW)
    told = reader.why(account.id, TWO + timedelta(minutes=20), UTC)
    assert [titled(why, why.schedule.title, WORDS) for why in told] == ["Work orders (removed)", "Work orders"]
    assert tell(told[0], NOW, WORDS) == "The run planned Nov 19 at 2:00 PM was skipped: there was no network."
    assert [why.schedule.id for why in reader.why(account.id, NOW, UTC)] == [again.id]


def test_of_a_removed_chain_both_answer(store: Store, account: Account, reader: Reader) -> None:
    first = only(store, account)
    after = store.schedules.add(Schedule(0, account.id, name="After", after=first.id))
    store.runs.start(account.id, "work_orders", Trigger.CHAINED, None, TWO, after.id)
    store.schedules.remove(after.id, TWO + HOUR)
    store.schedules.remove(first.id, TWO + HOUR)
    told = 'It did run, after "Work orders": it started Nov 19 at 2:00 PM and is not finished yet.'
    assert answers(reader, account) == ["Nothing is recorded about this moment.", told]
