"""The command `stats`: whose figures, of which days, under which names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from fossatray.cli import main
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.runs import Counts, Outcome, Trigger
from fossatray.core.schedules import Schedule
from fossatray.store.store import Store
from fossatray.system.clock import local_zone
from fossatray.system.paths import Paths, app_paths, prepare

NAMES = [
    "since",
    "until",
    "runs",
    "succeeded",
    "failed",
    "cancelled",
    "interrupted",
    "success_rate",
    "skipped",
    "missed",
    "found",
    "new",
    "changed",
    "archived",
    "median_seconds",
    "p95_seconds",
    "portal_seconds",
    "own_seconds",
    "longest_gap_seconds",
    "last_success",
    "dispensers",
]
FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), local_zone()).astimezone(UTC)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Two accounts: Work ran on two days, the second time by schedule 2 and in vain; Home never did."""
    made = app_paths(tmp_path / "data")
    prepare(made)
    store = Store.open(made.database, made.lock, made.backups)
    work, home = (Account(new_account_id(), name, "https://p.example", "me") for name in ("Work", "Home"))
    store.accounts.add(work)
    second = store.schedules.add(Schedule(0, work.id, name="Second")).id
    store.accounts.add(home)
    for day, schedule, outcome in ((FIRST, 1, Outcome.SUCCEEDED), (SECOND, second, Outcome.FAILED)):
        begun = noon(day)
        run = store.runs.start(work.id, "work_orders", Trigger.SCHEDULED, begun, begun, schedule)
        store.runs.finish(run.id, outcome, begun + timedelta(seconds=9), Counts(7, 3, 2, 1), None, None)
    store.close()
    return made


def figures(paths: Paths, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["stats", "--json", *words, "--data-dir", str(paths.data)]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_figures_have_the_public_names(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(paths, capsys)
    assert list(found) == NAMES
    assert (found["since"], found["until"]) == (None, None)
    assert (found["runs"], found["succeeded"], found["failed"], found["success_rate"]) == (2, 1, 1, 0.5)
    assert (found["found"], found["median_seconds"]) == (14, 9.0)


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["--since", "2026-11-19"], 2),
        (["--since", "2026-11-20"], 1),
        (["--since", "2026-11-21"], 0),
        (["--until", "2026-11-18"], 0),
        (["--until", "2026-11-19"], 1),
        (["--since", "2026-11-20", "--until", "2026-11-20"], 1),
        (["--account", "work"], 2),
        (["--account", "Home"], 0),
        (["--schedule", "2"], 1),
        (["--schedule", "2", "--until", "2026-11-19"], 0),
    ],
)
def test_of_the_days_account_and_schedule_asked_for(
    paths: Paths, capsys: pytest.CaptureFixture[str], words: list[str], runs: int
) -> None:
    assert figures(paths, capsys, *words)["runs"] == runs


def test_the_days_are_those_of_the_wall_clock_both_included(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(paths, capsys, "--since", "2026-11-19", "--until", "2026-11-20")
    assert datetime.fromisoformat(found["since"]) == datetime.combine(FIRST, time(), local_zone())
    assert datetime.fromisoformat(found["until"]) == datetime.combine(SECOND + timedelta(days=1), time(), local_zone())


def test_the_figures_in_words(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "--data-dir", str(paths.data)]) == 0
    out = capsys.readouterr().out
    assert "Runs          2 (1 succeeded, 1 failed, 0 cancelled, 0 interrupted)\nSuccess rate  50.0 %\n" in out


def test_an_empty_folder_has_no_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert figures(app_paths(tmp_path / "empty"), capsys)["runs"] == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--account", "Nobody"], "no account of this name"),
        (["--schedule", "7"], "no schedule 7"),
        (["--since", "yesterday"], "no date"),
        (["--until", "9999-12-31"], "too far away"),
        (["--since", "2026-11-20", "--until", "2026-11-19"], "ends before it begins"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    paths: Paths, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    assert main(["stats", *words, "--data-dir", str(paths.data)]) == 2
    assert reason in capsys.readouterr().err
