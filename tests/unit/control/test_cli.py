"""The command line without a running program: words, JSON, exit statuses."""

from __future__ import annotations

import argparse
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fossatray.cli import main
from fossatray.control.cli_output import table
from fossatray.control.cli_parser import make_parser
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.changes import Diff
from fossatray.core.orders import Address, WorkOrder
from fossatray.core.runs import Counts, Outcome, Trigger
from fossatray.store.store import Store
from fossatray.system.paths import Paths, app_paths, prepare
from tests.harness.fresh_python import run_python

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
ORDER_NAMES = [
    "account",
    "number",
    "customer",
    "customer_url",
    "store_number",
    "site_name",
    "location_url",
    "address",
    "services",
    "instructions",
    "visit",
    "visits_done",
    "visits_total",
    "status",
    "reason",
    "project",
    "po_number",
    "created_by",
    "created_at",
    "categories",
    "contact",
    "billing",
    "completed_on",
    "day",
    "days",
    "first_seen",
    "last_seen",
    "archived_at",
]
HISTORY_NAMES = [
    "id",
    "account",
    "job",
    "schedule",
    "schedule_id",
    "trigger",
    "planned_at",
    "started_at",
    "finished_at",
    "outcome",
    "reason",
    "found",
    "new",
    "changed",
    "archived",
    "attempts",
    "error_kind",
    "error_message",
    "advice",
    "phases",
    "evidence",
]
HOSTILE = WorkOrder("200002", customer="Evil\x1b[31m\u202eStore", address=Address(city="Mock City"))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = app_paths(tmp_path / "data")
    prepare(made)
    return made


@pytest.fixture
def filled(paths: Paths) -> Paths:
    store = Store.open(paths.database, paths.lock, paths.backups)
    account = Account(new_account_id(), "Work", "https://p.example", "me@p.example")
    store.accounts.add(account)
    run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW, None)
    with store.atomic():
        store.orders.save_read(run.id, account.id, [WorkOrder("200001"), HOSTILE], Diff((), ()), NOW)
        store.runs.finish(run.id, Outcome.SUCCEEDED, NOW, Counts(2, 2, 0, 0), None, None)
    store.close()
    return paths


def run(paths: Paths, *words: str) -> int:
    return main([words[0], *words[1:], "--data-dir", str(paths.data)])


def test_reports_on_an_empty_folder(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["orders"], ["history"], ["changes"], ["status"], ["accounts", "list"]):
        assert run(paths, *words) == 0
    out = capsys.readouterr().out
    assert "No account yet" in out
    assert "FossaTray is not running." in out


def test_orders_as_json_have_the_public_names(filled: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "orders", "--json") == 0
    orders = json.loads(capsys.readouterr().out)
    assert {order["number"] for order in orders} == {"200001", "200002"}
    assert list(orders[0]) == ORDER_NAMES
    assert list(orders[0]["address"]) == ["street", "extra", "city", "state", "postal_code", "county"]
    assert orders[0]["first_seen"] == "2026-11-21T18:00:00Z"


