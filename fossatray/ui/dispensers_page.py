"""The page of the dispensers: search, table, details, and reading them now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from fossatray.core.commands import SyncNow
from fossatray.core.dispensers import LocationWanted, StoredDispenser
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.runs import DISPENSERS
from fossatray.core.status import AppState
from fossatray.ui.dispenser_detail import DispenserDetail
from fossatray.ui.dispensers_model import Column, DispensersModel, Line
from fossatray.ui.records_page import RecordsPage, RecordsTexts
from fossatray.ui.services import OrdersReader, WindowServices

translate = QCoreApplication.translate


class DispensersPage(RecordsPage[Line]):
    """Shows the stored dispensers, and the sites of which none is known."""

    account_column = Column.ACCOUNT

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, DispensersModel(services.words, services.now), _texts(), parent)
        self._read = self._button(self.tr("&Read now"), self.tr("Read dispensers now"))
        self._read.setToolTip(
            self.tr("Read the dispensers of the sites of your open orders, but not those read lately")
        )
        self._again = self._button(self.tr("Read &all again"), self.tr("Read all dispensers again"))
        self._again.setToolTip(self.tr("Read those that were read lately, too"))
        self._read.clicked.connect(self.read_now)
        self._again.clicked.connect(self._on_read_again)
        self._detail = DispenserDetail(services.words, services.now, services.open_url)
        self._lay_out(self._detail, self._read, self._again)
        self._table.sortByColumn(Column.STORE, Qt.SortOrder.AscendingOrder)
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
        self.show_state(AppState())

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        return button

    # --- what it shows --------------------------------------------------------------------------------------------

    def show_state(self, state: AppState) -> None:
        """Offer to read them where that is possible now."""
        usable = bool(state.accounts) and state.fault is None
        syncing = any(account.run is not None for account in state.accounts)
        for button in (self._read, self._again):
            button.setEnabled(usable and not syncing)

    def _read_records(self, reader: OrdersReader, *, archived: bool) -> Sequence[Line]:
        return _lines(reader.dispensers(archived=archived), reader.locations(), archived=archived)

    def _counted(self, count: int) -> str:
        return self._services.words.dispensers(count)

    def _counts(self) -> tuple[int, int]:
        """Return how many dispensers are shown, and how many there are; sites without any do not count."""
        lines = (self._model.record(row) for row in range(self._model.rowCount()))
        shown, count = (sum(line.dispenser is not None for line in some) for some in (self._kept(), lines))
        return shown, count

    def _show_detail(self, record: Line | None, origin: str | None) -> None:
        self._detail.show_line(record, origin)

    # --- what it does ---------------------------------------------------------------------------------------------

    @Slot()
    def read_now(self) -> None:
        """Read the dispensers of the sites that were not read lately."""
        self._ask(SyncNow(job=DISPENSERS))

    @Slot()
    def _on_read_again(self) -> None:
        self._ask(SyncNow(job=DISPENSERS, force=True))

    def _ask(self, command: SyncNow) -> None:
        self._services.submit(command, self._on_begun, self._tell)

    def _on_begun(self, result: object) -> None:
        """The state that follows shows what became of it."""


def _texts() -> RecordsTexts:
    return RecordsTexts(
        table=translate("DispensersPage", "Dispensers"),
        search=translate("DispensersPage", "Search dispensers"),
        search_hint=translate("DispensersPage", "Search dispensers (Ctrl+F)"),
        archived=translate("DispensersPage", "No longer t&here"),
        archived_hint=translate("DispensersPage", "Show the dispensers that their sites no longer have"),
        none_found=translate("DispensersPage", "No dispenser matches the search."),
        none_archived=translate("DispensersPage", "No dispenser has left its site yet."),
        none_yet=translate("DispensersPage", "No dispensers yet. Read them with the button above, or by a schedule."),
    )


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
