"""The commands of `schedules` without a running FossaTray: words, JSON, exit statuses, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fossatray.cli import main
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.errors import SignInRefused
from fossatray.core.runs import Fate, Occurrence, Reason, Trigger
from fossatray.core.schedules import Lateness, Schedule
from fossatray.core.timetable import ActiveHours, Every, HolidayCalendar, Times, Timetable
from fossatray.store.store import Store
from fossatray.system.clock import local_zone
from fossatray.system.paths import Paths, app_paths, prepare

SCHEDULE_NAMES = [
    *("id", "account", "job", "name", "when", "rule", "weekdays", "active_hours", "holidays", "lateness"),
    *("late_hours", "paused_until", "after", "enabled", "switched_off", "failures", "next_run", "held", "hint"),
]
RULE_NAMES = ["kind", "minutes", "anchor_minute", "times", "cron"]
NEVER_SOON = "2199-01-01"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A data folder with the account Work and its first schedule, 1; times are said with AM and PM."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    made = app_paths(tmp_path / "data")
    prepare(made)
    keep(made, lambda store: store.accounts.add(Account(new_account_id(), "Work", "https://p.example", "me")))
    return made


def keep(paths: Paths, work: Callable[[Store], Any]) -> Any:
    """Do something with the store, and close it."""
    store = Store.open(paths.database, paths.lock, paths.backups)
    try:
        return work(store)
    finally:
        store.close()


def kept(paths: Paths) -> list[Schedule]:
    """Return the schedules that are kept."""
    found: list[Schedule] = keep(paths, lambda store: store.schedules.all())
    return found


def run(paths: Paths, *words: str) -> int:
    return main(["schedules", *words, "--data-dir", str(paths.data)])


def said(paths: Paths, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that shall succeed, and return what it printed."""
    capsys.readouterr()
    status = run(paths, *words)
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    return out


def shown(paths: Paths, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(paths, capsys, *words, "--json"))


