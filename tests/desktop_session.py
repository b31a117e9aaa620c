"""A private desktop for one program: X server, session bus, window manager, panel with a tray, notifications, keyring.

Everything is a child of this process, lives in one temporary folder, is started in order and ended in the reverse order.
Nothing of the machine's own desktop is seen or touched. See `DesktopSession`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import psutil

from tests.desktop_bus import Bus, SignalQueue
from tests.desktop_files import write_bus_config, write_dunst_config, write_openbox_config, write_panel_config
from tests.desktop_notices import INTERFACE as NOTIFICATIONS
from tests.desktop_notices import Notice, NoticeWatch
from tests.desktop_screen import Screen, Window
from tests.desktop_secrets import SECRETS, lock_all_keyrings
from tests.desktop_tools import (
    DEBIAN_PACKAGES,
    DesktopError,
    end_orphans,
    end_process,
    find_tool,
    processes_with,
    run_tool,
    start_part,
    wait_until,
)
from tests.desktop_tray import WATCHER, TrayItem, tray_items

Panel = Literal["xfce4", "none"]
Keyring = Literal["unlocked", "locked", "none"]
KEYRING_PASSWORD = b"the-desktop-session's-own"
START_SECONDS = 15.0
_KEPT = ("PATH", "TZ", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


class DesktopSession:
    """A desktop of one's own, as a context manager.

    `panel`: "xfce4" (a StatusNotifier host) or "none"; `notifications`: whether dunst runs; `keyring`: gnome-keyring,
    with its login keyring open or locked, or none; `size`: the screen in pixels; `scale`: Qt's scale factor for the
    programs started. Entering raises DesktopError, with the Debian package's name, when a tool is missing.
    """

    def __init__(
        self,
        *,
        panel: Panel = "xfce4",
        notifications: bool = True,
        keyring: Keyring = "unlocked",
        size: tuple[int, int] = (1280, 800),
        scale: float = 1.0,
    ) -> None:
        self._panel: Panel = panel
        self._with_notifications = notifications
        self._keyring: Keyring = keyring
        self.size = size
        self.scale = scale
        self._stops = contextlib.ExitStack()
        self._panel_process: subprocess.Popen[bytes] | None = None
        self._programs: list[subprocess.Popen[bytes]] = []

    # ------------------------------------------------------------------------------------------ start and end
    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stops.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
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
        self._part(["openbox", "--sm-disable"], lambda: self.screen.has_window_manager())
        if self._with_notifications:
            self._part(["dunst", "-config", str(write_dunst_config(self.home))], lambda: self.bus.has_owner(NOTIFICATIONS))
        write_panel_config(self.home)
        self._part(["xfconfd"], lambda: self.bus.has_owner("org.xfce.Xfconf"))
        self._stops.callback(self.stop_panel)
        if self._panel == "xfce4":
            self.start_panel()
        self._stops.callback(self.stop_programs)

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
        return env

    def _start_x_server(self) -> None:
        reader, writer = os.pipe()
        try:
            width, height = self.size
            screen = ["-screen", "0", f"{width}x{height}x24", "-dpi", "96"]
            command = ["Xvfb", "-displayfd", str(writer), *screen, "-nolisten", "tcp", "-noreset"]
            process = start_part(command, self._env, self._log, pass_fds=[writer])
            self._stops.callback(end_process, process)
            os.close(writer)
            writer = -1
            number = os.read(reader, 32).strip().decode()  # ends with the server, at the latest
        finally:
            os.close(reader)
            if writer >= 0:
                os.close(writer)
        if not number:
            raise DesktopError(f"Xvfb did not start: {self.log_text()}")
        self._env["DISPLAY"] = f":{number}"

    def _start_bus(self) -> None:
        address = f"unix:path={self.runtime}/bus"
        self._part(
            ["dbus-daemon", f"--config-file={write_bus_config(self.home, address)}", "--nofork", "--nopidfile"],
            lambda: (self.runtime / "bus").exists(),
        )
        self._env["DBUS_SESSION_BUS_ADDRESS"] = address
        self.bus = self._stops.enter_context(Bus(address))
        self._watch = NoticeWatch(address)
        self._stops.callback(self._watch.close)

    def _start_keyring(self) -> None:
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"]
        process = start_part(command, self._env, self._log, stdin=subprocess.PIPE)
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

    # --------------------------------------------------------------------------------------- the program under test
    def env(self, **more: str) -> dict[str, str]:
        """Return the environment of a program on this desktop, with `more` variables."""
        scale = {"QT_SCALE_FACTOR": f"{self.scale:g}"} if self.scale != 1.0 else {}
        return self._env | scale | more

    def start(self, command: Sequence[str], *, cwd: Path | None = None, **env: str) -> subprocess.Popen[bytes]:
        """Start a program on this desktop, in a session of its own; what it prints goes to `program.log` in the home."""
        with (self.home / "program.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self.env(**env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._programs.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """End a program (SIGTERM, then SIGKILL) and return its exit status."""
        if process in self._programs:
            self._programs.remove(process)
        return end_process(process)

    def stop_programs(self) -> None:
        """End every program that `start` started."""
        while self._programs:
            self.stop(self._programs[-1])

    def program_log(self) -> str:
        """Return what the programs under test printed so far."""
        path = self.home / "program.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def log_text(self) -> str:
        """Return the end of what the desktop's own parts printed."""
        return (self.home / "desktop.log").read_text(errors="replace")[-2000:]

    def leftovers(self) -> list[psutil.Process]:
        """Return processes that know this desktop's home, though nothing of the desktop that runs started them."""
        family = set(psutil.Process().children(recursive=True))
        return [process for process in processes_with("HOME", str(self.home)) if process not in family]

    # ------------------------------------------------------------------------------------------------- panel, tray
    def start_panel(self) -> None:
        """Start the panel and wait for its tray host."""
        if self._panel_process is not None:
            return
        self._panel_process = start_part(["xfce4-panel", "--disable-wm-check"], self._env, self._log)
        self._await(self._panel_process, self.has_tray_host, "xfce4-panel")

    def stop_panel(self) -> None:
        """End the panel and its plugins; nothing happens where none runs."""
        if self._panel_process is not None:
            process, self._panel_process = self._panel_process, None
            end_process(process)

    def restart_panel(self) -> None:
        """End the panel and start it again, as a person does after a crash of it."""
        self.stop_panel()
        wait_until(lambda: not self.has_tray_host(), 5, "the tray host to go")
        self.start_panel()

    def has_tray_host(self) -> bool:
        """Return whether somebody watches for StatusNotifier items and shows them."""
        if not self.bus.has_owner(WATCHER.name):
            return False
        return bool(self.bus.get(WATCHER, "IsStatusNotifierHostRegistered"))

    def registrations(self) -> SignalQueue:
        """Return a queue of the watcher's StatusNotifierItemRegistered signals from now on."""
        return self.bus.signals(WATCHER.interface, "StatusNotifierItemRegistered")

    def tray_items(self) -> list[TrayItem]:
        """Return the icons in the tray."""
        return tray_items(self.bus)

    def wait_for_icon(self, seconds: float = 20.0) -> TrayItem:
        """Wait for the first icon in the tray."""
        return wait_until(self.tray_items, seconds, f"a tray icon; the program said: {self.program_log()[-1500:]}")[0]

    def icon_position(self) -> tuple[int, int]:
        """Return the middle of the tray's only icon on the screen, once it has been drawn."""
        items = self.tray_items()
        if len(items) != 1:
            raise DesktopError(f"there must be one icon to find it by its place, not {items}")
        return wait_until(self._tray_window, 5, "the tray's window").centre

    def click_icon(self, button: str = "left") -> None:
        """Click the only tray icon with the real mouse."""
        self.screen.click(*self.icon_position(), button)

    def double_click_icon(self) -> None:
        """Double-click the only tray icon with the real mouse."""
        self.screen.double_click(*self.icon_position())

    def open_menu(self) -> Window:
        """Right-click the tray icon and return the menu's window."""
        before = {window.id for window in self.screen.visible("wrapper-2.0")}
        self.click_icon("right")
        return wait_until(
            lambda: next((w for w in self.screen.visible("wrapper-2.0") if w.id not in before and w.height > 10), None),
            5,
            "the tray icon's menu to pop up",
        )

    def open_menu_and_click(self, label: str) -> None:
        """Right-click the tray icon, walk down the menu that pops up with the keyboard and press Return on that line."""
        menu = self.open_menu()
        entries = [entry for entry in self.tray_items()[0].menu() if entry.selectable]
        labels = [entry.label for entry in entries]
        if label not in labels:
            self.screen.press("Escape")
            raise DesktopError(f"{label!r} cannot be chosen in the menu; these can: {labels}")
        self.screen.press(*["Down"] * (labels.index(label) + 1), "Return")
        wait_until(lambda: menu.id not in {w.id for w in self.screen.visible("wrapper-2.0")}, 5, "the menu to close")

    def _tray_window(self) -> Window | None:
        """Return the systray plugin's window, as soon as it is wide enough to hold an icon."""
        plugins = [window for window in self.screen.visible("wrapper-2.0") if window.width >= 12 and window.height >= 12]
        return plugins[0] if plugins else None

    # --------------------------------------------------------------------------------------------------- windows
    def windows(self, process: subprocess.Popen[bytes] | None = None) -> list[Window]:
        """Return the windows that the window manager knows: all, or one program's."""
        found = self.screen.windows()
        return [window for window in found if process is None or window.pid == process.pid]

    def wait_for_window(self, title: str, seconds: float = 10.0) -> Window:
        """Wait for a window whose title contains `title`."""
        return wait_until(
            lambda: next((window for window in self.windows() if title in window.title), None),
            seconds,
            f"a window {title!r}; the program said: {self.program_log()[-1500:]}",
        )

    def screenshot(self, path: Path, window: Window | None = None, crop: str = "") -> Path:
        """Save a picture of the screen or of one window."""
        return self.screen.screenshot(path, window, crop)

    # ------------------------------------------------------------------------------------------------- notices
    def notices(self) -> list[Notice]:
        """Return the notices the daemon took since the start or `forget_notices`, oldest first."""
        return self._watch.notices()

    def wait_for_notice(self, text: str, seconds: float = 20.0) -> Notice:
        """Wait for a notice whose summary or body contains `text`."""
        return wait_until(
            lambda: next((n for n in self.notices() if text in f"{n.summary}\n{n.body}"), None),
            seconds,
            f"a notice with {text!r}; there were {self.notices()}; the program said: {self.program_log()[-1500:]}",
        )

    def shown_notices(self) -> int:
        """Return how many notices dunst shows now."""
        return int(run_tool(["dunstctl", "count", "displayed"], self._env))

    def click_notice(self) -> None:
        """Click the topmost notice on the screen with the real mouse (dunst: the default action, then it closes)."""
        window = wait_until(lambda: self.screen.visible("^Dunst$"), 5, "a notice on the screen")[0]
        self.screen.click(window.x + window.width // 2, window.y + 20)

    def forget_notices(self) -> None:
        """Close the notices on the screen and forget those so far."""
        if self._with_notifications:
            run_tool(["dunstctl", "close-all"], self._env)
            wait_until(lambda: self.shown_notices() == 0, 5, "the notices to close")
        self._watch.clear()

    def reset(self) -> None:
        """Bring the desktop back to its first state between two tests: no programs, no notices, a panel if it had one."""
        self.stop_programs()
        end_orphans(self.leftovers())
        self.screen.press("Escape")
        self.screen.move_mouse(self.size[0] // 2, self.size[1] - 2)
        (self.home / "program.log").unlink(missing_ok=True)
        self.forget_notices()
        if self._panel == "xfce4":
            self.start_panel()
            wait_until(lambda: not self.tray_items(), 5, "the tray to be empty")
        else:
            self.stop_panel()
