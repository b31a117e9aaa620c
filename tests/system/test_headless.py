"""The command line without a running FossaTray: headless syncs, with a keyring and without one."""

from __future__ import annotations

import json
import signal
import time
from typing import Any

import psutil
import pytest

from fossatray.demo.changes import Change
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.system.paths import app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import is_alive, wait_until
from tests.system.commands import HISTORY_NAMES, ask, in_background
from tests.system.program import SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

ORDER_NAMES = {
    *("account", "number", "customer", "customer_url", "store_number", "site_name", "location_url", "address"),
    *("services", "instructions", "visit", "visits_done", "visits_total", "status", "reason", "project", "po_number"),
    *("created_by", "created_at", "categories", "contact", "billing", "completed_on", "day", "days"),
    *("first_seen", "last_seen", "archived_at"),
}
CHANGE_NAMES = {
    *("account", "run", "at", "number", "kind", "fields"),
    *("location_url", "store_number", "numbers"),
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_headless_sync_in_order(program: Program, number: signal.Signals) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.HANGING]) as portal:
        program.add_account(portal)
        with in_background(program, "sync", "--wait", "--json") as headless:
            # signed in: the browser waits for the list
            wait_until(lambda: portal.sign_ins, SYNC_SECONDS, "the sign-in")
            family = psutil.Process(headless.pid).children(recursive=True)
            assert len(family) > 3
            began = time.monotonic()
            headless.send_signal(number)
            assert headless.wait(10) == 1
            assert time.monotonic() - began < 5
            assert headless.stdout is not None
            (run,) = json.loads(headless.stdout.read())["runs"]
            assert headless.stderr is not None
            assert "Traceback" not in headless.stderr.read()
    assert run["outcome"] == "cancelled"
    assert [process for process in family if is_alive(process)] == []
    assert list(app_paths(program.data).runs.iterdir()) == []


def test_a_signal_ends_a_headless_test_of_the_sign_in_in_order(program: Program) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.HANGING_SIGN_IN]) as portal:
        program.add_account(portal)
        with in_background(program, "accounts", "test") as headless:
            wait_until(lambda: portal.sign_ins, SYNC_SECONDS, "the sign-in")
            family = psutil.Process(headless.pid).children(recursive=True)
            assert len(family) > 3
            headless.terminate()
            assert headless.wait(5) == 1
            assert headless.stderr is not None
            told = headless.stderr.read()
    assert "You ended the command" in told
    assert "Traceback" not in told
    assert [process for process in family if is_alive(process)] == []
    assert list(app_paths(program.data).runs.iterdir()) == []


def test_without_a_program_a_sync_runs_headless_and_all_names_are_public(program: Program) -> None:
    with PracticePortal(orders=12) as portal:
        program.add_account(portal)
        assert ask(program, "sync").returncode == 3
        done = ask(program, "sync", "--wait", "--json")
        assert done.returncode == 0, done.stderr
        (run,) = json.loads(done.stdout)["runs"]
        assert (run["found"], run["new"], run["trigger"]) == (12, 12, "manual")
        portal.change(Change.NEW, Change.RESCHEDULED, Change.REMOVED)
        assert "12 work orders found, 1 new" in program.cli("sync", "--wait")
    check_orders(program.json("orders"))
    assert len(program.json("orders", "--archived")) == 1
    number = program.json("orders")[3]["number"]
    assert number in {order["number"] for order in program.json("orders", "--search", number)}
    history = program.json("history")
    assert [entry.keys() for entry in history] == [HISTORY_NAMES, HISTORY_NAMES]
    assert len(program.json("history", "--limit", "1")) == 1
    changes = program.json("changes", "--run", str(history[0]["id"]))
    assert {change["kind"] for change in changes} == {"new", "rescheduled", "removed"}
    assert all(change.keys() == CHANGE_NAMES for change in changes)
    (moved,) = (change for change in changes if change["kind"] == "rescheduled")
    assert moved["fields"]["visit.date"].keys() == {"old", "new"}
    assert program.json("changes") == changes, "the first sync of all is no change"


