"""The real notification daemon (dunst): notices arrive, are replaced, are plain text, and a click comes back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest
from jeepney import DBusAddress, HeaderFields, new_signal  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]
from jeepney.wrappers import unwrap_msg  # type: ignore[import-untyped]
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fossatray.core.notices import Notice
from fossatray.system.notifications import best_notifier
from fossatray.system.notifications_dbus import DBusNotifier
from tests.private_desktop.session import DesktopSession

pytestmark = pytest.mark.system

BATCH = Notice("1", "3 new work orders", "1 rescheduled", "batch", "orders")
FAILURE = Notice("2", "The sync failed", "The portal could not be reached", "failure", "history", urgent=True)


@pytest.fixture(scope="module")
def desktop() -> Iterator[DesktopSession]:
    with DesktopSession(panel="none", keyring="none") as session:
        yield session


@pytest.fixture
def qtbot_here(desktop: DesktopSession, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> QtBot:
    """An event loop of this process, whose session bus is the desktop's."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env()["DBUS_SESSION_BUS_ADDRESS"])
    desktop.forget_notices()
    bot: QtBot = request.getfixturevalue("qtbot")
    return bot


@pytest.fixture
def notifier(qtbot_here: QtBot) -> Iterator[DBusNotifier]:
    made = best_notifier(None)
    assert isinstance(made, DBusNotifier)
    yield made
    made.close()


def pump(bot: QtBot, question: Callable[[], object]) -> None:
    """Run Qt's loop until the question is answered."""
    bot.waitUntil(lambda: bool(question()), timeout=10_000)


def test_a_notice_arrives_with_all_it_needs(desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot) -> None:
    notifier.show(BATCH)
    pump(qtbot_here, desktop.notices)
    (notice,) = desktop.notices()
    assert (notice.app_name, notice.summary, notice.body) == ("FossaTray", BATCH.title, BATCH.body)
    assert notice.actions[0][0] == "default"
    assert notice.hints["desktop-entry"] == "fossatray"
    assert notice.hints["urgency"] == 1
    assert Path(notice.icon).is_file()


def test_a_click_comes_back_as_the_notices_target(
    desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot
) -> None:
    notifier.show(FAILURE)
    pump(qtbot_here, desktop.notices)
    assert desktop.notices()[0].hints["urgency"] == 2
    with qtbot_here.waitSignal(notifier.clicked, timeout=10_000) as blocker:
        desktop.click_notice()
    assert blocker.args == ["history"]


def test_notices_of_a_kind_are_replaced_not_stacked(
    desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot
) -> None:
    for number in range(5):
        notifier.show(Notice(str(number), f"{number} new work orders", "", "batch", "orders"))
    pump(qtbot_here, lambda: any(n.summary.startswith("4 ") for n in desktop.notices()))
    notifier.show(FAILURE)
    pump(qtbot_here, lambda: desktop.notices()[-1].summary == FAILURE.title)
    assert desktop.shown_notices() == 2
    assert len({notice.id for notice in desktop.notices()}) == 2


def test_two_accounts_notices_stand_side_by_side(
    desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot
) -> None:
    for number, account in enumerate(("a", "b", "a", "b")):
        title = f"<{account}>: {number} new work orders"
        notifier.show(Notice(str(number), title, "", "batch", "orders", account_id=account))
    told = ("<a>: 2 new work orders", "<b>: 3 new work orders")
    pump(qtbot_here, lambda: set(told) <= {notice.summary for notice in desktop.notices()})
    assert desktop.shown_notices() == 2
    last = {notice.id: notice.summary for notice in desktop.notices()}
    assert sorted(last.values()) == sorted(told)


def test_the_next_life_replaces_the_notice_of_the_one_before(
    desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot
) -> None:
    heard: list[str] = []
    notifier.placed.connect(heard.append)
    notifier.told.connect(heard.append)
    notifier.show(BATCH)
    pump(qtbot_here, lambda: len(heard) == 2)
    places, told = heard
    assert told == BATCH.id, "where it is is said before that it is told"
    notifier.close()
    for text, replaces in ((places, True), (places.replace('"daemon": "', '"daemon": "of another session '), False)):
        later = DBusNotifier()
        later.recall(text)
        with qtbot_here.waitSignal(later.told, timeout=10_000):
            later.show(replace(BATCH, body=text, is_in_doubt=True))  # the same body dunst would count, not show
        pump(qtbot_here, partial(_has, desktop, 2 if replaces else 3))
        assert bool(desktop.notices()[-1].replaces) is replaces
        assert desktop.shown_notices() == 1, "where the number is not known, the tag replaces"
        later.close()


def _has(desktop: DesktopSession, count: int) -> bool:
    return len(desktop.notices()) == count


