"""A program that is killed while its notice is on its way: the desktop gets the notice once, and it is not lost."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing

import psutil
import pytest

from fossatray.demo.changes import Change
from fossatray.demo.portal import PracticePortal
from fossatray.system.paths import app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import SYNC_SECONDS, Program

pytestmark = pytest.mark.browser


def test_a_kill_between_sending_and_the_daemons_answer_repeats_no_notice(
    own_desktop: DesktopSession, own_program: Program
) -> None:
    desktop, program = own_desktop, own_program
    with PracticePortal(orders=5) as portal:
        program.add_account(portal)
        program.start()
        program.cli("sync", "--wait")
        desktop.wait_for_notice("5 work orders found")
        portal.change(Change.NEW)
        daemon = daemon_of(desktop)
        os.kill(daemon, signal.SIGSTOP)  # it is sent the notice and does not answer
        try:
            program.cli("sync", "--wait")
            wait_until(lambda: "1 new work order" in unanswered(desktop), SYNC_SECONDS, "the notice to be sent")
            for process in reversed(program.family()):
                process.kill()
        finally:
            os.kill(daemon, signal.SIGCONT)
        desktop.wait_for_notice("1 new work order")
        assert marks(program) in ([1, 2], [1, 1])  # 1: the daemon's 5 s were over, and the program showed it itself
        program.start()
        wait_until(lambda: marks(program) == [1, 1], 30, "the second life to tell it")
    assert [notice.body for notice in desktop.notices()] == ["5 work orders found", "1 new work order"]


def marks(program: Program) -> list[int]:
    """Return what became of each run's notice: 0 to be told, 2 being told, 1 told."""
    address = f"{app_paths(program.data).database.as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return [mark for (mark,) in connection.execute("SELECT notified FROM run ORDER BY id")]


def unanswered(desktop: DesktopSession) -> list[str]:
    """Return the bodies of the notices that were sent and not answered."""
    desktop.notices()
    return [asked[4] for asked in desktop._watch._asked.values()]


def daemon_of(desktop: DesktopSession) -> int:
    """Return the process id of this desktop's notification daemon."""
    family = psutil.Process().children(recursive=True)
    return next(one.pid for one in family if one.name() == "dunst" and one.environ().get("HOME") == str(desktop.home))
