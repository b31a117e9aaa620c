"""A real panel: whether it is there is told at once, and when it comes late it is waited for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until

pytestmark = pytest.mark.system

WAIT = """
import sys
from PySide6.QtCore import QCoreApplication
from fossatray.system.tray_host import TrayHost
app = QCoreApplication(sys.argv)
host = TrayHost()
print("at first:", host.is_available(), flush=True)
host.appeared.connect(lambda: (print("appeared:", host.has_status_notifier(), flush=True), app.quit()))
host.given_up.connect(lambda: print("given up", flush=True))
host.wait(float(sys.argv[1]))
sys.exit(app.exec())
"""
PROGRAM = """
import sys
from pathlib import Path
from fossatray.app.cleanup import CleanUp
from fossatray.app.main import run_desktop
from fossatray.system.paths import app_paths, prepare
def plan():
    from fossatray.app.desktop import Plan
    return Plan()
paths = app_paths(Path(sys.argv[1]))
prepare(paths)
clean_up = CleanUp()
try:
    sys.exit(run_desktop(paths, clean_up, plan, tray_wait_s=0.5))
finally:
    clean_up.run()
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
    wait_until(lambda: "at first" in desktop.program_log(), 30, "the program's first look")


def test_a_panel_that_is_there_is_told_at_once(desktop: DesktopSession) -> None:
    wait_for_the_tray(desktop, 20)
    wait_until(lambda: "appeared: True" in desktop.program_log(), 30, "the tray to be told")
    assert "at first: True" in desktop.program_log()


def test_a_panel_that_comes_late_is_waited_for(desktop: DesktopSession) -> None:
    desktop.stop_panel()
    wait_for_the_tray(desktop, 20)
    assert "at first: False" in desktop.program_log()
    desktop.start_panel()
    wait_until(lambda: "appeared: True" in desktop.program_log(), 30, "the late tray to be told")


def test_without_a_panel_it_gives_up(desktop: DesktopSession) -> None:
    desktop.stop_panel()
    wait_for_the_tray(desktop, 0.5)
    wait_until(lambda: "given up" in desktop.program_log(), 30, "the end of the wait")
    assert "appeared" not in desktop.program_log()


def test_a_panel_that_comes_after_it_gave_up_is_told_by_the_bus(desktop: DesktopSession) -> None:
    desktop.stop_panel()
    wait_for_the_tray(desktop, 0.5)
    wait_until(lambda: "given up" in desktop.program_log(), 30, "the end of the wait")
    desktop.start_panel()
    wait_until(lambda: "appeared: True" in desktop.program_log(), 30, "the tray that came too late")


def test_the_program_makes_its_icon_for_a_panel_that_comes_after_its_window(desktop: DesktopSession) -> None:
    desktop.stop_panel()
    program = desktop.start([sys.executable, "-c", PROGRAM, str(desktop.home / "late")], cwd=ROOT)
    wait_until(lambda: desktop.windows(program), 30, "the window that opens instead")
    desktop.start_panel()
    item = desktop.wait_for_icon()
    wait_until(lambda: item.tooltip().startswith("FossaTray: "), 30, "the state in the late icon")
    item.menu_click("Quit")
    assert program.wait(30) == 0