def refused(paths: Paths, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that shall be refused as wrong usage, and return what it complained of."""
    before = kept(paths)
    capsys.readouterr()
    assert run(paths, *words) == 2
    assert kept(paths) == before, "nothing is kept of it"
    return capsys.readouterr().err


def test_the_list_has_the_public_names(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = shown(paths, capsys, "list")
    assert list(one) == SCHEDULE_NAMES
    assert list(one["rule"]) == RULE_NAMES
    assert (one["id"], one["account"], one["name"], one["when"]) == (1, "Work", "Work orders", "Every hour")
    assert one["next_run"] is None, "nobody is there to run it"


def test_the_list_in_words(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    run(paths, "pause", "1", "--until", NEVER_SOON)
    out = said(paths, capsys, "list")
    assert out.splitlines()[0] == "FossaTray is not running."
    assert "Work orders  Paused until Jan 1, 2199 at 12:00 AM  Every hour" in out


def test_the_status_has_the_schedules_of_each_account(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    (listed,) = shown(paths, capsys, "list")
    assert main(["status", "--json", "--data-dir", str(paths.data)]) == 0
    (account,) = json.loads(capsys.readouterr().out)["accounts"]
    assert account["schedules"] == [listed]


def test_one_is_added_with_all_that_the_dialog_has(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--times", "18:30,6:00", "--weekdays", "mon-fri", "--active", "5-24", "--holidays", "US-TX"]
    more = ["--extra-days", "2026-12-24", "--late", "1.5", "--name", "Twice a day", "--until", NEVER_SOON]
    out = said(paths, capsys, "add", "--account", "work", *words, *more)
    assert out.startswith(
        "Schedule 2 (Twice a day) of Work is added: At 6:00 AM and 6:30 PM, only from 5:00 AM to midn"
    )
    assert "Paused until" in out
    _, added = kept(paths)
    holidays = HolidayCalendar("US", "TX", (datetime(2026, 12, 24, tzinfo=UTC).date(),))
    assert added.timetable == Timetable(
        Times((time(6), time(18, 30))), frozenset(range(5)), ActiveHours(5, 24), holidays
    )
    assert (added.name, added.lateness, added.late_hours) == ("Twice a day", Lateness.WITHIN, 1.5)
    assert added.paused_until is not None


def test_what_was_added_is_answered_as_json(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    one = shown(paths, capsys, "add", "--cron", "0 6,18 * * 1-5")
    assert list(one) == SCHEDULE_NAMES
    assert (one["id"], one["rule"]["kind"], one["rule"]["cron"]) == (2, "cron", "0 6,18 * * 1-5")
    assert one["name"] == "Work orders 2", "a free one, as the dialog proposes it"


def test_without_a_running_fossatray_it_says_so(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is added: Every hour. FossaTray is not running: start it" in said(paths, capsys, "add", "--account", "Work")


def test_an_account_must_be_named_where_there_are_two(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    keep(paths, lambda store: store.accounts.add(Account(new_account_id(), "Home", "https://p.example", "me")))
    assert "--account" in refused(paths, capsys, "add", "--every", "2")
    assert "no account of this name" in refused(paths, capsys, "add", "--account", "Nobody")
    said(paths, capsys, "add", "--every", "2", "--account", "HOME")
    assert [one["id"] for one in shown(paths, capsys, "list", "--account", "home")] == [2, 3]
    assert "no account of this name" in refused(paths, capsys, "list", "--account", "Nobody")


def test_only_what_is_given_is_changed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(paths, capsys, "edit", "1", "--every", "5", "--active", "6-22")
    assert "Schedule 1 (Work orders) of Work is changed: Every 5 hours from 6:00 AM to 10:00 PM." in out
    said(paths, capsys, "edit", "1", "--weekdays", "sat,sun")
    (one,) = kept(paths)
    assert one.timetable == Timetable(Every(300), frozenset({5, 6}), ActiveHours(6, 22))
    assert shown(paths, capsys, "edit", "1", "--active", "off")["active_hours"] is None


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["edit", "1"], "nothing to change"),
        (["edit", "7", "--every", "1"], "no schedule 7"),
        (["edit", "1", "--every", "0.3"], "15 minutes to 24 hours"),
        (["edit", "1", "--active", "6-6"], "start and end"),
        (["edit", "1", "--times", "6:00", "--active", "8-10"], "none of its times lies within the active hours"),
        (["edit", "1", "--cron", "0 6 30 2 *"], "day of the month"),
        (["edit", "1", "--holidays", "ZZ"], "No holidays are known"),
        (["edit", "1", "--after", "1"], "after itself"),
        (["edit", "1", "--after", "7"], "does not exist"),
        (["add", "--job", "dance"], "There are: work_orders, dispensers"),
        (["edit", "1", "--job", "dance"], "There are: work_orders, dispensers"),
        (["remove", "7"], "no schedule 7"),
        (["pause", "7"], "no schedule 7"),
        (["resume", "7"], "no schedule 7"),
        (["next", "7"], "no schedule 7"),
        (["pause", "1", "--until", "2020-01-01"], "has begun already"),
        (["pause", "1", "--until", "off"], "no date"),
        (["add", "--until", "2020-01-01"], "has begun already"),
        (["edit", "1", "--until", "2020-01-01"], "has begun already"),
        (["pause", "1", "--until", "soon"], "no date"),
        (["why", "6:00", "7"], "no schedule 7"),
        (["add", "--late", "0.1"], "late by 0.25 to 168 hours"),
        (["edit", "1", "--late", "0.1"], "late by 0.25 to 168 hours"),
        (["why", "2199-01-01 6:00"], "not come yet"),
        (["why", "6:00", "--account", "Nobody"], "no account of this name"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    paths: Paths, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    assert reason in refused(paths, capsys, *words)


def test_a_chain_and_a_circle(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(paths, capsys, "add", "--after", "1", "--name", "Second")
    assert "is added: After a success of Work orders." in out
    assert "wait for each other" in refused(paths, capsys, "edit", "1", "--after", "2")
    assert "runs after this schedule" in refused(paths, capsys, "remove", "1")
    assert "no times of its own" in refused(paths, capsys, "edit", "2", "--every", "1")
    assert "After a success of Work orders" in said(paths, capsys, "next", "2")
    assert shown(paths, capsys, "next", "2") == []
    assert shown(paths, capsys, "edit", "2", "--after", "none")["after"] is None


def test_before_there_is_an_account_it_says_what_comes_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = app_paths(tmp_path / "none")
    for words in (["list"], ["next"], ["why", "6:00"]):
        out = said(paths, capsys, *words)
        assert out.splitlines()[-1].startswith("No account yet. Add one: fossatray accounts add --name NAME"), words
    assert run(paths, "add") == 2
    assert "accounts add" in capsys.readouterr().err
    prepare(paths)
    keep(paths, lambda store: store.accounts.add(Account(new_account_id(), "Work", "https://p.example", "me")))
    said(paths, capsys, "remove", "1")
    for words in (["list"], ["next"]):
        assert said(paths, capsys, *words).splitlines()[-1] == (
            "No schedule yet. Add one: fossatray schedules add --every 1"
        )
    assert said(paths, capsys, "why", "6:00").startswith("Schedule 1 (Work orders) of Work (removed): ")


def test_long_words_are_shown_whole(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    days = ",".join(f"2026-12-{day}" for day in range(10, 30))
    said(paths, capsys, "edit", "1", "--times", "6:00,7:15,8:15,18:30,19:45", "--weekdays", "mon,wed,fri")
    said(paths, capsys, "edit", "1", "--active", "5-22", "--holidays", "US-TX", "--extra-days", days)
    (one,) = shown(paths, capsys, "list")
    assert len(one["when"]) > 150
    assert said(paths, capsys, "list").splitlines()[-1].endswith(one["when"])


def test_one_that_does_not_rest_is_not_resumed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(paths, capsys, "resume", "1").startswith("Schedule 1 (Work orders) of Work was not paused.")
    said(paths, capsys, "pause", "1")
    assert said(paths, capsys, "resume", "1").startswith("Schedule 1 (Work orders) of Work is resumed.")


def test_a_pause_is_made_longer_or_shorter_and_lifted(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    for day in (NEVER_SOON, "2198-06-01", "2199-06-01"):
        said(paths, capsys, "pause", "1", "--until", day)
        (one,) = kept(paths)
        assert one.paused_until is not None
        assert one.paused_until.astimezone(local_zone()).date().isoformat() == day
    said(paths, capsys, "pause", "1")
    one = shown(paths, capsys, "edit", "1", "--until", NEVER_SOON)
    assert (one["enabled"], one["held"]) == (True, "paused")
    said(paths, capsys, "pause", "1")
    one = shown(paths, capsys, "edit", "1", "--until", "off")
    assert (one["enabled"], one["paused_until"], one["held"]) == (True, None, None)


def test_one_is_removed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    said(paths, capsys, "add", "--name", "Second")
    assert said(paths, capsys, "remove", "2") == "Schedule 2 (Second) of Work is removed.\n"
    said(paths, capsys, "add", "--name", "Third")
    assert shown(paths, capsys, "remove", "1")["name"] == "Work orders"
    assert [one.name for one in kept(paths)] == ["Third"]


def test_one_is_paused_and_resumed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(paths, capsys, "pause", "1") == "Schedule 1 (Work orders) of Work is paused.\n"
    assert [one.enabled for one in kept(paths)] == [False]
    assert "No run is planned." in said(paths, capsys, "next", "1")
    one = shown(paths, capsys, "resume", "1")
    assert (one["enabled"], one["held"]) == (True, None)


def test_one_is_paused_until_a_date(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is paused until Jan 1, 2199 at 12:00 AM." in said(paths, capsys, "pause", "1", "--until", NEVER_SOON)
    (first,) = shown(paths, capsys, "next", "1", "--count", "1")
    assert datetime.fromisoformat(first["at"]) >= datetime.fromisoformat(
        shown(paths, capsys, "list")[0]["paused_until"]
    )
    assert "is resumed." in said(paths, capsys, "resume", "1")
    assert [one.paused_until for one in kept(paths)] == [None]


def test_one_that_was_switched_off_says_so_and_is_resumed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    keep(paths, lambda store: store.schedules.set_result(1, 5, True))
    assert "Switched off after 5 failed" in said(paths, capsys, "list")
    (one,) = shown(paths, capsys, "list")
    assert (one["switched_off"], one["failures"], one["held"]) == (True, 5, "switched_off")
    one = shown(paths, capsys, "resume", "1")
    assert (one["switched_off"], one["failures"], one["held"]) == (False, 0, None)


def test_the_next_runs_of_all_come_in_their_order(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    said(paths, capsys, "add", "--every", "0.25", "--name", "Often")
    runs = shown(paths, capsys, "next", "--count", "6")
    assert [list(one) for one in runs] == [["at", "schedule", "account", "name"]] * 6
    moments = [datetime.fromisoformat(one["at"]) for one in runs]
    assert moments == sorted(moments)
    assert {one["schedule"] for one in runs} == {1, 2}
    often = shown(paths, capsys, "next", "2")
    steps = [datetime.fromisoformat(one["at"]) for one in often]
    assert [later - sooner for sooner, later in pairwise(steps)] == [timedelta(minutes=15)] * 4
    assert len(said(paths, capsys, "next", "2", "--count", "3").splitlines()) == 5, "two lines come before them"


def test_of_an_account_whose_sign_in_was_refused_none_is_planned(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(paths, lambda store: store.accounts.block(store.accounts.all()[0].id, SignInRefused().info()))
    assert shown(paths, capsys, "list")[0]["held"] == "blocked"
    assert shown(paths, capsys, "next") == []
    assert "Schedule 1 (Work orders) of Work: Syncing is stopped" in said(paths, capsys, "next")


def missed_at_six(paths: Paths) -> str:
    """Let schedule 1, made long ago, have missed yesterday's run at six o'clock; returns that day."""
    day = datetime.now(local_zone()).date() - timedelta(days=1)
    at = datetime.combine(day, time(6), local_zone()).astimezone(UTC)

    def work(store: Store) -> None:
        rarely = replace(store.schedules.all()[0], timetable=Timetable(Every(720)))
        store.schedules.save(rarely, datetime(2020, 1, 1, tzinfo=UTC))
        store.schedules.add_occurrences([Occurrence(1, at, Fate.MISSED, Reason.NOT_RUNNING)])

    keep(paths, work)
    return day.isoformat()


def test_why_one_did_not_run(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    day = missed_at_six(paths)
    out = said(paths, capsys, "why", f"{day} 6:10")
    assert out.startswith("Schedule 1 (Work orders) of Work: The run planned ")
    assert out.endswith("at 6:00 AM was missed: FossaTray was not running.\n")
    (told,) = shown(paths, capsys, "why", f"{day}T6:10", "1", "--account", "work")
    names = ["schedule", "account", "name", "at", "planned_at", "fate", "reason", "run", "message", "removed_at"]
    assert list(told) == names
    assert (told["fate"], told["reason"], told["run"]) == ("missed", "FossaTray was not running", None)
    (told,) = shown(paths, capsys, "why", f"{day} 8:00")
    assert (told["planned_at"], told["fate"]) == (None, None)
    assert told["message"].startswith("Nothing was planned")


def test_why_of_one_that_was_removed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    day = missed_at_six(paths)
    said(paths, capsys, "remove", "1")
    out = said(paths, capsys, "why", f"{day} 6:10")
    assert out.startswith("Schedule 1 (Work orders) of Work (removed): The run planned ")
    assert out.endswith("at 6:00 AM was missed: FossaTray was not running.\n")
    (told,) = shown(paths, capsys, "why", f"{day} 6:10", "1")
    assert (told["fate"], told["removed_at"] is None) == ("missed", False)
    assert "no schedule 1" in refused(paths, capsys, "edit", "1", "--every", "1")
    assert shown(paths, capsys, "list") == shown(paths, capsys, "next") == []


def test_why_of_a_chained_one_names_its_run(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    two_hours_ago = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=2)

    def work(store: Store) -> int:
        first = store.schedules.all()[0]
        after = store.schedules.add(replace(first, id=0, name="Then", after=1), two_hours_ago - timedelta(days=1))
        return store.runs.start(first.account_id, "work_orders", Trigger.CHAINED, None, two_hours_ago, after.id).id

    run_id = keep(paths, work)
    moment = f"{two_hours_ago.astimezone(local_zone()):%Y-%m-%d %H:%M}"
    (told,) = shown(paths, capsys, "why", moment, "2")
    assert (told["planned_at"], told["fate"], told["run"]) == (None, "run", run_id)
    assert told["message"].startswith('It did run, after "Work orders"')


def test_what_did_not_run_is_in_the_history_with_its_schedule(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    missed_at_six(paths)
    assert main(["history", "--data-dir", str(paths.data)]) == 0
    heads, line = capsys.readouterr().out.splitlines()
    assert heads.split()[:4] == ["ID", "When", "Account", "Schedule"]
    assert "Work     Work orders  Work orders  scheduled  missed" in line
    assert line.endswith("FossaTray was not running")


def test_names_are_made_visible_in_the_terminal(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    keep(paths, lambda store: store.accounts.add(Account(new_account_id(), "E\u202evil", "https://p.example", "me")))
    assert "\u202e" not in said(paths, capsys, "list") + said(paths, capsys, "pause", "2")


def test_a_held_data_folder_is_a_clear_error(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(paths.database, paths.lock, paths.backups)
    try:
        assert run(paths, "edit", "1", "--every", "2") == 1
        assert "Another FossaTray" in capsys.readouterr().err
        assert run(paths, "list") == run(paths, "next") == 0, "reading goes on meanwhile"
    finally:
        store.close()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["edit"],
        ["remove", "Work"],
        ["pause", "0"],
        ["next", "--count", "0"],
        ["next", "--count", "1001"],
        ["dance"],
    ],
)
def test_wrong_usage_is_two(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["schedules", *words])
    assert caught.value.code == 2
