"""A program that cannot start says so on the screen where nobody reads its standard error, and then ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fossatray.app.start_trouble import write
from fossatray.core.errors import StoreUnsuitable

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from fossatray.app.cleanup import CleanUp
from fossatray.app.main import run_desktop
from fossatray.core.errors import StoreUnsuitable
from fossatray.system.paths import app_paths, prepare

def close():
    window = QApplication.activeModalWidget()
    print("shown:", *[label.text() for label in window.findChildren(QLabel)])
    window.close()

def plan():
    QTimer.singleShot(0, close)
    raise {what}

paths = app_paths(Path(sys.argv[1]))
prepare(paths)
clean_up = CleanUp()
status = run_desktop(paths, clean_up, plan, tray_wait_s=1)
clean_up.run()
sys.exit(status)
"""


def start(what: str, data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM.replace("{what}", what), str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_bug_during_the_start_is_shown_and_ends_the_program(tmp_path: Path) -> None:
    done = start("ZeroDivisionError('boom')", tmp_path / "data")
    assert done.returncode == 1
    assert "FossaTray could not start" in done.stdout
    assert "ZeroDivisionError: boom" in done.stderr


def test_an_error_during_the_start_is_shown_with_its_advice(tmp_path: Path) -> None:
    done = start("StoreUnsuitable('The data folder cannot be written.')", tmp_path / "data")
    assert done.returncode == 1
    assert "The data folder cannot be written." in done.stdout
    assert StoreUnsuitable.advice in done.stdout.replace("\n", " ")
    assert "The data folder cannot be written." in done.stderr


def test_a_program_without_standard_error_can_complain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    write("FossaTray is running already.")
