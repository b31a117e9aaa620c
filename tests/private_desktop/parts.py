"""The parts of the private desktop and their lives: started in order, ended in reverse, nothing left behind.

`DesktopSession` is what tests use; this is the half of it that starts and ends things.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import psutil

from installers.linux.session import xauthority_entry
from tests.private_desktop.bus import Bus
from tests.private_desktop.files import write_bus_config, write_dunst_config, write_openbox_config, write_panel_config
from tests.private_desktop.notices import INTERFACE as NOTIFICATIONS
from tests.private_desktop.notices import NoticeWatch
from tests.private_desktop.screen import Screen
from tests.private_desktop.secrets import SECRETS, lock_all_keyrings
from tests.private_desktop.tools import (
    DEBIAN_PACKAGES,
    DesktopError,
    end_orphans,
    end_process,
    find_tool,
    listens,
    processes_with,
    start_part,
    wait_until,
)
from tests.private_desktop.tray import WATCHER

Panel = Literal["xfce4", "none"]
Keyring = Literal["unlocked", "locked", "none"]
KEYRING_PASSWORD = b"the-desktop-session's-own"
START_SECONDS = 60.0
_KEPT = ("PATH", "PYTHONPATH", "TZ", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


class DesktopParts:
    """X server, session bus, keyring, window manager, notification daemon and panel, each a child of this process."""

    def __init__(
        self,
        *,
        panel: Panel = "xfce4",
        notifications: bool = True,
        keyring: Keyring = "unlocked",
        size: tuple[int, int] = (1280, 800),
        dark: bool = False,
        scale: float = 1.0,
    ) -> None:
        self._panel: Panel = panel
        self._with_notifications = notifications
        self._keyring: Keyring = keyring
        self.size = size
        self.dark = dark
        self.scale = scale
        self._stops = contextlib.ExitStack()
        self._panel_process: subprocess.Popen[bytes] | None = None
        self._keyring_process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stops.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stops.close()

    def _start(self) -> None:
        for tool in sorted(DEBIAN_PACKAGES):
            find_tool(tool)
        self.home = Path(tempfile.mkdtemp(prefix="ftd-"))
        self._stops.callback(shutil.rmtree, self.home, ignore_errors=True)
        self.runtime = self.home / "run"
        self.runtime.mkdir(mode=0o700)
        self._log: IO[bytes] = self._stops.enter_context((self.home / "desktop.log").open("ab"))
        self._stops.callback(self._end_leftovers)
        self._env = self._first_env()
        self._start_x_server()
        self._start_bus()
        if self._keyring != "none":
            self._start_keyring()
        self.screen = Screen(self._env)
        write_openbox_config(self.home)
        self._part(["openbox", "--sm-disable"], self.screen.has_window_manager)
        if self._with_notifications:
            config = str(write_dunst_config(self.home))
            self._part(["dunst", "-config", config], lambda: self.bus.has_owner(NOTIFICATIONS))
        write_panel_config(self.home)
        self._part(["xfconfd"], lambda: self.bus.has_owner("org.xfce.Xfconf"))
        self._stops.callback(self.stop_panel)
        if self._panel == "xfce4":
            self.start_panel()

    def _first_env(self) -> dict[str, str]:
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env |= {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_STATE_HOME": str(self.home / ".local" / "state"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CURRENT_DESKTOP": "XFCE",
            "XDG_SESSION_TYPE": "x11",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.runtime}/no-system-bus",
            "LANG": "C.UTF-8",
            "USER": os.environ.get("USER", "technician"),
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
        }
        if self.dark:
            env["GTK_THEME"] = "Adwaita:dark"
        if self.scale >= 2:
            env["GDK_SCALE"] = str(int(self.scale))
        return env

    def _start_x_server(self) -> None:
        reader, writer = os.pipe()
        width, height = self.size
        screen = ["-screen", "0", f"{width}x{height}x24", "-dpi", "96"]
        authority = self.home / "Xauthority"
        authority.touch(mode=0o600)
        authority.write_bytes(xauthority_entry(secrets.token_bytes(16)))
        self._env["XAUTHORITY"] = str(authority)
        command = ["Xvfb", "-displayfd", str(writer), *screen, "-auth", str(authority), "-nolisten", "tcp", "-noreset"]
        with os.fdopen(reader) as answer:
            try:
                self._stops.callback(end_process, start_part(command, self._env, self._log, pass_fds=[writer]))
            finally:
                os.close(writer)
            number = answer.readline().strip()  # ends with the server, at the latest
        if not number:
            raise DesktopError(f"Xvfb did not start: {self.log_text()}")
        self._env["DISPLAY"] = f":{number}"

    def _start_bus(self) -> None:
        address = f"unix:path={self.runtime}/bus"
        self._part(
            ["dbus-daemon", f"--config-file={write_bus_config(self.home, address)}", "--nofork", "--nopidfile"],
            lambda: listens(self.runtime / "bus"),
        )
        self._env["DBUS_SESSION_BUS_ADDRESS"] = address
        self.bus = self._stops.enter_context(Bus(address))
        self._watch = NoticeWatch(address)
        self._stops.callback(self._watch.close)

    def _start_keyring(self) -> None:
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"]
        self._keyring_process = process = start_part(command, self._env, self._log, stdin=subprocess.PIPE)
        self._stops.callback(end_process, process)
        assert process.stdin is not None
        process.stdin.write(KEYRING_PASSWORD)
        process.stdin.close()
        self._await(process, lambda: self.bus.has_owner(SECRETS), "gnome-keyring-daemon")
        if self._keyring == "locked":
            lock_all_keyrings(self.bus)

    def _part(self, command: Sequence[str], ready: Callable[[], object]) -> subprocess.Popen[bytes]:
        process = start_part(command, self._env, self._log)
        self._stops.callback(end_process, process)
        self._await(process, ready, command[0])
        return process

    def _await(self, process: subprocess.Popen[bytes], ready: Callable[[], object], name: str) -> None:
        wait_until(lambda: process.poll() is not None or ready(), START_SECONDS, f"{name} to start")
        if process.poll() is not None:
            raise DesktopError(f"{name} ended at once with {process.returncode}: {self.log_text()}")

    def _end_leftovers(self) -> None:
        """End what programs left behind. What the program under test leaves is the tests' business, before this."""
        end_orphans(self.leftovers())

    def start_panel(self) -> None:
        """Start the panel and wait for its tray host."""
        if self._panel_process is not None:
            if self._panel_process.poll() is None:
                return
            self.stop_panel()
        self._panel_process = start_part(["xfce4-panel", "--disable-wm-check"], self._env, self._log)
        self._await(self._panel_process, self.has_tray_host, "xfce4-panel")

    def stop_panel(self) -> None:
        """End the panel and its plugins; nothing happens where none runs."""
        if self._panel_process is not None:
            process, self._panel_process = self._panel_process, None
            end_process(process)

    def mend(self) -> None:
        """Restart a panel whose tray is gone, and a keyring that has ended: both have been seen to crash."""
        if self._keyring_process is not None and self._keyring_process.poll() is not None:
            self._start_keyring()
        if self._panel == "xfce4" and self._panel_process is not None and not self.has_tray_host():
            self.restart_panel()

    def restart_panel(self) -> None:
        """End the panel and start it again, as a person does after a crash of it."""
        self.stop_panel()
        wait_until(lambda: not self.has_tray_host(), 30, "the tray host to go")
        self.start_panel()

    def has_tray_host(self) -> bool:
        """Return whether somebody watches for StatusNotifier items and shows them."""
        try:
            return self.bus.has_owner(WATCHER.name) and bool(self.bus.get(WATCHER, "IsStatusNotifierHostRegistered"))
        except DesktopError:
            return False  # it ended while it was asked

    def log_text(self) -> str:
        """Return the end of what the desktop's own parts printed."""
        return (self.home / "desktop.log").read_text(errors="replace")[-2000:]

    def leftovers(self) -> list[psutil.Process]:
        """Return processes that know this desktop's home, though nothing of the desktop that runs started them."""
        family = set(psutil.Process().children(recursive=True))
        return [process for process in processes_with("HOME", str(self.home)) if process not in family]
