"""The binding itself: PySide6 6.12.0 with Python 3.11 loses a reference of None with every call that returns nothing.

After some thousand calls the interpreter aborts ("deallocating None"), so that version must not be used there.
"""

import sys

from PySide6.QtCore import QObject, QTimer, Signal
from pytestqt.qtbot import QtBot

CALLS = 300


class Sender(QObject):
    sent = Signal()


def test_calls_that_return_nothing_keep_the_references_of_none(qtbot: QtBot) -> None:
    timer = QTimer()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        timer.stop()
    assert sys.getrefcount(None) > before - CALLS // 2


def test_emitting_keeps_the_references_of_true(qtbot: QtBot) -> None:
    sender = Sender()
    before = sys.getrefcount(True)
    for _ in range(CALLS):
        sender.sent.emit()
    assert sys.getrefcount(True) > before - CALLS // 2
