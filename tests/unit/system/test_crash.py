"""Crashes: unexpected exceptions are logged and handed on, hard crashes leave a trace that is offered once."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fossatray.system.crash import enable_crash_log, install_excepthook, previous_crash
from fossatray.system.paths import app_paths, prepare

SEGFAULT = """
import ctypes, sys
from pathlib import Path
from fossatray.system.crash import enable_crash_log
from fossatray.system.paths import app_paths
from fossatray.system.core_dumps import forbid_core_dumps
forbid_core_dumps()
enable_crash_log(app_paths(Path(sys.argv[1])))
def deep_in_the_engine():
    ctypes.string_at(0)
deep_in_the_engine()
"""


def test_a_hard_crash_is_found_once(own_home: Path) -> None:
    paths = app_paths(own_home / "d")
    prepare(paths)
    assert previous_crash(paths) is None
    result = subprocess.run([sys.executable, "-c", SEGFAULT, str(paths.data)], check=False)
    assert result.returncode < 0
    text = previous_crash(paths)
    assert text is not None
    assert "deep_in_the_engine" in text
    assert previous_crash(paths) is None
    assert (paths.logs / "crash-previous.log").exists()


def test_an_ordinary_end_leaves_nothing(own_home: Path) -> None:
    paths = app_paths(own_home / "d")
    prepare(paths)
    disable = enable_crash_log(paths)
    assert paths.crash_log.exists()
    disable()
    assert not paths.crash_log.exists()
    assert previous_crash(paths) is None


def test_an_unwritable_crash_log_is_no_error(own_home: Path) -> None:
    enable_crash_log(app_paths(own_home / "never-made"))()


def test_an_uncaught_exception_is_logged_and_handed_on(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[tuple[type[BaseException], str]] = []
    former = sys.excepthook
    restore = install_excepthook(lambda kind, _error, text: seen.append((kind, text)))
    try:
        error = ZeroDivisionError("by zero")
        with caplog.at_level(logging.CRITICAL, "fossatray.crash"):
            sys.excepthook(ZeroDivisionError, error, None)
    finally:
        restore()
    assert sys.excepthook is former
    assert seen[0][0] is ZeroDivisionError
    assert "by zero" in seen[0][1]
    assert "unexpected ZeroDivisionError" in caplog.text


def test_an_exception_that_ends_a_thread_is_logged_and_handed_on(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[tuple[type[BaseException], str]] = []
    former = threading.excepthook

    def deep_in_a_thread() -> None:
        raise ZeroDivisionError("in a thread")

    restore = install_excepthook(lambda kind, _error, text: seen.append((kind, text)))
    try:
        thread = threading.Thread(target=deep_in_a_thread)
        thread.start()
        thread.join()
    finally:
        restore()
    assert threading.excepthook is former
    ((kind, text),) = seen
    assert kind is ZeroDivisionError
    assert "in deep_in_a_thread" in text
    assert "unexpected ZeroDivisionError" in caplog.text


def test_a_dialog_that_fails_does_not_hide_the_first_error(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_kind: type[BaseException], _error: BaseException, _text: str) -> None:
        raise RuntimeError("no dialog")

    restore = install_excepthook(broken)
    try:
        sys.excepthook(ValueError, ValueError("first"), None)
    finally:
        restore()
    assert "unexpected ValueError" in caplog.text
    assert "the crash dialog itself failed" in caplog.text


def test_an_interrupt_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    passed_on: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: passed_on.append(args[0]))
    restore = install_excepthook(lambda *args: seen.append(args))
    try:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        restore()
    assert seen == []
    assert passed_on == [KeyboardInterrupt]


def test_a_thread_that_exits_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    passed_on: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: passed_on.append(args.exc_type))
    restore = install_excepthook(lambda *args: seen.append(args))
    try:
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()
    finally:
        restore()
    assert seen == []
    assert passed_on == [SystemExit]