def test_portal_text_is_made_visible_in_the_terminal(filled: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "orders", "--search", "mock city") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\u001b[31m" in out
    assert "200001" not in out


def test_history_as_json_has_the_public_names(filled: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "history", "--json") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert list(entry) == HISTORY_NAMES
    assert (entry["account"], entry["outcome"], entry["found"]) == ("Work", "succeeded", 2)


def test_status_as_json_without_an_instance(filled: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "status", "--json") == 0
    status = json.loads(capsys.readouterr().out)
    assert status["schema"] == 1
    assert status["accounts"][0]["account"] == "Work"
    assert status["accounts"][0]["last_run"]["found"] == 2
    assert status["next_run"] is None, "nobody is there to run it"


@pytest.mark.parametrize("words", [["cancel"], ["quit"], ["sync"], ["pause"], ["resume"], ["show", "orders"]])
def test_without_an_instance_there_is_nothing_to_talk_to(
    paths: Paths, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(paths, *words) == 3
    assert "Start FossaTray" in capsys.readouterr().err


def test_sync_without_an_account_says_how_to_add_one(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(paths, "sync", "--wait") == 2
    assert "accounts add" in capsys.readouterr().err


def test_adding_an_account_without_a_password_keeps_it(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(paths, "accounts", "add", "--name", "Work", "--username", "me@p.example") == 0
    assert "No password is stored yet" in capsys.readouterr().out
    assert run(paths, "accounts", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": "Work", "portal": "https://app.workfossa.com", "username": "me@p.example"}
    ]


def test_a_new_portal_address_needs_its_own_password_and_it_says_so(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["accounts", "add", "--name", "Work", "--username", "me@p.example"]
    assert run(paths, *add) == 0
    capsys.readouterr()
    assert run(paths, *add, "--portal", "https://other.example") == 0
    assert "No password is stored yet" in capsys.readouterr().out
    assert run(paths, *add, "--portal", "https://other.example/") == 0
    assert "No password" not in capsys.readouterr().out


def test_a_sync_with_a_password_of_its_own_is_waited_for(
    filled: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.StringIO("Tr0ub4dor\n")
    monkeypatch.setattr(sys, "stdin", given)
    assert run(filled, "sync", "--password-stdin") == 2
    assert "--password-stdin needs --wait" in capsys.readouterr().err
    assert given.tell() == 0, "the password was not even read"


@pytest.mark.parametrize("words", [["orders"], ["orders", "--json"], ["orders", "--search", "Mock"]], ids=" ".join)
def test_an_order_that_was_altered_on_the_disk_is_told_in_plain_words(
    filled: Paths, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with closing(sqlite3.connect(filled.database)) as connection, connection:
        connection.execute("UPDATE work_order SET data = '{' WHERE number = '200001'")
    assert run(filled, *words) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[0] == "fossatray: What is stored of work order W-200001 cannot be read."
    assert "Sync now" in printed.err.splitlines()[1]


def buffered() -> dict[str, str]:
    """An environment in which output is held back until it is flushed, as is usual."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("words", [["status", "--json"], ["orders"], ["accounts", "list"]])
def test_what_cannot_be_written_is_told_in_plain_words(filled: Paths, words: list[str]) -> None:
    command = [sys.executable, "-P", "-m", "fossatray.cli", *words, "--data-dir", str(filled.data)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered(), check=False, timeout=30
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "fossatray: The output could not be written: No space left on device."
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


HELPS = (["--help"], ["-h"], ["orders", "--help"], ["--version"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("words", HELPS, ids=" ".join)
@pytest.mark.parametrize(
    ("target", "why"), [(">/dev/full", "No space left on device"), (">&-", "it is closed")], ids=["full", "closed"]
)
@pytest.mark.parametrize("at_once", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["held back", "at once"])
def test_a_help_that_cannot_be_written_is_told_in_plain_words(
    words: list[str], target: str, why: str, at_once: dict[str, str]
) -> None:
    command = ["sh", "-c", f'exec "$@" {target}', "sh", sys.executable, "-P", "-m", "fossatray.cli", *words]
    environment = buffered() | at_once
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, env=environment, check=False, timeout=30)
    assert done.returncode == 1
    assert f"fossatray: The output could not be written: {why}." in done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks otherwise there")
@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_a_helps_reader_that_has_gone_is_no_failure(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "fossatray.cli", *words]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, env=buffered(), check=False, timeout=30
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks otherwise there")
def test_a_reader_that_has_gone_is_no_failure(filled: Paths) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "fossatray.cli", "status", "--json", "--data-dir", str(filled.data)]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, env=buffered(), check=False, timeout=30
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unsafe_portal_is_refused_and_nothing_is_kept(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["accounts", "add", "--name", "Work", "--username", "me", "--portal", "http://portal.example"]
    assert run(paths, *words) == 2
    assert "https://" in capsys.readouterr().err
    assert run(paths, "accounts", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_without_a_keyring_the_account_added_with_a_password_is_taken_back(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Tr0ub4dor\n"))
    words = ["accounts", "add", "--name", "Work", "--username", "me@p.example", "--password-stdin"]
    assert run(paths, *words) == 1
    assert "keyring" in capsys.readouterr().err
    assert run(paths, "accounts", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_an_empty_password_is_refused(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    words = ["accounts", "add", "--name", "Work", "--username", "me@p.example", "--password-stdin"]
    assert run(paths, *words) == 2
    assert "no password" in capsys.readouterr().err


def test_a_held_data_folder_is_a_clear_error(filled: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(filled.database, filled.lock, filled.backups)
    try:
        assert run(filled, "accounts", "remove", "--name", "Work") == 1
        assert "Another FossaTray" in capsys.readouterr().err
        assert run(filled, "orders") == 0, "reading goes on meanwhile"
    finally:
        store.close()


@pytest.mark.parametrize(
    "words", [["dance"], ["show"], ["show", "card"], ["orders", "--limit"], ["history", "--limit", "0"], ["accounts"]]
)
def test_wrong_usage_is_two(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2


def test_help_and_version_import_nothing_heavy() -> None:
    probe = (
        "import sys\nfrom fossatray.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'PySide6', 'peewee', 'playwright', 'keyring', 'apscheduler', 'asyncio', 'sqlite3'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = run_python(probe)
    assert done.returncode == 0, done.stderr
    assert "COMMAND" in done.stdout


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_the_quick_help_is_what_the_parser_says(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 0
    shown = capsys.readouterr().out
    expected = make_parser().format_help()  # broken into lines by the width of this terminal
    assert shown.split() == expected.split(), "renew it: python -m fossatray.control.cli_parser"


def test_no_password_option_takes_an_argument() -> None:
    for action in _actions(make_parser()):
        if "password" in action.dest:
            assert action.nargs == 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _actions(child)


def test_wide_characters_keep_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    table(("A", "B"), [("日本", "x"), ("e\u0301", "y")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["A     B", "日本  x", "e\u0301     y"]
