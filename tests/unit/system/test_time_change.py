"""A clock that is set, and a zone: by a timer of the kernel and real files, Windows' and macOS' messages by hand."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterator
from ctypes import wintypes
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from fossatray.system.time_change import TimeChangeWatch, platform_time_change_watch
from fossatray.system.time_change_linux import KernelTimer, LinuxTimeChangeWatch
from fossatray.system.time_change_macos import CLOCK_SET, ZONE_SET, MacTimeChangeWatch
from fossatray.system.time_change_windows import WM_TIMECHANGE, WindowsTimeChangeWatch

WAIT_MS = 30_000
WM_SETTINGCHANGE = 0x001A

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="what Linux offers")


class HandClock:
    """A descriptor that the test makes readable, as the kernel does its timer's; what comes of reading it is given."""

    def __init__(self) -> None:
        self.fd, self._writing = os.pipe()
        self.refusal: OSError | None = None
        self.reads = 0
        self.is_closed = False

    def can_be_read(self, *, is_set: bool) -> None:
        os.write(self._writing, b"1" if is_set else b"0")

    def was_set(self) -> bool:
        self.reads += 1
        if self.refusal is not None:
            raise self.refusal
        return os.read(self.fd, 1) == b"1"

    def close(self) -> None:
        self.is_closed = True
        os.close(self.fd)
        os.close(self._writing)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def zone(tmp_path: Path) -> list[str]:
    """The files that say which zone it is, in a folder of their own."""
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    (tmp_path / "timezone").write_text("Europe/Berlin\n")
    return [str(tmp_path / "localtime"), str(tmp_path / "timezone")]


@pytest.fixture
def watch(qapp: object, clock: HandClock, zone: list[str]) -> Iterator[LinuxTimeChangeWatch]:
    made = LinuxTimeChangeWatch(clock=clock, files=zone)
    yield made
    made.close()


def heard_by(watch: TimeChangeWatch) -> list[str]:
    heard: list[str] = []
    watch.time_changed.connect(lambda: heard.append("changed"))
    return heard


@on_linux
def test_the_kernels_timer_is_cancelled_by_a_clock_that_is_set_and_rings_never() -> None:
    """Whether it does is the kernel's word (nobody sets this machine's clock here): that it was asked so is seen."""
    timer = KernelTimer()
    told = Path(f"/proc/self/fdinfo/{timer.fd}").read_text()
    lines = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    assert (lines["clockid"], lines["settime flags"]) == ("0", "03"), "the wall clock; absolute, cancelled when set"
    assert not os.get_inheritable(timer.fd)
    assert timer.was_set() is False
    timer.close()


@on_linux
def test_a_cancelled_timer_says_that_the_clock_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    timer = KernelTimer()

    def cancelled(_fd: int, _size: int) -> bytes:
        raise OSError(errno.ECANCELED, "cancelled")

    monkeypatch.setattr(os, "read", cancelled)
    assert timer.was_set() is True
    timer.close()


@on_linux
def test_a_clock_that_is_set_is_told_at_once(watch: LinuxTimeChangeWatch, clock: HandClock, qtbot: QtBot) -> None:
    heard = heard_by(watch)
    clock.can_be_read(is_set=False)  # the timer has rung: nothing was set
    clock.can_be_read(is_set=True)
    qtbot.waitUntil(lambda: clock.reads == 2, timeout=WAIT_MS)
    assert heard == ["changed"]


@on_linux
def test_a_timer_that_cannot_be_read_is_left_alone(
    watch: LinuxTimeChangeWatch, clock: HandClock, zone: list[str], qtbot: QtBot
) -> None:
    heard = heard_by(watch)
    clock.refusal = OSError(errno.EIO, "broken")
    clock.can_be_read(is_set=True)
    qtbot.waitUntil(lambda: clock.reads == 1, timeout=WAIT_MS)
    Path(zone[1]).write_text("Asia/Tokyo\n")  # that it comes shows that the loop has turned
    qtbot.waitUntil(lambda: heard == ["changed"], timeout=WAIT_MS)
    assert clock.reads == 1


