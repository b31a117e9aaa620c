"""FossaTray in a real tray: its icon, tooltip and menu, its card, and what a technician does with them."""

from __future__ import annotations

import time

import pytest

from fossatray.demo.changes import Change
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.private_desktop.screen import Window
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import DesktopError, wait_until
from tests.system.program import COMMAND, SYNC_SECONDS, Program

pytestmark = pytest.mark.browser

CARD = "FossaTray progress"


def main_window(desktop: DesktopSession, program: Program) -> Window | None:
    """Return the program's main window, if it is open."""
    return next((window for window in desktop.windows(program.process) if window.title != CARD), None)


def looks_seen(desktop: DesktopSession, window: Window) -> set[bytes]:
    """Return the pictures a window shows within 1.2 s (a blinking cursor makes two)."""
    seen: set[bytes] = set()
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        seen.add(desktop.screenshot(desktop.home / "look.png", window).read_bytes())
    return seen


def look_at_rest(desktop: DesktopSession, window: Window) -> set[bytes]:
    """Return the pictures a window shows once it shows the same for a while."""
    last: set[bytes] = set()

    def same_again() -> bool:
        nonlocal last
        before, last = last, looks_seen(desktop, window)
        return before == last

    wait_until(same_again, 30, "the window to come to rest")
    return last


def test_icon_registers_in_all_sizes_and_opens_nothing(desktop: DesktopSession, program: Program) -> None:
    item = program.start()
    assert program.process is not None
    assert item.pid == program.process.pid
    assert {(pixmap.width, pixmap.height) for pixmap in item.pixmaps} >= {
        (size, size) for size in (16, 22, 24, 32, 48, 64)
    }
    assert item.tooltip().startswith("FossaTray: ")
    assert item.menu_labels()[0] == item.tooltip()
    program.json("status")
    assert desktop.windows(program.process) == []


def test_icon_comes_with_a_panel_that_is_5_s_late(own_desktop: DesktopSession, own_program: Program) -> None:
    own_desktop.stop_panel()
    own_program.launch()
    with pytest.raises(DesktopError):
        wait_until(own_desktop.tray_items, 5, "an icon without a panel")
    own_desktop.start_panel()
    own_program.wait_for_state()
    own_desktop.click_icon()
    own_desktop.wait_for_window("FossaTray")


def test_icon_survives_a_restart_of_the_panel(own_desktop: DesktopSession, own_program: Program) -> None:
    own_program.start()
    own_desktop.restart_panel()
    own_program.wait_for_state()
    own_desktop.click_icon()
    own_desktop.wait_for_window("FossaTray")


def test_sync_chosen_in_the_real_menu_shows_its_percentage(
    desktop: DesktopSession, program: Program, portal: PracticePortal
) -> None:
    program.add_account(portal)
    item = program.start()
    wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
    grown = item.pixmaps[0].mean_colour
    desktop.open_menu_and_click("Sync now")
    shown = [program.wait_for_percentage(5), program.wait_for_percentage(26)]
    assert 5 <= shown[0] <= shown[1] < 100
    _, _, blue = item.pixmaps[0].mean_colour
    assert blue > grown[2]
    assert "work orders found" in item.tooltip()
    assert item.menu_labels()[0] == item.tooltip()
    assert "Cancel sync" in item.menu_labels()
    assert "Sync now" not in item.menu_labels()
    assert program.wait_for_rest()["outcome"] == "succeeded"
    wait_until(lambda: "230 work orders" in item.tooltip(), 30, "the result in the tooltip")
    assert len(program.json("orders")) == 230


