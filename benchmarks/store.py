"""What keeping costs: saving 1,000 orders, and the last 50 of 1,000,000 runs, each beside bare sqlite3 in the same run.

Prints one JSON object with medians in milliseconds: `budget_ms` is what house.md allows, `floor_ms` what the same bytes
cost without FossaTray's code. Exit status 1 if a budget is broken.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fossatray.core.accounts import checked_account, new_account_id
from fossatray.core.changes import Diff
from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.core.runs import Counts, Outcome, Trigger
from fossatray.store.reader import Reader
from fossatray.store.store import Store

SAVE_BUDGET_MS = 30.0
HISTORY_BUDGET_MS = 2.0
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ft-store-") as folder:
        saving = measure_saving(Path(folder) / "saving", options.orders, options.repeat)
    with tempfile.TemporaryDirectory(prefix="ft-store-") as folder:
        history = measure_history(Path(folder) / "history", options.runs, options.repeat)
    print(json.dumps({"sqlite": sqlite3.sqlite_version, **saving, **history}, indent=2))
    slow = saving["save_new_ms"] > SAVE_BUDGET_MS or history["last_50_ms"] > HISTORY_BUDGET_MS
    return 1 if slow else 0


def measure_saving(folder: Path, count: int, repeat: int) -> dict[str, Any]:
    """Save `count` new orders, the same ones unchanged, and the same ones all changed; in milliseconds."""
    store = open_store(folder)
    new, same, changed, log = [], [], [], []
    try:
        for turn in range(repeat):
            account = store.accounts.add(
                checked_account(new_account_id(), f"account {turn}", "https://portal.example", "technician")
            )
            orders = make_orders(count, seed=turn)
            new.append(save(store, account.id, orders))
            empty_log(folder)
            same.append(save(store, account.id, orders, NOW + timedelta(hours=1)))
            log.append(log_bytes(folder))
            other = make_orders(count, seed=turn, marker="changed ")
            changed.append(save(store, account.id, other, NOW + timedelta(hours=2)))
    finally:
        store.close()
    floors = [floor_of_saving(folder / f"floor{turn}.sqlite3", make_orders(count, seed=turn)) for turn in range(repeat)]
    return {
        "orders": count,
        "save_new_ms": median(new),
        "save_unchanged_ms": median(same),
        "save_unchanged_log_kib": round(statistics.median(log) / 1024),
        "save_changed_ms": median(changed),
        "save_budget_ms": SAVE_BUDGET_MS,
        "save_floor_ms": median(floors),
    }


def save(store: Store, account_id: str, orders: list[WorkOrder], now: datetime = NOW) -> float:
    """Save a read as the engine does, the run's end in the same transaction; return the milliseconds it took."""
    run = store.runs.start(account_id, "work_orders", Trigger.MANUAL, None, now)

    def transaction() -> None:
        with store.atomic():
            store.orders.save_read(run.id, account_id, orders, Diff((), ()), now)
            store.runs.finish(run.id, Outcome.SUCCEEDED, now, Counts(found=len(orders)))

    return timed(transaction)


def floor_of_saving(file: Path, orders: list[WorkOrder]) -> float:
    """Return what bare sqlite3 takes to write the same JSON with the same durability."""
    rows = [(order.number, json.dumps(order.to_json())) for order in orders]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE work_order (number TEXT PRIMARY KEY, data TEXT)")

        def write() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO work_order VALUES (?, ?)", rows)
            connection.execute("COMMIT")

        return timed(write)


def measure_history(folder: Path, count: int, repeat: int) -> dict[str, Any]:
    """Read the last 50 of `count` runs through the Reader, and through bare sqlite3; in milliseconds."""
    store = open_store(folder)
    account = store.accounts.add(checked_account(new_account_id(), "account", "https://portal.example", "technician"))
    store.close()
    fill_runs(folder / "fossatray.sqlite3", account.id, count)
    reader = Reader(folder / "fossatray.sqlite3")
    reader.history(50)
    all_accounts = [timed(lambda: reader.history(50)) for _ in range(repeat)]
    one_account = [timed(lambda: reader.history(50, account.id)) for _ in range(repeat)]
    state = [timed(lambda: reader.state(NOW, UTC)) for _ in range(repeat)]
    reader.close()
    with closing(sqlite3.connect(folder / "fossatray.sqlite3")) as bare:
        sql = "SELECT * FROM run WHERE account_id = ? ORDER BY started_at DESC LIMIT 50"
        floors = [timed(lambda: bare.execute(sql, (account.id,)).fetchall()) for _ in range(repeat)]
    return {
        "runs": count,
        "last_50_ms": max(median(all_accounts), median(one_account)),
        "last_50_budget_ms": HISTORY_BUDGET_MS,
        "last_50_floor_ms": median(floors),
        "state_ms": median(state),
    }


def fill_runs(file: Path, account_id: str, count: int) -> None:
    """Write hourly runs that ended well up to now."""
    start = int((NOW - timedelta(hours=count)).timestamp() * 1000)
    rows = ((account_id, start + n * 3_600_000, start + n * 3_600_000 + 9_000) for n in range(count))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            "INSERT INTO run (account_id, job, trigger, started_at, finished_at, outcome)"
            " VALUES (?, 'work_orders', 'scheduled', ?, ?, 'succeeded')",
            rows,
        )


def open_store(folder: Path) -> Store:
    """Open a store in a new folder."""
    return Store.open(folder / "fossatray.sqlite3", folder / "fossatray.lock", folder / "backups")


def make_orders(count: int, *, seed: int, marker: str = "") -> list[WorkOrder]:
    """Return made-up orders of the size the portal's have (about 1 kB as JSON)."""
    chance = random.Random(seed)
    return [
        WorkOrder(
            number=str(100_000 + n),
            customer="Example Fuel Company",
            customer_url="https://portal.example/app/customers/12",
            store_number=str(chance.randrange(1000, 9999)),
            site_name=f"Example Fuel {n}",
            location_url=f"https://portal.example/app/customers/locations/{n}",
            address=Address(f"{n} Main Street", ("Suite 4",), "Springfield", "TX", "75001", "Example County"),
            services=(Service("Meter Calibration", "All Dispensers", "2861", chance.randrange(4, 24)),),
            instructions=marker + "Calibrate every grade. Call the store before arriving. " * 6,
            visit=Visit(str(n), "https://portal.example/app/visits/1", date(2026, 1, 6), "anytime", date(2026, 1, 30)),
            visits_done=0,
            visits_total=1,
            status="Scheduled",
            created_by="A Dispatcher",
            created_at=datetime(2026, 1, 2, 9, 30),  # noqa: DTZ001 - the portal's dates carry no zone
            categories=("AccuMeasure",),
            contact=("Pat Contact", "Example Billing Account"),
            billing=("Fuel Equipment", "BILL001", "Net 30"),
        )
        for n in range(count)
    ]


def empty_log(folder: Path) -> None:
    """Write the write-ahead log into the database and cut it to nothing."""
    with closing(sqlite3.connect(folder / "fossatray.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def log_bytes(folder: Path) -> int:
    """Return the size of the write-ahead log."""
    return (folder / "fossatray.sqlite3-wal").stat().st_size


def timed(step: Callable[[], object]) -> float:
    """Return how long a step takes, in milliseconds."""
    began = time.perf_counter()
    step()
    return (time.perf_counter() - began) * 1000


def median(values: list[float]) -> float:
    """Return the median, to a hundredth."""
    return round(statistics.median(values), 2)


if __name__ == "__main__":
    sys.exit(main())
