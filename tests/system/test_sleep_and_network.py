"""Waking and the network in the real program: what a fake logind and NetworkManager say, and a portal that is away.

Nobody can put this computer to sleep, so a sleep is what it leaves behind: hours of which nothing is accounted for.
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jeepney import DBusAddress, new_method_call  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

from fossatray.core.runs import Reason
from fossatray.demo.portal import PracticePortal
from fossatray.store.store import Store
from fossatray.system.paths import app_paths
from tests.private_desktop.logind import NETWORK_MANAGER, FakeLogind, FakeNetworkManager, private_system_bus
from tests.private_desktop.tools import wait_until
from tests.private_desktop.tray import TrayItem
from tests.system.program import COMMAND, SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

WAIT_S = 30
LATE_S = 60
"""How soon after a change a run must stand in the history: probes are at most 15 s apart, and the runs are short."""
QUIT_SECONDS = 5.0
QUITS = 6
"""A hang came with every third or fourth quitting."""
SLEPT = timedelta(hours=3)
WAITS = "FossaTray: Waiting for the network"
GLOBAL, METERED = 70, 1


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a system bus that only the program under test and its test speak on."""
    with private_system_bus() as address:
        yield address


@pytest.fixture
def logind(bus: str) -> Iterator[FakeLogind]:
    with closing(FakeLogind(bus)) as made:
        yield made


class Place:
    """The practice portal's place on the network: it keeps its port while no portal is there, and nobody listens."""

    def __init__(self) -> None:
        self._kept = socket.socket()
        self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._kept.bind(("127.0.0.1", 0))
        self._portals = contextlib.ExitStack()

    def comes(self) -> PracticePortal:
        """Start the portal: the same address and sign-in each time."""
        portal = PracticePortal(orders=12, port=self._kept.getsockname()[1], password="made-up")
        return self._portals.enter_context(portal)

    def goes(self) -> None:
        """Stop the portal."""
        self._portals.close()

    def close(self) -> None:
        """Stop the portal and give the port back."""
        self.goes()
        self._kept.close()


@pytest.fixture
def place() -> Iterator[Place]:
    with closing(Place()) as made:
        yield made


@pytest.fixture
def offline(program: Program, place: Place) -> Program:
    """The program with an account on a portal that has gone since."""
    program.add_account(place.comes())
    place.goes()
    return program


def launch(program: Program, bus: str) -> subprocess.Popen[bytes]:
    """Start the program with this system bus and do not wait."""
    command = [*COMMAND, "--background", "--data-dir", str(program.data)]
    program.process = program.desktop.start(command, DBUS_SYSTEM_BUS_ADDRESS=bus)
    return program.process


def start(program: Program, bus: str) -> TrayItem:
    """Start the program with this system bus; its engine has planned when it returns."""
    launch(program, bus)
    item = program.wait_for_state()
    wait_until(lambda: program.json("status")["next_run"], WAIT_S, "the engine to plan")
    return item


def leave_unaccounted(program: Program) -> None:
    """Leave hours of which nothing is accounted for yet, as a sleep does. Their last slot was half an hour ago."""
    began = int((datetime.now(UTC) - SLEPT).timestamp() * 1000)
    with closing(sqlite3.connect(app_paths(program.data).database, timeout=WAIT_S)) as connection, connection:
        assert connection.execute("UPDATE schedule SET accounted_until = ?", (began,)).rowcount == 1


def settled(program: Program) -> dict[str, Any]:
    """Wait until the newest slot has become a run that has ended, or was skipped, and return its row."""

    def row() -> dict[str, Any] | None:
        rows = program.json("history")
        return next((one for one in rows if one["outcome"] not in (None, "missed")), None)

    return wait_until(row, LATE_S + SYNC_SECONDS, "what became of the newest slot")


def missed(program: Program) -> list[str]:
    """Return the reasons of the slots before it."""
    return [one["reason"] for one in program.json("history") if one["outcome"] == "missed"]


def wait_for_waiting(program: Program, item: TrayItem) -> None:
    """Wait until the run that is due says that it waits."""
    wait_until(lambda: item.tooltip().startswith(WAITS), WAIT_S, lambda: f"the wait, not {item.tooltip()!r}")
    assert [one["held"] for one in program.json("schedules", "list")] == ["waiting_for_network"]
    assert settled_rows(program) == []


