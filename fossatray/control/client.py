"""The client's side of the local socket: plain blocking sockets with deadlines, without Qt, for a fast command line."""

from __future__ import annotations

import contextlib
import io
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fossatray.control.protocol import (
    ANSWER_LIMIT,
    HANDSHAKE_SECONDS,
    VERSION,
    ProtocolError,
    decode,
    encode,
    new_nonce,
    nonce_of,
    proof,
    proved,
    read_token,
    result_of,
)
from fossatray.core.errors import NoInstance
from fossatray.system.paths import Paths


class Client:
    """One request to the running FossaTray. Raises NoInstance where there is none, or none that can prove itself."""

    def __init__(self, paths: Paths, *, timeout: float = HANDSHAKE_SECONDS) -> None:
        found = read_token(paths.token)
        if found is None:
            raise NoInstance
        self._token, address = found
        self._channel = _open(address, timeout)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket."""
        self._channel.close()

    def request(self, verb: str, *, timeout: float | None = 30.0, **arguments: Any) -> Any:
        """Prove both sides, send one request and return its result.

        Raises the FossaError that the answer carries, NoInstance if the other side breaks off or is not ours.
        """
        try:
            self._shake_hands()
            self._channel.set_timeout(timeout)
            self._channel.write(encode({"verb": verb, "args": arguments}))
            return result_of(decode(self._channel.read_line(ANSWER_LIMIT), ANSWER_LIMIT))
        except (OSError, ProtocolError) as error:
            raise NoInstance("The running FossaTray did not answer.", advice="Quit it and start it again.") from error

    def _shake_hands(self) -> None:
        server = nonce_of(decode(self._channel.read_line()))
        own = new_nonce()
        self._channel.write(encode({"v": VERSION, "nonce": own, "proof": proof(self._token, "client", server, own)}))
        if not proved(decode(self._channel.read_line()).get("proof"), self._token, "server", own, server):
            raise ProtocolError("the other side cannot read the token")


def ask(paths: Paths, verb: str, *, timeout: float | None = 30.0, **arguments: Any) -> Any:
    """Send one request to the running FossaTray, return its result. Raises NoInstance, or what the answer carries."""
    with Client(paths) as client:
        return client.request(verb, timeout=timeout, **arguments)


def ask_if_there(paths: Paths, verb: str, *, timeout: float | None = 30.0, **arguments: Any) -> tuple[bool, Any]:
    """Return (True, result) from the running FossaTray, or (False, None) where there is none."""
    try:
        client = Client(paths)
    except NoInstance:
        return False, None
    with client:
        return True, client.request(verb, timeout=timeout, **arguments)


def raise_first(paths: Paths, *, wait: float, show: bool = True) -> bool:
    """Reach the first instance, within `wait` seconds, and let it show itself; tell whether it answered."""
    end = time.monotonic() + wait
    while True:
        with contextlib.suppress(NoInstance):
            ask(paths, "show" if show else "status", timeout=HANDSHAKE_SECONDS)
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.1)


class _Channel:
    """A connected stream with deadlines: a Unix socket, or a named pipe on Windows."""

    def __init__(self, stream: io.BufferedRWPair | io.FileIO, connection: socket.socket | None) -> None:
        self._stream = stream
        self._connection = connection

    def set_timeout(self, seconds: float | None) -> None:
        if self._connection is not None:
            self._connection.settimeout(seconds)

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._stream.flush()

    def read_line(self, limit: int = 64 * 1024) -> bytes:
        line = self._stream.readline(limit + 1)
        if not line.endswith(b"\n"):
            raise ProtocolError("the other side broke off")
        return line

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()
        if self._connection is not None:
            self._connection.close()


def _open(address: str, timeout: float) -> _Channel:
    if sys.platform == "win32":
        try:
            return _Channel(Path(rf"\\.\pipe\{address}").open("r+b", buffering=0), None)
        except OSError as error:
            raise NoInstance from error
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(address)
        return _Channel(connection.makefile("rwb"), connection)
    except OSError as error:
        connection.close()
        raise NoInstance from error
