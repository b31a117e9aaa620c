"""Waiting for a tray: it appears once, or is given up once, and nothing keeps running."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fossatray.system.tray_host import LATE_POLL_MS, TrayHost, has_xembed_tray


class ChangingHost(TrayHost):
    """A host that is there after so many looks."""

    def __init__(self, after: int, *, late_poll_ms: int = LATE_POLL_MS) -> None:
        super().__init__(poll_ms=5, late_poll_ms=late_poll_ms)
        self.looks = 0
        self._after = after

    def is_available(self) -> bool:
        self.looks += 1
        return self.looks > self._after


def test_without_a_desktop_there_is_no_tray() -> None:
    host = TrayHost()
    assert not host.has_status_notifier()
    assert not has_xembed_tray()
    assert not host.is_available()


def test_it_polls_no_faster_than_once_a_second() -> None:
    host = TrayHost()
    host.wait(60)
    assert host._poll.interval() >= 1000
    host.stop()


def test_a_host_that_comes_late_is_told_once_and_the_timers_stop(qtbot: QtBot) -> None:
    host = ChangingHost(after=3)
    seen: list[str] = []
    host.appeared.connect(lambda: seen.append("appeared"))
    host.given_up.connect(lambda: seen.append("given up"))
    with qtbot.waitSignal(host.appeared, timeout=20_000):
        host.wait(5)
    assert not host._poll.isActive()
    assert not host._end.isActive()
    looks = host.looks
    host._look()
    assert (seen, host.looks) == (["appeared"], looks)


def test_the_answer_is_never_given_inside_the_call(qtbot: QtBot) -> None:
    host = ChangingHost(after=0)
    seen: list[str] = []
    host.appeared.connect(lambda: seen.append("appeared"))
    host.wait(5)
    assert seen == []
    qtbot.waitUntil(lambda: seen == ["appeared"], timeout=10_000)


def test_it_gives_up_in_the_end_and_then_looks_once_a_minute_at_most(qtbot: QtBot) -> None:
    host = ChangingHost(after=100_000)
    with qtbot.waitSignal(host.given_up, timeout=30_000):
        host.wait(0.05)
    assert host._poll.interval() >= 60_000
    host.stop()
    assert not host._poll.isActive()


def test_a_tray_that_comes_after_it_gave_up_is_told_once(qtbot: QtBot) -> None:
    host = ChangingHost(after=100_000, late_poll_ms=5)
    seen: list[str] = []
    host.appeared.connect(lambda: seen.append("appeared"))
    host.given_up.connect(lambda: seen.append("given up"))
    with qtbot.waitSignal(host.given_up, timeout=30_000):
        host.wait(0.05)
    with qtbot.waitSignal(host.appeared, timeout=30_000):
        host._after = 0
    assert not host._poll.isActive()
    host._look()
    assert seen == ["given up", "appeared"]


def test_a_stopped_wait_says_nothing(qtbot: QtBot) -> None:
    host = ChangingHost(after=0)
    with qtbot.assertNotEmitted(host.appeared, wait=30), qtbot.assertNotEmitted(host.given_up, wait=30):
        host.wait(0.01)
        host.stop()
