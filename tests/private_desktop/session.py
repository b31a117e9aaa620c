"""A private desktop for one program: X server, session bus, window manager, panel with a tray, notifications, keyring.

Everything is a child of this process, lives in one temporary folder, is started in order and ended in reverse.
Nothing of the machine's own desktop is seen or touched. See `DesktopSession`.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.private_desktop.bus import SignalQueue
from tests.private_desktop.notices import Notice
from tests.private_desktop.parts import DesktopParts, Keyring, Panel
from tests.private_desktop.screen import Window
from tests.private_desktop.tools import DesktopError, end_orphans, end_process, run_tool, wait_until
from tests.private_desktop.tray import WATCHER, TrayItem, tray_items

LEAST_ICON = 12
"""The least width in pixels of a tray with an icon in it."""


class DesktopSession(DesktopParts):
    """A desktop of one's own, as a context manager.

    `panel`: "xfce4" (a StatusNotifier host) or "none"; `notifications`: whether dunst runs; `keyring`: gnome-keyring,
    with its login keyring open or locked, or none; `size`: the screen in pixels; `dark`: the desktop's look; `scale`:
    Qt's scale factor for the programs started, and from 2 up the panel's as well. Entering raises DesktopError, with
    the Debian package's name, when a tool is missing.
    """

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
        super().__init__(panel=panel, notifications=notifications, keyring=keyring, size=size, dark=dark, scale=scale)
        self._programs: list[subprocess.Popen[bytes]] = []

    def _start(self) -> None:
        super()._start()
        self._stops.callback(self.stop_programs)

    # --------------------------------------------------------------------------------------- the program under test
    def env(self, **more: str) -> dict[str, str]:
        """Return the environment of a program on this desktop, with `more` variables."""
        scale = {"QT_SCALE_FACTOR": f"{self.scale:g}"} if self.scale != 1.0 else {}
        return self._env | scale | more

    def start(self, command: Sequence[str], *, cwd: Path | None = None, **env: str) -> subprocess.Popen[bytes]:
        """Start a program on this desktop, in a session of its own; what it prints goes to `program.log` at home."""
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

    # ------------------------------------------------------------------------------------------------- panel, tray
    def registrations(self) -> SignalQueue:
        """Return a queue of the watcher's StatusNotifierItemRegistered signals from now on."""
        return self.bus.signals(WATCHER.interface, "StatusNotifierItemRegistered")

    def tray_items(self) -> list[TrayItem]:
        """Return the icons in the tray."""
        return tray_items(self.bus)

    def wait_for_icon(self, seconds: float = 30.0) -> TrayItem:
        """Wait for the first icon in the tray."""
        return wait_until(
            self.tray_items, seconds, lambda: f"a tray icon; the program said: {self.program_log()[-1500:]}"
        )[0]

    def icon_position(self) -> tuple[int, int]:
        """Return the middle of the tray's only icon on the screen, once it has been drawn."""
        items = self.tray_items()
        if len(items) != 1:
            raise DesktopError(f"there must be one icon to find it by its place, not {items}")
        return wait_until(self._tray_window, 30, "the tray's window").centre

    def click_icon(self, button: str = "left") -> None:
        """Click the only tray icon with the real mouse."""
        self.screen.click(*self.icon_position(), button)

    def double_click_icon(self) -> None:
        """Double-click the only tray icon with the real mouse."""
        self.screen.double_click(*self.icon_position())

    def hover_icon(self) -> Window:
        """Lay the mouse on the tray icon and return the window of the tooltip that the panel shows."""
        x, y = self.icon_position()
        self.leave_icon()
        before = {window.id for window in self.screen.visible("wrapper-2.0")}
        for step in (3, 2, 1, 0):
            self.screen.move_mouse(x - step, y)
        return wait_until(
            lambda: next((w for w in self.screen.visible("wrapper-2.0") if w.id not in before), None),
            5,
            "the icon's tooltip",
        )

    def leave_icon(self) -> None:
        """Take the mouse away from the panel."""
        self.screen.move_mouse(self.size[0] // 2, self.size[1] - 2)

    def open_menu(self) -> Window:
        """Right-click the tray icon and return the menu's window."""
        before = {window.id for window in self.screen.visible("wrapper-2.0")}

        def popped_up() -> Window | None:
            return next((w for w in self.screen.visible("wrapper-2.0") if w.id not in before and w.height > 10), None)

        self.click_icon("right")
        try:
            return wait_until(popped_up, 5, "the tray icon's menu to pop up")
        except DesktopError:  # the panel was busy with itself
            self.click_icon("right")
            return wait_until(popped_up, 25, "the tray icon's menu to pop up")

    def open_menu_and_click(self, label: str) -> None:
        """Right-click the tray icon, walk down its menu with the keyboard and press Return on that line."""
        menu = self.open_menu()
        entries = [entry for entry in self.tray_items()[0].menu() if entry.selectable]
        labels = [entry.label for entry in entries]
        if label not in labels:
            self.screen.press("Escape")
            raise DesktopError(f"{label!r} cannot be chosen in the menu; these can: {labels}")
        self.screen.press(*["Down"] * (labels.index(label) + 1), "Return")
        wait_until(lambda: menu.id not in {w.id for w in self.screen.visible("wrapper-2.0")}, 30, "the menu to close")

    def _tray_window(self) -> Window | None:
        """Return the systray plugin's window; an empty one hangs over the edge until an icon is in it."""
        for window in self.screen.visible("wrapper-2.0"):
            if window.y == 0 and window.width >= LEAST_ICON and window.x + window.width <= self.size[0]:
                return window
        return None

    # --------------------------------------------------------------------------------------------------- windows
    def windows(self, process: subprocess.Popen[bytes] | None = None) -> list[Window]:
        """Return the windows that the window manager knows: all, or one program's."""
        found = self.screen.windows()
        return [window for window in found if process is None or window.pid == process.pid]

    def wait_for_window(self, title: str, seconds: float = 30.0) -> Window:
        """Wait for a window whose title contains `title`."""
        return wait_until(
            lambda: next((window for window in self.windows() if title in window.title), None),
            seconds,
            lambda: f"a window {title!r}; the program said: {self.program_log()[-1500:]}",
        )

    def wait_until_still(self, window: Window, seconds: float = 30.0) -> None:
        """Wait until a window has looked the same for a second: nothing in it is on its way any more."""
        path = self.home / "still.png"
        seen: list[tuple[float, bytes]] = []

        def is_still() -> bool:
            picture, now = self.screenshot(path, window).read_bytes(), time.monotonic()
            if not seen or seen[0][1] != picture:
                seen[:] = [(now, picture)]
            return now - seen[0][0] > 1

        wait_until(is_still, seconds, f"{window.title!r} to stand still")

    def screenshot(self, path: Path, window: Window | None = None, crop: str = "") -> Path:
        """Save a picture of the screen or of one window."""
        return self.screen.screenshot(path, window, crop)

    # ------------------------------------------------------------------------------------------------- notices
    def notices(self) -> list[Notice]:
        """Return the notices the daemon took since the start or `forget_notices`, oldest first."""
        return self._watch.notices()

    def wait_for_notice(self, text: str, seconds: float = 30.0) -> Notice:
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
        window = wait_until(lambda: self.screen.visible("^Dunst$"), 30, "a notice on the screen")[0]
        self.screen.click(window.x + window.width // 2, window.y + 20)

    def forget_notices(self) -> None:
        """Close the notices on the screen and forget those so far."""
        if self._with_notifications:

            def are_closed() -> bool:  # asked again each time: a notice may arrive after the others were closed
                run_tool(["dunstctl", "close-all"], self._env)
                return self.shown_notices() == 0

            wait_until(are_closed, 30, "the notices to close")
        self._watch.clear()

    def reset(self) -> None:
        """Bring the desktop back to its first state between two tests: no programs, no notices, its panel."""
        self.stop_programs()
        end_orphans(self.leftovers())
        self.screen.press("Escape")
        self.leave_icon()
        (self.home / "program.log").unlink(missing_ok=True)
        self.forget_notices()
        if self._panel == "xfce4":
            self.start_panel()
            wait_until(lambda: not self.tray_items(), 30, "the tray to be empty")
        else:
            self.stop_panel()
