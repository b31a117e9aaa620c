"""The QApplication and what is set on it once."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from fossatray import __version__
from fossatray.core.errors import FossaError

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


class NoScreen(FossaError):
    """There is no desktop to show anything on, as in a plain remote login."""

    kind = "no_screen"
    title = "There is no graphical desktop here"
    advice = "Start FossaTray on your desktop. Without one, this works: fossatray sync --wait"


def make_application() -> QApplication:
    """Make the one QApplication, which lives on in the tray when its last window is closed. Raises NoScreen."""
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in _SCREENS):
        raise NoScreen  # Qt would abort the process
    QCoreApplication.setApplicationName("FossaTray")
    QCoreApplication.setApplicationVersion(__version__)
    application = QApplication(["fossatray"])
    application.setDesktopFileName("fossatray")
    application.setQuitOnLastWindowClosed(False)
    return application
