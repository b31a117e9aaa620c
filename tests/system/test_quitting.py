"""However FossaTray is asked to quit, it does so within 5 s and leaves no process and no folder behind."""

from __future__ import annotations

import signal
import time

import pytest

from fossatray.demo.portal import PracticePortal
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import COMMAND, Program

pytestmark = pytest.mark.browser

QUIT_SECONDS = 5.0


def ended(program: Program, began: float) -> int:
    """Wait for the program's end, which must come in time; returns the exit status."""
    assert program.process is not None
    status = program.process.wait(QUIT_SECONDS + 5)
    assert time.monotonic() - began < QUIT_SECONDS
    return status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_at_rest_is_an_orderly_quit(program: Program, number: signal.Signals) -> None:
    program.start()
    program.json("status")
    family, began = program.family(), time.monotonic()
    family[0].send_signal(number)
    assert ended(program, began) == 0
    assert program.remains(family) == []
    assert program.desktop.tray_items() == []


@pytest.mark.parametrize("way", ["SIGTERM", "menu", "command line"])
def test_quitting_in_the_middle_of_a_run_records_it_as_cancelled(
    program: Program, portal: PracticePortal, way: str
) -> None:
    program.add_account(portal)
    item = program.start()
    wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
    item.menu_click("Sync now")
    program.wait_for_percentage(26)
    family = program.family()
    assert len(family) > 2
    began = time.monotonic()
    if way == "SIGTERM":
        family[0].terminate()
    elif way == "menu":
        item.menu_click("Quit")
    else:
        program.cli("quit")
    assert ended(program, began) == 0
    assert program.remains(family) == []
    assert program.json("history")[0]["outcome"] == "cancelled"


def test_the_demo_shows_its_card_and_quits_without_a_trace(desktop: DesktopSession) -> None:
    demo = desktop.start([*COMMAND, "demo"], TMPDIR=str(desktop.home))
    desktop.wait_for_icon()
    desktop.wait_for_window("FossaTray progress")
    wait_until(lambda: "60 work orders" in desktop.tray_items()[0].tooltip(), 60, "the first sync of the demo")
    demo.terminate()
    assert demo.wait(QUIT_SECONDS) == 0
    assert desktop.leftovers() == []
    assert list(desktop.home.glob("fossatray-demo-*")) == []
