"""A machine without a keyring: a refused password stops the account, and the right one gets it going again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fossatray.demo.portal import PracticePortal

pytestmark = pytest.mark.browser


def fossatray(data: Path, *words: str, password: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command with a password on its standard input."""
    command = [sys.executable, "-P", "-m", "fossatray", *words, "--data-dir", str(data)]
    return subprocess.run(command, input=password + "\n", capture_output=True, text=True, timeout=90, check=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_right_password_is_tried_after_a_wrong_one_was_refused(data: Path) -> None:
    sync = ("sync", "--wait", "--json", "--password-stdin")
    with PracticePortal(orders=5) as portal:
        added = fossatray(
            data, "accounts", "add", "--name", "A", "--portal", portal.origin, "--username", portal.username
        )
        assert added.returncode == 0, added.stderr
        wrong = fossatray(data, *sync, password="wrong")
        assert wrong.returncode == 1
        assert json.loads(wrong.stdout)["runs"][0]["error_kind"] == "sign_in_refused"
        right = fossatray(data, *sync, password=portal.password)
        assert right.returncode == 0, right.stderr
        assert json.loads(right.stdout)["runs"][0]["found"] == 5
        assert [one.accepted for one in portal.sign_ins] == [False, True]


def test_a_password_may_be_tried_without_being_kept(data: Path) -> None:
    with PracticePortal(orders=5) as portal:
        fossatray(data, "accounts", "add", "--name", "A", "--portal", portal.origin, "--username", portal.username)
        good = fossatray(data, "accounts", "test", "--password-stdin", password=portal.password)
        assert good.returncode == 0, good.stderr
        assert "works" in good.stdout
        bad = fossatray(data, "accounts", "test", "--password-stdin", password="wrong")
        assert bad.returncode == 1
        assert "refused" in bad.stderr
