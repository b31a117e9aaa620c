"""Notices that the desktop cannot show: the window's list, and the card."""

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.notices import Notice
from fossatray.ui.glow_card import GlowCard
from fossatray.ui.labels import PlainLabel
from fossatray.ui.main_window import MainWindow
from fossatray.ui.notice_bar import KEPT, NoticeBar
from tests.desktop.fakes import HOSTILE, Clock, states, words

Show = Callable[[QWidget], QWidget]


def notice(number: int, body: str = "", kind: str = "batch", target: str = "history") -> Notice:
    return Notice(str(number), f"{number} new work orders", body, kind, target)


@pytest.fixture
def bar(qtbot: QtBot) -> NoticeBar:
    made = NoticeBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def card(qtbot: QtBot) -> GlowCard:
    made = GlowCard(words(), Clock())
    qtbot.addWidget(made)
    made.show_state(states()["idle"])
    return made


def titles(bar: NoticeBar) -> list[str]:
    return [row.text.splitlines()[0] for row in bar.rows]


def seen(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def find(widget: QWidget, name: str) -> QAbstractButton:
    buttons = widget.findChildren(QAbstractButton)
    return next(item for item in buttons if item.accessibleName().startswith(name) and item.isVisible())


# --- the window -------------------------------------------------------------------------------------------------------


def test_the_newest_is_shown_and_the_last_ones_are_kept(bar: NoticeBar, shown: Show) -> None:
    shown(bar)
    for number in range(1, KEPT + 4):
        bar.show_notice(notice(number))
    assert titles(bar) == [f"{number} new work orders" for number in range(KEPT + 3, 3, -1)]
    assert seen(bar) == [f"{KEPT + 3} new work orders"]
    earlier = find(bar, "Earlier notices")
    assert earlier.text() == f"Earlier notices ({KEPT - 1})"
    earlier.setFocus()
    QTest.keyClick(earlier, Qt.Key.Key_Space)
    assert len(seen(bar)) == KEPT
    find(bar, "Hide earlier notices").click()
    assert len(seen(bar)) == 1


def test_a_closed_notice_makes_room_for_the_one_before(bar: NoticeBar, shown: Show, qtbot: QtBot) -> None:
    shown(bar)
    bar.activateWindow()
    bar.show_notice(notice(1))
    bar.show_notice(notice(2))
    close = find(bar, "Close the notice")
    close.setFocus()
    QTest.keyClick(close, Qt.Key.Key_Space)
    assert seen(bar) == ["1 new work orders"]
    assert bar.rows[0].close_button.hasFocus()
    find(bar, "Close the notice").click()
    assert bar.rows == ()
    assert not bar.isVisible()


def test_showing_what_a_notice_speaks_of_closes_it(bar: NoticeBar, shown: Show, qtbot: QtBot) -> None:
    shown(bar)
    bar.show_notice(notice(1, target="settings"))
    bar.show_notice(notice(2, target="orders"))
    with qtbot.waitSignal(bar.opened) as caught:
        find(bar, "Show what").click()
    assert caught.args == ["orders"]
    assert titles(bar) == ["1 new work orders"]


def test_all_can_be_closed_at_once(bar: NoticeBar, shown: Show) -> None:
    shown(bar)
    bar.show_notice(notice(1))
    bar.show_text("Something went wrong")
    find(bar, "Close all").click()
    assert bar.rows == ()
    assert not bar.isVisible()


def test_the_same_text_is_not_repeated(bar: NoticeBar) -> None:
    for _ in range(3):
        bar.show_text("Something went wrong")
    assert titles(bar) == ["Something went wrong"]


def test_the_window_keeps_them_before_it_is_shown(window: MainWindow, shown: Show) -> None:
    for number in (1, 2, 3):
        window.show_notice(notice(number))
    shown(window)
    assert titles(window._notice) == ["3 new work orders", "2 new work orders", "1 new work orders"]
    assert window._notice.isVisible()


# --- what was seen ----------------------------------------------------------------------------------------------------


def heard(source: NoticeBar | MainWindow | GlowCard) -> list[str]:
    """Collect the ids that a window tells as seen, each once."""
    ids: dict[str, None] = {}
    signal = source.seen if isinstance(source, NoticeBar) else source.notice_seen
    signal.connect(ids.setdefault)
    return cast("list[str]", ids.keys())


def look(qtbot: QtBot, widget: NoticeBar | GlowCard) -> None:
    """Wait until it has looked what is seen."""
    qtbot.waitUntil(lambda: not widget._look.isActive(), timeout=30_000)


@pytest.fixture
def host(bar: NoticeBar, qtbot: QtBot) -> QWidget:
    """The window that the bar is in, not shown."""
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made).addWidget(bar)
    made.resize(600, 400)
    return made


