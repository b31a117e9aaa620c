"""The page of work orders: search, table, details."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.accounts import Account
from fossatray.core.errors import FossaError
from fossatray.core.orders import StoredOrder
from fossatray.ui.labels import PlainLabel
from fossatray.ui.order_detail import OrderDetail
from fossatray.ui.orders_model import ORDER_ROLE, Column, OrderKey, OrdersModel
from fossatray.ui.row_filter import RowFilter
from fossatray.ui.services import WindowServices
from fossatray.ui.site_texts import site_lines
from fossatray.ui.tables import DataTable
from fossatray.ui.texts import error_text
from fossatray.ui.theme import theme_of


class OrdersPage(QWidget):
    """Shows the stored work orders. It reads them when it is shown and, while it is shown, after each change."""

    problem = Signal(str)

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._accounts: list[Account] = []
        self._is_stale = True
        self._model = OrdersModel(self._today, self)
        self._filter = RowFilter(self._model, self._model, self)
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search work orders (Ctrl+F)"))
        self._search.setAccessibleName(self.tr("Search work orders"))
        self._search.setClearButtonEnabled(True)
        self._account = QComboBox()
        self._account.setAccessibleName(self.tr("Account"))
        self._archived = QCheckBox(self.tr("No longer in &list"))
        self._archived.setAccessibleName(self.tr("No longer in list"))
        self._archived.setToolTip(self.tr("Show the work orders that are no longer in your open list"))
        self._count = PlainLabel(selectable=False)
        self._count.setWordWrap(False)
        self._table = DataTable(self._filter, self.tr("Work orders"))
        self._detail = OrderDetail(services.words, services.now, services.open_url)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self._search, 1)
        tools.addWidget(self._account)
        tools.addWidget(self._archived)
        tools.addWidget(self._count)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._table)
        splitter.addWidget(self._detail)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([880, 260])
        splitter.setChildrenCollapsible(False)
        self._table.sortByColumn(Column.VISIT, Qt.SortOrder.AscendingOrder)
        self._table.setColumnHidden(Column.ACCOUNT, True)
        self._table.set_widths(
            {
                Column.NUMBER: "W-123456",
                Column.CUSTOMER: "7-Eleven Stores, Inc.",
                Column.STORE: "#12345678",
                Column.CITY: "New Smyrna Beach",
                Column.SERVICES: "10 × 2861, 1 × 3006",
                Column.VISIT: "Wed, Nov 30",
                Column.DUE: self.tr("⚠ Nov 30 (today)"),
                Column.STATUS: 11,
                Column.ACCOUNT: 12,
            },
            flexible=(Column.CUSTOMER, Column.STORE, Column.CITY, Column.SERVICES, Column.STATUS, Column.ACCOUNT),
            bold=(Column.DUE,),
            dropped=(Column.STATUS,),  # mostly the same for all; the details have it
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(tools)
        column.addWidget(splitter, 1)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search)
        self._account.currentIndexChanged.connect(self._on_account)
        self._archived.toggled.connect(self.refresh)
        self._table.selectionModel().selectionChanged.connect(self._on_selected)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.focus_search)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._search.clear)

    @property
    def table(self) -> DataTable:
        """The table."""
        return self._table

    def _today(self) -> date:
        return self._services.now().astimezone(self._services.words.zone).date()

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

    @Slot()
    def refresh(self) -> None:
        """Read the orders again and keep the selected one selected."""
        try:
            reader = self._services.reader()
            self._accounts = reader.accounts()
            orders = reader.orders(archived=self._archived.isChecked())
        except FossaError as error:
            self.problem.emit(error_text(error.info()))
            return
        self._is_stale = False
        selected = self._selected()
        self._show_accounts()
        self._model.set_warn_color(theme_of(QGuiApplication.palette()).warn)
        self._model.set_orders(orders, self._accounts)
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
        shown, all_orders = self._filter.rowCount(), self._model.rowCount()
        words = self._services.words
        text = words.orders(all_orders)
        if shown != all_orders:
            text = self.tr("{shown} of {orders}").format(shown=shown, orders=text)
        self._count.setText(text)
        if shown:
            self._table.show_hint("")
        elif all_orders:
            self._table.show_hint(self.tr("No work order matches the search."))
        elif self._archived.isChecked():
            self._table.show_hint(self.tr("No work order has left your list yet."))
        else:
            self._table.show_hint(self.tr("No work orders yet. They appear here after the first sync."))

    def _selected(self) -> OrderKey | None:
        stored = self._current()
        return (stored.account_id, stored.order.number) if stored is not None else None

    def _current(self) -> StoredOrder | None:
        rows = self._table.selectionModel().selectedRows()
        stored = rows[0].data(ORDER_ROLE) if rows else None
        return stored if isinstance(stored, StoredOrder) else None

    def _select(self, key: OrderKey | None) -> None:
        """Select an order by account and number; the first one if it is no longer there."""
        place = self._model.place(key) if key is not None else None
        found = self._filter.mapFromSource(self._model.index(place, 0)).row() if place is not None else 0
        if self._filter.rowCount():
            self._table.selectRow(max(0, found))
        else:
            self._table.setCurrentIndex(QModelIndex())
            self._show_current()

    @Slot(str)
    def _on_search(self, text: str) -> None:
        key = self._selected()
        self._filter.search(text)
        self._select(key)
        self._show_count()

    @Slot()
    def _on_account(self) -> None:
        key = self._selected()
        self._filter.show_account(self._account.currentData())
        self._select(key)
        self._show_count()

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._show_current()

    def _show_current(self) -> None:
        stored = self._current()
        account = next((a for a in self._accounts if stored is not None and a.id == stored.account_id), None)
        self._detail.show_order(stored, account.origin if account else None, self._dispensers(stored))

    def _dispensers(self, stored: StoredOrder | None) -> str:
        """Return the dispensers of an order's site in words; nothing where nobody has asked for them."""
        url = stored.order.location_url if stored is not None else None
        if stored is None or url is None:
            return ""
        try:
            reader = self._services.reader()
            sites = reader.locations(stored.account_id, url)
            found = reader.dispensers(stored.account_id, location_url=url) if sites else []
        except FossaError as error:
            self.problem.emit(error_text(error.info()))
            return ""
        return site_lines(found, next(iter(sites), None), self._services.words, self._services.now())

    def apply_palette(self, palette: QPalette) -> None:
        """Take the colours of another palette."""
        self._model.set_warn_color(theme_of(palette).warn)
        self._table.viewport().update()
