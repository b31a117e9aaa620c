"""What the tests of the windows share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fossatray.ui.main_window import MainWindow
from tests.desktop.fakes import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The windows' services."""
    made = Desk()
    yield made
    made.beside.close()


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Callable[[QWidget], QWidget]]:
    """Shows a widget and waits for it; it is closed at the end."""

    def show(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        widget.show()
        qtbot.waitExposed(widget)
        QApplication.processEvents()
        return widget

    yield show
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(qtbot: QtBot, desk: Desk) -> MainWindow:
    """A main window, not shown."""
    made = MainWindow(desk.services())
    qtbot.addWidget(made)
    return made
