"""kill -9 in the middle of a transaction: nothing that was committed is lost, nothing half is there."""

from __future__ import annotations

from fossatray.core.runs import Outcome
from fossatray.store.reader import Reader
from tests.unit.store.places import HOUR, NOW, Place, full_order, make_account, save
from tests.unit.store.processes import second_process


def test_a_kill_in_mid_transaction_loses_nothing(place: Place) -> None:
    store = place.open()
    account = store.accounts.add(make_account())
    earlier = save(store, account, [full_order("1"), full_order("2")])
    store.close()

    with second_process("transaction", place.folder) as child:
        child.kill()
        child.wait()

    reader = Reader(place.file)
    assert [stored.order.number for stored in reader.orders()] == ["1", "2"]
    reader.close()
    store = place.open()
    try:
        (dead,) = store.runs.mark_interrupted(NOW + HOUR)
        assert (dead.id, dead.outcome) == (earlier.id + 1, Outcome.INTERRUPTED)
        assert list(store.orders.open(account.id)) == ["1", "2"]
        assert store.sign_ins.unresolved(account.id) == 1
        assert [run.id for run in store.runs.unnotified()] == [earlier.id]
        assert store._database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        save(store, account, [full_order("1"), full_order("2"), full_order("3")], now=NOW + 2 * HOUR)
        assert store.orders.count_open(account.id) == 3
    finally:
        store.close()
