"""The private desktop the system tests run on: one a module, brought back to its first state between two tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fossatray.demo.portal import PracticePortal
from tests.private_desktop.session import DesktopSession
from tests.system.program import Program

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a system test; elsewhere than on Linux there is no such desktop."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.system)
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip(reason="the private desktop is made of X11 programs"))


_shared: list[DesktopSession] = []
"""The shared desktop, while there is one."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Mend the shared desktop before the leak check looks which processes are there."""
    for session in _shared:
        session.mend()


@pytest.fixture(scope="module")
def shared_desktop() -> Iterator[DesktopSession]:
    """One desktop with panel, notifications and an open keyring."""
    with DesktopSession(panel="xfce4", notifications=True, keyring="unlocked") as session:
        _shared.append(session)
        yield session
        _shared.remove(session)


@pytest.fixture
def desktop(shared_desktop: DesktopSession) -> Iterator[DesktopSession]:
    """The desktop, with nothing of another test on it."""
    shared_desktop.reset()
    yield shared_desktop
    shared_desktop.reset()


@pytest.fixture
def own_desktop() -> Iterator[DesktopSession]:
    """A desktop for one test alone, for tests that end or start parts of it."""
    with DesktopSession(panel="xfce4", notifications=True, keyring="unlocked") as session:
        yield session


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    """A practice portal with 230 orders (three pages of 100), slow enough for a person to see the progress."""
    with PracticePortal(orders=230, latency=0.4) as practice:
        yield practice


@pytest.fixture
def program(desktop: DesktopSession) -> Iterator[Program]:
    """FossaTray on the shared desktop, not started, with an empty data folder."""
    made = Program(desktop, desktop.home / "fossatray")
    yield made
    made.end()


@pytest.fixture
def own_program(own_desktop: DesktopSession) -> Iterator[Program]:
    """FossaTray on a desktop of its own, not started, with an empty data folder."""
    made = Program(own_desktop, own_desktop.home / "fossatray")
    yield made
    made.end()


@pytest.fixture(scope="session")
def bare_tray() -> list[str]:
    """The command of the bare tray program."""
    return [sys.executable, "-P", str(ROOT / "benchmarks" / "bare_tray.py")]
