"""A system bus of a test's own, and those who speak on it: logind (here) and NetworkManager (a process, see below).

The fake logind only sends signals, as the real one does unasked. NetworkManager is asked questions while the program
waits in its loop, so the fake one is a process of its own: ``python -m tests.private_desktop.logind ADDRESS``. It takes
"STATE METERED" a line on its standard input and prints what it has done.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from jeepney import (  # type: ignore[import-untyped]
    DBusAddress,
    Message,
    MessageType,
    Parser,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

from tests.private_desktop.files import write_bus_config
from tests.private_desktop.tools import end_process, listens, start_part, wait_until

LOGIND = "org.freedesktop.login1"
NETWORK_MANAGER = "org.freedesktop.NetworkManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_MANAGER = DBusAddress("/org/freedesktop/login1", interface="org.freedesktop.login1.Manager")
_NETWORK = "/org/freedesktop/NetworkManager"
_ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def private_system_bus() -> Iterator[str]:
    """Start a bus daemon; gives its address, and ends it with the block."""
    home = Path(tempfile.mkdtemp(prefix="fts-"))
    try:
        address = f"unix:path={home}/bus"
        command = ["dbus-daemon", f"--config-file={write_bus_config(home, address)}", "--nofork", "--nopidfile"]
        with (home / "bus.log").open("ab") as log:
            process = start_part(command, dict(os.environ), log)
            try:
                wait_until(lambda: listens(home / "bus"), 60, "the system bus to listen")
                yield address
            finally:
                end_process(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


class FakeLogind:
    """Owns logind's name (or another one) on a bus, and says what logind says."""

    def __init__(self, address: str, name: str = LOGIND) -> None:
        self._connection = open_dbus_connection(bus=address)
        answer = self._connection.send_and_get_reply(message_bus.RequestName(name), timeout=20)
        assert answer.body == (1,), f"{name} is owned by another"

    def prepare_for_sleep(self, sleeps: bool) -> None:
        """Tell everybody that the computer goes to sleep (True) or woke up (False)."""
        self._connection.send(new_signal(_MANAGER, "PrepareForSleep", "b", (sleeps,)))

    def close(self) -> None:
        """Leave the bus, as a service that is restarted does."""
        self._connection.close()


class FakeNetworkManager:
    """A NetworkManager in a process of its own; `say` changes what it answers and makes it tell so."""

    def __init__(self, address: str, state: int, metered: int) -> None:
        command = [sys.executable, "-m", "tests.private_desktop.logind", address, str(state), str(metered)]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._heard()

    def say(self, state: int, metered: int) -> None:
        """Have other values from now on (NMState, NMMetered) and send the signals of it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{state} {metered}\n")
        self._process.stdin.flush()
        self._heard()

    def close(self) -> None:
        """End it."""
        assert self._process.stdout is not None
        end_process(self._process)  # type: ignore[arg-type]
        self._process.stdout.close()

    def _heard(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "done\n", "the fake NetworkManager ended"


def serve_network_manager(address: str, state: int, metered: int, lines: IO[str]) -> None:
    """Answer `Get` of State and Metered, and take new values from `lines`, until those end."""
    connection = open_dbus_connection(bus=address)
    connection.send_and_get_reply(message_bus.RequestName(NETWORK_MANAGER), timeout=20)
    values = {"State": state, "Metered": metered}
    parser = Parser()
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        selector.register(lines, selectors.EVENT_READ)
        _done()
        while True:
            for key, _ in selector.select():
                if key.fileobj is lines:
                    line = lines.readline()
                    if not line:
                        return
                    values["State"], values["Metered"] = (int(part) for part in line.split())
                    _tell(connection, values)
                    _done()
                else:
                    parser.add_data(connection.sock.recv(65536))
                    while (message := parser.get_next_message()) is not None:
                        _answer(connection, message, values)


def _tell(connection: Any, values: dict[str, int]) -> None:
    manager = DBusAddress(_NETWORK, interface=NETWORK_MANAGER)
    connection.send(new_signal(manager, "StateChanged", "u", (values["State"],)))
    body: tuple[Any, ...] = (NETWORK_MANAGER, {"Metered": ("u", values["Metered"])}, [])
    connection.send(new_signal(DBusAddress(_NETWORK, interface=_PROPERTIES), "PropertiesChanged", "sa{sv}as", body))


def _answer(connection: Any, message: Message, values: dict[str, int]) -> None:
    if message.header.message_type is not MessageType.method_call:
        return
    name = message.body[1] if len(message.body) == 2 else ""
    if name in values:
        connection.send(new_method_return(message, "v", (("u", values[name]),)))
    else:
        connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownProperty"))


def _done() -> None:
    sys.stdout.write("done\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve_network_manager(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.stdin)
