"""The page of the dispensers: search, table, details, and reading them now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from fossatray.core.accounts import Account
from fossatray.core.commands import SyncNow
from fossatray.core.dispensers import LocationWanted, StoredDispenser
from fossatray.core.errors import FossaError
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.runs import DISPENSERS
from fossatray.core.status import AppState
from fossatray.ui.dispenser_detail import DispenserDetail
from fossatray.ui.dispensers_model import LINE_ROLE, Column, DispensersModel, Line, LineKey
from fossatray.ui.labels import PlainLabel
from fossatray.ui.row_filter import RowFilter
from fossatray.ui.services import WindowServices
from fossatray.ui.tables import DataTable
from fossatray.ui.texts import error_text
from fossatray.ui.theme import theme_of


class DispensersPage(QWidget):
    """Shows the stored dispensers. It reads them when it is shown and, while it is shown, after each change.

    Signals:
        problem: what went wrong, in words.
    """

    problem = Signal(str)

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._accounts: list[Account] = []
        self._is_stale = True
        self._model = DispensersModel(services.words, services.now, self)
        self._filter = RowFilter(self._model, self._model, self)
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search dispensers (Ctrl+F)"))
        self._search.setAccessibleName(self.tr("Search dispensers"))
        self._search.setClearButtonEnabled(True)
        self._account = QComboBox()
        self._account.setAccessibleName(self.tr("Account"))
        self._archived = QCheckBox(self.tr("No longer t&here"))
        self._archived.setAccessibleName(self.tr("No longer there"))
        self._archived.setToolTip(self.tr("Show the dispensers that their sites no longer have"))
        self._count = PlainLabel(selectable=False)
        self._count.setWordWrap(False)
        self._read = self._button(self.tr("&Read now"), self.tr("Read dispensers now"))
        self._read.setToolTip(
            self.tr("Read the dispensers of the sites of your open orders, but not those read lately")
        )
        self._again = self._button(self.tr("Read &all again"), self.tr("Read all dispensers again"))
        self._again.setToolTip(self.tr("Read those that were read lately, too"))
        self._table = DataTable(self._filter, self.tr("Dispensers"))
        self._detail = DispenserDetail(services.words, services.now, services.open_url)
        self._lay_out()
        self._connect()
        self.show_state(AppState())

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        return button

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self._search, 1)
        for part in (self._account, self._archived, self._count, self._read, self._again):
            tools.addWidget(part)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._table)
        splitter.addWidget(self._detail)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([880, 260])
        splitter.setChildrenCollapsible(False)
        self._table.sortByColumn(Column.STORE, Qt.SortOrder.AscendingOrder)
        self._table.setColumnHidden(Column.ACCOUNT, True)
        self._table.set_widths(
            {
                Column.STORE: "#12345678",
                Column.SITE: "7-Eleven Stores, Inc.",
                Column.NUMBERS: "Dispenser",
                Column.GRADES: "Regular, Plus, Premium",
                Column.MAKE: "Dresser Wayne",
                Column.MODEL: "Encore 700 S",
                Column.SERIAL: "EN0123456789",
                Column.METER: 12,
                Column.NTEP: 11,
                Column.READ: self.tr("⚠ No longer in the portal"),
                Column.ACCOUNT: 12,
            },
            flexible=(Column.SITE, Column.GRADES, Column.MAKE, Column.MODEL, Column.METER, Column.NTEP, Column.ACCOUNT),
            dropped=(Column.NTEP, Column.METER),  # the details have them
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(tools)
        column.addWidget(splitter, 1)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_filtered)
        self._account.currentIndexChanged.connect(self._on_filtered)
        self._archived.toggled.connect(self.refresh)
        self._table.selectionModel().selectionChanged.connect(self._on_selected)
        self._read.clicked.connect(self.read_now)
        self._again.clicked.connect(self._on_read_again)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.focus_search)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._search.clear)

    @property
    def table(self) -> DataTable:
        """The table."""
        return self._table

    def show_state(self, state: AppState) -> None:
        """Offer to read them where that is possible now."""
        usable = bool(state.accounts) and state.fault is None
        syncing = any(account.run is not None for account in state.accounts)
        for button in (self._read, self._again):
            button.setEnabled(usable and not syncing)

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

    @Slot()
    def focus_search(self) -> None:
        """Go to the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    # --- what it shows --------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read the dispensers again and keep the selected one selected."""
        archived = self._archived.isChecked()
        try:
            reader = self._services.reader()
            self._accounts = reader.accounts()
            lines = _lines(reader.dispensers(archived=archived), reader.locations(), archived=archived)
        except FossaError as error:
            self.problem.emit(error_text(error.info()))
            return
        self._is_stale = False
        selected = self._selected()
        self._show_accounts()
        self._model.set_warn_color(theme_of(QGuiApplication.palette()).warn)
        self._model.set_lines(lines, {account.id: account.name for account in self._accounts})
        self._select(selected)
        self._show_count()

    def _show_accounts(self) -> None:
        chosen = self._account.currentData()
        several = len(self._accounts) > 1
        self._account.blockSignals(True)
        self._account.clear()
        self._account.addItem(self.tr("All accounts"), None)
        for account in self._accounts:
            self._account.addItem(account.name, account.id)
        self._account.setCurrentIndex(max(0, self._account.findData(chosen)))
        self._account.blockSignals(False)
        self._account.setVisible(several)
        if self._table.isColumnHidden(Column.ACCOUNT) == several:
            self._table.setColumnHidden(Column.ACCOUNT, not several)
            self._table.fit_widths()
        self._filter.show_account(self._account.currentData())

    def _show_count(self) -> None:
        lines = [self._model.line(row) for row in range(self._model.rowCount())]
        all_of_them = sum(line.dispenser is not None for line in lines)
        kept = [self._filter.index(row, 0).data(LINE_ROLE) for row in range(self._filter.rowCount())]
        shown = sum(line.dispenser is not None for line in kept)
        text = self._services.words.dispensers(all_of_them)
        if shown != all_of_them:
            text = self.tr("{shown} of {dispensers}").format(shown=shown, dispensers=text)
        self._count.setText(text)
        self._table.show_hint("" if kept else self._hint(is_empty=not lines))

    def _hint(self, *, is_empty: bool) -> str:
        """Return why the table is empty."""
        if not is_empty:
            return self.tr("No dispenser matches the search.")
        if self._archived.isChecked():
            return self.tr("No dispenser has left its site yet.")
        return self.tr("No dispensers yet. Read them with the button above, or by a schedule.")

    def _current(self) -> Line | None:
        rows = self._table.selectionModel().selectedRows()
        line = rows[0].data(LINE_ROLE) if rows else None
        return line if isinstance(line, Line) else None

    def _selected(self) -> LineKey | None:
        rows = self._table.selectionModel().selectedRows()
        return self._model.line_key(self._filter.mapToSource(rows[0]).row()) if rows else None

    def _select(self, key: LineKey | None) -> None:
        """Select a dispenser; the first one if it is no longer there."""
        place = self._model.place(key) if key is not None else None
        found = self._filter.mapFromSource(self._model.index(place, 0)).row() if place is not None else 0
        if self._filter.rowCount():
            self._table.selectRow(max(0, found))
            self._show_current()
        else:
            self._table.setCurrentIndex(QModelIndex())
            self._show_current()

    @Slot()
    def _on_filtered(self) -> None:
        key = self._selected()
        self._filter.search(self._search.text())
        self._filter.show_account(self._account.currentData())
        self._select(key)
        self._show_count()

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._show_current()

    def _show_current(self) -> None:
        line = self._current()
        account = next((a for a in self._accounts if line is not None and a.id == line.account_id), None)
        self._detail.show_line(line, account.origin if account else None)

    def apply_palette(self, palette: QPalette) -> None:
        """Take the colours of another palette."""
        self._model.set_warn_color(theme_of(palette).warn)
        self._table.viewport().update()

    # --- what it does ---------------------------------------------------------------------------------------------

    @Slot()
    def read_now(self) -> None:
        """Read the dispensers of the sites that were not read lately."""
        self._ask(SyncNow(job=DISPENSERS))

    @Slot()
    def _on_read_again(self) -> None:
        self._ask(SyncNow(job=DISPENSERS, force=True))

    def _ask(self, command: SyncNow) -> None:
        self._services.submit(command, self._on_begun, self._on_failed)

    def _on_begun(self, result: object) -> None:
        """The state that follows shows what became of it."""

    def _on_failed(self, error: FossaError) -> None:
        self.problem.emit(error_text(error.info()))


def _lines(found: Sequence[StoredDispenser], sites: Sequence[StoredLocation], *, archived: bool) -> list[Line]:
    """Return a line for each dispenser and, unless it is about what is gone, for each site without any to tell of."""
    by_url = {(site.account_id, site.location.url): site for site in sites}
    lines = [
        Line(
            one.account_id,
            LocationWanted(one.location_url, one.store_number, one.site_name),
            one,
            by_url.get((one.account_id, one.location_url)),
        )
        for one in found
    ]
    told = {(one.account_id, one.location_url) for one in found}
    unread = (site for key, site in by_url.items() if key not in told and site.state is not LocationState.READ)
    return lines if archived else [*lines, *(Line(site.account_id, site.location, None, site) for site in unread)]
