"""Each failure of the portal ends in its own error in the ledger, with the data kept as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.core.accounts import Account
from fossatray.core.runs import Outcome
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.end_to_end.test_scrape_mishaps import NEVER_JUDGED
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

pytestmark = pytest.mark.browser

SIGNING_IN = {
    Mishap.HANGING_SIGN_IN: "sign_in_unclear",
    Mishap.UNCLEAR_SIGN_IN: "sign_in_unclear",
    Mishap.LOCK_OUT: "sign_in_locked",
    Mishap.RATE_LIMITED: "sign_in_locked",
    Mishap.HOSTILE_SIGN_IN: "sign_in_form_unsafe",
    Mishap.WRONG_PASSWORD: "sign_in_refused",  # the last: no sync after it signs in
}
REACHING = {
    Mishap.HANGING: "portal_timeout",
    Mishap.HANGING_PAGE: "portal_timeout",
    Mishap.SERVER_ERROR: "portal_server_error",
    Mishap.LIST_ERROR: "portal_server_error",
    Mishap.MAINTENANCE: "portal_maintenance",
    Mishap.CONNECTION_DROPPED: "portal_unreachable",
}
READING = {
    Mishap.LIST_FORBIDDEN: "layout_changed",
    Mishap.SESSION_NEVER_LASTS: "session_lost",
    Mishap.EMPTY_UNPROVED: "empty_not_believed",
    Mishap.CHANGED_LAYOUT: "layout_changed",
    Mishap.MALFORMED_ROWS: "layout_changed",
    Mishap.FOREIGN_DATES: "layout_changed",
}


@pytest.mark.parametrize("kinds", [SIGNING_IN, REACHING, READING], ids=["signing in", "reaching", "reading"])
def test_a_failure_keeps_the_data_and_the_next_sync_is_well(
    kinds: dict[Mishap, str], own_home: Path, browser_path: Path
) -> None:
    """One failure after the other, each with the sync that is well after it."""
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def failing(life: Life, account: Account, mishap: Mishap) -> None:
            kept = life.store.orders.open(account.id)
            portal.mishaps = [mishap]
            real.impatient_profile(after_post=0.5 if mishap in NEVER_JUDGED else 3.0)
            failed = await life.sync()
            assert failed.outcome is Outcome.FAILED
            assert failed.error is not None
            assert failed.error.kind == kinds[mishap], mishap
            assert life.store.orders.open(account.id) == kept
            assert life.store.sign_ins.unresolved(account.id) == 0
            assert real.world.left() == []

        async def story() -> None:
            page_s = 5.0 if Mishap.HANGING in kinds else 20.0  # waited out in vain there
            async with real.life(impatient=True, page_s=page_s, sign_ins_an_hour=100) as life:
                account = await real.add_account(life)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                assert [notice.kind for notice, _ in life.ear.notices] == ["batch"]
                for mishap in kinds:
                    life.ear.notices.clear()
                    await failing(life, account, mishap)
                    blocked = life.store.accounts.blocked(account.id)
                    assert (blocked is not None) is (mishap is Mishap.WRONG_PASSWORD)
                    if blocked is None:
                        portal.mishaps = []
                        real.impatient_profile()
                        assert (await life.sync()).outcome is Outcome.SUCCEEDED, mishap
                        assert [notice.kind for notice, _ in life.ear.notices] == ["failure", "recovery"], mishap

        run(story())
        assert real.world.left() == []


@pytest.mark.parametrize("count", [None, Mishap.NO_COUNT, Mishap.NO_PAGE_NUMBERS])
def test_a_second_page_that_does_not_come_archives_nothing(
    count: Mishap | None, own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=180) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                account = await real.add_account(life)
                assert (await life.sync()).counts.found == 180
                kept = life.store.orders.open(account.id)
                assert len(kept) == 180
                portal.mishaps = [Mishap.LIST_ERROR_ON_PAGE_2, *([count] if count else [])]
                failed = await life.sync()
                assert failed.outcome is Outcome.FAILED
                assert failed.error is not None
                assert failed.error.kind == "portal_server_error"
                assert failed.counts.archived == 0
                assert life.store.orders.open(account.id) == kept

        run(story())
    assert real.world.left() == []


def test_an_order_that_slips_to_a_page_already_read_is_not_archived(own_home: Path, browser_path: Path) -> None:
    """An order goes from page 2 and another comes at the end right before page 3: the total stays."""
    with PracticePortal(orders=250) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                account = await real.add_account(life)
                assert (await life.sync()).counts.found == 250
                kept = life.store.orders.open(account.id)
                portal.mishaps = [Mishap.REPLACED_ON_PAGE_2]
                failed = await life.sync()
                assert failed.error is not None
                assert failed.error.kind == "list_incomplete"
                assert (failed.counts.archived, failed.attempts) == (0, 3)
                assert life.store.orders.open(account.id) == kept
                before = {order.number for order in portal.orders}
                portal.mishaps = [Mishap.REPLACED_ON_PAGE_2_ONCE]
                ended = await life.sync()
                listed = {order.number for order in portal.orders}
                assert (len(before - listed), len(listed - before)) == (1, 1)
                assert (ended.outcome, ended.attempts) == (Outcome.SUCCEEDED, 2)
                assert set(life.store.orders.open(account.id)) == listed
                gone = len(set(kept) - listed)
                assert (ended.counts.archived, ended.counts.new) == (gone, gone)

        run(story())
    assert real.world.left() == []


def test_a_portal_that_is_not_there_is_unreachable(own_home: Path, browser_path: Path) -> None:
    portal = PracticePortal(orders=1)
    portal.stop()  # nothing listens at its address any more
    real = RealWorld(own_home, portal, browser_path)

    async def story() -> None:
        async with real.life(impatient=True) as life:
            await real.add_account(life)
            failed = await life.sync()
            assert failed.error is not None
            assert failed.error.kind == "portal_unreachable"

    run(story())
    assert real.world.left() == []
