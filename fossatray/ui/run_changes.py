"""The changes below the history: those of the chosen run or of all runs, of one kind or of every kind."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fossatray.core.changes import Kind
from fossatray.core.errors import FossaError
from fossatray.core.runs import HistoryEntry
from fossatray.ui.history_model import ChangeColumn, ChangesModel
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices
from fossatray.ui.tables import DataTable
from fossatray.ui.texts import error_text

translate = QCoreApplication.translate

SHOWN = 2000
"""So many changes of all runs are shown: the newest."""


class RunChanges(QWidget):
    """A table of changes with the choice of their kind, and whether they are those of all runs.

    Signals:
        problem: what went wrong, in words.
    """

    problem = Signal(str)

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._entry: HistoryEntry | None = None
        self._model = ChangesModel(services.words, services.now, self)
        self._table = DataTable(self._model, self.tr("Changes of the run"))
        self._kind = QComboBox()
        self._kind.addItem(self.tr("Every kind"), None)
        for kind, name in kind_names().items():
            self._kind.addItem(name, kind.value)
        self._kind.setMaxVisibleItems(self._kind.count())
        self._kind.setAccessibleName(self.tr("Kind of change"))
        self._kind_head = QLabel(self.tr("C&hanges:"))
        self._kind_head.setBuddy(self._kind)
        self._of_all = QCheckBox(self.tr("Of all &runs"))
        self._of_all.setAccessibleName(self.tr("Of all runs"))
        self._count = PlainLabel(selectable=False)
        self._count.setWordWrap(False)
        self._lay_out()
        self._kind.currentIndexChanged.connect(self.refresh)
        self._of_all.toggled.connect(self._on_of_all)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._kind_head)
        row.addWidget(self._kind)
        row.addWidget(self._of_all)
        row.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._table, 1)
        self._table.setSortingEnabled(False)
        header = self._table.horizontalHeader()
        header.moveSection(ChangeColumn.WHEN, 0)
        self._table.setColumnHidden(ChangeColumn.WHEN, True)
        self._table.set_widths({ChangeColumn.WHEN: 21, ChangeColumn.ABOUT: 11, ChangeColumn.WHAT: 25})

    @property
    def model(self) -> ChangesModel:
        """What is shown."""
        return self._model

    @property
    def table(self) -> DataTable:
        """The table."""
        return self._table

    def show_entry(self, entry: HistoryEntry | None) -> None:
        """Show the changes of a run; where those of all are shown, they are read again."""
        self._entry = entry
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the changes that are chosen."""
        kind, of_all = self._kind.currentData(), self._of_all.isChecked()
        run_id = None if of_all or self._entry is None else self._entry.id
        kinds = () if kind is None else (Kind(kind),)
        try:
            is_asked = of_all or run_id is not None
            found = self._services.reader().changes(run_id, None, SHOWN + 1, kinds) if is_asked else []
        except FossaError as error:
            self.problem.emit(error_text(error.info()))
            return
        self._model.set_changes(found[:SHOWN])
        text = self.tr("The newest {count} changes").format(count=SHOWN) if len(found) > SHOWN else ""
        self._count.setText(text)
        self._table.show_hint("" if found else self._hint(of_all=of_all, is_chosen=kind is not None))

    def _hint(self, *, of_all: bool, is_chosen: bool) -> str:
        """Return why there are no changes to show; nothing for a run that brought none because it failed."""
        if of_all:
            return self.tr("No such change yet.") if is_chosen else self.tr("No changes yet.")
        if self._entry is None or self._entry.outcome != "succeeded":
            return ""
        return self.tr("No such change in this run.") if is_chosen else self.tr("Nothing changed in this run.")

    @Slot()
    def _on_of_all(self) -> None:
        self._table.setColumnHidden(ChangeColumn.WHEN, not self._of_all.isChecked())
        name = self.tr("Changes of all runs") if self._of_all.isChecked() else self.tr("Changes of the run")
        self._table.setAccessibleName(name)
        self._table.fit_widths()
        self.refresh()


def kind_names() -> dict[Kind, str]:
    """Return what each kind of change is called where it is chosen."""
    return {
        Kind.NEW: translate("RunChanges", "New work orders"),
        Kind.UPDATED: translate("RunChanges", "Changed work orders"),
        Kind.RESCHEDULED: translate("RunChanges", "Rescheduled visits"),
        Kind.SWAPPED: translate("RunChanges", "Swapped visits"),
        Kind.REPLACED: translate("RunChanges", "Replaced work orders"),
        Kind.COMPLETED: translate("RunChanges", "Completed work orders"),
        Kind.REMOVED: translate("RunChanges", "Work orders no longer in your list"),
        Kind.BACK: translate("RunChanges", "Work orders back in your list"),
        Kind.DISPENSER_ADDED: translate("RunChanges", "Dispensers added"),
        Kind.DISPENSER_CHANGED: translate("RunChanges", "Dispensers changed"),
        Kind.DISPENSER_REMOVED: translate("RunChanges", "Dispensers removed"),
    }
