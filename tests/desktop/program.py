"""The whole tray program in the test's own process, on Qt's offscreen platform: no tray, no bus, no keyring."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.app.desktop import Desktop, Plan
from fossatray.app.first_icon import FirstIcon
from fossatray.system.credentials_client import MemoryCredentialStore
from fossatray.system.paths import app_paths, prepare

PATIENCE_MS = 20_000
Shown = TypeVar("Shown", bound=QWidget)


class Life:
    """One start of the program in a data folder, to be closed at the end."""

    def __init__(
        self,
        qtbot: QtBot,
        application: QApplication,
        data: Path,
        *,
        kind: type[Desktop] = Desktop,
        tray_s: float = 60.0,
        is_open: bool = False,
        previous_crash: str | None = None,
        credentials: MemoryCredentialStore | None = None,
    ) -> None:
        self._qtbot = qtbot
        self.paths = app_paths(data)
        prepare(self.paths)
        plan = Plan(open_at_start=is_open, credentials=credentials or MemoryCredentialStore())
        self._icon = FirstIcon(tray_s)
        self._icon.look()
        self.desktop = kind(application, self._icon, self.paths, plan)
        self.desktop.offer_crash(previous_crash)
        self.desktop.start()

    def wait_for(self, kind: type[Shown]) -> Shown:
        """Wait for a visible window of a kind and return it."""
        self._qtbot.waitUntil(lambda: bool(shown(kind)), timeout=PATIENCE_MS)
        return shown(kind)[0]

    def close(self) -> None:
        """End the program, as its quitting does."""
        self.desktop.close()
        self._icon.close()
        self.desktop.deleteLater()
        self._icon.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def shown(kind: type[Shown]) -> list[Shown]:
    """Return the visible windows of a kind."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def press(box: QMessageBox, label: str) -> None:
    """Press a dialog's button."""
    next(button for button in box.findChildren(QPushButton) if button.text() == label).click()
