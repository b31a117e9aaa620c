"""A sync from end to end: engine, scrape process, browser, practice portal, database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fossatray.core.changes import Kind, is_not_completed
from fossatray.core.commands import TestSignIn
from fossatray.core.runs import Counts, Outcome, Phase, Run
from fossatray.demo.changes import Change, PracticeChange
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.portal import PracticePortal
from fossatray.store.reader import Reader
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

pytestmark = pytest.mark.browser


def numbers_of(portal: PracticePortal) -> set[str]:
    return {order.number for order in portal.orders}


def told(life: Life, ended: Run) -> dict[str, str]:
    """What a run's changes say: kind by number."""
    reader = Reader(life.world.database())
    try:
        return {one.change.number: one.change.kind.value for one in reader.changes(run_id=ended.id)}
    finally:
        reader.close()


@pytest.mark.parametrize("count", [60, 1000])
def test_the_first_sync_stores_every_order_and_says_so_once(count: int, own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=count) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                account = await real.add_account(life)
                ended = await life.sync()
                assert ended.error is None
                assert ended.outcome is Outcome.SUCCEEDED
                assert ended.counts == Counts(found=count, new=count)
                assert set(life.store.orders.open(account.id)) == numbers_of(portal)
                assert [(notice.kind, notice.body) for notice, _ in life.ear.notices] == [
                    ("batch", f"{count} work orders found")
                ]
                assert told(life, ended) == {}
                assert life.store.settings.get("browser_last")
                progress = [one.progress for state in life.ear.states for one in state.accounts if one.progress]
                percentages = [one.percentage for one in progress]
                assert percentages == sorted(percentages)
                assert percentages[-1] == 100
                assert {one.phase for one in progress} == set(Phase)

        run(story())
        assert real.world.left() == []


def expected(changes: list[PracticeChange]) -> dict[str, str]:
    """The kinds that the changes of the portal are to be told as."""
    kinds: dict[str, str] = {}
    for change in changes:
        if change.kind is Change.REPLACED:  # told under the new number
            come = change.after[1]
            assert come is not None
            kinds[come.number] = Kind.REPLACED.value
        elif change.kind is Change.SWAPPED:  # told once, under the lower number
            kinds[min(change.numbers, key=int)] = Kind.SWAPPED.value
        else:
            kinds |= dict.fromkeys(change.numbers, KINDS[change.kind].value)
    return kinds


KINDS = {
    Change.NEW: Kind.NEW,
    Change.RESCHEDULED: Kind.RESCHEDULED,
    Change.SWAPPED: Kind.SWAPPED,
    Change.PARTLY_COMPLETED: Kind.REMOVED,
    Change.COMPLETED: Kind.COMPLETED,
    Change.REMOVED: Kind.REMOVED,
    Change.EDITED: Kind.UPDATED,
    Change.BACK: Kind.BACK,
}


def not_completed(life: Life, ended: Run) -> set[str]:
    """The orders of which a run tells that they are neither open nor completed."""
    reader = Reader(life.world.database())
    try:
        return {one.change.number for one in reader.changes(run_id=ended.id) if is_not_completed(one.change)}
    finally:
        reader.close()


def numbers_left(changes: list[PracticeChange], *kinds: Change) -> set[str]:
    return {number for change in changes if change.kind in kinds for number in change.numbers}


def done(change: PracticeChange) -> list[PracticeOrder]:
    return [order for order in change.after if order is not None and change.kind is Change.COMPLETED]


def test_the_second_sync_tells_every_kind_of_change_and_the_third_what_is_back(
    own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=60, seed=3) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                account = await real.add_account(life)
                await life.sync()
                changes = portal.change(*(kind for kind in Change if kind is not Change.BACK))
                second = await life.sync()
                assert told(life, second) == expected(changes)
                assert not_completed(life, second) == numbers_left(changes, Change.REMOVED, Change.PARTLY_COMPLETED)
                (_, batch) = (notice.body for notice, _ in life.ear.notices)
                assert batch.split(", ") == [
                    *("1 new work order", "1 changed", "1 rescheduled", "1 swap", "1 replaced", "1 completed"),
                    "2 removed from your list",
                ]
                assert second.counts == Counts(found=len(portal.orders), new=2, changed=4, archived=4)
                assert set(life.store.orders.open(account.id)) == numbers_of(portal)
                archived = life.store.orders.archived(account.id)
                assert len(archived) == 4
                days = {number: order.completed_on for number, order in archived.items() if order.completed_on}
                assert set(days) == numbers_left(changes, Change.COMPLETED)
                assert set(days.values()) == {order.completed_on for change in changes for order in done(change)}

                back = portal.change(Change.BACK)
                third = await life.sync()
                assert told(life, third) == expected(back)
                assert set(life.store.orders.open(account.id)) == numbers_of(portal)
                assert [notice.kind for notice, _ in life.ear.notices] == ["batch"] * 3

        run(story())
        assert real.world.left() == []


def test_a_sign_in_test_signs_in_once_and_reads_nothing(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                account = await real.add_account(life)
                assert await life.do(TestSignIn(account.id)) is None
                assert [attempt.accepted for attempt in portal.sign_ins] == [True]
                assert life.store.orders.count_open(account.id) == 0

        run(story())
        assert real.world.left() == []


def test_completed_orders_that_cannot_be_read_fail_nothing_and_are_told_by_the_next_sync(
    own_home: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=20, seed=3) as portal:
        real = RealWorld(own_home, portal, browser_path)
        profile = Path(real.impatient_profile())
        text = profile.read_text(encoding="utf-8")
        changed = text.replace("Completed: All visits completed", "Completed: Everything")
        assert changed != text

        def spoil_profile() -> None:
            profile.write_text(changed, encoding="utf-8")

        async def story() -> None:
            async with real.life(impatient=True) as life:
                spoil_profile()
                await real.add_account(life)
                await life.sync()
                changes = portal.change(Change.COMPLETED, Change.REMOVED)
                second = await life.sync()
                assert second.outcome is Outcome.SUCCEEDED
                assert told(life, second) == dict.fromkeys(
                    numbers_left(changes, Change.COMPLETED, Change.REMOVED), Kind.REMOVED.value
                )
                assert not_completed(life, second) == set()
                assert [notice.body for notice, _ in life.ear.notices][1:] == ["2 no longer in your open list"]

                await asyncio.to_thread(profile.write_text, text, encoding="utf-8")
                third = await life.sync()
                completed = numbers_left(changes, Change.COMPLETED)
                assert told(life, third) == dict.fromkeys(completed, Kind.COMPLETED.value)
                assert life.ear.notices[-1][0].body == "1 completed work order"
                assert told(life, await life.sync()) == {}

        run(story())
        assert real.world.left() == []


def test_the_completed_orders_are_not_asked_for_where_none_is_missing(own_home: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life() as life:
                await real.add_account(life)
                await life.sync()
                portal.change(Change.NEW, Change.RESCHEDULED)
                await life.sync()
                assert not any("All%20visits%20completed" in request for request in portal.requests)
                portal.change(Change.COMPLETED)
                await life.sync()
                asked = [request for request in portal.requests if "All%20visits%20completed" in request]
                assert asked[0].startswith("/app/work/list?")

        run(story())
