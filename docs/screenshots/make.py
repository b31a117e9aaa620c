# ruff: noqa: INP001 - a script, no package
"""Makes the pictures in this folder: the real program with a practice portal, on a private desktop (Linux).

    .venv/bin/python docs/screenshots/make.py [--only light] [--into FOLDER]

Each look (light, dark, light at 200 %) gets a desktop of its own, on which the program is led through a sync with
changes, its windows and a failure, as a technician would: by the tray's menu, the keyboard and the mouse. The work
orders are the practice portal's, and the week of history before that is made up (week.py).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image
from week import write_week

from fossatray.demo.changes import Change
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.store.store import Store
from tests.private_desktop.screen import Window
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import SYNC_SECONDS, Program

SIZE = (1440, 900)
MARGIN = 24
WINDOW_SIZE = (1200, 750)
ROW = (400, 320)
"""A place in the window where the tables of orders and of dispensers have a row."""

SCHEDULE = (400, 529)
"""A place in the window where the list of schedules has its second one."""

DISPENSER_CODES = "2862, 3002"
"""The services for whose orders the dispensers are read: not for those that most of the orders have."""

COLOURS = 256
"""A window has no more colours than that which anybody could tell apart; the card's glow has."""

RING_SECONDS = 0.8
"""What the card's ring needs to come to its percentage."""

DIALOG_SECONDS = 1.0
"""What a dialog needs to be drawn, and to read what it answers."""

CHANGES = (Change.NEW, Change.NEW, Change.NEW, Change.RESCHEDULED, Change.COMPLETED)


@dataclass(frozen=True)
class Look:
    """How the desktop looks in one set of pictures; `suffix` ends their names."""

    suffix: str
    dark: bool
    scale: int
    background: tuple[tuple[int, int, int], tuple[int, int, int]]


LOOKS = {
    "light": Look("light", dark=False, scale=1, background=((206, 216, 234), (232, 236, 244))),
    "dark": Look("dark", dark=True, scale=1, background=((26, 30, 44), (44, 50, 72))),
    "200": Look("light-200", dark=False, scale=2, background=((206, 216, 234), (232, 236, 244))),
}


