"""A page that is read again when it is seen: never what is stale, and nothing for nobody."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from fossatray.core.errors import FossaError
from fossatray.ui.services import WindowServices
from fossatray.ui.tables import DataTable
from fossatray.ui.texts import error_text


class FreshPage(QWidget):
    """A page with a table. It reads when it is shown and, while it is shown, after each change.

    Signals:
        problem: what went wrong, in words.
    """

    problem = Signal(str)

    _table: DataTable

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._is_stale = True

    @property
    def table(self) -> DataTable:
        """The table."""
        return self._table

    @Slot()
    def refresh(self) -> None:
        """Read again; what was read is stale no more."""
        raise NotImplementedError

    @Slot()
    def mark_stale(self) -> None:
        """Read again: now if the page is seen, else when it is."""
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what has changed since."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def _tell(self, error: FossaError) -> None:
        self.problem.emit(error_text(error.info()))
