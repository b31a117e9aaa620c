"""The demo's watcher: what it says of a run, and how the practice portal changes before the next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fossatray.app.demo import DemoWatcher
from fossatray.core.runs import Counts, Outcome, Run, Trigger
from fossatray.demo.portal import PracticePortal

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def a_run(found: int) -> Run:
    return Run(1, "a", "work_orders", Trigger.MANUAL, None, NOW, NOW, Outcome.SUCCEEDED, None, Counts(found), 1, None)


@pytest.mark.parametrize("orders", [1, 2, 3])
def test_few_orders_change_from_sync_to_sync(orders: int, capsys: pytest.CaptureFixture[str]) -> None:
    with PracticePortal(orders=orders) as portal:
        watcher = DemoWatcher(portal, once=False)
        before = portal.orders
        for _ in range(4):
            assert watcher.run_ended(a_run(len(portal.orders))) is False
            assert portal.orders != before
            before = portal.orders
    assert capsys.readouterr().out.count("Sync succeeded") == 4


def test_once_ends_after_the_first_sync() -> None:
    with PracticePortal(orders=1) as portal:
        watcher = DemoWatcher(portal, once=True)
        before = portal.orders
        assert watcher.run_ended(a_run(1)) is True
        assert watcher.status == 0
        assert portal.orders == before
