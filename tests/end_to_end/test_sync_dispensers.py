"""The dispensers from end to end: engine, scrape process, browser, practice portal, database."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.core.changes import Kind
from fossatray.core.commands import SyncNow
from fossatray.core.dispensers import DISPENSER_CODES
from fossatray.core.locations import LocationState
from fossatray.core.runs import DISPENSERS, Outcome, Run
from fossatray.demo.equipment_book import EquipmentChange, LocationMishap
from fossatray.demo.portal import PracticePortal
from fossatray.store.reader import Reader
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

pytestmark = pytest.mark.browser


async def dispensers(life: Life, *, force: bool = False) -> Run:
    (run_id,) = await life.do(SyncNow(job=DISPENSERS, force=force))
    return await life.ended(run_id)


def sites_of(portal: PracticePortal) -> list[int]:
    """The portal's sites that an order with such a service is for, each once."""
    orders = (order for order in portal.orders if any(one.code in DISPENSER_CODES for one in order.services))
    return list(dict.fromkeys(order.location_id for order in orders))


def kept(life: Life, portal: PracticePortal, sites: list[int]) -> list[int]:
    """How many dispensers are kept of each site."""
    reader = Reader(life.world.database())
    urls = [stored.location_url for stored in reader.dispensers()]
    reader.close()
    return [urls.count(portal.location_url(site)) for site in sites]


def told(life: Life, ended: Run) -> list[tuple[Kind, str | None]]:
    reader = Reader(life.world.database())
    found = [(one.change.kind, one.change.location_url) for one in reader.changes(run_id=ended.id)]
    reader.close()
    return found


def test_dispensers_are_read_once_a_site_kept_and_compared(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=8, seed=4) as portal:
        real, sites = RealWorld(own_home, portal, browser_path), sites_of(portal)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                account = await real.add_account(life)
                await life.sync()
                first = await dispensers(life)
                count = sum(len(portal.dispensers(site)) for site in sites)
                assert (first.outcome, first.reason) == (Outcome.SUCCEEDED, None)
                assert (first.counts.found, first.counts.new, told(life, first)) == (count, count, [])
                assert kept(life, portal, sites) == [len(portal.dispensers(site)) for site in sites]

                for kind, site in zip(EquipmentChange, sites, strict=False):
                    portal.change_equipment(site, kind)
                portal.spoil(sites[-1], LocationMishap.GONE)
                second = await dispensers(life, force=True)
                assert second.outcome is Outcome.SUCCEEDED
                assert second.reason == f"1 of {len(sites)} locations no longer in the portal"
                changed = [(kind, url) for kind, url in told(life, second)]
                assert {kind for kind, _ in changed} == {
                    Kind.DISPENSER_ADDED,
                    Kind.DISPENSER_CHANGED,
                    Kind.DISPENSER_REMOVED,
                }
                states = life.store.dispensers.locations(account.id)
                assert states[portal.location_url(sites[-1])].state is LocationState.GONE
                requests = len(portal.requests)
                third = await dispensers(life)
                assert third.reason == "all dispensers were read lately"
                assert len(portal.requests) == requests

                for site in sites:
                    portal.spoil(site, LocationMishap.GONE)
                last, held = await dispensers(life, force=True), kept(life, portal, sites)
                assert (last.outcome, last.counts.found, last.counts.archived) == (Outcome.SUCCEEDED, 0, 0)
                assert last.reason == f"{len(sites)} of {len(sites)} locations no longer in the portal"
                assert 0 not in held
                assert life.ear.notices[-1][1] == second.id

                before = kept(life, portal, sites)
                for site in sites:
                    portal.spoil(site, LocationMishap.NO_DISPENSERS)
                doubted = await dispensers(life, force=True)
                assert doubted.error is not None
                assert doubted.error.kind == "no_longer_shown"
                assert "the portal shows none any more. Only other equipment is shown: " in doubted.error.message
                assert "fossatray portal check" in doubted.error.advice
                assert (kept(life, portal, sites), told(life, doubted)) == (before, [])

        run(story())
        assert real.world.left() == []
