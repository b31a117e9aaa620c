"""The checks of tests/conftest.py catch what they are there for: canaries, each run in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.house.sources import ROOT

CANARIES = """
import asyncio, subprocess, sys, threading
import pytest
KEPT = []

def test_thread():
    event = threading.Event()
    KEPT.append(event)
    threading.Thread(target=event.wait, args=(20,), daemon=True).start()

def test_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_file(tmp_path):
    KEPT.append((tmp_path / "x").open("w"))

def test_loop():
    KEPT.append(asyncio.new_event_loop())

def test_timer(qapp):
    from PySide6.QtCore import QTimer
    timer = QTimer()
    timer.start(60_000)
    KEPT.append(timer)

def test_qthread(qapp):
    from PySide6.QtCore import QThread
    thread = QThread()
    thread.setObjectName("canary")
    thread.start()
    KEPT.append(thread)

def test_qt_warning(qapp):
    from PySide6.QtCore import qWarning
    qWarning("canary")

def test_slot(qtbot):
    from PySide6.QtCore import QTimer
    def fail():
        raise ValueError("canary")
    QTimer.singleShot(0, fail)
    qtbot.wait(50)

def test_paint_event(qtbot):
    from PySide6.QtWidgets import QWidget
    class Broken(QWidget):
        def paintEvent(self, event):
            raise ValueError("canary")
    widget = Broken()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    widget.grab()

def test_warning():
    import warnings
    warnings.warn("canary", stacklevel=1)

def test_ended_qthread_is_no_leak(qapp):
    from PySide6.QtCore import QThread
    class Worker(QThread):
        def run(self):
            threading.current_thread()
    thread = Worker()
    thread.start()
    assert thread.wait(5000)

def test_own_home(own_home):
    import os
    from pathlib import Path
    assert Path.home() == own_home
    assert "DISPLAY" not in os.environ and "DBUS_SESSION_BUS_ADDRESS" not in os.environ

def test_zz_ends():
    for thing in KEPT:
        if isinstance(thing, subprocess.Popen):
            thing.communicate()
        elif hasattr(thing, "quit"):
            thing.quit(); thing.wait()
        elif hasattr(thing, "set"):
            thing.set()
        elif hasattr(thing, "close"):
            thing.close()
"""

SIGNS = {
    "test_thread": "left behind: thread",
    "test_process": "left behind: process",
    "test_file": "left behind: descriptor",
    "test_loop": "event loop",
    "test_timer": "left behind: QTimer",
    "test_qthread": "left behind: QThread canary",
    "test_qt_warning": "Qt messages",
    "test_slot": "Exceptions caught in Qt event loop",
    "test_paint_event": "Exceptions caught in Qt event loop",
    "test_warning": "UserWarning: canary",
}
"""What the report of each canary says."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The output of the canaries, in their order; the grace is shortened, since each of them uses it up."""
    folder: Path = tmp_path_factory.mktemp("canaries")
    text = (ROOT / "tests" / "conftest.py").read_text("utf-8")
    assert "GRACE_SECONDS = 10.0" in text
    (folder / "conftest.py").write_text(text.replace("GRACE_SECONDS = 10.0", "GRACE_SECONDS = 0.3"), "utf-8")
    (folder / "test_canaries.py").write_text(CANARIES, "utf-8")
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-v", "-rA", str(folder)],
        cwd=folder,
        env={**os.environ, "DISPLAY": ":77"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("name", SIGNS)
def test_canary_fails(name: str, report: str) -> None:
    lines = [
        line for line in report.splitlines() if line.startswith(("ERROR ", "FAILED ")) and f"::{name} " in f"{line} "
    ]
    assert lines, report
    section = report.split(f" {name} ", 1)[1].split("\n____", 1)[0]
    assert SIGNS[name] in section, section


@pytest.mark.parametrize("name", ["test_ended_qthread_is_no_leak", "test_own_home", "test_zz_ends"])
def test_the_innocent_pass(name: str, report: str) -> None:
    assert f"PASSED test_canaries.py::{name}\n" in report, report
    assert f"ERROR test_canaries.py::{name}" not in report, report
