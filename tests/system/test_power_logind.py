"""Sleep and network as the services tell them: on a system bus of the test's own, by fakes that own their names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fossatray.system.network_manager import NetworkManager
from fossatray.system.power_logind import LogindSleepWatch
from tests.private_desktop.logind import FakeLogind, FakeNetworkManager, private_system_bus

WAIT_MS = 30_000
GLOBAL, DISCONNECTED, SITE = 70, 20, 60
METERED, UNMETERED = 1, 2


@pytest.fixture
def address() -> Iterator[str]:
    with private_system_bus() as at:
        yield at


@pytest.fixture
def watch(address: str, qapp: object) -> Iterator[LogindSleepWatch]:
    made = LogindSleepWatch(address)
    yield made
    made.close()


@pytest.fixture
def logind(address: str) -> Iterator[FakeLogind]:
    made = FakeLogind(address)
    yield made
    made.close()


@pytest.fixture
def no_routes(own_home: Path) -> Path:
    return own_home / "route"


@pytest.fixture
def ends() -> Iterator[contextlib.ExitStack]:
    """Closes what a test hands it, in reverse order, whatever happens."""
    with contextlib.ExitStack() as stack:
        yield stack


def heard_by(watch: LogindSleepWatch) -> list[str]:
    heard: list[str] = []
    watch.going_to_sleep.connect(lambda: heard.append("sleeps"))
    watch.woke_up.connect(lambda: heard.append("woke"))
    return heard


def test_sleep_and_waking_are_told_once_each(logind: FakeLogind, watch: LogindSleepWatch, qtbot: QtBot) -> None:
    heard = heard_by(watch)
    assert watch.is_watching
    for _ in range(2):
        logind.prepare_for_sleep(True)
        logind.prepare_for_sleep(False)
    qtbot.waitUntil(lambda: len(heard) >= 4, timeout=WAIT_MS)
    assert heard == ["sleeps", "woke", "sleeps", "woke"]


def test_a_logind_that_comes_later_or_again_is_heard(address: str, watch: LogindSleepWatch, qtbot: QtBot) -> None:
    heard = heard_by(watch)
    for times in (1, 2):
        logind = FakeLogind(address)
        logind.prepare_for_sleep(False)
        qtbot.waitUntil(lambda wanted=times: len(heard) >= wanted, timeout=WAIT_MS)  # type: ignore[misc]
        logind.close()
    assert heard == ["woke", "woke"]


def test_another_program_that_says_the_same_is_not_believed(
    address: str, logind: FakeLogind, watch: LogindSleepWatch, qtbot: QtBot
) -> None:
    heard = heard_by(watch)
    stranger = FakeLogind(address, "org.example.stranger")
    stranger.prepare_for_sleep(True)
    stranger.close()  # the bus took the signal before it let go
    logind.prepare_for_sleep(False)
    qtbot.waitUntil(lambda: bool(heard), timeout=WAIT_MS)
    assert heard == ["woke"]


def test_after_the_close_nothing_is_told(
    address: str, logind: FakeLogind, watch: LogindSleepWatch, qtbot: QtBot
) -> None:
    heard = heard_by(watch)
    other = LogindSleepWatch(address)
    watch.close()
    watch.close()
    with qtbot.waitSignal(other.woke_up, timeout=WAIT_MS):
        logind.prepare_for_sleep(True)
        logind.prepare_for_sleep(False)
    other.close()
    assert heard == []
    assert not watch.is_watching


def test_network_manager_tells_what_it_knows_and_what_changes(
    address: str, no_routes: Path, ends: contextlib.ExitStack, qtbot: QtBot
) -> None:
    service = ends.enter_context(contextlib.closing(FakeNetworkManager(address, GLOBAL, UNMETERED)))
    network = NetworkManager(address, routes=no_routes)
    ends.callback(network.close)
    assert (network.reachable(), network.metered()) == (None, None)  # it never waits for the first answer
    qtbot.waitUntil(lambda: (network.reachable(), network.metered()) == (True, False), timeout=WAIT_MS)
    with qtbot.waitSignal(network.changed, timeout=WAIT_MS):
        service.say(DISCONNECTED, UNMETERED)
    qtbot.waitUntil(lambda: network.reachable() is False, timeout=WAIT_MS)
    service.say(SITE, METERED)
    qtbot.waitUntil(lambda: (network.reachable(), network.metered()) == (None, True), timeout=WAIT_MS)


def test_a_network_manager_that_comes_late_is_heard_and_forgotten_when_it_goes(
    address: str, no_routes: Path, ends: contextlib.ExitStack, qtbot: QtBot
) -> None:
    network = NetworkManager(address, routes=no_routes)
    ends.callback(network.close)
    service = ends.enter_context(contextlib.closing(FakeNetworkManager(address, DISCONNECTED, METERED)))
    qtbot.waitUntil(lambda: (network.reachable(), network.metered()) == (False, True), timeout=WAIT_MS)
    service.close()
    qtbot.waitUntil(lambda: (network.reachable(), network.metered()) == (None, None), timeout=WAIT_MS)


def test_offline_is_not_believed_where_the_kernel_has_a_way_out(
    address: str, no_routes: Path, ends: contextlib.ExitStack, qtbot: QtBot
) -> None:
    ends.enter_context(contextlib.closing(FakeNetworkManager(address, DISCONNECTED, METERED)))
    network = NetworkManager(address, routes=no_routes)
    ends.callback(network.close)
    qtbot.waitUntil(lambda: network.reachable() is False, timeout=WAIT_MS)
    no_routes.write_text("Iface\tDestination\tGateway\neth0\t00000000\t0102A8C0\n")
    assert network.reachable() is None
