"""A virtual screen and a message bus for a machine that has none; both end with the program they were started for."""

from __future__ import annotations

import os
import secrets
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from installers.setup.steps import SetupError

START_SECONDS = 10.0
SCREEN = "1280x800x24"
ANY_HOST = 0xFFFF
"""Xauthority's family number for an entry that holds for every host."""

BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""A bus without activatable services: nothing it would start can stay behind."""


@contextmanager
def desktop(*, screen: bool, bus: bool) -> Iterator[dict[str, str]]:
    """Start what is asked for; yields the environment variables that lead a program to it."""
    with ExitStack() as stack:
        variables: dict[str, str] = {}
        if screen or bus:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fossatray-")))
            if screen:
                variables |= stack.enter_context(_screen(folder))
            if bus:
                variables |= stack.enter_context(_bus(folder))
        yield variables


@contextmanager
def _screen(folder: Path) -> Iterator[dict[str, str]]:
    """Xvfb on a free display, open to the holder of a cookie alone."""
    authority = folder / "Xauthority"
    authority.write_bytes(xauthority_entry(secrets.token_bytes(16)))
    authority.chmod(0o600)
    with _server(
        ["Xvfb", "-screen", "0", SCREEN, "-nolisten", "tcp", "-auth", str(authority), "-displayfd", "{fd}"]
    ) as number:
        yield {"DISPLAY": f":{number}", "XAUTHORITY": str(authority)}


@contextmanager
def _bus(folder: Path) -> Iterator[dict[str, str]]:
    """A session bus of this program's own."""
    configuration = folder / "bus.conf"
    configuration.write_text(BUS_CONFIGURATION.format(folder=folder), "utf-8")
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address={fd}"]
    with _server(command) as address:
        yield {"DBUS_SESSION_BUS_ADDRESS": address}


@contextmanager
def _server(command: list[str]) -> Iterator[str]:
    """Run a server that reports on a descriptor ({fd} in its command) once it is ready; yields what it reports.

    It has a session of its own, so that Ctrl+C in the terminal reaches the program first and the server ends last.

    Raises:
        SetupError: it did not start.
    """
    found = shutil.which(command[0])
    if found is None:
        raise SetupError(f"{command[0]} is not there.", "Run this again: it will look for what is missing.")
    reading, writing = os.pipe()
    with os.fdopen(reading, "r", encoding="ascii") as reports:
        try:
            server = subprocess.Popen(
                [found, *(word.format(fd=writing) for word in command[1:])],
                pass_fds=[writing],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(writing)
        try:
            report = reports.readline().strip()  # ends at the latest with the server
            if not report:
                raise SetupError(f"{command[0]} did not start.", f"Run it by hand to see why: {command[0]}")
            yield report
        finally:
            server.terminate()
            try:
                server.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def xauthority_entry(cookie: bytes) -> bytes:
    """One entry of an Xauthority file: the cookie for every display of every host."""

    def counted(data: bytes) -> bytes:
        return struct.pack(">H", len(data)) + data

    return struct.pack(">H", ANY_HOST) + counted(b"") + counted(b"") + counted(b"MIT-MAGIC-COOKIE-1") + counted(cookie)