def check_orders(orders: list[dict[str, Any]]) -> None:
    """Hold that orders have the public names, whole and no more."""
    assert len(orders) == 12
    for order in orders:
        assert order.keys() == ORDER_NAMES
        assert order["address"].keys() == {"street", "extra", "city", "state", "postal_code", "county"}
        assert isinstance(order["address"]["extra"], list)
        assert all(one.keys() == {"group", "description", "code", "quantity"} for one in order["services"])
        assert order["visit"] is None or order["visit"].keys() == {"id", "url", "date", "time", "due_date"}
        assert order["number"].isdigit()
        assert order["customer_url"].startswith("http://127.0.0.1:")
        assert order["first_seen"].endswith("Z")


def test_a_machine_without_a_keyring_syncs_with_the_password_on_standard_input() -> None:
    with (
        DesktopSession(panel="none", notifications=False, keyring="none") as bare,
        PracticePortal(orders=5) as portal,
    ):
        program = Program(bare, bare.home / "fossatray")
        program.cli("accounts", "add", "--name", "Work", "--portal", portal.origin, "--username", portal.username)
        refused = ask(program, "sync", "--wait")
        assert refused.returncode == 1
        assert "keyring" in refused.stdout
        assert portal.sign_ins == []
        assert ask(program, "sync", "--wait", "--password-stdin", stdin=portal.password).returncode == 0
        assert len(program.json("orders")) == 5
        wrong = ask(program, "sync", "--wait", "--password-stdin", "--json", stdin="not it")
        assert wrong.returncode == 1
        assert json.loads(wrong.stdout)["runs"][0]["error_kind"] == "sign_in_refused"


def test_a_program_started_during_a_headless_sync_waits_for_it_and_then_works(program: Program) -> None:
    with PracticePortal(orders=8, mishaps=[Mishap.HANGING]) as portal:
        program.add_account(portal)
        with in_background(program, "sync", "--wait") as headless:
            wait_until(lambda: program.json("status")["status"] == "in_progress", 30, "the headless sync")
            item = program.start()
            wait_until(lambda: "syncing" in item.tooltip(), 30, "what is stored in the tooltip")
            assert program.json("status")["status"] == "in_progress"
            family, began = program.family(), time.monotonic()
            family[0].terminate()
            assert program.process is not None
            assert program.process.wait(5) == 0
            assert time.monotonic() - began < 5
            assert not any(is_alive(process) for process in family)
            assert headless.poll() is None, "the headless sync goes on"
            item = program.start()
            wait_until(lambda: "syncing" in item.tooltip(), 30, "what is stored in the tooltip")
            headless.terminate()
            assert headless.wait(10) == 1
            wait_until(lambda: "was cancelled" in item.tooltip(), 30, "the engine to take over")
        portal.mishaps.clear()
        assert "8 work orders found" in program.cli("sync", "--wait")
    assert [run["outcome"] for run in program.json("history")] == ["succeeded", "cancelled"]


def test_a_sync_asked_of_a_program_that_waits_joins_the_headless_one(program: Program) -> None:
    with PracticePortal(orders=8, mishaps=[Mishap.HANGING]) as portal:
        program.add_account(portal)
        with in_background(program, "sync", "--wait") as headless:
            wait_until(lambda: program.json("status")["status"] == "in_progress", 30, "the headless sync")
            item = program.start()
            wait_until(lambda: "syncing" in item.tooltip(), 30, "what is stored in the tooltip")
            assert len(program.json("sync")["runs"]) == 1
            refused = ask(program, "cancel")
            assert refused.returncode == 1
            assert "Wait until it has ended" in refused.stderr
            headless.terminate()
            assert headless.wait(10) == 1
            wait_until(lambda: "was cancelled" in item.tooltip(), 30, "the engine to take over")
    assert [run["outcome"] for run in program.json("history")] == ["cancelled"]


def test_a_sync_asked_of_a_program_that_waits_is_carried_out_when_the_folder_is_free(program: Program) -> None:
    with PracticePortal(orders=8, mishaps=[Mishap.HANGING_SIGN_IN]) as portal:
        program.add_account(portal)
        with in_background(program, "accounts", "test") as headless:
            wait_until(lambda: portal.sign_ins, SYNC_SECONDS, "the sign-in")
            item = program.start()
            wait_until(lambda: "FossaTray: " in item.tooltip(), 30, "what is stored in the tooltip")
            assert "starts when that has ended" in program.cli("sync")
            portal.mishaps.clear()
            headless.terminate()
            headless.wait(30)
        wait_until(lambda: program.json("history"), SYNC_SECONDS, "the sync that was kept")
        assert program.wait_for_rest()["found"] == 8
