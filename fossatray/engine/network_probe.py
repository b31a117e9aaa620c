"""Whether the portal's host can be reached, for the engine's loop: a TCP connection, no TLS, not a byte is sent.

Names are looked up in a thread of our own that nobody waits for: asyncio's own would be waited for at the loop's end,
and a name server that does not answer takes up to half a minute, where quitting may take 5 s.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

PROBE_S = 5.0
LIMIT_S = 120.0
LONGEST_PAUSE_S = 15.0
BELIEVED_S = 15.0
"""How long a desktop that says "no network" is believed; it can be wrong (networks it does not manage, VPNs)."""
_LAST_S = 2.0  # what is kept of the limit for the last probe
_MOST_ADDRESSES = 8

Address = tuple[int, tuple[Any, ...]]
"""Family and socket address."""
Resolve = Callable[[str, int], Awaitable[list[Address]]]
"""Looks up a host and port; raises OSError where there is none."""

GetAddresses = Callable[[str, int, int, int], list[Any]]
"""Takes host, port, family and kind and waits for the answer, as `socket.getaddrinfo` does."""


class Probe(Protocol):
    """Tells whether a host takes connections."""

    async def __call__(self, host: str, port: int, timeout: float) -> bool:
        """Return it within `timeout` seconds."""


async def resolve(host: str, port: int, get: GetAddresses = socket.getaddrinfo) -> list[Address]:
    """Look a name up without the loop's own threads; raises OSError. Can be cancelled: the thread ends by itself."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(found: list[Address] | None, error: OSError | UnicodeError | None) -> None:
        if answer.done():
            return
        if found is None:
            answer.set_exception(OSError(str(error)))
        else:
            answer.set_result(found)

    def look_up() -> None:
        found: list[Address] | None = None
        failure: OSError | UnicodeError | None = None
        try:
            found = [(int(row[0]), row[4]) for row in get(host, port, 0, socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody asks any more
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    return await answer


async def probe(host: str, port: int, timeout: float = PROBE_S, *, look_up: Resolve = resolve) -> bool:
    """Tell whether `host` takes a connection at `port` within `timeout` seconds; without a proxy."""
    try:
        async with asyncio.timeout(timeout):
            addresses = (await look_up(host, port))[:_MOST_ADDRESSES]
            tasks = [asyncio.ensure_future(_connects(address)) for address in addresses]
            try:
                for ended in asyncio.as_completed(tasks):
                    if await ended:
                        return True
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
    except OSError:  # TimeoutError is one
        return False
    return False


async def _connects(address: Address) -> bool:
    family, where = address
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.setblocking(False)
            await asyncio.get_running_loop().sock_connect(connection, where)
    except OSError:
        return False
    return True


async def wait_for_network(
    origin: str,
    is_reachable: Callable[[], bool | None],
    limit_s: float = LIMIT_S,
    *,
    ask: Probe = probe,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] | None = None,
) -> bool:
    """Wait until the portal's host takes connections; False when `limit_s` seconds were not enough. Can be cancelled.

    It is probed at once and then after pauses of 1, 2, 4 … 15 s. While `is_reachable` says False, the probe is spared
    for the first BELIEVED_S seconds. Raises ValueError for an origin without a host.
    """
    host, port = host_and_port(origin)
    now = clock if clock is not None else asyncio.get_running_loop().time
    start = now()
    pause = 1.0
    while True:
        passed = now() - start
        is_worth_it = is_reachable() is not False or passed >= BELIEVED_S
        if is_worth_it and await ask(host, port, max(0.0, min(PROBE_S, limit_s - passed))):
            return True
        left = limit_s - (now() - start)
        if left <= _LAST_S:
            return False
        await sleep(min(pause, left - _LAST_S))
        pause = min(pause * 2, LONGEST_PAUSE_S)


def host_and_port(origin: str) -> tuple[str, int]:
    """Return where an http(s) origin's server listens; raises ValueError where it names no host."""
    parts = urlsplit(origin)
    if not parts.hostname:
        raise ValueError(f"no host in {origin!r}")
    return parts.hostname, parts.port or (80 if parts.scheme == "http" else 443)
