"""The probe against real sockets, and the wait for the network by a clock that only moves when it is slept on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fossatray.engine.network_probe import Address, host_and_port, probe, resolve, wait_for_network

DEADLINE_S = 30.0
ORIGIN = "https://portal.example"


@contextlib.contextmanager
def listening(port: int = 0) -> Iterator[int]:
    """Listen on the loopback; gives the port. What connects is never accepted: the kernel's answer is enough."""
    with socket.create_server(("127.0.0.1", port)) as server:
        yield server.getsockname()[1]


class Day:
    """A clock that only moves while somebody sleeps or probes, and a network that comes at a moment of it."""

    def __init__(self, *, comes_at: float = 1e9, probe_takes: float = 0.0) -> None:
        self.now = 1000.0
        self.start = self.now
        self.pauses: list[float] = []
        self.probes: list[float] = []
        self._comes_at = comes_at
        self._probe_takes = probe_takes

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def ask(self, host: str, port: int, timeout: float) -> bool:
        assert (host, port) == ("portal.example", 443)
        self.probes.append(self.now - self.start)
        if self.probes[-1] >= self._comes_at:
            return True
        self.now += min(self._probe_takes, timeout)
        return False

    def wait(self, reachable: bool | None = None, limit_s: float = 120.0) -> bool:
        waiting = wait_for_network(
            ORIGIN, lambda: reachable, limit_s, ask=self.ask, sleep=self.sleep, clock=lambda: self.now
        )
        return asyncio.run(waiting)


def test_a_listener_is_reached_until_it_is_stopped_and_again_when_it_is_back() -> None:
    with listening() as port:
        assert asyncio.run(probe("127.0.0.1", port, DEADLINE_S))
        assert asyncio.run(probe("localhost", port, DEADLINE_S))
    assert not asyncio.run(probe("127.0.0.1", port, DEADLINE_S))
    with listening(port):
        assert asyncio.run(probe("127.0.0.1", port, DEADLINE_S))


def test_nothing_is_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert asyncio.run(probe("127.0.0.1", server.getsockname()[1], DEADLINE_S))
        server.settimeout(DEADLINE_S)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(DEADLINE_S)
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(1) == b""


def test_a_name_that_does_not_exist_is_not_reached() -> None:
    async def nowhere(host: str, port: int) -> list[Address]:
        raise OSError("no such name")

    async def empty(host: str, port: int) -> list[Address]:
        return []

    assert not asyncio.run(probe("portal.example", 443, DEADLINE_S, look_up=nowhere))
    assert not asyncio.run(probe("portal.example", 443, DEADLINE_S, look_up=empty))
    assert not asyncio.run(probe("a" * 70 + ".example", 443, DEADLINE_S))  # no name at all, by the look-up's rules


def test_one_address_that_works_is_enough() -> None:
    with listening() as good, listening() as gone:
        pass
    with listening(good):

        async def both(host: str, port: int) -> list[Address]:
            return [(socket.AF_INET, ("127.0.0.1", gone)), (socket.AF_INET, ("127.0.0.1", good))]

        assert asyncio.run(probe("portal.example", 443, DEADLINE_S, look_up=both))


def test_a_look_up_that_hangs_is_given_up_and_does_not_hold_the_loop() -> None:
    async def hangs(host: str, port: int) -> list[Address]:
        await asyncio.Event().wait()
        return []

    assert not asyncio.run(probe("portal.example", 443, 0.01, look_up=hangs))


def test_the_loop_ends_while_a_name_server_does_not_answer() -> None:
    started, answer = threading.Event(), threading.Event()
    answered: list[bool] = []

    def hangs(host: str, port: int, family: int, kind: int) -> list[Any]:
        started.set()
        answered.append(answer.wait(DEADLINE_S))
        return []

    async def leave() -> None:
        looking = asyncio.ensure_future(resolve("portal.example", 443, hangs))
        await asyncio.sleep(0)  # lets it begin
        assert started.wait(DEADLINE_S)
        looking.cancel()

    asyncio.run(leave())  # would wait for a thread of its own
    answer.set()
    assert answered in ([], [True])  # not [False]: the loop's end did not wait until the look-up gave up


def test_the_first_probe_comes_at_once() -> None:
    day = Day(comes_at=0)
    assert day.wait()
    assert (day.probes, day.pauses) == ([0], [])


def test_pauses_grow_to_15_s() -> None:
    day = Day(comes_at=40)
    assert day.wait()
    assert day.pauses == [1, 2, 4, 8, 15, 15]


@pytest.mark.parametrize("reachable", [True, False, None])
@pytest.mark.parametrize("takes", [0.0, 5.0])
def test_the_wait_ends_within_its_limit_and_probes_near_its_end(reachable: bool | None, takes: float) -> None:
    day = Day(probe_takes=takes)
    assert not day.wait(reachable)
    assert 118 <= day.now - day.start <= 120
    assert day.probes[-1] >= 115


def test_a_desktop_that_says_offline_spares_the_first_probes_only() -> None:
    day = Day(comes_at=0)
    assert day.wait(reachable=False)
    assert day.probes == [15]


def test_no_time_is_one_probe() -> None:
    day = Day()
    assert not day.wait(limit_s=0)
    assert (day.probes, day.pauses) == ([0], [])


def test_the_wait_can_be_cancelled() -> None:
    async def cancelled() -> bool:
        asleep = asyncio.Event()

        async def sleep(_seconds: float) -> None:
            asleep.set()
            await asyncio.Event().wait()

        day = Day()
        waiting = asyncio.ensure_future(wait_for_network(ORIGIN, lambda: None, ask=day.ask, sleep=sleep))
        await asleep.wait()
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        return waiting.cancelled()

    assert asyncio.run(cancelled())


def test_a_portal_that_comes_back_while_it_is_waited_for_is_found() -> None:
    with listening() as port:
        pass
    with contextlib.ExitStack() as stack:

        async def sleep(_seconds: float) -> None:
            stack.enter_context(listening(port))

        assert asyncio.run(wait_for_network(f"http://127.0.0.1:{port}", lambda: None, sleep=sleep))


def test_hosts_and_ports() -> None:
    assert host_and_port("https://portal.example") == ("portal.example", 443)
    assert host_and_port("http://127.0.0.1:8080") == ("127.0.0.1", 8080)
    assert host_and_port("http://[::1]") == ("::1", 80)
    with pytest.raises(ValueError, match="no host"):
        host_and_port("nothing")


def test_the_probe_is_free_of_qt() -> None:
    code = "import sys, fossatray.engine.network_probe; print('PySide6' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
