"""`schedules add` and `edit` with --job: dispensers with any timetable, and a name that says what is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fossatray.cli import main
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.schedules import is_given_name
from fossatray.store.store import Store
from fossatray.system.paths import Paths, app_paths, prepare


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A data folder with the account Work and its first schedule, 1, called Work orders."""
    made = app_paths(tmp_path / "data")
    prepare(made)
    store = Store.open(made.database, made.lock, made.backups)
    store.accounts.add(Account(new_account_id(), "Work", "https://p.example", "me"))
    store.close()
    return made


def said(paths: Paths, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    status = main(["schedules", *words, "--json", "--data-dir", str(paths.data)])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ((), "Every hour"),
        (("--every", "6"), "Every 6 hours"),
        (("--times", "6:00"), "At 6:00"),
        (("--cron", "0 6 * * 1"), "Monday"),
    ],
    ids=["default", "every", "times", "cron"],
)
def test_dispensers_have_any_timetable_and_their_own_name(
    paths: Paths, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], when: str
) -> None:
    added = said(paths, capsys, "add", "--job", "dispensers", *words)
    assert (added["job"], added["name"], added["after"]) == ("dispensers", "Dispensers", None)
    assert when in added["when"]
    assert said(paths, capsys, "add", "--job", "dispensers")["name"] == "Dispensers 2"
    assert said(paths, capsys, "add")["name"] == "Work orders 2"


def test_a_name_that_nobody_has_typed_follows_the_job(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    said(paths, capsys, "add", "--name", "Dispensers")
    changed = said(paths, capsys, "edit", "1", "--job", "dispensers")
    assert (changed["job"], changed["name"], changed["when"]) == ("dispensers", "Dispensers 2", "Every hour")
    assert said(paths, capsys, "edit", "1", "--every", "2")["name"] == "Dispensers 2"
    assert said(paths, capsys, "edit", "1", "--job", "work_orders")["name"] == "Work orders"
    assert said(paths, capsys, "edit", "1", "--job", "dispensers", "--name", "Mine")["name"] == "Mine"
    assert said(paths, capsys, "edit", "1", "--job", "work_orders")["name"] == "Mine"


@pytest.mark.parametrize(
    ("name", "given"),
    [("Work orders", True), ("Work orders 12", True), ("Work orders of May", False), ("Work", False), ("", False)],
)
def test_which_names_are_given(name: str, given: bool) -> None:
    assert is_given_name(name, "Work orders") is given
