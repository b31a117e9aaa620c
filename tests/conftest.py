"""What every test gets: a home of its own, no desktop, and the proof that it left nothing behind.

Tests marked ``system`` bring a desktop of their own (see tests/system) and are spared the offscreen platform.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from fossatray.system.constants_guard import keep_constants_alive
from tests.harness.seeds import sample_seed

GRACE_SECONDS = 10.0
"""How long a thread or child that is already ending may take."""

BROWSERS = ("chromium-headless-shell", "chromium")
"""Program names, the faster first; on Debian the packages have the same names."""

# Set before anything imports Qt: one process has one platform plugin.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_DESKTOP = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
_reported: set[int] = set()


def pytest_configure() -> None:
    """Take the developer's desktop and settings out of the tests' world, and keep Qt from using up None."""
    keep_constants_alive()
    settings.register_profile("any machine", deadline=None)  # a busy one takes longer than usual for one example
    settings.load_profile("any machine")
    for name in list(os.environ):
        if name in _DESKTOP or name.startswith("FOSSATRAY_"):
            del os.environ[name]
    if "UTF-8" not in os.environ.get("LC_ALL", os.environ.get("LANG", "")).upper():
        os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, timer, child process or descriptor behind."""
    threads_before = set(threading.enumerate())
    children_before = set(psutil.Process().children(recursive=True))
    descriptors_before = _descriptors()
    yield
    leaks = _leaked_threads(threads_before) + _leaked_children(children_before)
    if "qapp" in request.fixturenames and "PySide6.QtCore" in sys.modules:
        leaks += _leaked_qt_objects()
    leaks += _leaked_descriptors(descriptors_before)
    if leaks:
        pytest.fail("left behind: " + "; ".join(leaks), pytrace=False)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of a sample: another one in each run, printed with the command that repeats it."""
    return sample_seed(request.node.nodeid)


@pytest.fixture(autouse=True)
def own_home(no_leaks: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own, in a short path (a local socket's path ends at about 107 bytes); yields the folder."""
    home = Path(tempfile.mkdtemp(prefix="ft-"))
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", home / ".config"),
        ("XDG_DATA_HOME", home / ".local" / "share"),
        ("XDG_STATE_HOME", home / ".local" / "state"),
        ("XDG_CACHE_HOME", home / ".cache"),
        ("XDG_RUNTIME_DIR", runtime),
    ):
        monkeypatch.setenv(name, str(folder))
    if request.node.get_closest_marker("system") is not None:
        monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)  # for the programs the test starts on its own screen
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The browser the tests drive. Its absence fails (it never skips): Linux machines can have one."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    pytest.fail(f"no browser found; on Debian: apt-get install {BROWSERS[0]}", pytrace=False)


def _leaked_threads(before: set[threading.Thread]) -> list[str]:
    """Python threads that outlive the grace; QThreads, dummies here, are judged by state."""
    leaked = []
    for thread in threading.enumerate():
        if thread in before or isinstance(thread, threading._DummyThread):
            continue
        thread.join(GRACE_SECONDS)
        if thread.is_alive():
            leaked.append(f"thread {thread.name}")
    return leaked


def _leaked_children(before: set[psutil.Process]) -> list[str]:
    """Child processes that outlive the grace. They are ended, so that the next test starts clean."""
    new = [child for child in psutil.Process().children(recursive=True) if child not in before]
    _, alive = psutil.wait_procs(new, timeout=GRACE_SECONDS)
    leaked = []
    for child in alive:
        try:
            if child.status() == psutil.STATUS_ZOMBIE:
                continue  # ended; its parent is asyncio's or subprocess's to reap
            leaked.append(f"process {child.pid} {' '.join(child.cmdline())[:120]}")
            child.kill()
        except psutil.NoSuchProcess:
            continue
    return leaked


def _leaked_qt_objects() -> list[str]:
    """Running QThreads and active QTimers, found by the garbage collector's list; each is reported once."""
    import shiboken6
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    leaked = []
    for thing in gc.get_objects():
        if not issubclass(type(thing), (QThread, QTimer)) or id(thing) in _reported or not shiboken6.isValid(thing):
            continue
        if isinstance(thing, QThread):
            if thing is not QThread.currentThread() and not thing.wait(int(GRACE_SECONDS * 1000)):
                leaked.append(f"QThread {thing.objectName() or type(thing).__name__}")
                _reported.add(id(thing))
        elif thing.isActive():
            parent = thing.parent()
            leaked.append(f"QTimer of {type(parent).__name__}, every {thing.interval()} ms")
            _reported.add(id(thing))
    return leaked


def _descriptors() -> dict[int, str]:
    """Open files, pipes and sockets of this process; empty where there is no /proc."""
    found = {}
    folder = Path("/proc/self/fd")
    for name in os.listdir(folder) if folder.is_dir() else ():  # noqa: PTH208 - iterdir would build a path for each
        try:
            target = os.readlink(folder / name)  # noqa: PTH115 - the target of a socket is no path
        except OSError:
            continue
        is_file = target.startswith("/") and not target.startswith(("/dev/", "/proc/"))
        if is_file or target.startswith(("socket:", "pipe:")):
            found[int(name)] = target
    return found


def _leaked_descriptors(before: dict[int, str]) -> list[str]:
    """Descriptors that are new; what only waits for the garbage collector is given that chance first."""
    if not set(_descriptors().items()) - set(before.items()):
        return []
    gc.collect()
    new = {number: target for number, target in _descriptors().items() if before.get(number) != target}
    leaked = [f"descriptor {number} ({target})" for number, target in new.items()]
    if leaked:
        loops = [thing for thing in gc.get_objects() if issubclass(type(thing), asyncio.BaseEventLoop)]
        leaked += [f"event loop {loop!r}" for loop in loops if not loop.is_closed()]
    return leaked