def settled_rows(program: Program) -> list[str]:
    """Return how the slots ended that were not missed."""
    return [one["outcome"] for one in program.json("history") if one["outcome"] != "missed"]


def test_waking_looks_at_the_plan_at_once(program: Program, place: Place, bus: str, logind: FakeLogind) -> None:
    program.add_account(place.comes())
    start(program, bus)
    logind.prepare_for_sleep(True)
    leave_unaccounted(program)
    assert program.json("history") == []
    woke = datetime.now(UTC)
    logind.prepare_for_sleep(False)
    run = settled(program)
    assert (run["outcome"], run["trigger"], run["found"]) == ("succeeded", "catch_up", 12)
    assert woke < datetime.fromisoformat(run["started_at"]) < woke + timedelta(seconds=LATE_S + SYNC_SECONDS)
    assert missed(program) == [Reason.ASLEEP] * 2


def test_a_run_waits_for_the_network_after_waking_and_then_runs(
    offline: Program, place: Place, bus: str, logind: FakeLogind
) -> None:
    item = start(offline, bus)
    logind.prepare_for_sleep(True)
    leave_unaccounted(offline)
    logind.prepare_for_sleep(False)
    wait_for_waiting(offline, item)
    place.comes()
    run = settled(offline)
    assert (run["outcome"], run["trigger"], run["attempts"], run["found"]) == ("succeeded", "catch_up", 1, 12)
    wait_until(lambda: item.tooltip().startswith("FossaTray: Next sync"), WAIT_S, "the next sync in the tooltip")
    assert missed(offline) == [Reason.ASLEEP] * 2
    assert not [notice for notice in offline.desktop.notices() if "fail" in notice.summary.lower()]


def test_a_run_that_waits_hinders_no_quitting_and_is_due_again_at_the_next_start(
    offline: Program, place: Place, bus: str
) -> None:
    leave_unaccounted(offline)
    item = start(offline, bus)
    wait_for_waiting(offline, item)
    assert offline.process is not None
    began = time.monotonic()
    offline.process.terminate()
    assert offline.process.wait(WAIT_S) == 0
    assert time.monotonic() - began < QUIT_SECONDS
    assert settled_rows(offline) == []

    place.comes()
    start(offline, bus)
    run = settled(offline)
    assert (run["outcome"], run["trigger"], run["found"]) == ("succeeded", "catch_up", 12)
    assert missed(offline) == [Reason.NOT_RUNNING] * 2


def test_quitting_never_hangs_on_the_system_bus(program: Program, bus: str, logind: FakeLogind) -> None:
    with closing(FakeNetworkManager(bus, GLOBAL, METERED)):
        for _ in range(QUITS):
            process = launch(program, bus)
            program.wait_for_state()
            process.terminate()
            assert process.wait(WAIT_S) == 0  # it hung for good; how quick it is, test_quitting.py measures


def test_on_a_metered_network_the_run_is_skipped_where_the_person_wants_that(
    program: Program, place: Place, bus: str, logind: FakeLogind
) -> None:
    portal = place.comes()
    program.add_account(portal)
    skip_where_metered(program)
    with closing(FakeNetworkManager(bus, GLOBAL, METERED)):
        start(program, bus)
        let_it_answer(program, bus)
        leave_unaccounted(program)
        logind.prepare_for_sleep(False)
        row = settled(program)
    assert (row["outcome"], row["reason"], row["id"]) == ("skipped", Reason.METERED, None)
    assert portal.requests == []
    assert program.desktop.notices() == []


def skip_where_metered(program: Program) -> None:
    """Choose so, as the settings do."""
    paths = app_paths(program.data)
    with closing(Store.open(paths.database, paths.lock, paths.backups)) as store:
        store.settings.set("metered", "skip")


def let_it_answer(program: Program, bus: str) -> None:
    """Return when the network's service has answered what it was asked before, and the program has taken that in."""
    service = DBusAddress("/org/freedesktop/NetworkManager", NETWORK_MANAGER, "org.freedesktop.DBus.Properties")
    with closing(open_dbus_connection(bus=bus)) as connection:
        question = new_method_call(service, "Get", "ss", (NETWORK_MANAGER, "Metered"))
        assert connection.send_and_get_reply(question, timeout=WAIT_S).body == (("u", METERED),)
    program.json("status")
