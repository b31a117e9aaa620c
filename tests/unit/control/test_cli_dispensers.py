"""The command `dispensers`, `changes --kind`, and what the command line says of a run for dispensers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fossatray.cli import main
from fossatray.control.cli_parser import KINDS
from fossatray.control.cli_sync import _say_entry
from fossatray.core.accounts import Account, new_account_id
from fossatray.core.changes import COMPLETED_FIELD, Change, Diff, FieldChange, Kind
from fossatray.core.dispenser_changes import compare
from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import LocationGone, PortalUnreachable
from fossatray.core.locations import LocationState
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import ALL_FRESH, Counts, Outcome, Trigger
from fossatray.store.store import Store
from fossatray.system.paths import Paths, app_paths, prepare

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
NAMES = [
    *("account", "location_url", "store_number", "site_name", "numbers", "grades", "make", "model", "serial"),
    *("stand_alone_code", "nozzles_per_side", "meter_type", "ntep", "other", "read_at", "archived_at"),
]
ONE = Dispenser("1/2", ("Regular", "Plus"), "Gilbarco", "Encore", "EN1", "0128", 2, "HD", "02-1", (("Island", "A"),))
SITE = LocationWanted("https://p.example/app/customers/locations/7/", "#4711", "Evil\x1b[31m\u202eStore")
AWAY = LocationWanted("https://p.example/app/customers/locations/8/", "#0815", "Corner")
DEAF = LocationWanted("https://p.example/app/customers/locations/9/", "#0816", None)


@pytest.fixture
def empty(tmp_path: Any) -> Paths:
    made = app_paths(tmp_path / "data")
    prepare(made)
    return made


@pytest.fixture
def paths(empty: Paths) -> Paths:
    """Two accounts: Work has a site with dispensers, of which one has gone, and two that could not be read."""
    store = Store.open(empty.database, empty.lock, empty.backups)
    work, home = (Account(new_account_id(), name, "https://p.example", "me") for name in ("Work", "Home"))
    store.accounts.add(work)
    store.accounts.add(home)
    orders = store.runs.start(work.id, "work_orders", Trigger.MANUAL, None, NOW, None)
    with store.atomic():
        left = Change("200000", Kind.REMOVED, (FieldChange(COMPLETED_FIELD, None, False),))
        diff = Diff((Change("200001", Kind.NEW), left), ())
        store.orders.save_read(orders.id, work.id, [WorkOrder("200001")], diff, NOW)
        store.runs.finish(orders.id, Outcome.SUCCEEDED, NOW, Counts(1, 1, 0, 0), None, None)
    for hours, there in enumerate(([ONE, Dispenser("3/4", make="Wayne")], [ONE])):
        at = NOW + timedelta(hours=hours)
        run = store.runs.start(work.id, "dispensers", Trigger.MANUAL, None, at, None)
        with store.atomic():
            kept = store.dispensers.of_location(work.id, SITE.url)
            diff_of_site = compare(SITE.url, kept, there, first=not hours)
            store.dispensers.save_read(run.id, work.id, SITE, there, diff_of_site, at)
            error = PortalUnreachable("It did not\x07 answer.").info()
            store.dispensers.save_failure(work.id, AWAY, LocationState.GONE, LocationGone().info(), at)
            store.dispensers.save_failure(work.id, DEAF, LocationState.FAILED, error, at)
            reason = "1 of 3 locations could not be read; 1 of 3 locations no longer in the portal"
            store.runs.finish(run.id, Outcome.SUCCEEDED, at, Counts(len(there), 0, 0, 0), None, reason)
    store.close()
    return empty


def run(paths: Paths, *words: str) -> int:
    return main([*words, "--data-dir", str(paths.data)])


def shown(paths: Paths, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(paths, *words) == 0
    return capsys.readouterr().out


def test_the_public_names(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(shown(paths, capsys, "dispensers", "--json"))
    assert [list(one) for one in found] == [NAMES]
    assert (found[0]["account"], found[0]["numbers"], found[0]["other"]) == ("Work", "1/2", {"Island": "A"})
    assert (found[0]["site_name"], found[0]["archived_at"]) == (SITE.site_name, None)
    (gone,) = json.loads(shown(paths, capsys, "dispensers", "--json", "--archived"))
    assert (gone["numbers"], gone["archived_at"]) == ("3/4", "2026-11-21T19:00:00Z")


def test_portal_text_is_made_visible_and_what_could_not_be_read_is_said(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shown(paths, capsys, "dispensers")
    assert "#4711" in out
    assert "Evil\\u001b[31m\\u202eStore" in out
    assert "Regular, Plus" in out
    assert "1 dispenser\n" in out
    assert "#0815 Corner: no longer in the portal." in out
    assert "#0816: could not be read: It did not\\u0007 answer." in out


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--search", "ISLAND"], 1),
        (["--search", "nowhere"], 0),
        (["--account", "work"], 1),
        (["--account", "home"], 0),
    ],
)
def test_which_are_listed(paths: Paths, capsys: pytest.CaptureFixture[str], words: list[str], count: int) -> None:
    assert len(json.loads(shown(paths, capsys, "dispensers", "--json", *words))) == count


def test_what_is_not_there(empty: Paths, paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(paths, "dispensers", "--account", "nobody") in (1, 2)
    assert "no account of this name" in capsys.readouterr().err


def test_without_any_it_says_how_to_read_them(empty: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert "fossatray sync --job dispensers" in shown(empty, capsys, "dispensers")
    assert json.loads(shown(empty, capsys, "dispensers", "--json")) == []


def test_changes_of_one_kind(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuple(Kind) == KINDS
    kinds = ("new", "dispenser_removed")
    both = json.loads(shown(paths, capsys, "changes", "--json", "--kind", kinds[0], "--kind", kinds[1]))
    assert {one["kind"] for one in both} == set(kinds)
    out = shown(paths, capsys, "changes", "--kind", "dispenser_removed")
    assert "Dispenser 3/4 at #4711  removed" in out
    assert "W-" not in out
    assert shown(paths, capsys, "changes", "--kind", "swapped") == "No changes.\n"
    (line,) = shown(paths, capsys, "changes", "--kind", "removed").splitlines()
    assert line.endswith("W-200000  removed from your list")


def test_history_names_the_job_and_the_sites(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(paths, capsys, "history")
    assert "Dispensers" in out
    assert "1 of 3 sites could not be read" in out


def test_dispensers_are_not_counted_as_work_orders(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    figures = json.loads(shown(paths, capsys, "stats", "--json"))
    assert (figures["found"], figures["new"]) == (1, 1)
    assert figures["dispensers"] == {"found": 3, "new": 0, "changed": 0, "archived": 0}
    assert "3 found, 0 new" in shown(paths, capsys, "stats")


def test_a_run_that_had_nothing_to_read_says_how_to_read_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"found": 0, "new": 0, "changed": 0, "archived": 0}
    entry = {"account": "Work", "job": "dispensers", "outcome": "succeeded", "reason": ALL_FRESH, "error_message": None}
    _say_entry({**entry, **counts})
    out = capsys.readouterr().out
    assert "0 dispensers found" in out
    assert "  All dispensers were read lately.\n  To read them all the same, add --force." in out
