"""The command line beside a running FossaTray, against a practice portal and a real keyring."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fossatray.control.protocol import socket_address
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.system.paths import app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import processes_with, wait_until
from tests.system.commands import HISTORY_NAMES, ask, in_background, started
from tests.system.program import ACCOUNT, COMMAND, SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

SHOWN_SECONDS = 10.0
"""How long the result of a sync is shown as such."""

STATUS_NAMES = {
    *("schema", "status", "phase", "percentage", "message", "work_orders_found"),
    *("started_at", "next_run", "last_run", "accounts"),
}


def watch_result(program: Program, shown: str) -> None:
    """Hold that the result of the newest run is the status for 10 s, and idle comes after it."""
    finished = datetime.fromisoformat(program.json("history")[0]["finished_at"])
    seen: list[str] = []

    def is_over() -> bool:
        before = datetime.now(UTC)
        status = program.json("status")["status"]
        after = datetime.now(UTC)
        seen.append(status)
        if (after - finished).total_seconds() < SHOWN_SECONDS:
            assert status == shown
        if (before - finished).total_seconds() >= SHOWN_SECONDS:
            assert status == "idle"
            return True
        return False

    wait_until(is_over, SHOWN_SECONDS + 5, "the result to be over")
    assert shown in seen


class Relay:
    """Sits between the command line and the running program, and keeps every byte that crosses the socket."""

    def __init__(self, address: str) -> None:
        self.heard = b""
        self._real = address + ".real"
        Path(address).rename(self._real)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._real)
            back = threading.Thread(target=self._copy, args=(server, client))
            back.start()
            self._copy(client, server)
            back.join()
            client.close()
            server.close()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                self.heard += chunk
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)


def test_a_password_goes_to_the_keyring_past_socket_and_arguments(
    program: Program, desktop: DesktopSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "Canary-" + os.urandom(12).hex()
    with PracticePortal(orders=5, password=canary) as portal:
        program.start()
        monkeypatch.setenv("XDG_RUNTIME_DIR", desktop.env()["XDG_RUNTIME_DIR"])
        address = socket_address(app_paths(program.data))
        wait_until(Path(address).exists, 30, "the control socket")
        relay = Relay(address)
        seen: list[bytes] = []
        words = ("accounts", "add", "--name", "Work", "--portal", portal.origin, "--username", portal.username)
        command = [*COMMAND, *words, "--password-stdin", "--data-dir", str(program.data)]
        try:
            with subprocess.Popen(command, env=desktop.env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                assert process.stdin is not None
                process.stdin.write(canary.encode() + b"\n")
                process.stdin.close()

                def has_ended() -> bool:
                    for other in processes_with("HOME", str(desktop.home)):
                        for name in ("cmdline", "environ"):
                            with contextlib.suppress(OSError):
                                seen.append(Path(f"/proc/{other.pid}/{name}").read_bytes())
                    return process.poll() is not None

                wait_until(has_ended, 30, "the account to be added")
                assert process.returncode == 0
        finally:
            relay.close()
            Path(address).unlink()
            Path(address + ".real").rename(address)
        assert b"save_account" in relay.heard
        assert b"credentials_changed" in relay.heard
        assert canary.encode() not in relay.heard
        assert any(b"credentials" in text for text in seen), "the keyring's helper was seen"
        assert not any(canary.encode() in text for text in seen)
        program.cli("pause")  # no planned run comes between
        assert "works" in program.cli("accounts", "test", "--name", "work")
    assert program.json("accounts", "list") == [{"name": "Work", "portal": portal.origin, "username": portal.username}]


def test_a_sync_is_in_progress_from_its_answer_grows_and_is_completed_for_10_s(
    program: Program, portal: PracticePortal
) -> None:
    program.add_account(portal)
    started(program)
    asked = program.json("sync")
    status = program.json("status")
    assert status["status"] == "in_progress"
    assert status.keys() >= STATUS_NAMES
    assert status["schema"] == 1
    assert status["started_at"].endswith("Z")
    (account,) = status["accounts"]
    assert account["account"] == ACCOUNT
    seen: list[tuple[int, str, int]] = []

    def has_ended() -> bool:
        now = program.json("status")
        if now["status"] == "in_progress":
            seen.append((now["percentage"], now["phase"], now["work_orders_found"]))
            assert now["message"]
        return bool(now["status"] != "in_progress")

    wait_until(has_ended, SYNC_SECONDS, "the sync to end")
    percentages = [percentage for percentage, _, _ in seen]
    assert percentages == sorted(percentages)
    assert len(set(percentages)) >= 2
    assert {phase for _, phase, _ in seen} <= {"initializing", "logging_in", "scraping", "saving"}
    assert max(found for _, _, found in seen) <= 230
    ended = program.json("status")
    assert (ended["status"], ended["percentage"], ended["work_orders_found"]) == ("completed", 100, 230)
    assert ended["last_run"]["id"] == asked["runs"][0]["id"]
    assert ended["started_at"] is None
    watch_result(program, "completed")


def test_a_failed_sync_is_one_and_failed_for_10_s(program: Program) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.MAINTENANCE]) as portal:
        program.add_account(portal)
        started(program)
        done = ask(program, "sync", "--wait", "--json")
    assert done.returncode == 1
    (run,) = json.loads(done.stdout)["runs"]
    assert run.keys() == HISTORY_NAMES
    assert (run["outcome"], run["error_kind"]) == ("failed", "portal_maintenance")
    assert run["advice"]
    status = program.json("status")
    assert status["last_run"]["error_kind"] == "portal_maintenance"
    assert status["percentage"] == 0
    watch_result(program, "failed")


def test_cancel_ends_a_sync_within_5_s_and_whoever_waits_is_told(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    portal.mishaps = [Mishap.HANGING]
    started(program)
    with in_background(program, "sync", "--wait", "--json") as waiting:
        wait_until(lambda: program.json("status")["phase"] == "scraping", SYNC_SECONDS, "the scraping")
        began = time.monotonic()
        assert "cancelled" in program.cli("cancel", "--account", ACCOUNT)
        assert time.monotonic() - began < 5
        assert waiting.wait(10) == 1
        assert waiting.stdout is not None
        (run,) = json.loads(waiting.stdout.read())["runs"]
    assert run["outcome"] == "cancelled"
    assert len(program.family()) == 1
    assert list(app_paths(program.data).runs.iterdir()) == []
    assert "Nothing was running" in program.cli("cancel")


def test_the_program_is_found_without_the_sessions_variables(program: Program) -> None:
    program.start()
    wait_until(lambda: "not running" not in program.cli("status"), 30, "an answer of the program")
    bare = {"PATH": program.desktop.env()["PATH"], "HOME": program.desktop.env()["HOME"]}  # as cron has it
    command = [*COMMAND, "status", "--data-dir", str(program.data)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert "not running" not in done.stdout


def test_a_refused_sign_in_is_told_by_the_test_of_it(program: Program) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.WRONG_PASSWORD]) as portal:
        program.add_account(portal)
        for is_running in (False, True):
            if is_running:
                program.start()
                wait_until(lambda: "is stopped" in program.json("status")["message"], 30, "the engine to plan nothing")
            done = ask(program, "accounts", "test")
            assert done.returncode == 1
            assert "refused" in done.stderr


def test_a_test_of_the_sign_in_during_a_sync_is_told_to_wait(program: Program) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.HANGING]) as portal:
        program.add_account(portal)
        started(program)
        program.cli("sync")
        wait_until(lambda: program.json("status")["phase"] == "scraping", SYNC_SECONDS, "the scraping")
        done = ask(program, "accounts", "test")
        assert done.returncode == 1, "it is not the words that are wrong"
        assert "Wait until it has ended" in done.stderr
        program.cli("cancel")


def test_pause_and_resume_are_those_of_the_tray(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    item = program.start()
    wait_until(lambda: program.json("status")["next_run"], 30, "the engine to plan")
    assert "fossatray resume" in program.cli("pause", "--account", ACCOUNT.lower())
    assert program.json("status")["status"] == "paused"
    assert program.json("status")["next_run"] is None
    wait_until(lambda: "Resume" in item.menu_labels(), 30, "Resume in the menu")
    program.cli("resume")
    assert program.json("status")["next_run"] is not None
    wait_until(lambda: "Pause" in item.menu_labels(), 30, "Pause in the menu")
    assert ask(program, "pause", "--account", "West").returncode == 2


def test_every_page_of_the_tray_can_be_opened(program: Program, desktop: DesktopSession) -> None:
    program.start()
    wait_until(lambda: "not running" not in program.cli("status"), 30, "an answer of the program")
    assert desktop.windows(program.process) == []
    pages = (
        ("orders", "Work orders"),
        ("history", "History"),
        ("statistics", "Statistics"),
        ("settings", "Settings"),
    )
    for page, title in pages:
        program.cli("show", page)
        desktop.wait_for_window(title)
    assert len(desktop.windows(program.process)) == 1
    program.cli("show", "progress")
    desktop.wait_for_window("FossaTray progress")


def test_a_password_on_standard_input_is_refused_by_a_running_program(program: Program) -> None:
    with PracticePortal(orders=5) as portal:
        program.add_account(portal)
        started(program)
        for words in (["sync", "--wait"], ["accounts", "test"]):
            done = ask(program, *words, "--password-stdin", stdin=portal.password)
            assert (words, done.returncode) == (words, 1)
            assert "FossaTray is running, and takes no password from another command." in done.stderr
            assert "fossatray quit" in done.stderr
        assert portal.sign_ins == []


def test_quitting_tells_whoever_waits_for_a_sync(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    portal.mishaps = [Mishap.HANGING]
    started(program)
    with in_background(program, "sync", "--wait") as waiting:
        wait_until(lambda: program.json("status")["phase"] == "scraping", SYNC_SECONDS, "the scraping")
        assert "has quit" in program.cli("quit")
        assert waiting.wait(10) == 1
        assert waiting.stdout is not None
        assert "cancelled" in waiting.stdout.read()
    assert program.process is not None
    assert program.process.wait(5) == 0


def test_whoever_waits_for_a_program_that_is_killed_is_told(program: Program) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.HANGING]) as portal:
        program.add_account(portal)
        started(program)
        with in_background(program, "sync", "--wait") as waiting:
            wait_until(lambda: program.json("status")["phase"] == "scraping", SYNC_SECONDS, "the scraping")
            assert program.process is not None
            program.process.kill()
            program.process.wait(5)
            assert waiting.wait(10) == 1
            assert waiting.stdout is not None
            assert "FossaTray ended before the sync did" in waiting.stdout.read()


def test_two_accounts_unknown_names_and_the_exit_statuses(program: Program) -> None:
    with PracticePortal(orders=4) as first, PracticePortal(orders=6, seed=2) as second:
        program.add_account(first, "North")
        program.add_account(second, "South")
        started(program)
        (run,) = json.loads(ask(program, "sync", "--account", "south", "--wait", "--json").stdout)["runs"]
        assert (run["account"], run["found"]) == ("South", 6)
        status = program.json("status")
        assert status["status"] == "completed"
        assert [one["account"] for one in status["accounts"]] == ["North", "South"]
        done = ask(program, "sync", "--wait")
        assert done.returncode == 0
        assert {line.split(":")[0] for line in done.stdout.splitlines()} == {"North", "South"}
    for words in (["sync", "--account", "West"], ["cancel", "--account", "West"], ["accounts", "test"], ["dance"]):
        done = ask(program, *words)
        assert (words, done.returncode, done.stdout) == (words, 2, "")
        assert done.stderr
    assert {order["account"] for order in program.json("orders")} == {"North", "South"}
    program.cli("accounts", "remove", "--name", "North")
    assert {order["account"] for order in program.json("orders")} == {"South"}
    program.cli("quit")
    for words in (["quit"], ["cancel"], ["sync"]):
        assert (words, ask(program, *words).returncode) == (words, 3)
