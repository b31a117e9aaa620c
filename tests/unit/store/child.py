"""A second process for the tests, run as a script: it holds the lock, or dies in the middle of a transaction.

Arguments: what to do and the data folder. It says "ready" on standard output when it is where the test wants it, and
then waits for the end of its standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fossatray.core.runs import Trigger
from tests.unit.store.places import HOUR, NOTHING, NOW, Place, full_order


def main(what: str, folder: Path) -> None:
    store = Place(folder).open()
    if what == "hold":
        ready()
        store.close()
        return
    account = store.accounts.all()[0]
    run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW)
    store.sign_ins.begin(account.id, NOW)
    with store.atomic():
        store.orders.save_read(run.id, account.id, [full_order(str(n)) for n in range(2000, 3000)], NOTHING, NOW + HOUR)
        ready()


def ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


main(sys.argv[1], Path(sys.argv[2]))
