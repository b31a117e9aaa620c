"""The private desktop's screen: its windows, real mouse and key presses, pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.private_desktop.tools import DesktopError, run_tool, wait_until

BUTTONS = {"left": "1", "middle": "2", "right": "3"}
_GEOMETRY = re.compile(r"Absolute upper-left X:\s+(-?\d+).*?Y:\s+(-?\d+).*?Width: (\d+)\s+Height: (\d+)", re.DOTALL)


@dataclass(frozen=True)
class Window:
    """A window somebody can see. Geometry in pixels of the screen; `pid` 0 where it does not say."""

    id: int
    title: str
    pid: int
    wm_class: str
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        """Return the middle of the window."""
        return self.x + self.width // 2, self.y + self.height // 2


class Screen:
    """One X display, driven by the X tools."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)

    def has_window_manager(self) -> bool:
        """Return whether a window manager runs."""
        return "window id" in run_tool(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], self._env)

    def windows(self) -> list[Window]:
        """Return the windows the window manager knows, in the order they came (panels included)."""
        text = run_tool(["xprop", "-root", "_NET_CLIENT_LIST"], self._env)
        found = (self.window(int(number, 16)) for number in re.findall(r"0x[0-9a-f]+", text))
        return [window for window in found if window is not None]

    def visible(self, wm_class: str) -> list[Window]:
        """Return the visible windows of a class (a pattern), pop-ups without a frame included."""
        text = run_tool(["xdotool", "search", "--onlyvisible", "--class", wm_class], self._env, check=False)
        found = (self.window(int(number)) for number in text.split())
        return [window for window in found if window is not None]

    def active(self) -> int:
        """Return the window that has the keyboard, 0 for none."""
        match = re.search(r"0x[0-9a-f]+", run_tool(["xprop", "-root", "_NET_ACTIVE_WINDOW"], self._env))
        return int(match[0], 16) if match else 0

    def window(self, number: int) -> Window | None:
        """Return what is known of a window; None where it is gone."""
        geometry = _GEOMETRY.search(run_tool(["xwininfo", "-id", str(number)], self._env, check=False))
        if geometry is None:
            return None
        names = ("_NET_WM_NAME", "WM_NAME", "_NET_WM_PID", "WM_CLASS")
        text = run_tool(["xprop", "-id", str(number), *names], self._env, check=False)
        values: dict[str, str] = dict(re.findall(r"^(\w+)\([^)]*\) = (.*)$", text, re.MULTILINE))
        title = values.get("_NET_WM_NAME", values.get("WM_NAME", '""'))
        x, y, width, height = map(int, geometry.groups())
        return Window(
            id=number,
            title=title[1:-1].replace('\\"', '"'),
            pid=int(values.get("_NET_WM_PID", "0")),
            wm_class=values.get("WM_CLASS", ""),
            x=x,
            y=y,
            width=width,
            height=height,
        )

    def click(self, x: int, y: int, button: str = "left") -> None:
        """Move the mouse there and press a button of it."""
        run_tool(["xdotool", "mousemove", str(x), str(y), "click", BUTTONS[button]], self._env)

    def double_click(self, x: int, y: int) -> None:
        """Press the left button there twice within 50 ms."""
        run_tool(["xdotool", "mousemove", str(x), str(y), "click", "--repeat", "2", "--delay", "50", "1"], self._env)

    def move_mouse(self, x: int, y: int) -> None:
        """Put the mouse somewhere, for instance over an icon so that its tooltip shows."""
        run_tool(["xdotool", "mousemove", str(x), str(y)], self._env)

    def press(self, *keys: str) -> None:
        """Press keys one after another, named as X names them ("Down", "Return", "ctrl+f")."""
        run_tool(["xdotool", "key", "--delay", "30", *keys], self._env)

    def write(self, text: str) -> None:
        """Type a text into whatever has the keyboard."""
        run_tool(["xdotool", "type", "--delay", "5", text], self._env)

    def resize(self, window: Window, width: int, height: int) -> None:
        """Give a window another size and wait until it has it."""
        run_tool(["xdotool", "windowsize", str(window.id), str(width), str(height)], self._env)
        wait_until(lambda: self._size(window.id) == (width, height), 30, f"{window.title!r} to be {width} x {height}")

    def move(self, window: Window, x: int, y: int) -> None:
        """Move a window's frame."""
        run_tool(["xdotool", "windowmove", str(window.id), str(x), str(y)], self._env)

    def focus(self, window: Window) -> None:
        """Raise a window and give it the keyboard."""
        run_tool(["xdotool", "windowactivate", str(window.id)], self._env)
        wait_until(lambda: self.active() == window.id, 30, f"{window.title!r} to have the keyboard")

    def screenshot(self, path: Path, window: Window | None = None, crop: str = "") -> Path:
        """Save a picture of the screen or of one window; `crop` is ImageMagick's geometry ("WxH+X+Y")."""
        target = str(window.id) if window is not None else "root"
        cut = ["-crop", crop, "+repage"] if crop else []
        path.parent.mkdir(parents=True, exist_ok=True)
        run_tool(["import", "-window", target, *cut, "-strip", str(path)], self._env)
        if not path.is_file():
            raise DesktopError(f"no picture was written to {path}")
        return path

    def paint_background(self, path: Path) -> None:
        """Show a picture of the screen's size behind all windows (display ends with 1 when it has done so)."""
        run_tool(["display", "-window", "root", str(path)], self._env, check=False)

    def _size(self, number: int) -> tuple[int, int]:
        window = self.window(number)
        return (window.width, window.height) if window is not None else (0, 0)
