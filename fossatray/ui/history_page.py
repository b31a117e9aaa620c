"""The page of the history: every run and every skipped or missed occurrence, with what it changed or why it failed."""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QItemSelection, QSortFilterProxyModel, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from fossatray.core.commands import AcceptEmptyList, CancelInstall, InstallBrowser, SyncNow
from fossatray.core.errors import BrowserMissing, EmptyNotBelieved, FossaError, NoLongerShown
from fossatray.core.runs import WORK_ORDERS, HistoryEntry
from fossatray.core.status import AppState, BrowserInstall
from fossatray.ui import texts
from fossatray.ui.evidence_row import EvidenceRow
from fossatray.ui.fresh_page import FreshPage
from fossatray.ui.history_model import ENTRY_ROLE, SORT_ROLE, Column, HistoryModel, moment_of
from fossatray.ui.labels import PlainLabel
from fossatray.ui.run_changes import RunChanges
from fossatray.ui.services import WindowServices
from fossatray.ui.tables import DataTable, Indented
from fossatray.ui.why_dialog import WhyDialog

_NO_BROWSER = BrowserMissing.kind

ENTRIES = 500
"""So many entries are read at first, and so many more with each press of "Show older"."""


class HistoryPage(FreshPage):
    """Shows what ran and what did not."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._wanted = ENTRIES
        self._model = HistoryModel(services.words, services.now, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(SORT_ROLE)
        self._table = DataTable(self._sorted, self.tr("History"))
        self._detail = PlainLabel()
        self._detail.setAccessibleName(self.tr("Details of the run"))
        self._accept = QPushButton()
        self._offer_belief(None)
        self._install = QPushButton(self.tr("&Install a browser"))
        self._install.setAccessibleName(self.tr("Install a browser"))
        self._install.setToolTip(self.tr("Download a browser that reads the portal (about 100 MB), and sync again"))
        self._cancel_install = QPushButton(self.tr("&Cancel"))
        self._cancel_install.setAccessibleName(self.tr("Cancel the installation"))
        self._cancel_install.setToolTip(self.tr("Cancel the installation"))
        self._cancel_install.hide()
        self._browser_install: BrowserInstall | None = None
        self._older = QPushButton(self.tr("Show o&lder"))
        self._older.setAccessibleName(self.tr("Show older"))
        self._older.hide()
        self._why = QPushButton(self.tr("&Why did it not run?"))
        self._why.setAccessibleName(self.tr("Why did it not run?"))
        self._shown = PlainLabel(selectable=False)
        self._shown.setWordWrap(False)
        self._shown.hide()
        self._changes = RunChanges(services)
        self._evidence = EvidenceRow(services)
        self._lay_out()
        self._evidence.deleted.connect(self.mark_stale)
        self._evidence.problem.connect(self.problem)
        self._changes.problem.connect(self.problem)
        self._accept.clicked.connect(self._on_accept)
        self._install.clicked.connect(self._on_install)
        self._cancel_install.clicked.connect(self._on_cancel_install)
        self._older.clicked.connect(self._on_older)
        self._why.clicked.connect(self._on_why)
        self._table.selectionModel().selectionChanged.connect(self._on_selected)

    def _lay_out(self) -> None:
        self._table.sortByColumn(Column.WHEN, Qt.SortOrder.DescendingOrder)
        widths: dict[int, int | str] = {
            Column.WHEN: 21,
            Column.TRIGGER: 11,
            Column.OUTCOME: 13,
            Column.DURATION: 10,
            Column.ERROR: 40,
            Column.ACCOUNT: 14,
            Column.JOB: 12,
        }
        counts: dict[int, int | str] = dict.fromkeys((Column.FOUND, Column.NEW, Column.CHANGED, Column.ARCHIVED), 9)
        self._table.setItemDelegateForColumn(Column.ERROR, Indented(self._table))
        self._table.horizontalHeader().moveSection(Column.JOB, Column.TRIGGER)
        self._show_columns(accounts=False, jobs=False)
        self._table.set_widths({**widths, **counts}, flexible=(Column.ERROR, Column.ACCOUNT))
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self._detail, 1)
        row.addWidget(self._accept, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._install, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._cancel_install, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        column.addWidget(self._evidence)
        column.addWidget(self._changes, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self._upper())
        splitter.addWidget(below)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def _upper(self) -> QWidget:
        """Return the table with the way to older entries below it."""
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self._why)
        row.addWidget(self._shown, 1)
        row.addStretch(0)
        row.addWidget(self._older)
        column.addWidget(self._table, 1)
        column.addLayout(row)
        return upper

    @Slot()
    def refresh(self) -> None:
        """Read the history again and keep the selected line selected."""
        try:
            reader = self._services.reader()
            several = len(reader.accounts()) > 1
            entries = reader.history(self._wanted + 1)
        except FossaError as error:
            self._tell(error)
            return
        self._is_stale = False
        selected = self._current()
        was_newest = self._table.currentIndex().row() <= 0
        self._model.set_entries(entries[: self._wanted])
        self._show_rest(is_more=len(entries) > self._wanted)
        self._show_columns(accounts=several, jobs=any(entry.job != WORK_ORDERS for entry in entries))
        self._table.show_hint("" if entries else self.tr("Nothing has run yet."))
        self._select(None if was_newest else selected)

    def _show_columns(self, *, accounts: bool, jobs: bool) -> None:
        """Show whose and which job it was only where there are several."""
        for column, is_shown in ((Column.ACCOUNT, accounts), (Column.JOB, jobs)):
            if self._table.isColumnHidden(column) == is_shown:
                self._table.setColumnHidden(column, not is_shown)
                self._table.fit_widths()

    def _show_rest(self, *, is_more: bool) -> None:
        """Offer older entries where there are some; the button's focus goes to the table with the button."""
        had_focus = self._older.hasFocus()
        self._older.setVisible(is_more)
        self._shown.setVisible(is_more)
        self._shown.setText(self.tr("The newest {count} entries").format(count=self._wanted))
        if had_focus and not is_more:
            self._table.setFocus()

    @Slot()
    def _on_older(self) -> None:
        """Read more and keep the selected line."""
        self._wanted += ENTRIES
        selected = self._current()
        self.refresh()
        self._select(selected)

    @Slot()
    def _on_why(self) -> None:
        try:
            accounts = self._services.reader().accounts()
        except FossaError as error:
            self._tell(error)
            return
        dialog = WhyDialog(self._services, accounts, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _current(self) -> HistoryEntry | None:
        rows = self._table.selectionModel().selectedRows()
        entry = rows[0].data(ENTRY_ROLE) if rows else None
        return entry if isinstance(entry, HistoryEntry) else None

    def _select(self, wanted: HistoryEntry | None) -> None:
        """Select the same run or occurrence as before, or the first line."""
        key = _key(wanted)
        for row in range(self._sorted.rowCount()):
            if key is not None and _key(self._sorted.index(row, 0).data(ENTRY_ROLE)) == key:
                self._table.selectRow(row)
                return
        if self._sorted.rowCount():
            self._table.selectRow(0)
        else:
            self._show_current()

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._show_current()

    def _show_current(self) -> None:
        entry = self._current()
        self._detail.setText(self._text(entry) if entry is not None else "")
        self._offer_belief(entry)
        self._install.setVisible(_lacked_browser(entry))
        self._show_cancel()
        self._evidence.show_entry(entry)
        self._changes.show_entry(entry)

    def _offer_belief(self, entry: HistoryEntry | None) -> None:
        """Offer to believe what the run did not."""
        command = _belief(entry)
        if isinstance(command, SyncNow):
            text, tip = self.tr("The portal really shows &less"), self.tr("Believe that it shows less, and sync again")
        else:
            text, tip = self.tr("My list really is &empty"), self.tr("Believe the empty list once and sync again")
        self._accept.setText(text)
        self._accept.setAccessibleName(text.replace("&", ""))
        self._accept.setToolTip(tip)
        self._accept.setVisible(command is not None)
        self._accept.setEnabled(True)

    def show_state(self, state: AppState) -> None:
        """Follow the installation of a browser, wherever it was asked for."""
        if state.browser_install == self._browser_install:
            return
        self._browser_install = state.browser_install
        self._install.setEnabled(not self._is_installing)
        self._show_cancel()
        entry = self._current()
        if _lacked_browser(entry):
            self._detail.setText(self._text(entry))

    def _show_cancel(self) -> None:
        """Offer to cancel an installation beside the run that it is for; a focus on the button is not lost with it."""
        had_focus = self._cancel_install.hasFocus()
        self._cancel_install.setVisible(self._is_installing and _lacked_browser(self._current()))
        self._cancel_install.setEnabled(True)
        if had_focus and not self._cancel_install.isVisible():
            (self._install if self._install.isVisible() else self._table).setFocus()

    @property
    def _is_installing(self) -> bool:
        return self._browser_install is not None and self._browser_install.error is None

    def _text(self, entry: HistoryEntry) -> str:
        words, now = self._services.words, self._services.now()
        lines: list[str] = []
        moment = moment_of(entry)
        when = words.when(moment, now) if moment else ""
        job = "" if entry.job == WORK_ORDERS else words.job(entry.job)
        head = (when, entry.schedule, job, texts.trigger(entry.trigger), texts.outcome(entry))
        lines.append(" · ".join(part for part in head if part))
        if entry.planned_at is not None and entry.started_at is not None:
            lines.append(self.tr("Planned for {when}").format(when=words.when(entry.planned_at, now, inside=True)))
        if entry.attempts > 1:
            lines.append(self.tr("{count} attempts").format(count=entry.attempts))
        if entry.phases:
            lines.append(texts.phases(entry, words))
        if entry.reason:
            lines.append(texts.reason(entry, words))
        if entry.error is not None:
            lines.append(texts.error_text(entry.error))
        if _lacked_browser(entry) and self._browser_install is not None:
            lines.append(self._install_text(self._browser_install))
        return "\n".join(lines)

    def _install_text(self, install: BrowserInstall) -> str:
        if install.error is not None:
            return texts.error_text(install.error)
        lines = (
            self.tr("Installing a browser: {count} %. This may take some minutes.").format(count=install.percentage),
            self.tr("A sync that failed without it is then done again."),
        )
        return "\n".join(lines)

    @Slot()
    def _on_install(self) -> None:
        self._install.setEnabled(False)
        self._services.submit(InstallBrowser(), self._on_installed, self._on_not_installed)

    def _on_installed(self, result: object) -> None:
        self._install.setEnabled(not self._is_installing)
        self.problem.emit(self.tr("The browser is installed."))
        self.mark_stale()

    def _on_not_installed(self, error: FossaError) -> None:
        self._install.setEnabled(not self._is_installing)
        self._tell(error)

    @Slot()
    def _on_cancel_install(self) -> None:
        self._cancel_install.setEnabled(False)
        self._services.submit(CancelInstall(), self._on_install_ended, self._on_cancel_refused)

    def _on_install_ended(self, cancelled: object) -> None:
        """The state that follows takes the button away."""

    def _on_cancel_refused(self, error: FossaError) -> None:
        self._cancel_install.setEnabled(True)
        self._tell(error)

    @Slot()
    def _on_accept(self) -> None:
        command = _belief(self._current())
        if command is not None:
            self._accept.setEnabled(False)
            self._services.submit(command, self._on_accepted, self._on_failed)

    def _on_accepted(self, result: object) -> None:
        self.mark_stale()

    def _on_failed(self, error: FossaError) -> None:
        self._accept.setEnabled(True)
        self._tell(error)


def _belief(entry: HistoryEntry | None) -> AcceptEmptyList | SyncNow | None:
    """Return what believes what this run did not: an empty list, or that the portal shows less; None of any other."""
    if entry is None or entry.id is None or entry.error is None:
        return None
    if entry.error.kind == EmptyNotBelieved.kind:
        return AcceptEmptyList(entry.id)
    if entry.error.kind == NoLongerShown.kind:
        return SyncNow(entry.account_id, job=entry.job, believe=True)
    return None


def _lacked_browser(entry: HistoryEntry | None) -> TypeGuard[HistoryEntry]:
    """Tell whether this is a run that failed because no browser was there."""
    return entry is not None and entry.id is not None and entry.error is not None and entry.error.kind == _NO_BROWSER


def _key(entry: HistoryEntry | None) -> tuple[object, ...] | None:
    if entry is None:
        return None
    return ("run", entry.id) if entry.id is not None else (entry.account_id, entry.planned_at, entry.outcome)