def test_a_notice_that_was_closed_is_shown_anew(
    desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot
) -> None:
    notifier.show(BATCH)
    pump(qtbot_here, desktop.notices)
    pump(qtbot_here, lambda: notifier._slots[BATCH.slot].shown_id)
    desktop.forget_notices()
    pump(qtbot_here, lambda: not notifier._slots[BATCH.slot].shown_id)
    notifier.show(BATCH)
    pump(qtbot_here, desktop.notices)
    assert desktop.notices()[0].replaces == 0


def test_markup_is_escaped_in_the_body_and_left_in_the_title(
    desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot
) -> None:
    notifier.show(
        Notice("1", "<b>Corner</b> & Co", '<b>x</b> <img src="file:///etc/hostname"/> & y', "batch", "orders")
    )
    pump(qtbot_here, desktop.notices)
    (notice,) = desktop.notices()
    assert notice.summary == "<b>Corner</b> & Co"
    assert notice.body == '&lt;b&gt;x&lt;/b&gt; &lt;img src="file:///etc/hostname"/&gt; &amp; y'


def dunst_of(desktop: DesktopSession) -> psutil.Process:
    """The daemon of this desktop: another one's may be running, too."""
    family = psutil.Process().children(recursive=True)
    return next(p for p in family if p.name() == "dunst" and p.environ().get("HOME") == str(desktop.home))


def test_a_daemon_that_hangs_holds_nobody_up(desktop: DesktopSession, qtbot_here: QtBot) -> None:
    notifier = DBusNotifier(deadline_ms=4000)
    daemon = dunst_of(desktop).pid
    os.kill(daemon, signal.SIGSTOP)
    try:
        with qtbot_here.waitSignal(notifier.in_app, timeout=20_000) as blocker:
            began = time.monotonic()
            notifier.show(BATCH)
            assert time.monotonic() - began < 2
        assert blocker.args == [BATCH]
    finally:
        os.kill(daemon, signal.SIGCONT)
        notifier.close()


def test_without_a_daemon_the_program_shows_the_notice(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with DesktopSession(panel="none", notifications=False, keyring="none") as bare:
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare.env()["DBUS_SESSION_BUS_ADDRESS"])
        bot: QtBot = request.getfixturevalue("qtbot")
        notifier = DBusNotifier()
        with bot.waitSignal(notifier.in_app, timeout=10_000) as blocker:
            notifier.show(BATCH)
        assert blocker.args == [BATCH]
        notifier.close()


def test_a_bus_that_ends_gives_the_notice_to_the_program(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    bot: QtBot = request.getfixturevalue("qtbot")
    with DesktopSession(panel="none", keyring="none") as passing:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", passing.env()["DBUS_SESSION_BUS_ADDRESS"])
        notifier = DBusNotifier()
        notifier.show(BATCH)
        pump(bot, passing.notices)
    QApplication.processEvents()
    with bot.waitSignal(notifier.in_app, timeout=10_000) as blocker:
        notifier.show(FAILURE)
    assert blocker.args == [FAILURE]
    notifier.close()


def test_nobody_else_can_click(desktop: DesktopSession, notifier: DBusNotifier, qtbot_here: QtBot) -> None:
    notifier.show(BATCH)
    pump(qtbot_here, lambda: notifier._slots[BATCH.slot].shown_id)
    place = DBusAddress("/org/freedesktop/Notifications", interface="org.freedesktop.Notifications")
    with (
        open_dbus_connection(desktop.env()["DBUS_SESSION_BUS_ADDRESS"]) as stranger,
        qtbot_here.assertNotEmitted(notifier.clicked, wait=300),
    ):
        (names,) = unwrap_msg(stranger.send_and_get_reply(message_bus.ListNames()))
        for name in [None, *(name for name in names if name.startswith(":"))]:
            forged = new_signal(place, "ActionInvoked", "us", (notifier._slots[BATCH.slot].shown_id, "default"))
            if name is not None:
                forged.header.fields[HeaderFields.destination] = name
            stranger.send(forged)


def test_a_daemon_that_ends_and_comes_back_is_used_again(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    bot: QtBot = request.getfixturevalue("qtbot")
    with DesktopSession(panel="none", keyring="none") as session:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.env()["DBUS_SESSION_BUS_ADDRESS"])
        notifier = DBusNotifier()
        notifier.show(BATCH)
        pump(bot, session.notices)
        daemon = dunst_of(session)
        command = daemon.cmdline()
        daemon.kill()
        pump(bot, lambda: not notifier._slots[BATCH.slot].shown_id)
        with bot.waitSignal(notifier.in_app, timeout=10_000):
            notifier.show(FAILURE)
        session.start(command)
        pump(bot, lambda: session.bus.has_owner("org.freedesktop.Notifications"))
        notifier.show(BATCH)
        pump(bot, lambda: len(session.notices()) == 2)
        assert session.notices()[1].replaces == 0
        notifier.close()
