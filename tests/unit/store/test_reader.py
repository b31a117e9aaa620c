"""The read-only view: beside a writer, without one, before there is anything, and of a database that is too new."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, Diff, Kind, compare
from fossatray.core.errors import SignInRefused, StoreDamaged, StoreTooNew, StoreUnsuitable
from fossatray.core.orders import Visit, WorkOrder
from fossatray.core.runs import Counts, Fate, Occurrence, Outcome, Trigger, iso
from fossatray.store.migrations import SCHEMA_VERSION
from fossatray.store.public import change_json, order_json
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.old_databases import build_newer, build_version_0
from tests.unit.store.places import HOUR, NOW, Place, full_order, make_account, save

ROOT = Path(__file__).resolve().parents[3]


def is_empty(reader: Reader) -> bool:
    everything = [reader.accounts(), reader.schedules(), reader.orders(), reader.history(), reader.changes()]
    return not any(everything) and not reader.state(NOW, UTC).accounts


def test_what_is_not_there_yet_reads_as_empty(reader: Reader, place: Place) -> None:
    assert is_empty(reader)
    assert reader.settings()["notifications"] == "on"
    assert not place.folder.exists()
    place.folder.mkdir()
    assert is_empty(reader)
    build_version_0(place.file)
    assert is_empty(reader)
    store = place.open()
    store.accounts.add(make_account())
    assert len(reader.accounts()) == 1
    store.close()


def test_a_newer_database_is_not_read(reader: Reader, place: Place) -> None:
    place.folder.mkdir()
    build_newer(place.file, SCHEMA_VERSION + 1)
    for question in (reader.accounts, reader.orders, reader.history, lambda: reader.state(NOW, UTC)):
        with pytest.raises(StoreTooNew):
            question()


def test_a_damaged_database_says_so(reader: Reader, place: Place) -> None:
    place.folder.mkdir()
    place.file.write_bytes(b"letters" * 1000)
    with pytest.raises(StoreDamaged):
        reader.accounts()


def damage_middle(place: Place) -> bytes:
    """Fill a database with rows and overwrite every page but the first; returns what was there before."""
    store = place.open()
    save(store, store.accounts.add(make_account()), [full_order(str(n)) for n in range(300)])
    store.close()
    sound = place.file.read_bytes()
    place.file.write_bytes(sound[:4096] + b"\xff" * (len(sound) - 4096))
    return sound


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.state(NOW, UTC),
        lambda reader: reader.history(),
        lambda reader: reader.orders(),
        lambda reader: reader.accounts(),
    ],
    ids=["state", "history", "orders", "accounts"],
)
def test_damage_in_the_middle_says_so_and_the_reader_lives_on(
    reader: Reader, place: Place, ask: Callable[[Reader], object]
) -> None:
    sound = damage_middle(place)
    for _ in range(2):
        with pytest.raises(StoreDamaged):
            ask(reader)
    place.file.unlink()
    place.file.write_bytes(sound)
    assert ask(reader)


def alter(place: Place, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(place.file)) as connection, connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    "data",
    ["", "{", "[]", "null", "7", '{"number": "129651"}', "[" * 100_000, '"x"', "NaN"],
    ids=["empty", "cut", "list", "null", "number", "half", "deep", "text", "nan"],
)
def test_an_order_that_was_altered_on_the_disk_says_which_and_what_to_do(
    store: Store, account: Account, place: Place, reader: Reader, data: str
) -> None:
    order = full_order()
    save(store, account, [order, full_order("7")])
    alter(place, "UPDATE work_order SET data = ? WHERE number = '129651'", data)
    with pytest.raises(StoreDamaged, match="work order W-129651 cannot be read") as caught:
        reader.orders()
    assert caught.value.what_to_do.startswith("Sync now")
    kept = store.orders.open(account.id)
    assert kept == {"129651": WorkOrder("129651"), "7": full_order("7")}, "a sync compares with what is left"
    save(store, account, [order, full_order("7")], compare(kept, {}, [order, full_order("7")], first=False))
    assert {one.order.number: one.order for one in reader.orders()} == {"129651": order, "7": full_order("7")}
    assert [(one.change.number, one.change.kind) for one in reader.changes()] == [("129651", Kind.UPDATED)]


@pytest.mark.parametrize(
    ("alteration", "ask", "what"),
    [
        ("UPDATE change SET fields = '{'", lambda reader: reader.changes(), "a change of work order W-7"),
        ("UPDATE change SET kind = 'party'", lambda reader: reader.changes(), "a change of work order W-7"),
        ("UPDATE run SET phases = '[]'", lambda reader: reader.history(), "run 1"),
        ("UPDATE run SET outcome = 'party'", lambda reader: reader.history(), "run 1"),
        ("UPDATE run SET started_at = 1e99", lambda reader: reader.history(), "run 1"),
        ("UPDATE schedule SET timetable = '{}'", lambda reader: reader.schedules(), "schedule 1"),
        ("UPDATE account SET blocked = '{}'", lambda reader: reader.state(NOW, UTC), "an account"),
    ],
)
def test_a_row_that_was_altered_on_the_disk_says_which_and_what_to_do(
    store: Store,
    account: Account,
    place: Place,
    reader: Reader,
    alteration: str,
    ask: Callable[[Reader], object],
    what: str,
) -> None:
    save(store, account, [full_order("7")], Diff((Change("7", Kind.NEW),), ()))
    alter(place, alteration)
    with pytest.raises(StoreDamaged, match=f"What is stored of {what} cannot be read") as caught:
        ask(reader)
    assert "newest of the backups" in caught.value.what_to_do


def test_a_bug_while_reading_is_not_hidden(store: Store, reader: Reader) -> None:
    def ask() -> None:
        with reader._snapshot():
            raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        ask()
    assert reader.history() == []


def test_a_reader_cannot_write(store: Store, account: Account, reader: Reader) -> None:
    assert reader.accounts() == [account]
    assert reader._connection is not None
    with pytest.raises(Exception, match="readonly"):
        reader._connection.execute("DELETE FROM account")


def test_a_reader_sees_what_was_committed_and_waits_for_nobody(store: Store, account: Account, reader: Reader) -> None:
    assert reader.orders() == []
    with store.atomic():
        run = store.runs
        store.settings.set("notifications", "off")
        assert run.running() == []
        assert reader.settings()["notifications"] == "on"  # in the middle of the writer's transaction
    assert reader.settings()["notifications"] == "off"


def test_one_answer_is_from_one_moment(store: Store, account: Account, reader: Reader) -> None:
    with reader._snapshot():
        assert len(reader.accounts()) == 1
        store.accounts.add(make_account("Other"))
        assert len(reader.accounts()) == len(reader.schedules()) == 1
    assert len(reader.accounts()) == 2


def test_reading_works_without_an_instance(place: Place) -> None:
    store = place.open()
    account = store.accounts.add(make_account())
    save(store, account, [full_order()])
    store.close()
    reader = Reader(place.file)
    assert [stored.order for stored in reader.orders()] == [full_order()]
    reader.close()
    reader.close()
    assert len(reader.orders()) == 1  # opened again
    reader.close()


@pytest.mark.parametrize(
    "text",
    [
        *("129651", "w-129651", "ÜNITED pÜmps", "4711", "main & n", "9 MAIN ST", "suite 4", "springf", "tx", "75001"),
        *("strasse county", "STRAßE", "meter cal", "all disp", "2861", "pm-a", "100% of", "call_first", "☎", '"bo"'),
        *("scheduled", "yearly", "spring 26", "po-77", "dana d", "accumeasure", "priority", "  yearly  "),
    ],
)
def test_a_search_finds_the_text_in_any_field_and_case(
    store: Store, account: Account, reader: Reader, text: str
) -> None:
    save(store, account, [full_order(), WorkOrder("7")])
    assert [stored.order.number for stored in reader.orders(search=text)] == ["129651"]


@pytest.mark.parametrize(
    "text", ["1_0% of", "100%hoses", "c%first", "callXfirst", "Springfield Dana", "portal.example"]
)
def test_a_search_takes_its_text_as_it_stands(store: Store, account: Account, reader: Reader, text: str) -> None:
    save(store, account, [full_order()])
    assert reader.orders(search=text) == []


@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_empty_search_finds_everything(store: Store, account: Account, reader: Reader, text: str | None) -> None:
    save(store, account, [full_order()])
    assert len(reader.orders(search=text)) == 1


def test_orders_come_by_visit_date_then_number(store: Store, account: Account, reader: Reader) -> None:
    other = store.accounts.add(make_account("Other"))

    def visited(number: str, day: int) -> WorkOrder:
        return WorkOrder(number, visit=Visit(None, None, date(2026, 1, day), None, None))

    save(store, account, [WorkOrder("5"), visited("10", 2), visited("9", 2), visited("1", 3)])
    save(store, other, [visited("3", 1)])
    assert [stored.order.number for stored in reader.orders()] == ["3", "9", "10", "1", "5"]
    assert [stored.order.number for stored in reader.orders(other.id)] == ["3"]


def test_the_history_has_every_run_and_what_became_none_newest_first(
    store: Store, account: Account, reader: Reader
) -> None:
    (schedule,) = store.schedules.of_account(account.id)
    planned = [NOW.replace(microsecond=0) + n * HOUR for n in range(4)]
    store.schedules.add_occurrences(
        [
            Occurrence(schedule.id, planned[0], Fate.MISSED, "not running"),
            Occurrence(schedule.id, planned[2], Fate.SKIPPED, "still syncing"),
        ]
    )
    scheduled = store.runs.start(
        account.id, "work_orders", Trigger.SCHEDULED, planned[1], planned[1] + HOUR / 60, schedule.id
    )
    store.runs.finish(scheduled.id, Outcome.FAILED, planned[1] + HOUR / 2, error=SignInRefused("No.").info())
    running = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, planned[3])
    history = reader.history()
    assert [(entry.id, entry.outcome, entry.trigger) for entry in history] == [
        (running.id, None, Trigger.MANUAL),
        (None, "skipped", Trigger.SCHEDULED),
        (scheduled.id, "failed", Trigger.SCHEDULED),
        (None, "missed", Trigger.SCHEDULED),
    ]
    assert {(entry.account_id, entry.account, entry.job) for entry in history} == {(account.id, "Work", "work_orders")}
    assert history[3].to_json() | {"id": 0} == {
        "id": 0,
        "account": "Work",
        "job": "work_orders",
        "schedule": "Work orders",
        "schedule_id": schedule.id,
        "trigger": "scheduled",
        "planned_at": iso(planned[0]),
        "started_at": None,
        "finished_at": None,
        "outcome": "missed",
        "reason": "not running",
        "found": 0,
        "new": 0,
        "changed": 0,
        "archived": 0,
        "attempts": 0,
        "error_kind": None,
        "error_message": None,
        **dict.fromkeys(("advice", "evidence")),
        "phases": {},
    }
    assert history[2].to_json()["advice"] == SignInRefused.advice
    assert reader.history(2) == history[:2]
    assert reader.history(0) == []
    assert reader.history(None) == history


def test_the_history_of_one_account(store: Store, account: Account, reader: Reader) -> None:
    other = store.accounts.add(make_account("Other"))
    for n in range(6):
        save(store, (account, other)[n % 2], [], now=NOW + n * HOUR)
    (schedule,) = store.schedules.of_account(other.id)
    store.schedules.add_occurrences([Occurrence(schedule.id, NOW + 9 * HOUR, Fate.MISSED)])
    assert [entry.account for entry in reader.history()] == ["Other", *["Other", "Work"] * 3]
    assert [entry.account for entry in reader.history(account_id=account.id)] == ["Work"] * 3
    assert [entry.outcome for entry in reader.history(2, other.id)] == ["missed", "succeeded"]
    assert {
        state.account.id: state.last_run and state.last_run.started_at for state in reader.state(NOW, UTC).accounts
    } == {
        account.id: NOW + 4 * HOUR,
        other.id: NOW + 5 * HOUR,
    }


def test_the_state_follows_from_what_is_stored(store: Store, account: Account, reader: Reader) -> None:
    last = save(store, account, [full_order("1"), full_order("2")])
    later = NOW + timedelta(minutes=5)
    (state,) = reader.state(later, UTC).accounts
    assert state.account == account
    assert [one.schedule for one in state.schedules] == store.schedules.of_account(account.id)
    assert (state.run, state.last_run, state.open_orders) == (None, last, 2)
    assert state.next_run == NOW.replace(microsecond=0) + HOUR
    assert state.last_judged == last
    running = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, later)
    assert reader.state(later, UTC).accounts[0].run is None  # nobody is there: it died
    assert reader.state(later, UTC, instance_alive=True).accounts[0].run == running
    assert reader.state(later, UTC, instance_alive=True).accounts[0].last_run == last
    cancelled = store.runs.finish(running.id, Outcome.CANCELLED, later)
    (after,) = reader.state(later, UTC).accounts
    assert (after.last_run, after.last_judged) == (cancelled, last)


def test_there_is_no_next_run_when_paused_or_stopped(store: Store, account: Account, reader: Reader) -> None:
    (schedule,) = store.schedules.of_account(account.id)
    store.schedules.save(replace(schedule, enabled=False))
    (paused,) = reader.state(NOW, UTC).accounts
    assert (paused.next_run, paused.paused, paused.blocked) == (None, True, None)
    store.schedules.save(schedule)
    refusal = SignInRefused("No.").info()
    store.accounts.block(account.id, refusal)
    (blocked,) = reader.state(NOW, UTC).accounts
    assert (blocked.next_run, blocked.paused, blocked.blocked) == (None, False, refusal)


def test_the_public_form_of_an_order(store: Store, account: Account, reader: Reader) -> None:
    save(store, account, [full_order()])
    save(store, account, [], Diff((), ("129651",)), NOW + HOUR)
    (stored,) = reader.orders(archived=True)
    public = order_json(stored, "Work")
    assert list(public) == [
        *("account", "number", "customer", "customer_url", "store_number", "site_name", "location_url", "address"),
        *("services", "instructions", "visit", "visits_done", "visits_total", "status", "reason", "project"),
        *("po_number", "created_by", "created_at", "categories", "contact", "billing", "completed_on", "day", "days"),
        *("first_seen", "last_seen", "archived_at"),
    ]
    assert set(public) >= {field.name for field in fields(WorkOrder)}
    assert list(public["address"]) == ["street", "extra", "city", "state", "postal_code", "county"]
    assert public["services"][0] == {
        "group": "Meter Calibration",
        "description": "All Dispensers",
        "code": "2861",
        "quantity": 8,
    }
    assert public["visit"]["date"] == "2026-01-07"
    assert (public["account"], public["number"], public["created_at"]) == ("Work", "129651", "2026-01-02T09:30")
    assert (public["first_seen"], public["archived_at"]) == ("2026-01-05T12:00:00.250Z", "2026-01-05T13:00:00.250Z")


def test_the_public_form_says_which_day_of_a_job_an_order_is(store: Store, account: Account, reader: Reader) -> None:
    save(store, account, [replace(full_order("1"), instructions="Day 2 of 3\nCalibrate."), full_order("2")])
    days = [(public["day"], public["days"]) for public in (order_json(one, "Work") for one in reader.orders())]
    assert days == [(2, 3), (None, None)]


def test_the_public_form_of_a_change(store: Store, account: Account, reader: Reader) -> None:
    run = save(store, account, [], Diff((Change("1", Kind.REMOVED),), ()))
    (stored,) = reader.changes()
    assert change_json(stored) == {
        "account": "Work",
        "run": run.id,
        "at": "2026-01-05T12:00:00.250Z",
        "number": "1",
        "kind": "removed",
        "fields": {},
        "location_url": None,
        "store_number": None,
        "numbers": None,
    }


def test_counts_of_a_run_reach_the_history(store: Store, account: Account, reader: Reader) -> None:
    run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW)
    store.runs.finish(run.id, Outcome.SUCCEEDED, NOW, Counts(9, 3, 2, 1), attempts=2)
    (entry,) = reader.history()
    assert (entry.counts, entry.attempts) == (Counts(9, 3, 2, 1), 2)


def test_the_reader_brings_no_peewee_along() -> None:
    code = "import sys, fossatray.store.reader, fossatray.store.public; sys.exit('peewee' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_folder_that_is_none_is_said_to_be_unusable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnsuitable):
        Reader(tmp_path / "file" / "fossatray.sqlite3").accounts()
