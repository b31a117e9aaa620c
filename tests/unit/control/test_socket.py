"""The local socket with both ends real: proof of the token, limits, deadlines, dead instances, strangers."""

from __future__ import annotations

import contextlib
import json
import socket
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fossatray.control.client import ask, ask_if_there
from fossatray.control.protocol import REQUEST_LIMIT, Json, make_token, proof, read_token, socket_address
from fossatray.control.server import Answer, ControlServer, Refuse
from fossatray.core.errors import FossaError, NoInstance, NotFound
from fossatray.system.paths import Paths, app_paths, prepare


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = app_paths(tmp_path / "data")
    prepare(made)
    return made


@pytest.fixture
def server(paths: Paths, qapp: object) -> Iterator[ControlServer]:
    def echo(arguments: Json, answer: Answer, refuse: Refuse) -> None:
        answer(arguments)

    def fail(arguments: Json, answer: Answer, refuse: Refuse) -> None:
        refuse(NotFound("There is no such thing."))

    made = ControlServer(paths, {"echo": echo, "fail": fail})
    made.listen()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def elsewhere(qtbot: QtBot) -> Iterator[Callable[..., Any]]:
    """Runs a blocking client in another thread while Qt's loop turns here."""
    with ThreadPoolExecutor(1) as pool:

        def run(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
            future: Future[Any] = pool.submit(work, *arguments, **named)
            qtbot.waitUntil(future.done, timeout=10_000)
            return future.result()

        yield run


def raw(paths: Paths, *lines: bytes) -> list[Json]:
    """Say lines to the socket as a stranger would; returns what it said until it closed."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(8)
        connection.connect(socket_address(paths))
        for line in lines:
            connection.sendall(line)
        said = b""
        with contextlib.suppress(ConnectionResetError):  # turned away before all was read
            while chunk := connection.recv(65536):
                said += chunk
    return [json.loads(line) for line in said.splitlines()]


def test_a_request_and_its_answer(server: ControlServer, paths: Paths, elsewhere: Callable[..., Any]) -> None:
    assert elsewhere(ask, paths, "echo", text="Ünïcode \u202e", number=3) == {"text": "Ünïcode \u202e", "number": 3}


def test_an_error_comes_back_as_itself(server: ControlServer, paths: Paths, elsewhere: Callable[..., Any]) -> None:
    with pytest.raises(NotFound, match="no such thing"):
        elsewhere(ask, paths, "fail")


def test_an_unknown_verb_is_a_clear_error(server: ControlServer, paths: Paths, elsewhere: Callable[..., Any]) -> None:
    with pytest.raises(FossaError, match="does not know this command"):
        elsewhere(ask, paths, "dance")


def test_socket_and_token_are_the_users_alone(server: ControlServer, paths: Paths) -> None:
    assert stat.S_IMODE(Path(socket_address(paths)).stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(paths.token.stat().st_mode) == 0o600
    assert len(socket_address(paths).encode()) < 100


def test_a_client_that_cannot_read_the_token_is_turned_away(
    server: ControlServer, paths: Paths, elsewhere: Callable[..., Any]
) -> None:
    nonce = "0" * 32
    forged = json.dumps({"v": 1, "nonce": nonce, "proof": proof("wrong", "client", nonce, nonce)}).encode() + b"\n"
    (greeting,) = elsewhere(raw, paths, forged, b'{"verb":"echo","args":{}}\n')
    assert set(greeting) == {"v", "nonce"}


@pytest.mark.parametrize(
    "nonsense",
    [b"hello\n", b"[]\n", b"\xff\xfe\n", b'{"v":2,"nonce":"' + b"0" * 32 + b'"}\n', b"x" * (REQUEST_LIMIT + 10)],
)
def test_nonsense_is_turned_away(
    server: ControlServer, paths: Paths, elsewhere: Callable[..., Any], nonsense: bytes
) -> None:
    assert len(elsewhere(raw, paths, nonsense)) <= 1
    assert elsewhere(ask, paths, "echo", still="here") == {"still": "here"}


def test_a_silent_client_is_dropped_after_the_deadline(
    server: ControlServer, paths: Paths, elsewhere: Callable[..., Any]
) -> None:
    assert len(elsewhere(raw, paths)) == 1


def test_a_server_that_cannot_read_the_token_gets_no_request(paths: Paths, elsewhere: Callable[..., Any]) -> None:
    make_token(paths.token, socket_address(paths))
    heard = bytearray()
    with socket.socket(socket.AF_UNIX) as squatter, ThreadPoolExecutor(1) as pool:
        squatter.bind(socket_address(paths))
        squatter.listen()
        squatter.settimeout(5)

        def squat() -> None:
            connection, _ = squatter.accept()
            with connection:
                connection.settimeout(5)
                connection.sendall(b'{"v":1,"nonce":"' + b"1" * 32 + b'"}\n')
                heard.extend(connection.recv(4096))
                connection.sendall(b'{"proof":"' + b"0" * 64 + b'"}\n')
                while chunk := connection.recv(4096):
                    heard.extend(chunk)

        squatting = pool.submit(squat)
        with pytest.raises(NoInstance):
            elsewhere(ask, paths, "echo", secret="s3cr3t-request")
        squatting.result(5)
    assert b"proof" in heard
    assert b"s3cr3t-request" not in heard


def test_who_still_waits_when_the_program_quits_is_told(paths: Paths, qtbot: QtBot) -> None:
    waiting: list[Answer] = []
    server = ControlServer(paths, {"wait": lambda arguments, answer, refuse: waiting.append(answer)})
    server.listen()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask, paths, "wait")
        qtbot.waitUntil(lambda: bool(waiting), timeout=20_000)
        server.close()
        qtbot.waitUntil(future.done, timeout=20_000)
        with pytest.raises(NoInstance, match="was quit before"):
            future.result()
    server.deleteLater()


def test_without_an_instance_there_is_nothing_to_talk_to(paths: Paths) -> None:
    assert ask_if_there(paths, "echo") == (False, None)
    with pytest.raises(NoInstance):
        ask(paths, "echo")


def test_a_dead_instances_socket_and_token_are_taken_over(
    paths: Paths, qapp: object, elsewhere: Callable[..., Any]
) -> None:
    make_token(paths.token, socket_address(paths))
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(socket_address(paths))
    assert ask_if_there(paths, "echo") == (False, None)
    server = ControlServer(paths, {"echo": lambda arguments, answer, refuse: answer("alive")})
    server.listen()
    try:
        assert elsewhere(ask, paths, "echo") == "alive"
    finally:
        server.close()
        server.deleteLater()
    assert read_token(paths.token) is None
    assert not Path(socket_address(paths)).exists()
