"""The QApplication and what is set on it once."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from fossatray import __version__


def make_application() -> QApplication:
    """Make the one QApplication, which lives on in the tray when its last window is closed."""
    QCoreApplication.setApplicationName("FossaTray")
    QCoreApplication.setApplicationVersion(__version__)
    application = QApplication(["fossatray"])
    application.setDesktopFileName("fossatray")
    application.setQuitOnLastWindowClosed(False)
    return application
