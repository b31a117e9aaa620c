"""The page of work orders: search, table, details."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from fossatray.core.errors import FossaError
from fossatray.core.orders import StoredOrder
from fossatray.ui.order_detail import OrderDetail
from fossatray.ui.orders_model import Column, OrdersModel
from fossatray.ui.records_page import RecordsPage, RecordsTexts
from fossatray.ui.services import OrdersReader, WindowServices
from fossatray.ui.site_texts import site_lines

translate = QCoreApplication.translate


class OrdersPage(RecordsPage[StoredOrder]):
    """Shows the stored work orders."""

    account_column = Column.ACCOUNT

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, OrdersModel(services.today), _texts(), parent)
        self._detail = OrderDetail(services.words, services.now, services.open_url)
        self._lay_out(self._detail)
        self._table.sortByColumn(Column.VISIT, Qt.SortOrder.AscendingOrder)
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

    def _read_records(self, reader: OrdersReader, *, archived: bool) -> Sequence[StoredOrder]:
        return reader.orders(archived=archived)

    def _counted(self, count: int) -> str:
        return self._services.words.orders(count)

    def _show_detail(self, record: StoredOrder | None, origin: str | None) -> None:
        self._detail.show_order(record, origin, self._dispensers(record))

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
            self._tell(error)
            return ""
        return site_lines(found, next(iter(sites), None), self._services.words, self._services.now())


def _texts() -> RecordsTexts:
    return RecordsTexts(
        table=translate("OrdersPage", "Work orders"),
        search=translate("OrdersPage", "Search work orders"),
        search_hint=translate("OrdersPage", "Search work orders (Ctrl+F)"),
        archived=translate("OrdersPage", "No longer in &list"),
        archived_hint=translate("OrdersPage", "Show the work orders that are no longer in your open list"),
        none_found=translate("OrdersPage", "No work order matches the search."),
        none_archived=translate("OrdersPage", "No work order has left your list yet."),
        none_yet=translate("OrdersPage", "No work orders yet. They appear here after the first sync."),
    )
