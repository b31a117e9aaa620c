"""A signal that comes while the program still loads ends it, wherever it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fossatray.system.early_signals import EarlySignals

IN_THE_LOADING = """
import signal, sys
import fossatray.app.qt as qt
from PySide6.QtCore import QTimer

made = qt.make_application

def make_application():
    application = made()
    QTimer.singleShot(0, lambda: signal.raise_signal(signal.{name}))  # in a slot, where an exception would be lost
    return application

qt.make_application = make_application
from fossatray.app.demo import start_demo

sys.exit(start_demo(once={once}, orders=5))
"""

BEFORE_THE_LOADING = """
import signal, sys
from fossatray.demo.portal import PracticePortal

start = PracticePortal.start

def start_and_signal(portal):
    start(portal)
    signal.raise_signal(signal.{name})  # the portal's thread runs, and nobody knows of it yet

PracticePortal.start = start_and_signal
from fossatray.app.demo import start_demo

sys.exit(start_demo(once={once}, orders=5))
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="there a signal to another process is no request")


@posix
@pytest.mark.parametrize("code", [BEFORE_THE_LOADING, IN_THE_LOADING], ids=["before the loading", "in the loading"])
@pytest.mark.parametrize(("name", "once", "status"), [("SIGINT", False, 0), ("SIGTERM", False, 0), ("SIGHUP", True, 1)])
def test_it_ends_the_demo_before_it_has_begun_and_leaves_no_folder(
    code: str, name: str, once: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = [sys.executable, "-c", code.format(name=name, once=once)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, list(tmp_path.glob("fossatray-demo-*"))) == (status, []), done.stderr
    assert "Traceback" not in done.stderr
    assert "Sync" not in done.stdout


@posix
def test_it_is_noted_and_the_former_handlers_come_back() -> None:
    former = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP)
    early = EarlySignals()
    before = early.came
    try:
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGHUP) is former[1], "what ends the process at once is left as it is"
    finally:
        early.close()
    assert (before, early.came) == (False, True)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP)) == former
