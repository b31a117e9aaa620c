"""The check of the portal profile through a running FossaTray: with the stored password, and without a sync."""

from __future__ import annotations

import json

import pytest

from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.system.commands import ask
from tests.system.program import Program

pytestmark = pytest.mark.browser

NAMES = {"part", "key", "what", "looked_for", "verdict", "matched", "of", "example", "told"}


def test_a_running_program_checks_its_portal(program: Program) -> None:
    with PracticePortal(orders=60) as portal:
        program.add_account(portal)
        program.start()
        told = program.json("portal", "check")
        assert (told["profile"], told["mend"]) == (None, [])
        assert all(step.keys() == NAMES for step in told["steps"])
        assert len(portal.sign_ins) == 1
        refused = ask(program, "portal", "check", "--password-stdin", stdin="not taken")
        assert (refused.returncode, len(portal.sign_ins)) == (1, 1)
        program.cli("portal", "profile", "--copy")
        portal.mishaps = [Mishap.RENAMED_LAYOUT]
        broken = ask(program, "portal", "check", "--account", "main", "--json")
        assert broken.returncode == 1, broken.stderr
        assert json.loads(broken.stdout)["mend"] == ["work_list.row"]
        assert json.loads(broken.stdout)["profile"] == str(program.data / "profiles" / "workfossa.toml")
        assert len(portal.sign_ins) == 2
    assert program.json("history") == [], "a check is no sync"
