"""Schedules from the command line, beside a running FossaTray and without one: what it plans, shows and runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fossatray.demo.portal import PracticePortal
from tests.private_desktop.tools import wait_until
from tests.system.commands import HISTORY_NAMES, ask, started
from tests.system.program import ACCOUNT, SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

EVERY_MINUTE = "* * * * *"
LATER = "2199-01-01"


def minute_from_now(minutes: int) -> int:
    """Return the minute of an hour that comes in so many minutes: nothing planned for it runs while a test lasts."""
    return (datetime.now(UTC).minute + minutes) % 60


def listed(program: Program) -> dict[int, dict[str, Any]]:
    """Return the schedules by their ids, which the status says as well."""
    found = program.json("schedules", "list")
    assert found == [one for account in program.json("status")["accounts"] for one in account["schedules"]]
    return {one["id"]: one for one in found}


def test_a_running_fossatray_follows_at_once(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    started(program)
    (first,) = listed(program).values()
    assert first["next_run"] == program.json("status")["next_run"]

    added = program.json("schedules", "add", "--times", "6:00,18:30", "--holidays", "US-TX", "--name", "Twice a day")
    assert added == listed(program)[added["id"]]
    assert added["next_run"] == program.json("schedules", "next", str(added["id"]))[0]["at"]
    assert added["when"].startswith("At 6:00 AM and 6:30 PM")

    changed = program.json("schedules", "edit", str(first["id"]), "--active", "0-24", "--every", "12")
    assert (changed["rule"]["minutes"], changed["active_hours"]) == (720, {"start": 0, "end": 24})
    assert changed["next_run"] == program.json("schedules", "next", str(first["id"]))[0]["at"] != first["next_run"]
    assert program.json("schedules", "edit", str(first["id"]), "--active", "off")["active_hours"] is None

    chained = program.json("schedules", "add", "--after", str(added["id"]), "--name", "Afterwards")
    assert (chained["after"], chained["next_run"]) == (added["id"], None)
    circle = ask(program, "schedules", "edit", str(added["id"]), "--after", str(chained["id"]))
    assert (circle.returncode, circle.stdout) == (2, "")
    assert "wait for each other" in circle.stderr

    for one in (first, added, chained):
        program.cli("schedules", "pause", str(one["id"]))
    assert {one["held"] for one in listed(program).values()} == {"paused"}
    assert program.json("status")["status"] == "paused"
    wait_until(lambda: "Paused" in program.tooltip(), 30, "the pause in the tooltip")
    assert program.json("schedules", "next") == []
    resumed = program.json("schedules", "resume", str(added["id"]))
    assert (resumed["held"], resumed["next_run"]) == (None, added["next_run"])
    assert program.json("status")["next_run"] == added["next_run"]

    program.cli("schedules", "remove", str(chained["id"]))
    assert set(listed(program)) == {first["id"], added["id"]}


def test_what_is_changed_without_fossatray_counts_as_it_starts(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    (first,) = listed(program)
    program.cli("schedules", "pause", str(first), "--until", LATER)
    daily = ("--every", "24", "--minute", str(minute_from_now(30)))
    second = program.json("schedules", "add", *daily, "--account", ACCOUNT.lower())["id"]
    planned = program.json("schedules", "next")
    assert {one["schedule"] for one in planned[:4]} == {second}
    started(program)
    found = listed(program)
    assert (found[first]["held"], found[second]["next_run"]) == ("paused", planned[0]["at"])
    assert program.json("status")["next_run"] == planned[0]["at"]


def test_one_that_was_added_runs_and_the_history_says_which(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    started(program)
    asked = datetime.now(UTC)
    added = program.json("schedules", "add", "--cron", EVERY_MINUTE, "--name", "Every minute")
    planned = datetime.fromisoformat(added["next_run"])

    def ran() -> dict[str, Any] | None:
        done = [one for one in program.json("history") if one["schedule"] == "Every minute" and one["outcome"]]
        return done[-1] if done else None

    run = wait_until(ran, 60 + SYNC_SECONDS, "a run of the schedule")
    program.cli("schedules", "remove", str(added["id"]))
    assert run.keys() == HISTORY_NAMES
    assert (run["outcome"], run["trigger"], run["found"]) == ("succeeded", "scheduled", 230)
    assert asked < datetime.fromisoformat(run["planned_at"]) <= planned  # the minute may turn while it is answered
    assert datetime.fromisoformat(run["started_at"]) - planned < timedelta(minutes=5)
    assert sum(run["phases"].values()) > 0
    figures = program.json("stats", "--account", ACCOUNT)
    assert figures["succeeded"] >= 1
    assert figures["found"] >= 230
    assert figures["median_seconds"] > 0