def test_percentage_never_runs_backwards(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    item = program.start()
    wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
    item.menu_click("Sync now")
    program.wait_for_percentage(5)
    seen: list[int] = []

    def has_ended() -> bool:
        seen.append(program.percentage())
        return seen[-1] < 0

    wait_until(has_ended, SYNC_SECONDS, "the sync to end")
    seen.pop()
    assert seen == sorted(seen)
    assert len(set(seen)) >= 4


def test_activation_opens_the_card_and_never_closes_it(
    desktop: DesktopSession, program: Program, portal: PracticePortal
) -> None:
    program.add_account(portal)
    program.start()
    desktop.click_icon()
    card = desktop.wait_for_window(CARD)
    desktop.double_click_icon()
    program.json("status")
    assert [window.id for window in desktop.windows(program.process)] == [card.id]


def test_menu_opens_each_window(desktop: DesktopSession, program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    item = program.start()
    item.menu_click("Progress…")
    desktop.wait_for_window(CARD)
    item.menu_click("Work orders…")
    window = wait_until(lambda: main_window(desktop, program), 30, "the window")
    seen = looks_seen(desktop, window)
    for label in ("History…", "Settings…"):
        item.menu_click(label)
        wait_until(lambda: not looks_seen(desktop, window) & seen, 30, f"another page with {label}")
        seen.update(looks_seen(desktop, window))


def test_batch_notice_arrives_and_a_click_on_it_opens_the_orders(desktop: DesktopSession, program: Program) -> None:
    with PracticePortal(orders=30) as portal:
        program.add_account(portal)
        item = program.start()
        wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
        item.menu_click("Sync now")
        wait_until(
            lambda: "30 work orders" in item.tooltip() and program.percentage() < 0, SYNC_SECONDS, "the first sync"
        )
        desktop.wait_for_notice("30 work orders found")
        desktop.forget_notices()
        portal.change(Change.NEW, Change.NEW, Change.NEW, Change.RESCHEDULED)
        item.menu_click("Sync now")
        notice = desktop.wait_for_notice("3 new work orders, 1 rescheduled", SYNC_SECONDS)
    assert notice.app_name == "FossaTray"
    assert desktop.windows(program.process) == []
    desktop.click_notice()
    window = wait_until(lambda: main_window(desktop, program), 30, "the window")
    shown = look_at_rest(desktop, window)
    item.menu_click("History…")
    wait_until(lambda: not looks_seen(desktop, window) & shown, 30, "another page")
    item.menu_click("Work orders…")
    wait_until(lambda: looks_seen(desktop, window) & shown, 30, "the page that the click on the notice opened")


def test_failure_and_recovery_are_told_once_each(desktop: DesktopSession, program: Program) -> None:
    with PracticePortal(orders=20, mishaps=[Mishap.MAINTENANCE]) as portal:
        program.add_account(portal)
        item = program.start()
        wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
        healthy = item.pixmaps[0].mean_colour
        for _ in range(2):
            item.menu_click("Sync now")
            assert program.wait_for_rest()["outcome"] == "failed"
        wait_until(lambda: "failed" in item.tooltip(), 30, "the failure in the tooltip")
        red, green, _ = item.pixmaps[0].mean_colour
        assert red > green
        assert healthy[1] > healthy[0]
        wait_until(desktop.notices, 30, "the notice of the failure")
        assert len(desktop.notices()) == 1
        portal.mishaps.clear()
        item.menu_click("Sync now")
        wait_until(lambda: len(desktop.notices()) == 2, SYNC_SECONDS, "the notice of the recovery")


def test_pause_and_resume_in_the_menu(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    item = program.start()
    wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
    item.menu_click("Pause")
    wait_until(lambda: "Paused" in item.tooltip(), 30, "the pause in the tooltip")
    assert program.json("status")["status"] == "paused"
    item.menu_click("Resume")
    wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip again")


def test_second_start_raises_the_first(desktop: DesktopSession, program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    first = program.start()
    second = desktop.start([*COMMAND, "--data-dir", str(program.data)])  # as from the desktop's menu
    assert second.wait(10) == 0
    assert desktop.wait_for_window(CARD).pid == first.pid
    assert len(desktop.tray_items()) == 1


def test_cancel_in_the_menu_ends_the_sync_within_5_s(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    item = program.start()
    wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
    item.menu_click("Sync now")
    program.wait_for_percentage(26)
    began = time.monotonic()
    item.menu_click("Cancel sync")
    wait_until(lambda: "was cancelled" in item.tooltip(), 30, "the cancelled run in the tooltip")
    assert time.monotonic() - began < 5
    assert len(program.family()) == 1
    assert program.json("history")[0]["outcome"] == "cancelled"


def test_success_goes_back_to_rest_by_itself(desktop: DesktopSession, program: Program) -> None:
    with PracticePortal(orders=10) as portal:
        program.add_account(portal)
        item = program.start()
        wait_until(lambda: "Next sync" in item.tooltip(), 30, "the next sync in the tooltip")
        desktop.click_icon()
        card = desktop.wait_for_window(CARD)
        item.menu_click("Sync now")
        wait_until(lambda: program.json("status")["status"] == "completed", SYNC_SECONDS, "the sync to end")
    desktop.wait_until_still(card, 5)
    success = looks_seen(desktop, card)
    wait_until(lambda: not looks_seen(desktop, card) & success, 30, "the card to leave the success behind")
    wait_until(lambda: program.json("status")["status"] == "idle", 15, "the program to be at rest")