def turn_to(qtbot: QtBot, window: QWidget) -> None:
    """Let the person work in a window."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)


def test_what_stands_in_the_window_that_is_worked_in_is_seen(
    bar: NoticeBar, host: QWidget, shown: Show, qtbot: QtBot
) -> None:
    ids = heard(bar)
    bar.show_notice(notice(1))
    bar.show_notice(notice(2))
    bar.show_text("Something went wrong")
    bar.withdraw("1")
    look(qtbot, bar)
    assert list(ids) == ["1"], "one that is withdrawn is told; one of a window that is not there is not"
    bar.show_notice(notice(3))
    turn_to(qtbot, shown(host))
    qtbot.waitUntil(lambda: "3" in ids, timeout=30_000)
    assert "2" not in ids, "it is below, folded away"
    bar.show_all()
    qtbot.waitUntil(lambda: "2" in ids, timeout=30_000)


def test_what_comes_while_the_person_works_elsewhere_is_seen_later(
    bar: NoticeBar, host: QWidget, shown: Show, qtbot: QtBot
) -> None:
    shown(host)
    turn_to(qtbot, shown(QWidget()))
    ids = heard(bar)
    bar.show_notice(notice(1))
    look(qtbot, bar)
    assert list(ids) == []
    turn_to(qtbot, host)
    qtbot.waitUntil(lambda: list(ids) == ["1"], timeout=30_000)


def test_what_is_closed_or_makes_room_counts_as_seen(bar: NoticeBar) -> None:
    ids = heard(bar)
    for number in range(KEPT + 2):
        bar.show_notice(notice(number))
    assert list(ids) == ["0", "1"]
    bar.rows[-1].close_button.click()
    assert list(ids) == ["0", "1", "2"]


def test_a_window_that_was_just_opened_is_seen_even_without_the_keyboard(
    window: MainWindow, shown: Show, qtbot: QtBot
) -> None:
    ids = heard(window)
    other = shown(QWidget())
    turn_to(qtbot, other)
    window.show_notice(notice(1))
    window.show_notice(notice(2))
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.present_notices()
    other.activateWindow()  # as a desktop does that lets no program take the keyboard
    qtbot.waitUntil(lambda: set(ids) == {"1", "2"}, timeout=30_000)


def test_the_cards_notice_is_seen_in_a_card_that_is_worked_in(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    ids = heard(card)
    card.show_notice(notice(1))
    look(qtbot, card)
    assert list(ids) == [], "the card is not there"
    card.present()
    qtbot.waitUntil(lambda: list(ids) == ["1"], timeout=30_000)
    turn_to(qtbot, shown(QWidget()))
    card.show_notice(notice(2))
    look(qtbot, card)
    assert list(ids) == ["1"]
    card.activateWindow()
    qtbot.waitUntil(lambda: list(ids) == ["1", "2"], timeout=30_000)


def test_a_withdrawn_notice_leaves_the_card(card: GlowCard, shown: Show) -> None:
    shown(card)
    card.show_notice(notice(1))
    card.withdraw_notice("another")
    assert "1 new work orders" in seen(card)
    card.withdraw_notice("1")
    assert "1 new work orders" not in seen(card)


# --- the card ---------------------------------------------------------------------------------------------------------


def test_the_card_shows_the_newest_notice_and_does_not_open_for_it(card: GlowCard, shown: Show) -> None:
    card.show_notice(notice(1))
    card.show_notice(notice(2, HOSTILE))
    assert not card.isVisible()
    shown(card)
    told = next(label for label in card.findChildren(PlainLabel) if label.text().startswith("2 new work orders"))
    assert told.isVisible()
    assert told.textFormat() == Qt.TextFormat.PlainText
    assert not any(text.startswith("1 new") for text in seen(card))


def test_the_cards_notice_goes_when_it_is_closed(card: GlowCard, shown: Show) -> None:
    shown(card)
    card.show_notice(notice(1))
    assert "1 new work orders" in seen(card)
    find(card, "Close the notice").click()
    assert "1 new work orders" not in seen(card)
    assert card.isVisible()


def test_the_cards_notice_is_read_when_the_card_is_closed(card: GlowCard, shown: Show) -> None:
    shown(card)
    card.show_notice(notice(1))
    card.close()
    card.present()
    assert "1 new work orders" not in seen(card)


def test_a_failure_is_not_told_twice(card: GlowCard, shown: Show) -> None:
    card.show_state(states()["failure"])
    shown(card)
    card.show_notice(notice(1, kind="failure"))
    assert "1 new work orders" not in seen(card)
    card.show_state(states()["idle"])
    assert "1 new work orders" in seen(card)


def test_a_long_notice_does_not_fill_the_screen(card: GlowCard, shown: Show) -> None:
    card.show_notice(notice(1, "\n".join("x" * 5000 for _ in range(200))))
    shown(card)
    told = next(label for label in card.findChildren(PlainLabel) if label.text().startswith("1 new"))
    assert len(told.text()) < 700
    assert card.height() < 800


def test_the_notices_button_can_be_reached_by_keyboard(card: GlowCard, shown: Show) -> None:
    card.show_notice(notice(1))
    shown(card)
    close = next(part for part in card.findChildren(QToolButton) if part.accessibleName() == "Close the notice")
    assert close.focusPolicy() & Qt.FocusPolicy.TabFocus
