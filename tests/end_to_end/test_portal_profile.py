"""docs/portal-profile.md, followed to the letter: a changed layout, what the check says, and the mended profile."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.store.store import Store
from fossatray.system.paths import app_paths, prepare

pytestmark = pytest.mark.browser

DOCUMENT = Path(__file__).parents[2] / "docs" / "portal-profile.md"
PATIENCE_S = 240.0


class Technician:
    """Someone with a data folder, an account on the practice portal, and the command line. No display is needed."""

    def __init__(self, folder: Path, portal: PracticePortal, browser: Path) -> None:
        self.folder = folder
        self.portal = portal
        paths = app_paths(folder)
        prepare(paths)
        store = Store.open(paths.database, paths.lock, paths.backups)
        store.settings.set("browser_path", str(browser))
        store.close()
        self.profile = paths.own_profile
        words = ("--name", "Practice", "--portal", portal.origin, "--username", portal.username)
        self.does("accounts", "add", *words, password=False)

    def does(self, *words: str, status: int = 0, password: bool = True) -> str:
        """Run a command, with the password on standard input; returns what it prints, errors included."""
        command = [sys.executable, "-P", "-m", "fossatray.cli", *words, "--data-dir", str(self.folder)]
        if password:
            command.append("--password-stdin")
        done = subprocess.run(
            command, input=self.portal.password, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def edit(self, *pairs: tuple[str, str]) -> None:
        """Put other lines into the profile's copy; each old one must begin one line of it."""
        lines = self.profile.read_text(encoding="utf-8").splitlines()
        for old, new in pairs:
            (place,) = (number for number, line in enumerate(lines) if re.match(rf"{re.escape(old)}\s*(#|$)", line))
            lines[place] = new
        self.profile.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def orders(self) -> list[dict[str, Any]]:
        """The work orders as JSON."""
        orders: list[dict[str, Any]] = json.loads(self.does("orders", "--json", password=False))
        return orders


def blocks(kind: str) -> Iterator[list[str]]:
    """The document's fenced blocks of a kind, in their order."""
    for block in re.findall(rf"^```{kind}\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        yield block.splitlines()


def edits(block: list[str]) -> list[tuple[str, str]]:
    """The old and new lines of a block of changes."""
    old = [line[1:] for line in block if line.startswith("-")]
    new = [line[1:] for line in block if line.startswith("+")]
    return list(zip(old, new, strict=True))


def missing_in_order(wanted: list[str], printed: str) -> list[str]:
    """Those of the wanted lines that were not printed, or not in this order."""
    lines = iter(line.rstrip() for line in printed.splitlines())
    return [line for line in wanted if line.rstrip() not in lines]


def test_the_document_mends_a_changed_layout(own_home: Path, browser_path: Path) -> None:
    refused, first, second, third = blocks("text")
    row, parts = (edits(block) for block in blocks("diff"))
    assert len(parts) == 3
    with PracticePortal(mishaps=[Mishap.RENAMED_LAYOUT]) as portal:
        person = Technician(own_home / "data", portal, browser_path)
        assert missing_in_order(refused, person.does("sync", "--wait", status=1)) == []
        assert not person.profile.parent.exists()
        assert missing_in_order(first, person.does("portal", "check", status=1)) == []
        person.does("portal", "profile", "--copy", password=False)
        person.edit(*row)
        assert missing_in_order(second, person.does("portal", "check", status=1)) == []
        person.edit(*parts)
        assert missing_in_order(third, person.does("portal", "check")) == []
        assert "60 work orders found, 60 new" in person.does("sync", "--wait")
        assert len(portal.sign_ins) == 5
        read, shown = person.orders(), portal.orders
        person.edit(*((new, old) for old, new in parts[1:]))  # the row fits, parts of it no longer do
        lost = person.does("sync", "--wait", status=1)
        assert 'The portal no longer shows: service codes, reasons. Labels not known: "Work type:".' in lost
        assert "run: fossatray portal check" in lost
        history = json.loads(person.does("history", "--json", password=False))
        assert [run["error_kind"] for run in history][:2] == ["no_longer_shown", None]
        assert person.orders() == read
        assert "60 work orders found, 0 new, 60 changed" in person.does("sync", "--wait", "--believe")
    assert {order["number"] for order in read} == {str(order.id) for order in shown}
    reasons = {str(order.id): order.reason for order in shown}
    assert {order["number"]: order["reason"] for order in read} == reasons
    codes = {str(order.id): [item.code for item in order.services] for order in shown}
    assert {order["number"]: [one["code"] for one in order["services"]] for order in read} == codes


def test_the_check_names_the_keys_whose_loss_stops_the_sync(own_home: Path, browser_path: Path) -> None:
    with PracticePortal() as portal:
        person = Technician(own_home / "data", portal, browser_path)
        person.does("sync", "--wait")
        person.does("sync", "--wait", "--job", "dispensers")
        person.does("portal", "profile", "--copy", password=False)
        assert "All that a sync needs was found." in person.does("portal", "check")
        text = person.profile.read_text(encoding="utf-8")
        person.profile.write_text(with_other(text, LOST), encoding="utf-8")
        failed = person.does("sync", "--wait", status=1)
        assert "The portal no longer shows: visit times, due dates, categories, contacts." in failed
        failed = person.does("sync", "--wait", "--job", "dispensers", "--force", status=1)
        assert "The portal no longer shows: serial numbers." in failed
        told = json.loads(person.does("portal", "check", "--json", status=1))
        assert set(told["mend"]) == LOST
        person.profile.write_text(with_other(text, {"row.project_label"}), encoding="utf-8")
        failed = person.does("sync", "--wait", status=1)
        assert 'The portal no longer shows: projects. Labels not known: "Project:".' in failed
        assert "To be mended: row.project_label" in person.does("portal", "check", status=1)
        assert sum(order["project"] is not None for order in person.orders()) > 40


LOST = {"row.categories", "row.contact_lines", "visit.time", "visit.due", "equipment.serial"}


def with_other(text: str, keys: set[str]) -> str:
    """A profile in which some keys say what the portal does not show."""
    for section, _, name in (key.partition(".") for key in keys):
        begin = text.index(f"[{section}]")
        text = text[:begin] + re.sub(rf"(?m)^{name} = .*$", f'{name} = "nothing"', text[begin:], count=1)
    return text


def test_a_profile_of_the_persons_own_that_is_wrong_is_said_and_not_passed_over(
    own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=3) as portal:
        person = Technician(own_home / "data", portal, browser_path)
        said = person.does("portal", "profile", "--copy", password=False)
        assert str(person.profile) in said
        person.edit(('row = ".work-list-item"', 'row = ""'))
        wrong = person.does("sync", "--wait", status=1)
        line = person.profile.read_text(encoding="utf-8").splitlines().index('row = ""') + 1
        assert f"key work_list.row is not a text ({person.profile}, line {line})." in wrong
        assert "delete the file" in wrong
        assert "work_list.row" in person.does("portal", "check", status=2)
        person.edit(('row = ""', 'row = ".work-list-item["'))
        wrong = person.does("sync", "--wait", status=1)
        assert f"key work_list.row is not a CSS selector ({person.profile})." in wrong
        told = person.does("portal", "check", "--json", status=1)
        assert json.loads(told)["mend"] == ["work_list.row"]
        assert portal.sign_ins == []
        person.profile.unlink()
        person.profile.symlink_to(own_home / "nowhere")
        assert "cannot be read" in person.does("sync", "--wait", status=1)
        person.profile.unlink()
        assert "3 work orders found" in person.does("sync", "--wait")
