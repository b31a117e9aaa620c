"""A database that is damaged, a profile that is spoilt while the program runs: the sync says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.core.runs import Outcome
from fossatray.demo.portal import PracticePortal
from fossatray.portal.profile import ADVICE
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

pytestmark = pytest.mark.browser


def damage_the_orders(life: Life, database: Path) -> None:
    """Overwrite the first page of the table of orders, and let SQLite forget what it has read of it."""
    connection = life.store._database
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'work_order'").fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    connection.execute("PRAGMA shrink_memory")


def test_a_run_on_a_damaged_database_says_so(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                await real.add_account(life)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                damage_the_orders(life, real.world.database())
                failed = await life.sync()
                assert failed.outcome is Outcome.FAILED
                assert failed.error is not None
                assert failed.error.kind == "store_damaged"
                assert life.ear.crashes == []

        run(story())
    assert real.world.left() == []


def spoil_the_profile(real: RealWorld) -> None:
    Path(real.impatient_profile()).write_text("[paths]\nsign_in = 5\n", encoding="utf-8")


def test_a_spoilt_profile_of_the_persons_own_fails_the_run_and_keeps_the_data(
    own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                account = await real.add_account(life)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                kept, signed_in = life.store.orders.open(account.id), len(portal.sign_ins)
                spoil_the_profile(real)
                failed = await life.sync()
                assert failed.error is not None
                assert (failed.error.kind, failed.error.advice) == ("invalid_input", ADVICE)
                assert life.store.orders.open(account.id) == kept
                assert len(portal.sign_ins) == signed_in
                real.impatient_profile()
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(story())
    assert real.world.left() == []