class Photographer:
    """Takes the pictures of one look."""

    def __init__(self, desktop: DesktopSession, program: Program, look: Look, folder: Path) -> None:
        self._desktop = desktop
        self._program = program
        self._look = look
        self._folder = folder
        desktop.screen.paint_background(_background(look, desktop.home / "background.png"))

    def take_all(self, portal: PracticePortal) -> None:
        """Lead the program through its states and take each picture when its state is there."""
        self._prepare(portal)
        item = self._program.start()
        wait_until(lambda: "Next sync" in item.tooltip(), 20, "the next sync in the tooltip")
        self._desktop.wait_for_notice("work orders", 20)  # of the sync before the start
        self._desktop.forget_notices()
        self._sync(portal)
        self._sync_with_a_notice(portal)
        self._windows()
        self._fail(portal)

    def _prepare(self, portal: PracticePortal) -> None:
        """Write down an account with three schedules, its work orders, and a week of history."""
        self._program.add_account(portal)
        self._program.cli("sync", "--wait")
        self._read_dispensers()
        holidays = ("--weekdays", "mon-fri", "--holidays", "US-FL")
        self._program.cli("schedules", "add", "--name", "Early and late", "--times", "4:45,19:15", *holidays)
        self._program.cli("schedules", "add", "--name", "Weekends", "--cron", "10 9,21 * * 6,0")
        self._program.cli("schedules", "pause", "3")
        write_week(self._program)

    def _read_dispensers(self) -> None:
        """Read the dispensers of some of the sites: those of all would take minutes."""
        paths = self._program.paths
        with closing(Store.open(paths.database, paths.lock, paths.backups)) as store:
            store.settings.set("dispenser_codes", DISPENSER_CODES)
            store.settings.set("pages_at_once", "6")
        self._program.cli("sync", "--job", "dispensers", "--wait")

    def _sync(self, portal: PracticePortal) -> None:
        portal.change(*CHANGES)
        card = self._open_card()
        self._desktop.open_menu_and_click("Sync now")
        self._program.wait_for_percentage(40)
        time.sleep(RING_SECONDS)
        self._picture("card-syncing", card)
        self._tray("tray-syncing")
        wait_until(lambda: self._program.percentage() < 0, SYNC_SECONDS, "the sync to end")
        self._desktop.wait_until_still(card)
        self._picture("card-success", card)
        self._close(card)
        wait_until(lambda: self._program.json("status")["status"] == "idle", 20, "the success to be over")
        self._desktop.wait_for_notice("new work order", 20)
        card = self._open_card()
        self._desktop.wait_until_still(card)
        self._picture("card-idle", card)
        self._close(card)
        self._desktop.forget_notices()
        self._tray("tray-idle")
        self._menu()

    def _sync_with_a_notice(self, portal: PracticePortal) -> None:
        portal.change(*CHANGES)
        self._desktop.forget_notices()
        self._desktop.open_menu_and_click("Sync now")
        self._desktop.leave_icon()
        self._desktop.wait_for_notice("new work order", SYNC_SECONDS)
        if self._look.scale > 1:  # the daemon draws its notices as small as ever
            self._desktop.forget_notices()
            return
        notice = wait_until(lambda: self._desktop.screen.visible("^Dunst$"), 20, "the notice on the screen")[0]
        self._picture("notice", notice)
        self._desktop.forget_notices()

    def _windows(self) -> None:
        pages = (
            ("Work orders…", "orders"),
            ("Dispensers…", "dispensers"),
            ("History…", "history"),
            ("", "statistics"),
            ("Settings…", "settings"),
        )
        for page, name in pages:
            if page:
                self._desktop.open_menu_and_click(page)
            else:
                self._desktop.screen.press("ctrl+4")  # the tray's menu has no entry for it
            window = wait_until(self._main_window, 10, f"the window of {name}")
            scale = self._look.scale
            self._desktop.screen.resize(window, WINDOW_SIZE[0] * scale, WINDOW_SIZE[1] * scale)
            self._desktop.screen.focus(window)
            window = self._main_window() or window
            if name in ("orders", "dispensers"):
                self._desktop.screen.click(window.x + ROW[0] * scale, window.y + ROW[1] * scale)
            self._desktop.wait_until_still(window)
            self._picture(name, window, margin=0)
            if name == "history":
                self._dialog("why", "Why did it not run?", "alt+w")
            if name == "settings":
                self._desktop.screen.click(window.x + SCHEDULE[0] * scale, window.y + SCHEDULE[1] * scale)
                self._dialog("schedule", "Edit the schedule", "Return")
                self._close(window)

    def _dialog(self, name: str, title: str, key: str) -> None:
        """Open a dialog by a key, take it, and close it again."""
        self._desktop.screen.press(key)
        dialog = self._desktop.wait_for_window(title)
        time.sleep(DIALOG_SECONDS)  # it never stands quite still: the text cursor blinks
        self._picture(name, dialog, margin=0)
        self._desktop.screen.focus(dialog)
        self._desktop.screen.press("Escape")
        gone = dialog.id
        wait_until(lambda: gone not in {shown.id for shown in self._desktop.windows()}, 5, f"{title!r} to close")

    def _fail(self, portal: PracticePortal) -> None:
        portal.mishaps.add(Mishap.MAINTENANCE)
        card = self._open_card()
        self._desktop.open_menu_and_click("Sync now")
        wait_until(lambda: "failed" in self._program.tooltip(), SYNC_SECONDS, "the failure in the tooltip")
        self._desktop.wait_until_still(card)
        self._picture("card-failure", card)
        self._desktop.forget_notices()
        self._tray("tray-failed")

    def _open_card(self) -> Window:
        self._desktop.click_icon()
        card = self._desktop.wait_for_window("FossaTray progress")
        self._desktop.screen.focus(card)
        return card

    def _main_window(self) -> Window | None:
        windows = self._desktop.windows(self._program.process)
        return next((window for window in windows if window.title.endswith("– FossaTray")), None)

    def _tray(self, name: str) -> None:
        """Take the right end of the panel with the icon's tooltip, as the mouse over the icon shows it."""
        x, _ = self._desktop.icon_position()
        tip = self._desktop.hover_icon()
        self._crop(name, min(tip.x - 20, x - 300), 0, self._desktop.size[0], tip.y + tip.height + 12)
        self._desktop.leave_icon()

    def _menu(self) -> None:
        menu = self._desktop.open_menu()
        self._crop("menu", menu.x - 40, 0, self._desktop.size[0], menu.y + menu.height + 20)
        self._desktop.screen.press("Escape")

    def _close(self, window: Window) -> None:
        """Close a window by the keyboard."""
        self._desktop.screen.focus(window)
        self._desktop.screen.press("Escape" if "progress" in window.title else "ctrl+w")
        gone = window.id
        wait_until(lambda: gone not in {shown.id for shown in self._desktop.windows()}, 5, f"{window.title!r} to close")

    def _picture(self, name: str, window: Window, margin: int = MARGIN) -> None:
        """Take a window with a little of what is behind it."""
        frame = margin * self._look.scale
        now = self._desktop.screen.window(window.id) or window
        self._crop(name, now.x - frame, now.y - frame, now.x + now.width + frame, now.y + now.height + frame)

    def _crop(self, name: str, left: int, top: int, right: int, bottom: int) -> None:
        left, top = max(0, left), max(0, top)
        right, bottom = min(self._desktop.size[0], right), min(self._desktop.size[1], bottom)
        path = self._folder / f"{name}-{self._look.suffix}.png"
        self._desktop.screenshot(path, crop=f"{right - left}x{bottom - top}+{left}+{top}")
        with Image.open(path) as taken:
            picture = taken.convert("RGB")
        if not name.startswith("card"):
            picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(path, optimize=True)
        sys.stdout.write(f"{path.name}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Make the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=sorted(LOOKS), action="append", help="this look only (may be given again)")
    parser.add_argument("--into", type=Path, default=Path(__file__).parent, help="the folder of the pictures")
    options = parser.parse_args(argv)
    for name in options.only or LOOKS:
        look = LOOKS[name]
        size = (SIZE[0] * look.scale, SIZE[1] * look.scale)
        with (
            DesktopSession(size=size, dark=look.dark, scale=look.scale) as desktop,
            PracticePortal(orders=230, latency=1.5) as portal,
        ):
            Photographer(
                desktop, Program(desktop, desktop.home / "fossatray", LANG="en_US.UTF-8"), look, options.into
            ).take_all(portal)
    return 0


def _background(look: Look, path: Path) -> Path:
    """Write a picture that goes softly from one colour to another, from top to bottom."""
    (top, bottom), height = look.background, 256
    picture = Image.new("RGB", (1, height))
    for row in range(height):
        share = row / (height - 1)
        mixed = [round(one + (other - one) * share) for one, other in zip(top, bottom, strict=True)]
        picture.putpixel((0, row), (mixed[0], mixed[1], mixed[2]))
    picture.resize((SIZE[0] * look.scale, SIZE[1] * look.scale)).save(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
