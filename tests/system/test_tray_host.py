"""A real panel: whether it is there is told at once, and when it comes late it is waited for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_session import DesktopSession
from tests.desktop_tools import wait_until

pytestmark = pytest.mark.system

WAIT = """
import sys
from PySide6.QtCore import QCoreApplication
from fossatray.system.tray_host import TrayHost
app = QCoreApplication(sys.argv)
host = TrayHost()
print("at first:", host.is_available(), flush=True)
host.appeared.connect(lambda: (print("appeared:", host.has_status_notifier(), flush=True), app.quit()))
host.given_up.connect(lambda: (print("given up", flush=True), app.quit()))
host.wait(float(sys.argv[1]))
sys.exit(app.exec())
"""
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def desktop() -> Iterator[DesktopSession]:
    with DesktopSession(panel="xfce4", notifications=False, keyring="none") as session:
        yield session


@pytest.fixture(autouse=True)
def fresh(desktop: DesktopSession) -> Iterator[None]:
    desktop.reset()
    yield
    desktop.stop_programs()
    desktop.stop_panel()  # a test may have started it; it is the next one's matter, not a leak


def wait_for_the_tray(desktop: DesktopSession, seconds: float) -> None:
    desktop.start([sys.executable, "-c", WAIT, str(seconds)], cwd=ROOT)
    wait_until(lambda: "at first" in desktop.program_log(), 20, "the program's first look")


def test_a_panel_that_is_there_is_told_at_once(desktop: DesktopSession) -> None:
    wait_for_the_tray(desktop, 20)
    wait_until(lambda: "appeared: True" in desktop.program_log(), 5, "the tray to be told")
    assert "at first: True" in desktop.program_log()


def test_a_panel_that_comes_late_is_waited_for(desktop: DesktopSession) -> None:
    desktop.stop_panel()
    wait_for_the_tray(desktop, 20)
    assert "at first: False" in desktop.program_log()
    desktop.start_panel()
    wait_until(lambda: "appeared: True" in desktop.program_log(), 10, "the late tray to be told")


def test_without_a_panel_it_gives_up(desktop: DesktopSession) -> None:
    desktop.stop_panel()
    wait_for_the_tray(desktop, 0.5)
    wait_until(lambda: "given up" in desktop.program_log(), 10, "the end of the wait")
    assert "appeared" not in desktop.program_log()
