"""The glow card: its faces, its buttons, and that it paints nothing without need."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.errors import BrowserInstallFailed, BrowserMissing, SignInRefused
from fossatray.core.runs import Outcome, Phase, Progress
from fossatray.core.status import AppState, BrowserInstall
from fossatray.ui.card_face import FaceKind, Offer, face_of
from fossatray.ui.glow import outline_region, paint_glow
from fossatray.ui.glow_card import GlowCard
from fossatray.ui.progress_ring import FRAME_MS, ProgressRing
from fossatray.ui.theme import DARK, LIGHT, Theme
from fossatray.ui.words_qt import make_words
from tests.desktop.fakes import NOW, OTHER, Clock, account_state, armed, first, run, states, words

Show = Callable[[QWidget], QWidget]


class PaintCounter(QObject):
    """Counts the paint events of a widget and all inside it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        for part in (widget, *widget.findChildren(QWidget)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def card(qtbot: QtBot, clock: Clock) -> GlowCard:
    made = GlowCard(words(), clock)
    qtbot.addWidget(made)
    return made


def shown_texts(card: GlowCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible()]


def button(card: GlowCard, offer: Offer) -> QPushButton:
    return next(item for item in card.findChildren(QPushButton) if item.property("offer") == offer.value)


def kind(card: GlowCard) -> FaceKind:
    return card.face.kind


def shown_buttons(card: GlowCard) -> list[str]:
    return [item.text().replace("&", "") for item in card.findChildren(QPushButton) if item.isVisible()]


# --- faces ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [kind.value for kind in FaceKind])
def test_each_state_has_its_face(card: GlowCard, shown: Show, name: str) -> None:
    card.show_state(states()[name])
    shown(card)
    assert card.face.kind.value == name


def test_idle_says_the_next_sync_in_exact_words(card: GlowCard, shown: Show) -> None:
    card.show_state(states()["idle"])
    shown(card)
    assert "Next sync today at 2:00 PM" in shown_texts(card)
    assert "Last sync today at 12:57 PM: 60 work orders" in shown_texts(card)
    assert set(shown_buttons(card)) == {"Sync now", "View work orders"}


def test_in_another_zone_the_same_state_is_told_in_its_hours(qtbot: QtBot, clock: Clock, shown: Show) -> None:
    zones: list[tzinfo] = [UTC]
    card = GlowCard(make_words(lambda: zones[-1]), clock)
    card.show_state(states()["idle"])
    shown(card)
    assert "Next sync today at 2:00 PM" in shown_texts(card)
    zones.append(ZoneInfo("America/New_York"))
    card.show_state(states()["idle"])
    assert "Next sync today at 9:00 AM" in shown_texts(card)
    assert "Last sync today at 7:57 AM: 60 work orders" in shown_texts(card)


def test_syncing_says_phase_sentence_and_count(card: GlowCard, shown: Show) -> None:
    card.show_state(states()["syncing"])
    shown(card)
    for text in ("Syncing work orders", "Scraping", "Reading page 2 of 3…", "15 work orders found"):
        assert text in shown_texts(card)
    assert set(shown_buttons(card)) == {"View work orders", "Cancel"}
    ring = first(card, ProgressRing)
    assert ring.accessibleDescription() == "45 percent"


def test_failure_names_cause_and_next_step(card: GlowCard, shown: Show) -> None:
    card.show_state(states()["failure"])
    shown(card)
    text = "\n".join(shown_texts(card))
    assert "The portal could not be reached" in text
    assert "app.workfossa.com could not be found." in text
    assert "Check your internet connection." in text
    assert "Next sync today at 2:00 PM" in text
    assert set(shown_buttons(card)) == {"Sync now", "Dismiss"}


def test_success_returns_to_idle_after_ten_seconds(card: GlowCard, clock: Clock, shown: Show, qtbot: QtBot) -> None:
    state = AppState((account_state(last_run=run(Outcome.SUCCEEDED, ended_ago=9.8)),))
    card.show_state(state)
    shown(card)
    assert "Sync complete" in shown_texts(card)
    assert "3 new, 1 changed, 2 no longer in your open list" in shown_texts(card)
    clock.now = NOW + timedelta(seconds=1)
    qtbot.waitUntil(lambda: "Work order sync" in shown_texts(card), timeout=10_000)


def test_a_dismissed_failure_stays_away_until_the_next_one(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(states()["failure"])
    shown(card)
    with qtbot.waitSignal(card.dismissed):
        button(card, Offer.DISMISS).click()
    assert kind(card) is FaceKind.IDLE
    card.show_state(states()["failure"])
    assert kind(card) is FaceKind.IDLE
    again = states()["failure"].accounts[0]
    assert again.last_run is not None
    card.show_state(AppState((replace(again, last_run=replace(again.last_run, id=8)),)))
    assert kind(card) is FaceKind.FAILURE


def test_a_refusal_offers_the_settings(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    refused = SignInRefused().info()
    failed = run(Outcome.FAILED, error=refused)
    card.show_state(AppState((account_state(last_run=failed, blocked=refused, schedules=(armed(held="blocked"),)),)))
    shown(card)
    assert set(shown_buttons(card)) == {"Open settings", "Dismiss"}
    with qtbot.waitSignal(card.settings_requested):
        button(card, Offer.SETTINGS).click()


def without_browser(install: BrowserInstall | None = None) -> AppState:
    failed = run(Outcome.FAILED, error=BrowserMissing().info())
    return AppState((account_state(last_run=failed),), browser_install=install)


def test_a_missing_browser_can_be_installed_by_keyboard(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(without_browser())
    shown(card)
    assert "No browser was found" in shown_texts(card)
    assert set(shown_buttons(card)) == {"Install a browser", "Sync now", "Dismiss"}
    install = button(card, Offer.INSTALL_BROWSER)
    assert install.accessibleName() == "Install a browser"
    assert install.property("role") == "primary"
    install.setFocus()
    with qtbot.waitSignal(card.install_requested):
        QTest.keyClick(card, Qt.Key.Key_Return)


def test_an_installation_is_shown_as_it_comes_further(card: GlowCard, shown: Show) -> None:
    card.show_state(without_browser(BrowserInstall(40)))
    shown(card)
    assert "Installing a browser" in shown_texts(card)
    assert shown_buttons(card) == ["View work orders", "Cancel"]
    assert first(card, ProgressRing).accessibleDescription() == "40 percent"
    card.show_state(without_browser(BrowserInstall(70)))
    assert first(card, ProgressRing).accessibleDescription() == "70 percent"


def test_an_installation_can_be_cancelled(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(without_browser(BrowserInstall(40)))
    shown(card)
    button(card, Offer.CANCEL_INSTALL).setFocus()
    with qtbot.waitSignal(card.cancel_install_requested):
        QTest.keyClick(card, Qt.Key.Key_Return)


def test_an_installation_is_shown_before_there_is_an_account(card: GlowCard, shown: Show) -> None:
    card.show_state(AppState(browser_install=BrowserInstall(40)))
    shown(card)
    assert "Installing a browser" in shown_texts(card)


def test_a_failed_installation_says_why_and_can_be_tried_again(card: GlowCard, shown: Show) -> None:
    error = BrowserInstallFailed("The disk is full.", advice="Free about 500 MB.").info()
    card.show_state(without_browser(BrowserInstall(error=error)))
    shown(card)
    text = "\n".join(shown_texts(card))
    assert "The browser could not be installed" in text
    assert "The disk is full." in text
    assert "Free about 500 MB." in text
    assert "Install a browser" in shown_buttons(card)
    button(card, Offer.DISMISS).click()
    assert kind(card) is FaceKind.IDLE


def test_a_failed_installation_is_not_told_of_another_failure(card: GlowCard, shown: Show) -> None:
    install = BrowserInstall(error=BrowserInstallFailed("The disk is full.").info())
    card.show_state(replace(states()["failure"], browser_install=install))
    shown(card)
    assert "The portal could not be reached" in shown_texts(card)
    assert "Install a browser" not in shown_buttons(card)


def test_several_accounts_are_named(qtbot: QtBot) -> None:
    failed = account_state(account=OTHER, last_run=replace(run(Outcome.FAILED, error=SignInRefused().info()), id=3))
    state = AppState((account_state(), failed))
    assert face_of(state, words(), NOW).account == "Night shift"
    assert face_of(state, words(), NOW, frozenset({"run 3"})).account != ""


@pytest.mark.parametrize(
    ("state", "offer", "signal"),
    [
        ("idle", Offer.SYNC, "sync_requested"),
        ("idle", Offer.ORDERS, "orders_requested"),
        ("dispensers_read", Offer.DISPENSERS, "dispensers_requested"),
        ("syncing", Offer.CANCEL, "cancel_requested"),
        ("paused", Offer.RESUME, "resume_requested"),
        ("not_set_up", Offer.SETTINGS, "settings_requested"),
    ],
)
def test_buttons_say_what_is_wanted(
    card: GlowCard, shown: Show, qtbot: QtBot, state: str, offer: Offer, signal: str
) -> None:
    card.show_state(states()[state])
    shown(card)
    with qtbot.waitSignal(getattr(card, signal)):
        QTest.mouseClick(button(card, offer), Qt.MouseButton.LeftButton)


# --- opening, closing, keys -------------------------------------------------------------------------------------------


def test_it_never_opens_or_closes_by_itself(card: GlowCard, shown: Show) -> None:
    for state in states().values():
        card.show_state(state)
        QApplication.processEvents()
        assert not card.isVisible()
    shown(card)
    for state in states().values():
        card.show_state(state)
        QApplication.processEvents()
        assert card.isVisible()


def test_escape_and_the_button_close_it(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    shown(card)
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()
    card.present()
    QTest.mouseClick(card._parts.close_button, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    card.present()
    assert card.isVisible()


def test_everything_can_be_reached_by_keyboard(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(states()["idle"])
    shown(card)
    card.activateWindow()
    reached = set()
    for _ in range(6):
        focused = card.focusWidget()
        assert focused is not None
        reached.add(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert {"Sync now", "View work orders", "Close"} <= reached


def test_enter_presses_the_first_button(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(states()["idle"])
    shown(card)
    with qtbot.waitSignal(card.sync_requested):
        QTest.keyClick(card, Qt.Key.Key_Return)


def test_it_follows_the_mouse(card: GlowCard, shown: Show) -> None:
    shown(card)
    before, start = card.pos(), QPoint(60, 200)
    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(card, start + QPoint(40, 25))
    QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=start)
    assert card.pos() == before + QPoint(40, 25)


# --- painting ---------------------------------------------------------------------------------------------------------


def test_nothing_is_painted_while_it_is_hidden(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(states()["syncing"])
    shown(card)
    card.hide()
    QApplication.processEvents()
    counter = PaintCounter(card)
    ring = first(card, ProgressRing)
    assert not ring.is_moving
    for percentage in range(46, 60):
        progress = Progress(Phase.SCRAPING, percentage, percentage, 2, 3)
        card.show_state(AppState((account_state(run=run(None), progress=progress),)))
        qtbot.wait(5)
    assert counter.count == 0


@pytest.mark.parametrize("name", ["idle", "success", "failure", "paused", "not_set_up"])
def test_nothing_is_painted_while_it_is_still(card: GlowCard, shown: Show, qtbot: QtBot, name: str) -> None:
    card.show_state(states()[name])
    shown(card)
    qtbot.wait(150)
    counter = PaintCounter(card)
    for _ in range(10):
        card.show_state(states()[name])
        qtbot.wait(20)
    assert counter.count == 0


def test_while_syncing_only_the_ring_moves_and_at_most_30_times_a_second(
    card: GlowCard, shown: Show, qtbot: QtBot
) -> None:
    card.show_state(states()["syncing"])
    shown(card)
    ring = first(card, ProgressRing)
    assert ring.is_moving
    qtbot.wait(300)
    counter = PaintCounter(ring)
    glow = card.background_paintings
    qtbot.wait(1000)
    assert 1 <= counter.count <= 30
    assert FRAME_MS >= 1000 / 30
    assert card.background_paintings == glow
    labels = PaintCounter(card.findChildren(QPushButton)[0])
    qtbot.wait(200)
    assert labels.count == 0


def test_the_glow_is_painted_once_a_size(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    card.show_state(states()["syncing"])
    shown(card)
    before = card.background_paintings
    for _ in range(5):
        card.update()
        QApplication.processEvents()
    assert card.background_paintings == before


def still(widget: QWidget) -> bool:
    return True


def test_with_less_motion_the_ring_stands_at_the_percentage(clock: Clock, shown: Show, qtbot: QtBot) -> None:
    card = GlowCard(words(), clock, less_motion=still)
    card.show_state(states()["syncing"])
    shown(card)
    ring = first(card, ProgressRing)
    assert not ring.is_moving
    progress = Progress(Phase.SCRAPING, 80, 40, 3, 3)
    card.show_state(AppState((account_state(run=run(None), progress=progress),)))
    assert not ring.is_moving
    assert ring._shown == 80


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_glow_has_no_steps(theme: Theme, qtbot: QtBot) -> None:
    """Along each edge the colour changes so softly that no two neighbours differ by what an eye can see."""
    picture = paint_glow(QSize(400, 440), 2.0, theme).toImage()
    left, right, row = 80, picture.width() - 80, picture.height() - 16
    shades = [picture.pixelColor(x, row) for x in range(left, right)]
    steps = [
        max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) for a, b in pairwise(shades)
    ]
    assert max(steps) <= 2
    assert shades[0] != shades[-1]


def test_no_transparent_pixel_is_inside_the_outline(qtbot: QtBot) -> None:
    """Without a compositor it would be black."""
    size = QSize(390, 431)
    region, picture = outline_region(size), paint_glow(size, 2.0, LIGHT).toImage()
    thin = [
        (x, y)
        for y in range(picture.height())
        for x in (*range(80), *range(picture.width() - 80, picture.width()))
        if picture.pixelColor(x, y).alpha() < 255 and region.contains(QPoint(x // 2, y // 2))
    ]
    assert thin == []
