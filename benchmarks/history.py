"""A data folder like that of a person who has used FossaTray for a year, written by the store's own functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fossatray.core.accounts import Account, checked_account, new_account_id
from fossatray.core.changes import Kind, compare, summary
from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.core.runs import Counts, Outcome, Trigger
from fossatray.core.schedules import Schedule, missed_runs
from fossatray.core.timetable import Every, Timetable
from fossatray.store.store import Store
from fossatray.system.paths import app_paths, prepare

YEAR = timedelta(days=365)
ORDERS = 60
CHANGED_EVERY = 12
"""Every so many runs one order is gone and a new one is there."""

UNREACHABLE = "http://127.0.0.1:9"
"""No portal listens there; nothing asks while the program is idle."""


def write_year_of_history(folder: Path, now: datetime | None = None) -> int:
    """Make a data folder with one account on an hourly schedule and a run for every hour of the year before `now`.

    Everything planned is accounted for, so that the program, started soon after, has nothing to catch up; the next run
    is 59 minutes later. Returns the number of runs.
    """
    moment = now if now is not None else datetime.now(UTC)
    paths = app_paths(folder)
    prepare(paths)
    store = Store.open(paths.database, paths.lock, paths.backups)
    try:
        account = store.accounts.add(checked_account(new_account_id(), "Main", UNREACHABLE, "technician@example.com"))
        (schedule,) = store.schedules.of_account(account.id)
        just_before = Every(60, anchor_minute=(moment - timedelta(minutes=1)).minute)
        schedule = store.schedules.save(replace(schedule, timetable=Timetable(just_before)))
        planned = missed_runs(schedule, moment - YEAR, moment, ZoneInfo("UTC"))
        kept: list[WorkOrder] = []
        orders = [_order(number, moment) for number in range(ORDERS)]
        for number, at in enumerate(planned):
            if number % CHANGED_EVERY == CHANGED_EVERY - 1:
                orders = _changed(orders, number, at)
            _add_run(store, account, schedule, at, kept, orders)
            kept = orders
        store.schedules.set_accounted_until(schedule.id, moment)
    finally:
        store.close()
    return len(planned)


def _add_run(
    store: Store, account: Account, schedule: Schedule, at: datetime, kept: list[WorkOrder], orders: list[WorkOrder]
) -> None:
    """Keep one run that took half a minute, as the engine keeps it. None of the orders is back from the archive."""
    run = store.runs.start(account.id, schedule.job, Trigger.SCHEDULED, at, at, schedule.id)
    ended = at + timedelta(seconds=30)
    with store.atomic():
        diff = compare({order.number: order for order in kept}, {}, orders, first=not kept)
        store.orders.save_read(run.id, account.id, orders, diff, ended)
        new = len(orders) if not kept else summary(diff.changes).get(Kind.NEW, 0)
        store.runs.finish(run.id, Outcome.SUCCEEDED, ended, Counts(len(orders), new, 0, len(diff.gone)))


def _order(number: int, moment: datetime) -> WorkOrder:
    visit = Visit(
        id=str(200_000 + number),
        url=f"{UNREACHABLE}/app/work/{100_000 + number}/visits/{200_000 + number}/",
        date=(moment + timedelta(days=number % 20)).date(),
        time="anytime",
        due_date=None,
    )
    return WorkOrder(
        number=str(100_000 + number),
        customer="Prairie Fuel Stops",
        store_number=str(3_000 + number),
        site_name=f"Prairie Fuel #{3_000 + number}",
        address=Address(street=f"{number + 1} Main Street", city="Springfield", state="IL", postal_code="62701"),
        services=(Service("Meter Calibration", "All Dispensers", "2861", 8),),
        instructions="Calibrate every meter, seal it, and leave the report with the manager. " * 6,
        visit=visit,
        visits_done=0,
        visits_total=1,
        status="Work Created",
    )


def _changed(orders: list[WorkOrder], number: int, at: datetime) -> list[WorkOrder]:
    """Return the list with its first order gone and a new one at its end."""
    return [*orders[1:], _order(ORDERS + number, at)]
