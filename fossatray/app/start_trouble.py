"""What to do when the program cannot start: say why where somebody will read it, on a terminal or on the screen."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING

from fossatray.core.errors import FossaError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_log = logging.getLogger("fossatray.app")


def tell(error: FossaError, application: QApplication | None = None) -> None:
    """Say why the program cannot start: on standard error, and in a message box where no terminal shows that.

    `application` is the program's own, if it has got that far. Returns when the person has closed the box.
    """
    write(f"fossatray: {error.message}\n  {error.what_to_do}\n")
    if _has_terminal():
        return
    from fossatray.app.qt import NoScreen, make_application

    try:
        shown_by = application or make_application()
    except NoScreen:
        return
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QMessageBox

    from fossatray.ui.words_qt import make_words

    words, info = make_words(), error.info()
    box = QMessageBox(QMessageBox.Icon.Warning, shown_by.tr("FossaTray could not start"), words.tr(info.message))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(words.tr(info.advice))
    box.exec()


def tell_bug(bug: BaseException) -> None:
    """Say that the program itself made a mistake while it started: in the log, on standard error and in a dialog.

    Needs the program's QApplication. Returns when the person has closed the dialog.
    """
    trace = "".join(traceback.format_exception(bug))
    _log.critical("FossaTray could not start:\n%s", trace)
    write(trace)
    from fossatray.ui.crash_dialog import CrashDialog

    CrashDialog(trace, started=False).exec()


def write(text: str) -> None:
    """Write to standard error; a windowed program on Windows has none, and one at a full disk or closed pipe fails."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(text)
        except OSError as error:
            _log.debug("standard error cannot be written: %s", error)


def _has_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
