"""Notices where there is no notification service; the real one is met in tests/system."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from fossatray.core.notices import Notice
from fossatray.system.notice_places import Place, Places, places_from
from fossatray.system.notifications import InAppNotifier, TrayMessageNotifier, best_notifier, plain_title
from fossatray.system.notifications_dbus import DBusNotifier

NOTICE = Notice("1", "3 new work orders", "at <b>Corner</b> & Co", "batch", "orders")


class FakeTray(QSystemTrayIcon):
    """An icon that is always shown and notes its messages."""

    def __init__(self, *, shown: bool = True) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self._shown = shown

    def isVisible(self) -> bool:
        return self._shown

    @staticmethod
    def supportsMessages() -> bool:
        return True

    def showMessage(self, title: str, body: str, *_more: object) -> None:
        self.said.append((title, body))


def test_in_the_program(qtbot: QtBot) -> None:
    notifier = InAppNotifier()
    with (
        qtbot.waitSignal(notifier.in_app, timeout=10_000) as blocker,
        qtbot.assertNotEmitted(notifier.told),  # that it is there is not that it was seen
    ):
        notifier.show(NOTICE)
    assert blocker.args == [NOTICE]
    notifier.close()


def test_the_trays_balloon_escapes_the_body_and_a_click_opens_the_target(qtbot: QtBot) -> None:
    tray = FakeTray()
    notifier = TrayMessageNotifier(tray)
    notifier.show(NOTICE)
    assert tray.said == [("3 new work orders", "at &lt;b&gt;Corner&lt;/b&gt; &amp; Co")]
    with qtbot.waitSignal(notifier.clicked, timeout=10_000) as blocker:
        tray.messageClicked.emit()
    assert blocker.args == ["orders"]


def test_a_balloon_in_doubt_is_left_to_the_program(qtbot: QtBot) -> None:
    tray = FakeTray()
    notifier = TrayMessageNotifier(tray)
    with qtbot.waitSignal(notifier.in_app, timeout=10_000), qtbot.assertNotEmitted(notifier.told):
        notifier.show(replace(NOTICE, is_in_doubt=True))
    assert tray.said == []


def test_without_a_shown_icon_the_program_shows_the_notice(qtbot: QtBot) -> None:
    tray = FakeTray(shown=False)
    notifier = TrayMessageNotifier(tray)
    with qtbot.waitSignal(notifier.in_app, timeout=10_000):
        notifier.show(NOTICE)
    assert tray.said == []


def test_without_a_bus_the_program_shows_the_notice(qtbot: QtBot) -> None:
    notifier = DBusNotifier()
    with qtbot.waitSignal(notifier.in_app, timeout=10_000) as blocker:
        notifier.show(NOTICE)
    assert blocker.args == [NOTICE]
    notifier.close()
    with qtbot.assertNotEmitted(notifier.in_app, wait=10):
        notifier.show(NOTICE)


def test_the_best_way_is_chosen(qapp: object, monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    assert type(best_notifier(None)) is InAppNotifier
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={own_home}/bus")
    assert type(best_notifier(None)) is DBusNotifier


def test_a_title_is_one_plain_line() -> None:
    assert plain_title(Notice("1", "a\nb <i>\u202e", "", "info", "card")) == "a\\u000ab <i>\\u202e"
    assert len(plain_title(Notice("1", "x" * 500, "", "info", "card"))) == 120


def test_places_come_back_as_they_were_kept() -> None:
    places = Places("bus :1.7", {"batch a": Place(4, "orders"), "failure a": Place(5, "history")})
    assert places_from(places.to_text()) == places


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"daemon": "d"}',
        '{"daemon": "d", "places": []}',
        '{"daemon": "d", "places": {"batch a": 4}}',
        '{"daemon": "d", "places": {"batch a": [0, "orders"]}}',
        '{"daemon": "d", "places": {"batch a": [true, "orders"]}}',
        '{"daemon": "d", "places": {"batch a": [4294967296, "orders"]}}',
        '{"daemon": "d", "places": {"batch a": [4, "moon"]}}',
        "[" * 100_000,
    ],
)
def test_places_that_we_did_not_write_are_none(text: str) -> None:
    assert places_from(text) == Places()
