"""The log, shown from the menu. That a file manager comes up is the desktop's doing; here there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.desktop.program import Life


@pytest.mark.qt_log_ignore("openDocument", "propagateSizeHints", "raise")  # the offscreen platform's
def test_without_a_file_manager_the_folder_is_named(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    life = Life(qtbot, qapp, tmp_path / "data")
    try:
        life.desktop.open("log")
        box = life.wait_for(QMessageBox)
        said = f"{box.text()} {box.informativeText()}"
        box.close()
    finally:
        life.close()
    assert str(life.paths.logs) in said
