"""What the tests of the store share: a place on the disk, moments, and an order with every field filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fossatray.core.accounts import Account, checked_account, new_account_id
from fossatray.core.changes import Diff
from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.core.runs import Counts, Outcome, Run, Trigger
from fossatray.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, 0, 250_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTHING = Diff((), ())


@dataclass(frozen=True)
class Place:
    """A data folder."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "fossatray.sqlite3"

    @property
    def lock(self) -> Path:
        return self.folder / "fossatray.lock"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    def open(self, now: datetime = NOW) -> Store:
        """Open the store there; its backups are made at `now`."""
        return Store.open(self.file, self.lock, self.backups, clock=lambda: now)


def make_account(name: str = "Work") -> Account:
    return checked_account(new_account_id(), name, "https://portal.example", "technician@example.com")


def full_order(number: str = "129651") -> WorkOrder:
    return WorkOrder(
        number=number,
        customer="Ünited Pümps",
        customer_url="https://portal.example/app/customers/1",
        store_number="4711",
        site_name="Main & Ninth",
        location_url="https://portal.example/app/customers/locations/7",
        address=Address("9 Main St", ("Suite 4", "at Ninth"), "Springfield", "TX", "75001", "Straße County"),
        services=(Service("Meter Calibration", "All Dispensers", "2861", 8), Service(None, None, "PM-A", None)),
        instructions='Ask for "Bo".\n100% of hoses; call_first ☎',
        visit=Visit("3", "https://portal.example/app/visits/3", date(2026, 1, 7), "anytime", date(2026, 1, 31)),
        visits_done=1,
        visits_total=2,
        status="Scheduled",
        reason="Yearly",
        project="Spring 26",
        po_number="PO-77",
        created_by="Dana Dispatch",
        created_at=datetime(2026, 1, 2, 9, 30),
        categories=("AccuMeasure", "Priority"),
        contact=("Åsa Müller", "Example Account"),
        billing=("BILL001", "Net 30"),
        completed_on=date(2026, 1, 4),
    )


def save(store: Store, account: Account, orders: list[WorkOrder], diff: Diff = NOTHING, now: datetime = NOW) -> Run:
    """Save a read as the engine does, in one transaction with its run's end."""
    run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, now)
    with store.atomic():
        store.orders.save_read(run.id, account.id, orders, diff, now)
        return store.runs.finish(run.id, Outcome.SUCCEEDED, now, Counts(found=len(orders)), notify=True)
