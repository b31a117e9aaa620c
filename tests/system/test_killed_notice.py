"""A program that is killed while its notice is on its way: once on the screen, or in the window until seen."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psutil
import pytest

from fossatray.demo.changes import Change
from fossatray.demo.portal import PracticePortal
from fossatray.system.paths import app_paths
from tests.private_desktop.notice_daemon import PlainDaemon
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

FOUND, NEWS, FAILED = "5 work orders found", "1 new work order", "could not be reached"
TO_TELL, TOLD, ON_ITS_WAY = 0, 1, 2


@pytest.fixture
def bare_desktop() -> Iterator[DesktopSession]:
    """A desktop without a notification daemon."""
    with DesktopSession(panel="xfce4", notifications=False, keyring="unlocked") as session:
        yield session


@pytest.fixture
def bare_program(bare_desktop: DesktopSession) -> Iterator[Program]:
    """FossaTray there, not started, with an empty data folder."""
    made = Program(bare_desktop, bare_desktop.home / "fossatray")
    yield made
    made.end()


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(orders=5) as made:
        yield made


def killed_after_a_sync(program: Program, is_sent: Callable[[], object], status: int = 0) -> None:
    """Sync, and kill the program as soon as its notice was sent, unanswered."""
    program.cli("sync", "--wait", status=status)
    wait_until(is_sent, SYNC_SECONDS, "the notice to be sent")
    for process in reversed(program.family()):
        process.kill()


def marks(program: Program) -> list[int]:
    """Return what became of each run's notice."""
    address = f"{app_paths(program.data).database.as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return [mark for (mark,) in connection.execute("SELECT notified FROM run ORDER BY id")]


def wait_for_marks(program: Program, *wanted: int) -> None:
    wait_until(lambda: marks(program) == list(wanted), 30, lambda: f"the marks {wanted}; they are {marks(program)}")


# --- dunst: it knows tags ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_first_of_its_kind", [False, True], ids=["replaces", "first_of_its_kind"])
def test_a_kill_between_sending_and_dunsts_answer_repeats_nothing_on_the_screen(
    own_desktop: DesktopSession, own_program: Program, portal: PracticePortal, *, is_first_of_its_kind: bool
) -> None:
    desktop, program = own_desktop, own_program
    program.add_account(portal)
    program.start()
    program.cli("sync", "--wait")
    desktop.wait_for_notice(FOUND)
    wait_for_marks(program, TOLD)
    if is_first_of_its_kind:
        portal.stop()
    else:
        portal.change(Change.NEW)
    words = FAILED if is_first_of_its_kind else NEWS
    daemon = daemon_of(desktop)
    os.kill(daemon, signal.SIGSTOP)  # it is sent the notice and does not answer
    try:
        killed_after_a_sync(program, lambda: words in unanswered(desktop), int(is_first_of_its_kind))
    finally:
        os.kill(daemon, signal.SIGCONT)
    desktop.wait_for_notice(words)
    assert marks(program) == [TOLD, ON_ITS_WAY]
    program.start()
    wait_for_marks(program, TOLD, TOLD)
    wait_until(lambda: len(desktop.notices()) == 3, 30, "the notice to be sent once more")
    first, lost, again = desktop.notices()
    assert (again.summary, again.body) == (lost.summary, lost.body)
    assert desktop.shown_notices() == (2 if is_first_of_its_kind else 1)
    assert "unread" not in program.tooltip()
    assert (again.id == first.id) is not is_first_of_its_kind


def unanswered(desktop: DesktopSession) -> str:
    """Return the texts of the notices that were sent and not answered."""
    desktop.notices()
    return "\n".join(f"{asked[3]}\n{asked[4]}" for asked in desktop._watch._asked.values())


def daemon_of(desktop: DesktopSession) -> int:
    """Return the process id of this desktop's notification daemon."""
    family = psutil.Process().children(recursive=True)
    return next(one.pid for one in family if one.name() == "dunst" and one.environ().get("HOME") == str(desktop.home))


# --- a slow daemon that knows no tags ---------------------------------------------------------------------------------


def test_a_kill_before_a_slow_daemons_answer_neither_loses_nor_repeats_a_notice(
    bare_desktop: DesktopSession, bare_program: Program, portal: PracticePortal
) -> None:
    program = bare_program
    with PlainDaemon(bare_desktop.env()["DBUS_SESSION_BUS_ADDRESS"]) as daemon:
        program.add_account(portal)
        program.start()
        program.cli("sync", "--wait")
        wait_for_marks(program, TOLD)
        assert daemon.shown() == [FOUND]
        portal.change(Change.NEW)
        daemon.hold()
        killed_after_a_sync(program, lambda: daemon.shown() == [NEWS])
        daemon.answer()
        program.start()
        wait_for_marks(program, TOLD, TOLD)
        assert daemon.shown() == [NEWS]
        assert "unread" not in program.tooltip()

        portal.stop()  # the first failure: there is no number yet to replace by
        daemon.hold()
        killed_after_a_sync(program, lambda: len(daemon.shown()) == 2, status=1)
        daemon.answer()
        program.start()
        wait_until(lambda: "1 unread notice" in program.tooltip(), 30, lambda: f"it in {program.tooltip()!r}")
        assert len(daemon.shown()) == 2
        assert marks(program) == [TOLD, TOLD, ON_ITS_WAY]


# --- no daemon --------------------------------------------------------------------------------------------------------


def test_without_a_daemon_a_notice_outlives_kills_until_it_was_seen(
    bare_desktop: DesktopSession, bare_program: Program, portal: PracticePortal
) -> None:
    program = bare_program
    program.add_account(portal)
    program.start()
    program.cli("sync", "--wait")
    for _ in range(2):
        wait_until(lambda: "1 unread notice" in program.tooltip(), 30, lambda: f"it in {program.tooltip()!r}")
        assert marks(program) == [ON_ITS_WAY]
        for process in reversed(program.family()):
            process.kill()
        program.start()
    wait_until(lambda: "1 unread notice" in program.tooltip(), 30, lambda: f"it in {program.tooltip()!r}")
    bare_desktop.open_menu_and_click("1 unread notice…")
    bare_desktop.wait_for_window("FossaTray")
    wait_for_marks(program, TOLD)
    wait_until(lambda: "unread" not in program.tooltip(), 30, "the tooltip to forget it")
    program.cli("quit")
    program.start()
    assert "unread" not in program.tooltip()
