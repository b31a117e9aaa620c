"""The private desktop itself, proved on the bare tray: what the tests of the program rely on."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.private_desktop import tools
from tests.private_desktop.bus import Place
from tests.private_desktop.notices import INTERFACE as NOTIFICATIONS
from tests.private_desktop.secrets import is_locked, keyrings
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import DesktopError, find_tool, wait_until

NOTIFIER = Place(NOTIFICATIONS, "/org/freedesktop/Notifications", NOTIFICATIONS)


def notify(desktop: DesktopSession, summary: str, body: str, replaces: int = 0) -> int:
    """Send a notice as a program does and return its number."""
    values = ("a program", replaces, "", summary, body, ["default", "Open"], {"urgency": ("y", 1)}, -1)
    return int(desktop.bus.call(NOTIFIER, "Notify", "susssasa{sv}i", *values)[0])


def test_icon_registers_with_its_tooltip_pixmaps_and_process(desktop: DesktopSession, bare_tray: list[str]) -> None:
    program = desktop.start(bare_tray)
    item = desktop.wait_for_icon()
    assert item.tooltip() == "bare tray"
    assert item.pid == program.pid
    assert item.pixmaps[0].mean_colour == (0xD0, 0x60, 0x10)
    assert item.menu_labels() == ["Say hello", "Greyed out", "Quit"]
    assert not item.entry("Greyed out").enabled


def test_icon_waits_for_a_panel_that_comes_5_s_late(own_desktop: DesktopSession, bare_tray: list[str]) -> None:
    own_desktop.stop_panel()
    started = time.monotonic()
    own_desktop.start([*bare_tray, "--wait-for-host"])
    with pytest.raises(DesktopError):
        wait_until(own_desktop.tray_items, 5, "an icon without a panel")
    own_desktop.start_panel()
    own_desktop.wait_for_icon()
    assert time.monotonic() - started > 5


def test_icon_comes_back_when_the_panel_restarts(own_desktop: DesktopSession, bare_tray: list[str]) -> None:
    own_desktop.start(bare_tray)
    own_desktop.wait_for_icon()
    own_desktop.restart_panel()
    assert own_desktop.wait_for_icon().tooltip() == "bare tray"
    own_desktop.click_icon()
    wait_until(lambda: "activated: Trigger" in own_desktop.program_log(), 30, "the click to arrive")


def test_double_click_arrives_as_two_activations(desktop: DesktopSession, bare_tray: list[str]) -> None:
    desktop.start(bare_tray)
    desktop.wait_for_icon()
    desktop.double_click_icon()
    wait_until(lambda: desktop.program_log().count("activated: Trigger") == 2, 30, "both clicks to arrive")
    assert "DoubleClick" not in desktop.program_log()


def test_real_right_click_opens_the_menu_and_chooses(desktop: DesktopSession, bare_tray: list[str]) -> None:
    program = desktop.start(bare_tray)
    desktop.wait_for_icon()
    desktop.open_menu_and_click("Say hello")
    wait_until(lambda: "chosen: hello" in desktop.program_log(), 30, "the choice to arrive")
    with pytest.raises(DesktopError, match="Greyed out"):
        desktop.open_menu_and_click("Greyed out")
    desktop.open_menu_and_click("Quit")
    assert program.wait(5) == 0


def test_notice_is_received_replaced_and_clicked(desktop: DesktopSession) -> None:
    number = notify(desktop, "3 new work orders", "1 rescheduled")
    assert notify(desktop, "4 new work orders", "", replaces=number) == number
    first, second = (desktop.wait_for_notice(text) for text in ("3 new work orders", "4 new work orders"))
    assert (first.body, first.actions, second.replaces) == ("1 rescheduled", (("default", "Open"),), number)
    assert desktop.shown_notices() == 1
    desktop.click_notice()
    wait_until(lambda: desktop.notices()[-1].invoked == "default", 30, "the click on the notice to arrive")
    wait_until(lambda: desktop.notices()[-1].closed == "dismissed", 30, "the notice to close")


def test_keyring_is_open(desktop: DesktopSession) -> None:
    assert keyrings(desktop.bus)
    assert not is_locked(desktop.bus)


def test_locked_keyring_and_no_panel_and_nothing_left_behind() -> None:
    before = set(psutil.Process().children(recursive=True))
    with DesktopSession(panel="none", notifications=False, keyring="locked") as session:
        home = session.home
        assert is_locked(session.bus)
        assert not session.has_tray_host()
        assert not session.bus.has_owner(NOTIFICATIONS)
        started = set(psutil.Process().children(recursive=True)) - before
        assert {process.name() for process in started} >= {"Xvfb", "dbus-daemon", "openbox"}
    assert not home.exists()
    assert not [process for process in started if tools.is_alive(process)]
    assert not tools.processes_with("HOME", str(home))


def test_orphans_of_a_program_are_found_and_ended(desktop: DesktopSession) -> None:
    orphan = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)"
    desktop.start([sys.executable, "-c", orphan]).wait(5)
    assert [process.name() for process in desktop.leftovers()] == ["sleep"]
    desktop.reset()
    assert desktop.leftovers() == []


def test_picture_of_the_screen_and_of_a_window(desktop: DesktopSession, tmp_path: Path) -> None:
    path = desktop.screenshot(tmp_path / "pictures" / "tray.png", crop="100x28+0+0")
    with Image.open(path) as picture:
        assert picture.size == (100, 28)


def test_missing_tool_fails_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DesktopError, match=r"apt-get install xfce4-panel"):
        find_tool("xfce4-panel")
    with pytest.raises(DesktopError, match=r"Xvfb is missing; on Debian: apt-get install xvfb"):
        DesktopSession().__enter__()


def test_waiting_names_what_did_not_come() -> None:
    with pytest.raises(DesktopError, match=r"0\.1 s in vain for the moon"):
        wait_until(lambda: os.getpid() == 0, 0.1, "the moon")
