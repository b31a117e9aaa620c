"""A page of what is stored: search, account, what is gone, a count, and a table beside the details of one record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from fossatray.core.accounts import Account
from fossatray.core.errors import FossaError
from fossatray.ui.detail_pane import DetailPane
from fossatray.ui.fresh_page import FreshPage
from fossatray.ui.labels import PlainLabel
from fossatray.ui.records_model import Record, RecordKey, RecordsModel
from fossatray.ui.row_filter import RowFilter
from fossatray.ui.services import OrdersReader, WindowServices
from fossatray.ui.tables import DataTable
from fossatray.ui.theme import theme_of


@dataclass(frozen=True, slots=True)
class RecordsTexts:
    """What a page calls its records, and why its table may be empty."""

    table: str
    search: str
    search_hint: str
    archived: str
    archived_hint: str
    none_found: str
    none_archived: str
    none_yet: str


class RecordsPage(FreshPage, Generic[Record]):
    """Shows the stored records of one sort; a subclass says which, and lays the page out."""

    account_column: ClassVar[int]
    """The column that says whose a record is; shown only where there are several accounts."""

    def __init__(
        self, services: WindowServices, model: RecordsModel[Record], texts: RecordsTexts, parent: QWidget | None = None
    ) -> None:
        super().__init__(services, parent)
        self._texts = texts
        self._accounts: list[Account] = []
        self._model = model
        model.setParent(self)
        self._filter = RowFilter(model, model, self)
        self._search = QLineEdit()
        self._search.setPlaceholderText(texts.search_hint)
        self._search.setAccessibleName(texts.search)
        self._search.setClearButtonEnabled(True)
        self._account = QComboBox()
        self._account.setAccessibleName(self.tr("Account"))
        self._archived = QCheckBox(texts.archived)
        self._archived.setAccessibleName(texts.archived.replace("&", ""))
        self._archived.setToolTip(texts.archived_hint)
        self._count = PlainLabel(selectable=False)
        self._count.setWordWrap(False)
        self._table = DataTable(self._filter, texts.table)
        self._search.textChanged.connect(self._on_filtered)
        self._account.currentIndexChanged.connect(self._on_filtered)
        self._archived.toggled.connect(self.refresh)
        self._table.selectionModel().selectionChanged.connect(self._on_selected)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.focus_search)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._search.clear)

    def _lay_out(self, detail: DetailPane, *tools: QWidget) -> None:
        """Put the table beside the details, and above them the search with what else the page offers."""
        above = QHBoxLayout()
        above.addWidget(self._search, 1)
        for part in (self._account, self._archived, self._count, *tools):
            above.addWidget(part)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._table)
        splitter.addWidget(detail)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([880, 260])
        splitter.setChildrenCollapsible(False)
        self._table.setColumnHidden(self.account_column, True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(above)
        column.addWidget(splitter, 1)

    # --- what a subclass says --------------------------------------------------------------------------------------

    def _read_records(self, reader: OrdersReader, *, archived: bool) -> Sequence[Record]:
        """Return the records that are there, or those that are gone; raises StoreError."""
        raise NotImplementedError

    def _counted(self, count: int) -> str:
        """Return "3 work orders"."""
        raise NotImplementedError

    def _show_detail(self, record: Record | None, origin: str | None) -> None:
        """Show the details of a record of an account whose portal has this origin; None if none is selected."""
        raise NotImplementedError

    def _counts(self) -> tuple[int, int]:
        """Return how many are shown, and how many there are."""
        return self._filter.rowCount(), self._model.rowCount()

    # --- what it shows --------------------------------------------------------------------------------------------

    @Slot()
    def focus_search(self) -> None:
        """Go to the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @Slot()
    def refresh(self) -> None:
        """Read the records again and keep the selected one selected."""
        try:
            reader = self._services.reader()
            self._accounts = reader.accounts()
            records = self._read_records(reader, archived=self._archived.isChecked())
        except FossaError as error:
            self._tell(error)
            return
        self._is_stale = False
        selected = self._selected()
        self._show_accounts()
        self._model.set_warn_color(theme_of(QGuiApplication.palette()).warn)
        self._model.set_records(records, self._accounts)
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
        if self._table.isColumnHidden(self.account_column) == several:
            self._table.setColumnHidden(self.account_column, not several)
            self._table.fit_widths()
        self._filter.show_account(self._account.currentData())

    def _show_count(self) -> None:
        shown, count = self._counts()
        text = self._counted(count)
        if shown != count:
            text = self.tr("{shown} of {all}").format(shown=shown, all=text)
        self._count.setText(text)
        self._table.show_hint("" if self._filter.rowCount() else self._hint())

    def _hint(self) -> str:
        """Return why the table is empty."""
        if self._model.rowCount():
            return self._texts.none_found
        return self._texts.none_archived if self._archived.isChecked() else self._texts.none_yet

    def _kept(self) -> Iterator[Record]:
        """Return the records that are shown."""
        for row in range(self._filter.rowCount()):
            yield self._model.record(self._filter.mapToSource(self._filter.index(row, 0)).row())

    def _current(self) -> int | None:
        """Return the selected record's row in the model."""
        rows = self._table.selectionModel().selectedRows()
        return self._filter.mapToSource(rows[0]).row() if rows else None

    def _selected(self) -> RecordKey | None:
        row = self._current()
        return self._model.record_key(row) if row is not None else None

    def _select(self, key: RecordKey | None) -> None:
        """Select a record; the first one if it is no longer there."""
        place = self._model.place(key) if key is not None else None
        found = self._filter.mapFromSource(self._model.index(place, 0)).row() if place is not None else 0
        if self._filter.rowCount():
            self._table.selectRow(max(0, found))
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
        row = self._current()
        record = self._model.record(row) if row is not None else None
        account = next((a for a in self._accounts if record is not None and a.id == record.account_id), None)
        self._show_detail(record, account.origin if account else None)

    def apply_palette(self, palette: QPalette) -> None:
        """Take the colours of another palette."""
        self._model.set_warn_color(theme_of(palette).warn)
        self._table.viewport().update()
