"""Exact words: the same in tooltip, menu, windows and on the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, FieldChange, Kind
from fossatray.core.errors import SignInRefused
from fossatray.core.health import Health
from fossatray.core.runs import (
    DISPENSERS,
    WORK_ORDERS,
    Counts,
    Outcome,
    Phase,
    Progress,
    Run,
    Trigger,
    advance,
    finished,
    iso,
)
from fossatray.core.schedule_words import next_words
from fossatray.core.schedules import Schedule
from fossatray.core.status import AccountState, Activity, AppState, ScheduleState, standing, status_json
from fossatray.core.words import TOOLTIP_LIMIT, Words, twelve_hours, twenty_four_hours

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 21, 13, 20, tzinfo=ZONE).astimezone(UTC)
WORDS = Words(ZONE)
ACCOUNT = Account("a" * 32, "Work", "https://app.workfossa.com", "me@example.com")
EARLY = Schedule(1, ACCOUNT.id, name="Early")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def ended(outcome: Outcome, when: datetime = NOW - timedelta(minutes=20)) -> Run:
    error = SignInRefused().info() if outcome is Outcome.FAILED else None
    return Run(1, ACCOUNT.id, "work_orders", Trigger.MANUAL, None, when, when, outcome, None, Counts(60), 1, error)


def scheduled(
    next_run: datetime | None = None,
    held: str | None = None,
    schedule: Schedule = EARLY,
) -> ScheduleState:
    return ScheduleState(schedule, next_run, held)


def state(*schedules: ScheduleState, **fields: object) -> AccountState:
    return AccountState(ACCOUNT, schedules or (scheduled(),), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (at(21, 14), "Today at 2:00 PM"),
        (at(22, 9), "Tomorrow at 9:00 AM"),
        (at(20, 23, 59), "Yesterday at 11:59 PM"),
        (at(23, 9), "Monday at 9:00 AM"),
        (at(27, 0), "Friday at 12:00 AM"),
        (at(28, 9), "Nov 28 at 9:00 AM"),
        (at(4, 9).replace(year=2027, month=1), "Jan 4, 2027 at 9:00 AM"),
        (at(28, 9).replace(year=2025), "Nov 28, 2025 at 9:00 AM"),
        (at(3, 12), "Nov 3 at 12:00 PM"),
    ],
)
def test_times_in_words(moment: datetime, text: str) -> None:
    assert WORDS.when(moment, NOW) == text


def test_inside_a_sentence_the_day_is_lower_case() -> None:
    assert WORDS.next_sync(state(scheduled(at(21, 14))), NOW) == "Next sync today at 2:00 PM"


def test_clocks() -> None:
    assert [twelve_hours(time(hour, 5)) for hour in (0, 11, 12, 23)] == ["12:05 AM", "11:05 AM", "12:05 PM", "11:05 PM"]
    assert twenty_four_hours(time(7, 5)) == "07:05"


def test_the_tooltip_while_syncing() -> None:
    run = Run(2, ACCOUNT.id, "work_orders", Trigger.MANUAL, None, NOW)
    syncing = AppState((state(run=run, progress=Progress(Phase.SCRAPING, 45, 15)),))
    assert WORDS.tooltip(syncing, NOW) == "FossaTray: syncing 45 %, 15 work orders found"


def test_the_tooltip_of_the_idle_program_says_next_and_last() -> None:
    idle = AppState((state(scheduled(at(21, 14)), last_run=ended(Outcome.SUCCEEDED)),))
    assert (
        WORDS.tooltip(idle, NOW) == "FossaTray: Next sync today at 2:00 PM. Last sync today at 1:00 PM: 60 work orders"
    )


def test_every_tooltip_fits_windows() -> None:
    run = ended(Outcome.FAILED)
    long = AppState((state(scheduled(at(28, 14)), last_run=run, blocked=SignInRefused().info()),))
    assert len(WORDS.tooltip(long, NOW)) <= TOOLTIP_LIMIT


def test_unread_notices_stand_at_the_tooltips_end_uncut() -> None:
    idle = AppState((state(scheduled(at(21, 14)), last_run=ended(Outcome.SUCCEEDED)),))
    told = WORDS.tooltip(idle, NOW, 12)
    assert told.startswith("FossaTray: Next sync today at 2:00 PM. ")
    assert told.endswith(" – 12 unread notices")
    assert len(told) <= TOOLTIP_LIMIT
    assert WORDS.tooltip(idle, NOW, 1).endswith(" – 1 unread notice")


def test_the_tooltip_of_a_stopped_account_says_what_to_do_uncut() -> None:
    stopped = AppState((state(last_run=ended(Outcome.FAILED), blocked=SignInRefused().info()),))
    assert WORDS.tooltip(stopped, NOW) == (
        "FossaTray: Syncing is stopped: The portal refused the sign-in. Change the password in Settings."
    )


def test_an_interrupted_run_is_told_by_its_start() -> None:
    cut_off = replace(ended(Outcome.INTERRUPTED, at(20, 9)), finished_at=NOW)
    assert WORDS.last_result(cut_off, NOW) == "Last sync yesterday at 9:00 AM was interrupted"


def test_without_an_account_the_sentence_says_what_to_do() -> None:
    assert WORDS.sentence(AppState(), NOW) == "No account yet. Open Settings to add one."


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({Kind.NEW: 3, Kind.RESCHEDULED: 1}, "3 new work orders, 1 rescheduled"),
        ({Kind.NEW: 1}, "1 new work order"),
        ({Kind.SWAPPED: 1}, "1 swap"),
        ({Kind.SWAPPED: 2}, "2 swaps"),
        ({Kind.NEW: 1, Kind.COMPLETED: 2}, "1 new work order, 2 completed"),
        ({Kind.DISPENSER_ADDED: 1, Kind.DISPENSER_REMOVED: 2}, "1 dispenser added, 2 dispensers removed"),
        ({Kind.REMOVED: 2}, "2 no longer in your open list"),
        ({Kind.BACK: 1}, "1 back in your list"),
        ({Kind.NEW: 1, Kind.BACK: 2}, "1 new work order, 2 back in your list"),
        ({}, ""),
    ],
)
def test_the_batch_in_one_line(counts: dict[Kind, int], text: str) -> None:
    assert WORDS.batch(counts) == text


@pytest.mark.parametrize(
    ("removed", "not_completed", "text"),
    [(2, 2, "2 removed from your list"), (3, 1, "1 removed from your list, 2 no longer in your open list")],
)
def test_removed_is_said_of_what_is_known_not_to_be_completed(removed: int, not_completed: int, text: str) -> None:
    assert WORDS.batch({Kind.REMOVED: removed}, not_completed) == text


def test_a_change_says_what_it_is_about() -> None:
    known = (FieldChange("completed", None, False),)
    assert WORDS.change(Change("7", Kind.REMOVED)) == "no longer in your open list"
    assert WORDS.change(Change("7", Kind.REMOVED, known)) == "removed from your list"
    assert WORDS.about(Change("7", Kind.NEW)) == "W-7"
    assert WORDS.about(Change("7", Kind.SWAPPED, partner="9")) == "W-7 and W-9"
    added = Change("", Kind.DISPENSER_ADDED, location_url="https://p/1/", numbers="1/2")
    assert WORDS.about(added) == "Dispenser 1/2"
    assert WORDS.about(added, "#1234") == "Dispenser 1/2 at #1234"


def test_a_run_that_reads_dispensers_counts_these() -> None:
    run = replace(ended(Outcome.SUCCEEDED), job="dispensers")
    assert WORDS.last_result(run, NOW) == "Last sync today at 1:00 PM: 60 dispensers"
    reading = state(run=run, progress=Progress(Phase.SCRAPING, 40, 12, 3, 31))
    assert WORDS.doing(reading) == "Reading dispensers: 3 of 31 sites done…"
    assert WORDS.account_sentence(reading, NOW) == "syncing 40 %, 12 dispensers found"
    assert WORDS.progress(Progress(Phase.SCRAPING, 25), "dispensers") == "Opening the pages of the sites…"
    assert WORDS.progress(Progress(Phase.SAVING, 100, 1), "dispensers") == "Saved 1 dispenser"


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(Phase.INITIALIZING, 5), "Starting the browser…"),
        (Progress(Phase.LOGGING_IN, 15), "Signing in to the portal…"),
        (Progress(Phase.SCRAPING, 50, 100, 2, 3), "Reading page 2 of 3…"),
        (Progress(Phase.SCRAPING, 50, 100, 2), "Reading page 2…"),
        (Progress(Phase.SCRAPING, 80, 300, 2, 3, checking=True), "Checking page 2 of 3…"),
        (Progress(Phase.SCRAPING, 25), "Opening the work list…"),
        (Progress(Phase.SAVING, 90, 1), "Saving 1 work order…"),
        (Progress(Phase.SAVING, 100, 60), "Saved 60 work orders"),
    ],
)
def test_progress_sentences(progress: Progress, text: str) -> None:
    assert WORDS.progress(progress) == text


def test_progress_never_runs_backwards_and_reaches_100_only_at_the_end() -> None:
    seen = [Progress(Phase.INITIALIZING, 5)]
    steps = [
        (Phase.LOGGING_IN, 0.0),
        (Phase.SCRAPING, 0.5),
        (Phase.LOGGING_IN, 0.0),
        (Phase.SCRAPING, 0.2),
        (Phase.SCRAPING, 1.0),
        (Phase.SAVING, 1.0),
    ]
    seen.extend([])
    for phase, done in steps:
        seen.append(advance(seen[-1], phase, done=done))
    percentages = [one.percentage for one in seen]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 99
    assert finished(seen[-1]).percentage == 100


def test_activity_shows_the_result_for_ten_seconds() -> None:
    done = state(last_run=ended(Outcome.SUCCEEDED, NOW))
    assert done.activity(NOW + timedelta(seconds=9.9)) is Activity.COMPLETED
    assert done.activity(NOW + timedelta(seconds=10)) is Activity.IDLE
    assert done.activity(NOW - timedelta(hours=1)) is Activity.IDLE  # the clock was set back
    assert state(last_run=ended(Outcome.FAILED, NOW)).activity(NOW) is Activity.FAILED
    assert state(last_run=ended(Outcome.CANCELLED, NOW)).activity(NOW) is Activity.IDLE


def test_another_jobs_success_hides_no_failure() -> None:
    failed, read = ended(Outcome.FAILED), replace(ended(Outcome.SUCCEEDED), id=2, job=DISPENSERS)
    newest = {WORK_ORDERS: failed, DISPENSERS: read}
    assert standing(read, [WORK_ORDERS, DISPENSERS], newest.get) == failed
    assert standing(read, [DISPENSERS], newest.get) == read  # no schedule is left for the one that failed
    assert standing(failed, newest, newest.get) == failed
    assert standing(None, newest, newest.get) is None
    both = state(last_run=read, last_judged=failed)
    assert both.health() is Health.FAILED
    assert WORDS.last_of(both, NOW) == WORDS.last_result(failed, NOW)
    assert WORDS.last_of(state(last_run=read, last_judged=read), NOW) == WORDS.last_result(read, NOW)


def test_health_by_state() -> None:
    assert AppState().health() is Health.NOT_SET_UP
    assert AppState((state(),)).health() is Health.HEALTHY
    assert AppState((state(last_run=ended(Outcome.FAILED)),)).health() is Health.FAILED
    assert AppState((state(blocked=SignInRefused().info()),)).health() is Health.FAILED
    failed = ended(Outcome.FAILED)
    for outcome in (Outcome.CANCELLED, Outcome.INTERRUPTED):
        assert state(last_run=ended(outcome), last_judged=failed).health() is Health.FAILED
        assert state(last_run=ended(outcome)).health() is Health.HEALTHY
    assert state(last_run=ended(Outcome.SUCCEEDED)).health() is Health.HEALTHY
    assert AppState((state(scheduled(held="paused")),)).health() is Health.PAUSED
    assert AppState((state(scheduled(held="paused"), scheduled()),)).health() is Health.HEALTHY
    assert AppState((state(OFF, scheduled(), last_run=failed),)).health() is Health.SWITCHED_OFF


OFF = scheduled(None, "switched_off", Schedule(2, ACCOUNT.id, name="Late", failures=5, switched_off=True))


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        (scheduled(held="paused"), "Paused. No sync yet"),
        (
            scheduled(at(24, 9), "paused", Schedule(1, ACCOUNT.id, paused_until=at(24, 8))),
            "Paused until Tuesday at 8:00 AM. No sync yet",
        ),
        (OFF, "Switched off after 5 failed syncs in a row. Resume it from the menu."),
        (scheduled(held="no_password"), "Syncing is stopped: no password is stored. Enter it in Settings."),
        (scheduled(at(21, 14), "waiting_for_network"), "Waiting for the network. No sync yet"),
    ],
)
def test_a_schedule_that_is_not_armed_says_why(schedule: ScheduleState, sentence: str) -> None:
    assert WORDS.account_sentence(state(schedule), NOW) == sentence


def test_that_the_keyring_cannot_be_read_is_said_with_what_comes_next() -> None:
    unsure = replace(scheduled(at(21, 14)), hint="keyring")
    said = "Next sync today at 2:00 PM; the keyring cannot be read now. No sync yet"
    assert WORDS.account_sentence(state(unsure), NOW) == said
    assert next_words(unsure, WORDS, NOW) == "Today at 2:00 PM; the keyring cannot be read now"


def test_what_several_failures_have_come_to_is_said() -> None:
    armed = scheduled(at(21, 14), None, Schedule(1, ACCOUNT.id))
    said = WORDS.account_sentence(state(armed, last_run=ended(Outcome.FAILED), failures=3), NOW)
    assert said.startswith("Next sync today at 2:00 PM. Having issues: the last 3 syncs failed: ")
    both = WORDS.account_sentence(state(OFF, scheduled(at(21, 14))), NOW)
    assert both == 'Next sync today at 2:00 PM. "Late" was switched off after 5 failed syncs in a row'


def test_the_next_run_of_an_account_is_the_soonest_of_its_schedules() -> None:
    assert state(scheduled(at(21, 15)), scheduled(), scheduled(at(21, 14))).next_run == at(21, 14)
    assert state().next_run is None


def test_dispensers_are_not_counted_as_work_orders() -> None:
    run = replace(ended(Outcome.SUCCEEDED, NOW), job="dispensers")
    done = status_json(AppState((state(last_run=run),)), NOW, {})
    assert (done["status"], done["work_orders_found"], done["last_run"]["job"]) == ("completed", 0, "dispensers")
    reading = state(run=replace(run, outcome=None), progress=Progress(Phase.SCRAPING, 40, 12))
    assert status_json(AppState((reading,)), NOW, {})["work_orders_found"] == 0


def test_status_json_has_the_public_names() -> None:
    data = status_json(AppState((state(scheduled(at(21, 14))),)), NOW, {ACCOUNT.id: "Hello"})
    assert set(data) == {
        "schema",
        "browser_install",
        "status",
        "phase",
        "percentage",
        "message",
        "work_orders_found",
        "started_at",
        "next_run",
        "last_run",
        "accounts",
    }
    assert data["next_run"] == "2026-11-21T19:00:00Z"
    assert data["accounts"][0]["account"] == "Work"
    assert ACCOUNT.username not in str(data)


def test_iso_says_utc_with_a_z() -> None:
    assert iso(NOW) == "2026-11-21T18:20:00Z"
    assert iso(None) is None


def test_the_zone_is_asked_for_at_each_sentence() -> None:
    zones = [ZONE]
    words = Words(lambda: zones[-1])
    idle = state(scheduled(at(21, 14)))
    assert words.next_sync(idle, NOW) == "Next sync today at 2:00 PM"
    zones.append(ZoneInfo("America/Los_Angeles"))
    assert words.next_sync(idle, NOW) == "Next sync today at 11:00 AM"
    assert words.zone == zones[-1]
