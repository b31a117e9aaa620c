"""The evidence of failed runs on the disk: kept, counted, trimmed, deleted."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from fossatray.core.errors import StoreUnsuitable
from fossatray.core.evidence import Evidence
from fossatray.core.runs import Outcome, Trigger
from fossatray.store.evidence import BYTES_KEPT, RUNS_KEPT, EvidenceShelf
from fossatray.store.reader import Reader
from tests.unit.store.places import HOUR, NOW, Place, make_account

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def evidence(html: str = "<p>Xxxx</p>", *, png: bytes | None = PNG) -> Evidence:
    text = None if png is None else base64.b64encode(png).decode()
    return Evidence("list", "layout_changed", "/app/work/list", html, text)


@pytest.fixture
def shelf(tmp_path: Path) -> EvidenceShelf:
    return EvidenceShelf(tmp_path / "evidence")


def test_it_is_files_for_the_user_alone(shelf: EvidenceShelf, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        shelf.keep(7, evidence("<p>Xxxx • ✓</p>"))
    finally:
        os.umask(before)
    (kept,) = shelf.of_runs().values()
    assert kept.folder == tmp_path / "evidence" / "7"
    assert kept.files == ("about.json", "page.html", "page.png")
    assert json.loads((kept.folder / "about.json").read_text()) == {
        "step": "list",
        "error": "layout_changed",
        "path": "/app/work/list",
    }
    assert (kept.folder / "page.html").read_text(encoding="utf-8") == "<p>Xxxx • ✓</p>"
    assert (kept.folder / "page.png").read_bytes() == PNG
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "evidence").rglob("*")}
    assert set(modes.values()) == {0o700, 0o600}
    assert modes[kept.folder] == stat.S_IMODE((tmp_path / "evidence").stat().st_mode) == 0o700


def test_what_a_run_has_is_replaced_whole(shelf: EvidenceShelf) -> None:
    shelf.keep(7, evidence())
    shelf.keep(7, evidence("new", png=None))
    (kept,) = shelf.of_runs().values()
    assert kept.files == ("about.json", "page.html")
    assert (kept.folder / "page.html").read_text() == "new"


def test_the_newest_twenty_are_kept(shelf: EvidenceShelf) -> None:
    for run in range(8, 8 + RUNS_KEPT + 3):
        shelf.keep(run, evidence())
    assert list(shelf.of_runs()) == list(range(11, 31))


def test_no_more_bytes_are_kept_than_may_be(tmp_path: Path) -> None:
    assert BYTES_KEPT == 50 * 1024 * 1024
    shelf = EvidenceShelf(tmp_path, size=1000)
    for run in (1, 2, 3):
        shelf.keep(run, evidence("x" * 300, png=None))
    assert list(shelf.of_runs()) == [2, 3]
    shelf.keep(4, evidence("x" * 5000, png=None))
    assert list(shelf.of_runs()) == [4]  # the last one, however large


def test_one_or_all_are_deleted(shelf: EvidenceShelf) -> None:
    assert shelf.delete() == 0
    for run in (1, 2, 3):
        shelf.keep(run, evidence())
    assert shelf.delete(2) == 1
    assert shelf.delete(2) == 0
    assert list(shelf.of_runs()) == [1, 3]
    assert shelf.delete() == 2
    assert shelf.of_runs() == {}


def test_links_and_others_files_are_left_alone(shelf: EvidenceShelf, tmp_path: Path) -> None:
    shelf.keep(1, evidence())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "page.html").write_text("mine")
    (tmp_path / "evidence" / "2").symlink_to(elsewhere)
    (tmp_path / "evidence" / "notes.txt").write_text("mine")
    assert shelf.delete() == 2
    assert (elsewhere / "page.html").read_text() == "mine"
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == ["notes.txt"]


def test_what_was_cut_off_is_no_evidence(shelf: EvidenceShelf, tmp_path: Path) -> None:
    """A program that is killed while it writes leaves what the next writing takes away."""
    (tmp_path / "evidence" / "new").mkdir(parents=True)
    (tmp_path / "evidence" / "new" / "page.html").write_text("half")
    assert shelf.of_runs() == {}
    shelf.keep(1, evidence())
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == ["1"]


@pytest.mark.parametrize(
    "clear", [EvidenceShelf.delete, lambda shelf: shelf.delete(2), lambda shelf: shelf.keep_only(bool)]
)
def test_what_was_cut_off_goes_with_what_is_deleted(
    clear: Callable[[EvidenceShelf], object], shelf: EvidenceShelf, tmp_path: Path
) -> None:
    shelf.keep(2, evidence())
    (tmp_path / "evidence" / "new").mkdir()
    (tmp_path / "evidence" / "new" / "page.html").write_text("half")
    clear(shelf)
    assert not (tmp_path / "evidence" / "new").exists()


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(StoreUnsuitable):
        EvidenceShelf(tmp_path / "evidence").keep(1, evidence())
    assert EvidenceShelf(tmp_path / "evidence").of_runs() == {}  # the history is to be read all the same


def test_the_history_names_the_files_and_a_removed_run_takes_them_along(tmp_path: Path) -> None:
    place = Place(tmp_path)
    store = place.open()
    account, other = make_account(), make_account("Other")
    for one in (account, other):
        store.accounts.add(one)
    runs = [store.runs.start(one.id, "work_orders", Trigger.MANUAL, None, NOW, None) for one in (account, other)]
    for run in runs:
        store.runs.finish(run.id, Outcome.FAILED, NOW + HOUR)
        store.evidence.keep(run.id, evidence())
    third = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW + HOUR, None)
    reader = Reader(place.file)
    told = {entry.id: entry.to_json()["evidence"] for entry in reader.history()}
    assert told == {run.id: ["about.json", "page.html", "page.png"] for run in runs} | {third.id: None}
    store.accounts.remove(account.id)
    store.sweep_evidence()
    assert list(store.evidence.of_runs()) == [runs[1].id]
    reader.close()
    store.close()
