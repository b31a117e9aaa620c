"""Signals of the operating system arrive in Qt's idle loop, and the former handlers come back."""

from __future__ import annotations

import os
import signal

import pytest
from pytestqt.qtbot import QtBot

from fossatray.system.signals import QuitSignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_arrives_while_qt_idles(number: signal.Signals, qtbot: QtBot) -> None:
    former = signal.getsignal(number)
    signals = QuitSignals()
    try:
        with qtbot.waitSignal(signals.received, timeout=10_000) as blocker:
            os.kill(os.getpid(), number)
        assert blocker.args == [number]
    finally:
        signals.close()
        signals.close()
    assert signal.getsignal(number) is former
    assert signal.set_wakeup_fd(-1) == -1


def test_other_signals_are_not_taken(qtbot: QtBot) -> None:
    former = signal.signal(signal.SIGUSR1, lambda *_: None)
    signals = QuitSignals()
    seen: list[int] = []
    signals.received.connect(seen.append)
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        with qtbot.waitSignal(signals.received, timeout=10_000):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signals.close()
        signal.signal(signal.SIGUSR1, former)
    assert seen == [signal.SIGTERM]
