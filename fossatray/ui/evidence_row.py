"""The row below a failed run that leads to its evidence: open its folder, or delete it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from fossatray.core.commands import DeleteEvidence
from fossatray.core.errors import FossaError
from fossatray.core.evidence import KeptEvidence
from fossatray.core.runs import HistoryEntry
from fossatray.ui import texts
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices


class EvidenceRow(QWidget):
    """Seen where something is kept of the run: the portal's page as it was, masked."""

    deleted = Signal()
    """The evidence is gone; the history is to be read again."""
    problem = Signal(str)

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._run_id: int | None = None
        self._kept: KeptEvidence | None = None
        self._open = QPushButton(self.tr("Open e&vidence"))
        self._open.setAccessibleName(self.tr("Open evidence"))
        self._open.setToolTip(self.tr("Show the folder with the page and its picture"))
        self._delete = QPushButton(self.tr("&Delete evidence"))
        self._delete.setAccessibleName(self.tr("Delete evidence"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(PlainLabel(self.tr("Evidence: the portal's page as it was, every word masked")), 1)
        row.addWidget(self._open)
        row.addWidget(self._delete)
        self._open.clicked.connect(self._on_open)
        self._delete.clicked.connect(self._on_delete)
        self.hide()

    def show_entry(self, entry: HistoryEntry | None) -> None:
        """Show what is kept of a run, if anything."""
        self._kept = entry.evidence if entry is not None else None
        self._run_id = entry.id if entry is not None else None
        self._delete.setEnabled(True)
        self.setVisible(self._kept is not None)

    @Slot()
    def _on_open(self) -> None:
        if self._kept is not None and not self._services.open_url(self._kept.folder.as_uri()):
            self.problem.emit(self.tr("The evidence is in {folder}.").format(folder=self._kept.folder))

    @Slot()
    def _on_delete(self) -> None:
        if self._run_id is not None:
            self._delete.setEnabled(False)
            self._services.submit(DeleteEvidence(self._run_id), self._on_deleted, self._on_failed)

    def _on_deleted(self, result: object) -> None:
        self.deleted.emit()

    def _on_failed(self, error: FossaError) -> None:
        self._delete.setEnabled(True)
        self.problem.emit(texts.error_text(error.info()))
