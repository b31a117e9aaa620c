"""The tray icon: pictures, tooltip, menu."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from fossatray.core.errors import PortalUnreachable
from fossatray.core.health import Health
from fossatray.core.runs import Outcome, Phase, Progress
from fossatray.core.schedules import Schedule
from fossatray.core.status import AppState, BrowserInstall
from fossatray.ui.icons import RING_STEPS, SIZES, TrayIcons, icon_key
from fossatray.ui.midnight import Midnight
from fossatray.ui.tray import Tray
from fossatray.ui.words_qt import make_words
from tests.desktop.fakes import NOW, OTHER, Clock, account_state, armed, run, states, words

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tray(qtbot: QtBot, clock: Clock) -> Iterator[Tray]:
    made = Tray()
    made.speak(words(), clock)
    made.show_state(AppState())
    yield made
    made.close()


def texts(tray: Tray) -> list[str]:
    return [action.text().replace("&", "") for action in tray.menu.actions() if action.isVisible() and action.text()]


def action(tray: Tray, text: str) -> QAction:
    return next(item for item in tray.menu.actions() if item.text().replace("&", "") == text)


def test_every_state_has_a_picture_of_its_own_in_every_size(qtbot: QtBot) -> None:
    icons = TrayIcons()
    pictures = {}
    for health in Health:
        icon = icons.icon(icon_key(health, 50))
        assert sorted(size.width() for size in icon.availableSizes()) == list(SIZES)
        pictures[health] = icon.pixmap(64, 64).toImage()
    images = list(pictures.values())
    assert all(images[a] != images[b] for a in range(len(images)) for b in range(a))


def test_shape_tells_the_state_without_colour(qtbot: QtBot) -> None:
    """In shades of grey, small as panels are, every two pictures differ in at least a twentieth of their pixels."""
    icons = TrayIcons()
    grey = {h: icons.icon(icon_key(h, 50)).pixmap(22, 22).toImage() for h in Health}
    names = list(Health)
    for index, first in enumerate(names):
        for second in names[:index]:
            pairs = (
                (grey[first].pixelColor(x, y), grey[second].pixelColor(x, y)) for x in range(22) for y in range(22)
            )
            different = sum(abs(a.lightness() - b.lightness()) > 60 for a, b in pairs)
            assert different > 22 * 22 / 20, (first, second, different)


def test_the_ring_fills_in_few_pictures_that_are_kept(qtbot: QtBot) -> None:
    keys = {icon_key(Health.SYNCING, percentage) for percentage in range(101)}
    assert len(keys) <= RING_STEPS <= 20
    icons = TrayIcons()
    assert icons.icon((Health.SYNCING, 3)) is icons.icon((Health.SYNCING, 3))
    empty, full = (icons.icon((Health.SYNCING, step)).pixmap(64, 64).toImage() for step in (0, RING_STEPS - 1))
    assert empty != full
    assert len({icon_key(Health.HEALTHY, percentage) for percentage in range(101)}) == 1


def test_the_icon_is_set_only_when_it_changes(tray: Tray) -> None:
    syncing = account_state(run=run(None))
    tray.show_state(AppState((replace(syncing, progress=Progress(Phase.SCRAPING, 40, 10, 1, 2)),)))
    before = tray.icon.icon().cacheKey()
    tray.show_state(AppState((replace(syncing, progress=Progress(Phase.SCRAPING, 41, 12, 1, 2)),)))
    assert tray.icon.icon().cacheKey() == before
    assert tray.icon.toolTip() == "FossaTray: syncing 41 %, 12 work orders found"
    tray.show_state(AppState((replace(syncing, progress=Progress(Phase.SCRAPING, 60, 30, 2, 2)),)))
    assert tray.icon.icon().cacheKey() != before


@pytest.mark.parametrize("name", list(states()))
def test_tooltip_and_first_line_say_the_same_in_127_characters(tray: Tray, name: str) -> None:
    tray.show_state(states()[name])
    tooltip = tray.icon.toolTip()
    first = tray.menu.actions()[0]
    assert tooltip.startswith("FossaTray: ")
    assert len(tooltip) <= 127
    assert first.text().replace("&&", "&") == tooltip
    assert not first.isEnabled()


def test_the_tooltip_gives_exact_words(tray: Tray) -> None:
    tray.show_state(states()["syncing"])
    assert tray.icon.toolTip() == "FossaTray: syncing 45 %, 15 work orders found"
    tray.show_state(states()["idle"])
    assert tray.icon.toolTip() == "FossaTray: Next sync today at 2:00 PM. Last sync today at 12:57 PM: 60 work orders"


def test_menu_when_idle(tray: Tray) -> None:
    tray.show_state(states()["idle"])
    assert texts(tray)[1:] == [
        "Sync now",
        "Read dispensers now",
        "Pause",
        "Next sync today at 2:00 PM",
        "Last sync today at 12:57 PM: 60 work orders",
        "Work orders…",
        "Dispensers…",
        "History…",
        "Progress…",
        "Settings…",
        "Open log folder",
        "Quit",
    ]


def test_menu_follows_the_state(tray: Tray) -> None:
    tray.show_state(states()["syncing"])
    assert "Cancel sync" in texts(tray)
    assert "Sync now" not in texts(tray)
    tray.show_state(states()["paused"])
    assert "Resume" in texts(tray)
    assert "Pause" not in texts(tray)
    tray.show_state(states()["not_set_up"])
    assert not action(tray, "Sync now").isEnabled()
    assert not action(tray, "Pause").isEnabled()
    assert "Settings…" in texts(tray)


def test_the_installation_of_a_browser_is_said_and_can_be_cancelled(tray: Tray, qtbot: QtBot) -> None:
    tray.show_state(replace(states()["failure"], browser_install=BrowserInstall()))
    assert tray.icon.toolTip() == "FossaTray: installing a browser…"
    assert texts(tray)[0] == "FossaTray: installing a browser…"
    tray.show_state(AppState(browser_install=BrowserInstall(40)))
    assert tray.icon.toolTip() == "FossaTray: installing a browser… 40 %"
    with qtbot.waitSignal(tray.cancel_install_requested):
        action(tray, "Cancel installation").trigger()
    tray.show_state(replace(states()["syncing"], browser_install=BrowserInstall(40)))
    assert "syncing" in tray.icon.toolTip()
    assert "Cancel installation" in texts(tray)
    failed = BrowserInstall(error=PortalUnreachable().info())
    tray.show_state(replace(states()["failure"], browser_install=failed))
    assert "installing" not in tray.icon.toolTip()
    assert "Cancel installation" not in texts(tray)


def test_choosing_says_what_is_wanted(tray: Tray, qtbot: QtBot) -> None:
    tray.show_state(states()["idle"])
    for text, signal in (
        ("Sync now", tray.sync_requested),
        ("Read dispensers now", tray.dispensers_requested),
        ("Pause", tray.pause_requested),
        ("Quit", tray.quit_requested),
        ("Cancel sync", tray.cancel_requested),
        ("Resume", tray.resume_requested),
    ):
        with qtbot.waitSignal(signal):
            action(tray, text).trigger()
    pages = ("Work orders…", "orders"), ("Dispensers…", "dispensers"), ("History…", "history"), ("Progress…", "card")
    last = ("Settings…", "settings"), ("Open log folder", "log")
    for text, page in (*pages, *last):
        with qtbot.waitSignal(tray.open_requested) as caught:
            action(tray, text).trigger()
        assert caught.args == [page]


@pytest.mark.parametrize(
    ("platform", "opening"),
    [
        ("linux", ["Unknown", "DoubleClick", "Trigger", "MiddleClick"]),  # its hosts send no double click
        ("win32", ["DoubleClick"]),
        ("darwin", ["Unknown", "DoubleClick", "MiddleClick"]),  # a single click opens the menu
    ],
)
def test_a_double_click_opens_the_card_where_hosts_send_one_else_any_activation(
    qtbot: QtBot, platform: str, opening: list[str]
) -> None:
    made = Tray(platform=platform)
    asked: list[str] = []
    made.open_requested.connect(asked.append)
    opened = []
    for reason in QSystemTrayIcon.ActivationReason:
        asked.clear()
        made.icon.activated.emit(reason)
        if asked:
            assert asked == ["card"]
            opened.append(reason.name)
    made.close()
    assert sorted(opened) == sorted(opening)


def test_at_midnight_today_becomes_yesterday(tray: Tray, clock: Clock) -> None:
    tray.show_state(AppState((account_state(schedules=()),)))
    assert "today at 12:57 PM" in tray.icon.toolTip()
    clock.now = NOW + timedelta(hours=12)
    assert tray._midnight is not None
    tray._midnight.look()
    assert "yesterday at 12:57 PM" in tray.icon.toolTip()


def test_in_another_zone_the_same_state_is_told_in_its_hours(qtbot: QtBot, clock: Clock) -> None:
    zones: list[tzinfo] = [UTC]
    tray = Tray()
    tray.speak(make_words(lambda: zones[-1]), clock)
    tray.show_state(states()["idle"])
    assert "Next sync today at 2:00 PM" in tray.icon.toolTip()
    zones.append(ZoneInfo("America/New_York"))
    tray.show_state(states()["idle"])
    assert "Next sync today at 9:00 AM" in tray.icon.toolTip()
    assert "Next sync today at 9:00 AM" in texts(tray)
    tray.close()


def test_midnight_is_the_one_of_the_zone_that_is_now(qtbot: QtBot, clock: Clock) -> None:
    zones: list[tzinfo] = [UTC]
    midnight = Midnight(clock, make_words(lambda: zones[-1]))
    told: list[str] = []
    midnight.day_changed.connect(partial(told.append, "day"))
    midnight.look()
    assert told == []
    zones.append(ZoneInfo("America/New_York"))  # the same day, at other hours
    midnight.look()
    midnight.look()
    assert told == ["day"]
    clock.now = NOW.replace(hour=3) + timedelta(days=1)  # the next day in UTC, but not there
    midnight.look()
    assert told == ["day"]
    clock.now += timedelta(hours=2)
    midnight.look()
    assert told == ["day", "day"]
    midnight.stop()


def test_the_menu_is_fresh_when_it_opens(tray: Tray, clock: Clock) -> None:
    tray.show_state(states()["idle"])
    clock.now = NOW + timedelta(hours=12)
    tray.menu.aboutToShow.emit()
    assert "Last sync yesterday at 12:57 PM: 60 work orders" in texts(tray)


def test_the_tray_needs_nothing_that_windows_need() -> None:
    """The start-up budget: what the icon does not need is imported after it is shown."""
    code = (
        "import sys; before = set(sys.modules); import fossatray.ui.tray, fossatray.ui.words_qt\n"
        "print(*sorted(name for name in set(sys.modules) if name.startswith(('fossatray', 'PySide6', 'peewee'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("fossatray.ui.")}
    assert ours == {f"fossatray.ui.{name}" for name in ("icons", "tray", "words_qt")}
    assert "PySide6.QtSvg" not in done.stdout
    assert "peewee" not in done.stdout


def test_with_one_of_two_accounts_paused_both_are_offered(tray: Tray) -> None:
    paused = account_state(account=OTHER, schedules=(armed(Schedule(2, OTHER.id, enabled=False), "paused"),))
    tray.show_state(AppState((account_state(), paused)))
    assert {"Pause", "Resume"} <= set(texts(tray))
    assert action(tray, "Pause").isEnabled()
    tray.show_state(AppState((account_state(),)))
    assert "Resume" not in texts(tray)


def test_what_is_switched_off_has_its_shape_and_is_resumed(tray: Tray, qtbot: QtBot) -> None:
    off = armed(held="switched_off", switched_off=True, failures=5)
    tray.show_state(AppState((account_state(schedules=(off,)),)))
    assert tray._icon_key == (Health.SWITCHED_OFF, 0)
    said = "FossaTray: Switched off after 5 failed syncs in a row. Resume it from the menu."
    assert tray.icon.toolTip() == said
    assert "Pause" not in texts(tray)
    with qtbot.waitSignal(tray.resume_requested):
        action(tray, "Resume").trigger()


@pytest.mark.parametrize(
    ("pause", "held", "said"),
    [
        (timedelta(days=2), "paused", "Paused until Wednesday at 1:00 PM"),
        (None, "waiting_for_network", "Waiting for the network"),
        (None, "no_password", "Syncing is stopped: no password is stored"),
    ],
)
def test_what_holds_the_next_sync_stands_in_its_place(
    tray: Tray, pause: timedelta | None, held: str, said: str
) -> None:
    until = NOW + pause if pause is not None else None
    tray.show_state(AppState((account_state(schedules=(armed(held=held, paused_until=until),)),)))
    assert said in texts(tray)
    assert tray.icon.toolTip().startswith(f"FossaTray: {said}")
    assert ("Resume" in texts(tray)) is (held == "paused")


def test_after_three_failures_it_is_having_issues(tray: Tray) -> None:
    failed = run(Outcome.FAILED, error=PortalUnreachable().info())
    tray.show_state(AppState((account_state(failures=3, last_run=failed),)))
    assert "Having issues: the last 3 syncs failed: The portal could not be reached" in texts(tray)


def test_unread_notices_are_told_by_tooltip_and_menu(tray: Tray, qtbot: QtBot) -> None:
    tray.show_state(states()["idle"])
    before = tray.icon.toolTip()
    assert not any("unread" in text for text in texts(tray))
    tray.show_unread(2)
    assert tray.icon.toolTip() == f"{before} – 2 unread notices"
    with qtbot.waitSignal(tray.open_requested) as caught:
        action(tray, "2 unread notices…").trigger()
    assert caught.args == ["notices"]
    tray.show_unread(0)
    assert tray.icon.toolTip() == before
    assert not any("unread" in text for text in texts(tray))
