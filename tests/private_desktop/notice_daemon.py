"""A plain notification daemon, in a process of its own: no tags, no capabilities but "body", and slow when told to be.

``python -m tests.private_desktop.notice_daemon ADDRESS``. It takes a word a line on its standard input: "hold" (show
what comes, and do not answer from now on), "answer" (answer again; what was held back stays unanswered) or "shown", and
prints for each what it shows, as JSON.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, Self

from jeepney import HeaderFields, Message, MessageType, Parser, new_error, new_method_return  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

from tests.private_desktop.tools import end_process

NAME = "org.freedesktop.Notifications"
_ROOT = Path(__file__).resolve().parents[2]


class PlainDaemon:
    """The daemon's process, as a context manager."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-m", "tests.private_desktop.notice_daemon", address]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._heard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        end_process(self._process)  # type: ignore[arg-type]
        self._process.stdin.close()
        self._process.stdout.close()

    def hold(self) -> None:
        """Show what comes, and leave it unanswered from now on."""
        self._say("hold")

    def answer(self) -> None:
        """Answer again."""
        self._say("answer")

    def shown(self) -> list[str]:
        """Return the bodies of the notices on its screen, in the order of their numbers."""
        return [body.splitlines()[0] for _, body in self._say("shown")]

    def _say(self, word: str) -> list[tuple[int, str]]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> list[tuple[int, str]]:
        assert self._process.stdout is not None
        shown = json.loads(self._process.stdout.readline())
        return [(number, body) for number, body in shown]


class _Service:
    """What the process does."""

    def __init__(self, address: str) -> None:
        self._connection = open_dbus_connection(bus=address)
        self._connection.send_and_get_reply(message_bus.RequestName(NAME), timeout=20)
        self._shown: dict[int, str] = {}
        self._last = 0
        self._holds = False

    def serve(self, lines: IO[str]) -> None:
        """Answer calls and take words, until there are no more words."""
        parser = Parser()
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection.sock, selectors.EVENT_READ)
            selector.register(lines, selectors.EVENT_READ)
            self._print()
            while True:
                for key, _ in selector.select():
                    if key.fileobj is lines:
                        word = lines.readline().strip()
                        if not word:
                            return
                        self._holds = {"hold": True, "answer": False}.get(word, self._holds)
                        self._print()
                    else:
                        parser.add_data(self._connection.sock.recv(65536))
                        while (message := parser.get_next_message()) is not None:
                            self._take(message)

    def _print(self) -> None:
        sys.stdout.write(json.dumps(sorted(self._shown.items())) + "\n")
        sys.stdout.flush()

    def _take(self, message: Message) -> None:
        if message.header.message_type is not MessageType.method_call:
            return
        member = message.header.fields[HeaderFields.member]
        answers: dict[str, tuple[str, tuple[Any, ...]]] = {
            "GetServerInformation": ("ssss", ("Plain", "tests", "1", "1.2")),
            "GetCapabilities": ("as", (["body"],)),
        }
        if member == "Notify":
            number = self._show(message.body[1], message.body[4])
            if not self._holds:
                self._connection.send(new_method_return(message, "u", (number,)))
        elif member in answers:
            self._connection.send(new_method_return(message, *answers[member]))
        else:
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _show(self, replaces: int, body: str) -> int:
        """Show a notice in the place of the one that it replaces; where that is not shown, as one more."""
        number = replaces
        if number not in self._shown:
            self._last = number = self._last + 1
        self._shown[number] = body
        return number


if __name__ == "__main__":
    _Service(sys.argv[1]).serve(sys.stdin)
