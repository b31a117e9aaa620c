"""The window while a browser is being installed: what it says, and how that is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QProgressBar, QWidget

from fossatray.core.commands import CancelInstall
from fossatray.core.status import BrowserInstall
from fossatray.ui.labels import PlainLabel
from fossatray.ui.main_window import MainWindow
from fossatray.ui.status_strip import StatusStrip
from tests.desktop.fakes import Desk, first, states


def test_the_installation_of_a_browser_is_shown_and_can_be_cancelled(
    window: MainWindow, desk: Desk, shown: Callable[[QWidget], QWidget]
) -> None:
    shown(window)
    cancel = next(one for one in window.findChildren(QAction) if "installation" in one.text())
    window.show_state(states()["failure"])
    assert not cancel.isVisible()
    window.show_state(replace(states()["failure"], browser_install=BrowserInstall(40)))
    strip = first(window, StatusStrip)
    assert "Installing a browser… 40 %" in [label.text() for label in strip.findChildren(PlainLabel)]
    (bar,) = strip.findChildren(QProgressBar)
    assert bar.isVisible()
    assert bar.value() == 40
    assert cancel.isVisible()
    cancel.trigger()
    assert desk.commands == [CancelInstall()]
    window.show_state(replace(states()["syncing"], browser_install=BrowserInstall(40)))
    assert bar.value() == 45
    assert "installing" not in " ".join(label.text() for label in strip.findChildren(PlainLabel)).casefold()