@on_linux
def test_a_zone_that_is_set_is_told_once_each_time(watch: LinuxTimeChangeWatch, zone: list[str], qtbot: QtBot) -> None:
    heard = heard_by(watch)
    link, name = Path(zone[0]), Path(zone[1])
    for count, city in enumerate(("Asia/Tokyo", "Asia/Kathmandu"), 1):  # as timedatectl does: first link, then name
        for target, kept in ((link, None), (name, city)):
            fresh = link.with_name("fresh")
            if kept is None:
                fresh.symlink_to(f"/usr/share/zoneinfo/{city}")
            else:
                fresh.write_text(f"{kept}\n")
            fresh.replace(target)
        qtbot.waitUntil(lambda wanted=count: len(heard) == wanted, timeout=WAIT_MS)  # type: ignore[misc]
    name.write_text("Europe/Berlin\n")  # in its place: a file that was replaced is watched again
    qtbot.waitUntil(lambda: len(heard) == 3, timeout=WAIT_MS)


@on_linux
def test_what_else_happens_beside_the_zone_is_not_told(
    watch: LinuxTimeChangeWatch, zone: list[str], qtbot: QtBot
) -> None:
    heard = heard_by(watch)
    with qtbot.waitSignal(watch._settling.timeout, timeout=WAIT_MS):
        Path(zone[0]).with_name("resolv.conf").write_text("nameserver 127.0.0.1\n")
    assert heard == []


@on_linux
def test_after_the_close_nothing_is_told(
    qapp: object, clock: HandClock, zone: list[str], watch: LinuxTimeChangeWatch, qtbot: QtBot
) -> None:
    closed_clock = HandClock()
    closed = LinuxTimeChangeWatch(clock=closed_clock, files=zone)
    heard = heard_by(closed)
    closed.close()
    closed.close()
    assert closed_clock.is_closed
    with qtbot.waitSignal(watch.time_changed, timeout=WAIT_MS):
        Path(zone[1]).write_text("Asia/Tokyo\n")
    assert heard == []


@on_linux
def test_the_systems_own_watch_is_made_and_closed(qapp: object) -> None:
    watch = platform_time_change_watch()
    assert isinstance(watch, LinuxTimeChangeWatch)
    assert isinstance(watch._clock, KernelTimer)
    watch.close()
    TimeChangeWatch().close()


def test_windows_messages_by_hand(qapp: object, qtbot: QtBot) -> None:
    watch = WindowsTimeChangeWatch()
    heard = heard_by(watch)
    window = watch._window
    assert window is not None
    for kind, number in (
        (b"windows_generic_MSG", WM_SETTINGCHANGE),
        (b"windows_dispatcher_MSG", WM_TIMECHANGE),
        (b"windows_generic_MSG", WM_TIMECHANGE),
    ):
        message = wintypes.MSG(message=number)
        assert window.nativeEvent(QByteArray(kind), ctypes.addressof(message)) == (False, 0)
    assert heard == ["changed"]
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=WAIT_MS)  # again, when a zone is sure to be set
    watch.close()
    watch.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows listens to sockets alone")
def test_macos_notifications_by_hand(qapp: object, qtbot: QtBot) -> None:
    class System:
        """Gives out the reading ends of pipes, as notify(3) does, and notes what is given back."""

        def __init__(self) -> None:
            self.pipes: list[tuple[int, int]] = []
            self.names: list[bytes] = []
            self.cancelled: list[int] = []

        def notify_register_file_descriptor(self, name: bytes, fd: object, flags: int, token: object) -> int:
            self.pipes.append(os.pipe())
            self.names.append(name)
            for reference, value in ((fd, self.pipes[-1][0]), (token, len(self.names))):
                reference._obj.value = value  # type: ignore[attr-defined]
            return flags

        def notify_cancel(self, token: int) -> None:
            self.cancelled.append(token)

    watch = MacTimeChangeWatch()
    heard = heard_by(watch)
    system = watch._system = System()
    for name in (CLOCK_SET, ZONE_SET):
        watch._register(name)
    for count, (_, writing) in enumerate(system.pipes, 1):
        os.write(writing, b"\0\0\0\1")
        qtbot.waitUntil(lambda wanted=count: len(heard) == wanted, timeout=WAIT_MS)  # type: ignore[misc]
    watch.close()
    watch.close()
    assert (system.names, system.cancelled) == ([CLOCK_SET, ZONE_SET], [1, 2])
    for pipe in system.pipes:
        for end in pipe:
            os.close(end)
