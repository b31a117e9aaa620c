"""Small parts of the composition root: clean-up, replies across threads, the instance lock."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from fossatray.app.cleanup import CleanUp
from fossatray.app.first_icon import FirstIcon
from fossatray.app.instance import InstanceLock
from fossatray.app.replies import Replies
from fossatray.core.errors import FossaError, NotFound
from fossatray.system.paths import app_paths, prepare
from fossatray.system.tray_host import TrayHost
from fossatray.ui.tray import Tray


class LateHost(TrayHost):
    """A tray that comes when the test says so, or never."""

    is_there = False

    def is_available(self) -> bool:
        return self.is_there


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform, of which no icon is asked elsewhere
def test_the_icon_is_made_by_a_tray_that_comes_after_it_was_given_up(qtbot: QtBot) -> None:
    host = LateHost(late_poll_ms=5)
    icon = FirstIcon(0.02, host=host)
    made: list[Tray] = []
    icon.made.connect(made.append)
    with qtbot.waitSignal(icon.given_up, timeout=30_000):
        icon.look()
    assert made == []
    host.is_there = True
    qtbot.waitUntil(lambda: bool(made), timeout=30_000)
    assert made == [icon.tray]
    icon.close()
    icon.deleteLater()


def unexpected(error: object) -> None:
    pytest.fail(f"not expected: {error!r}")


def test_stops_run_newest_first_and_once() -> None:
    order: list[int] = []
    clean_up = CleanUp()
    clean_up.add(lambda: order.append(1))
    clean_up.add(lambda: order.append(2))
    clean_up.run()
    clean_up.run()
    assert order == [2, 1]


def test_a_stop_that_fails_hinders_no_other(caplog: pytest.LogCaptureFixture) -> None:
    order: list[int] = []
    clean_up = CleanUp()
    clean_up.add(lambda: order.append(1))
    clean_up.add(lambda: 1 // 0)
    with caplog.at_level(logging.CRITICAL):
        clean_up.run()
    assert order == [1]


def test_a_stop_registered_while_stopping_is_called_too() -> None:
    order: list[str] = []
    clean_up = CleanUp()
    clean_up.add(lambda: clean_up.add(lambda: order.append("late")))
    clean_up.run()
    assert order == ["late"]


def test_an_answer_from_another_thread_arrives_in_this_one(qtbot: QtBot) -> None:
    replies = Replies()
    here = QThread.currentThread()
    heard: list[tuple[Any, bool]] = []
    future: Future[int] = Future()

    def done(result: int) -> None:
        heard.append((result, QThread.currentThread() is here))

    replies.when_done(future, done, unexpected)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(future.set_result, 7).result()
    assert heard == [], "not before Qt's loop turns"
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert heard == [(7, True)]
    replies.deleteLater()


def test_an_error_of_the_family_arrives_as_itself(qtbot: QtBot) -> None:
    replies = Replies()
    heard: list[FossaError] = []
    future: Future[int] = Future()
    future.set_exception(NotFound("There is no such account."))
    replies.when_done(future, unexpected, heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert heard[0].kind == "not_found"
    replies.deleteLater()


def test_a_bug_is_told_in_words(qtbot: QtBot) -> None:
    replies = Replies()
    heard: list[FossaError] = []
    future: Future[int] = Future()
    future.set_exception(ZeroDivisionError("a bug"))
    replies.when_done(future, unexpected, heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert "fault of its own" in heard[0].message
    replies.deleteLater()


def test_the_instance_lock_is_one_for_all_processes_and_dies_with_its_holder(tmp_path: Path) -> None:
    paths = app_paths(tmp_path / "data")
    prepare(paths)
    holder = (
        "import sys; from pathlib import Path; from fossatray.app.instance import InstanceLock\n"
        "from fossatray.system.paths import app_paths\n"
        f"lock = InstanceLock(app_paths(Path({str(paths.data)!r})))\n"
        "print(lock.acquire(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        lock = InstanceLock(paths)
        assert lock.acquire() is False
        other.kill()
        other.wait(5)
        assert lock.acquire() is True
        lock.release()
