"""Lists that are hard to believe: a great loss, nothing at all, and fields that all orders lose at once."""

from __future__ import annotations

from dataclasses import replace

from fossatray.core.commands import AcceptEmptyList, SyncNow
from fossatray.core.errors import EmptyNotBelieved, NoLongerShown
from fossatray.core.runs import Counts, Outcome
from fossatray.core.wire import decode_request
from tests.unit.engine.world import World, beginning, failing, listing, order, run, signed_in, success


def test_a_great_loss_is_held_back_until_a_second_read_agrees(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(success(*range(1, 21)))
            first = await life.sync(success(1, 2, 30))
            assert first.outcome is Outcome.SUCCEEDED
            assert first.reason == "held back: 18 orders missing, waiting for a second read"
            assert first.counts == Counts(found=3, new=1)
            assert life.store.orders.count_open(account.id) == 21
            second = await life.sync(success(1, 2, 30))
            assert second.counts == Counts(found=3, archived=18)
            assert second.reason is None
            assert sorted(life.store.orders.open(account.id)) == ["1", "2", "30"]
            assert life.store.orders.held_back(account.id) is None

    run(story())


def test_a_false_alarm_loses_nothing_and_is_forgotten(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(success(*range(1, 21)))
            await life.sync(success(1))
            back = await life.sync(success(*range(1, 21)))
            assert back.counts == Counts(found=20)
            assert life.store.orders.held_back(account.id) is None
            again = await life.sync(success(1))
            assert again.reason is not None
            assert life.store.orders.count_open(account.id) == 20

    run(story())


def test_a_field_that_all_orders_lose_at_once_is_not_lost(world: World) -> None:
    reasoned = [order(number, reason="AccuMeasure", po_number="PO1") for number in range(1, 13)]
    relabelled = [replace(one, reason=None) for one in reasoned]
    unlabelled = [replace(one, reason=None, po_number=None) for one in reasoned]

    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            start = [*beginning(), *signed_in()]
            await life.sync([*start, *listing(reasoned)])
            kept = life.store.orders.open(account.id)
            for read, labels, told in (
                (relabelled, ("Why:",), 'reasons. Labels not known: "Why:".'),
                (unlabelled, (), "reasons, PO numbers."),
                (unlabelled, ("",), "reasons, PO numbers."),
            ):
                failed = await life.sync([*start, *listing(read, unknown_labels=labels)])
                assert failed.outcome is Outcome.FAILED
                assert failed.error == NoLongerShown(f"The portal no longer shows: {told}").info()
                assert "fossatray portal check" in failed.error.advice
                assert (failed.counts, life.store.orders.open(account.id)) == (Counts(), kept)
            true = await life.sync([*start, *listing(relabelled)])  # the POs are shown, and no label is unknown
            assert (true.outcome, true.counts.changed) == (Outcome.SUCCEEDED, 12)
            world.scripts.append([*start, *listing(unlabelled)])
            (run_id,) = await life.do(SyncNow(believe=True))
            believed = await life.ended(run_id)
            assert (believed.outcome, believed.counts.changed) == (Outcome.SUCCEEDED, 12)

    run(story())


def test_an_empty_list_is_believed_only_when_the_person_says_so_and_then_remembered(world: World) -> None:
    async def story() -> None:
        request = world.home / "request"
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(success(*range(1, 16)))
            script = failing(EmptyNotBelieved(), empty_sign="Nothing here")
            doubted = await life.sync(script)
            assert doubted.error is not None
            assert doubted.error.kind == "empty_not_believed"
            assert "Nothing here" in (doubted.reason or "")
            assert life.store.orders.count_open(account.id) == 15
            assert life.store.orders.empty_sign(account.id) is None

            empty = listing([], empty_sign="Nothing here")
            world.scripts.append([{"request": str(request)}, *beginning()[1:], *signed_in(), *empty])
            (run_id,) = await life.do(AcceptEmptyList(doubted.id))
            accepted = await life.ended(run_id)
            assert decode_request(request.read_bytes()).accept_empty
            assert accepted.counts == Counts(archived=15)
            assert life.store.orders.count_open(account.id) == 0
            assert life.store.orders.empty_sign(account.id) == "Nothing here"

            await life.sync([{"request": str(request)}, *beginning()[1:], *signed_in(), *empty])
            later = decode_request(request.read_bytes())
            assert (later.accept_empty, later.empty_sign) == (False, "Nothing here")

    run(story())
