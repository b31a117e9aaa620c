"""Which run is worth a notice, in which words, and that each is said once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from fossatray.core.changes import Kind
from fossatray.core.commands import BeginToNotify, MarkNotified, SyncNow
from fossatray.core.errors import ErrorInfo, PortalTimeout
from fossatray.core.runs import ALL_FRESH, NO_SITES, Counts, Outcome, Run, Trigger
from fossatray.core.words import Words
from fossatray.engine.notices import Known, notice_for
from tests.unit.engine.world import START, ZONE, World, failing, run, success

FAILURE = PortalTimeout().info()


def ended(outcome: Outcome, *, error: ErrorInfo | None = None, found: int = 5, new: int = 0) -> Run:
    return Run(7, "a", "work_orders", Trigger.MANUAL, None, START, START, outcome, None, Counts(found, new), 1, error)


GOOD = ended(Outcome.SUCCEEDED)
BAD = ended(Outcome.FAILED, error=FAILURE, found=0)


def said(told: Run, before: Run | None, changes: Mapping[Kind, int] | None = None) -> tuple[str, str, str] | None:
    failed = before is not None and before.outcome is Outcome.FAILED
    notice = notice_for(told, Known(int(failed), failed, changes or {}), Words(ZONE))
    return None if notice is None else (notice.kind, notice.title, notice.body)


def test_a_batch_is_one_notice() -> None:
    words = "3 new work orders, 1 rescheduled"
    assert said(GOOD, GOOD, {Kind.NEW: 3, Kind.RESCHEDULED: 1}) == ("batch", "Your work orders have changed", words)


def test_a_sync_without_changes_says_nothing() -> None:
    assert said(GOOD, GOOD) is None
    assert said(ended(Outcome.SUCCEEDED, found=0), GOOD) is None


def test_the_first_sync_says_how_many_it_found() -> None:
    first = ended(Outcome.SUCCEEDED, found=60, new=60)
    assert said(first, None) == ("batch", "Your work orders are here", "60 work orders found")


def test_what_changed_of_dispensers_is_told_and_a_first_read_is_not() -> None:
    read = replace(ended(Outcome.SUCCEEDED, found=12, new=12), job="dispensers")
    assert said(read, None) is None
    words = "1 dispenser added, 2 dispensers changed"
    changes = {Kind.DISPENSER_ADDED: 1, Kind.DISPENSER_CHANGED: 2}
    assert said(read, None, changes) == ("batch", "Dispensers have changed", words)
    for told_before, kind in ((False, "batch"), (True, "recovery")):
        notice = notice_for(read, Known(told_before=told_before, changes=changes), Words(ZONE))
        assert notice is not None
        assert (notice.kind, notice.target) == (kind, "dispensers")


@pytest.mark.parametrize("reason", [NO_SITES, ALL_FRESH])
def test_a_run_with_nothing_to_ask_the_portal_for_says_nothing(reason: str) -> None:
    asked_nothing = replace(ended(Outcome.SUCCEEDED, found=0), job="dispensers", reason=reason)
    assert said(asked_nothing, BAD) is None
    assert said(replace(asked_nothing, reason="2 of 2 locations no longer in the portal"), BAD) is not None


def test_what_is_known_not_to_be_completed_is_said_to_be_removed() -> None:
    notice = notice_for(GOOD, Known(0, changes={Kind.REMOVED: 2}, not_completed=2), Words(ZONE))
    assert notice is not None
    assert notice.body == "2 removed from your list"


def test_a_failures_words_are_not_said_twice() -> None:
    notice = said(ended(Outcome.FAILED, error=replace(FAILURE, message=FAILURE.title), found=0), GOOD)
    assert notice is not None
    assert notice[1:] == (FAILURE.title, FAILURE.advice)


def test_only_the_first_failure_is_told() -> None:
    kind, title, body = said(BAD, GOOD) or ("", "", "")
    assert (kind, title) == ("failure", "The portal is too slow")
    assert FAILURE.advice in body
    assert said(BAD, None) is not None
    assert said(BAD, BAD) is None


@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, Outcome.INTERRUPTED])
def test_a_run_that_was_ended_says_nothing(outcome: Outcome) -> None:
    assert said(ended(outcome), GOOD) is None


def test_recovery_is_told_with_what_it_brought() -> None:
    assert said(GOOD, BAD, {Kind.NEW: 1}) == ("recovery", "Syncing works again", "1 new work order")
    again = said(GOOD, BAD)
    assert again is not None
    assert again[:2] == ("recovery", "Syncing works again")


def test_a_notice_names_the_account_where_there_are_several() -> None:
    notice = notice_for(GOOD, Known(changes={Kind.NEW: 1}), Words(ZONE), "Jo's <b>work</b>")
    assert notice is not None
    assert notice.title == "Jo's <b>work</b>: Your work orders have changed"
    assert notice.body == "1 new work order"
    assert notice.account_id == GOOD.account_id


def test_two_accounts_have_a_place_on_the_screen_each(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            first = await life.add_account("Work")
            await life.sync(success(1, 2))
            second = await life.add_account("Home")
            for account in (second, first):
                world.scripts.append(success(1, 2, 3))
                (run_id,) = await life.do(SyncNow(account.id))
                await life.ended(run_id)
            notices = [notice for notice, _ in life.ear.notices]
            assert [notice.title for notice in notices] == [
                "Your work orders are here",
                "Home: Your work orders are here",
                "Work: Your work orders have changed",
            ]
            assert [notice.account_id for notice in notices] == [first.id, second.id, first.id]
            assert notices[0].slot == notices[2].slot != notices[1].slot

    run(story())


# --- once, over a kill ------------------------------------------------------------------------------------------------


def test_each_is_said_once_in_a_life(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1, 2))
            await life.sync(success(1, 2))
            await life.sync(success(1, 2, 3))
            await life.sync(failing(PortalTimeout()))
            await life.sync(failing(PortalTimeout()))
            await life.sync(success(1, 2, 3, 4))
            assert [(notice.kind, notice.body.splitlines()[0]) for notice, _ in life.ear.notices] == [
                ("batch", "2 work orders found"),
                ("batch", "1 new work order"),
                ("failure", FAILURE.advice),
                ("recovery", "1 new work order"),
            ]
            assert [notice.id for notice, run_id in life.ear.notices] == ["1", "3", "4", "6"]

    run(story())


def test_a_notice_not_handed_over_before_the_end_is_due_again_and_one_handed_over_is_not(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1, 2))
            ((first, run_id),) = life.ear.notices
        async with world.life() as life:
            assert life.ear.notices == [(first, run_id)]
            await life.do(MarkNotified(run_id))
        async with world.life() as life:
            assert life.ear.notices == []

    run(lives())


def test_one_that_was_being_handed_over_at_the_end_is_in_doubt_until_it_is_shown(world: World) -> None:
    async def lives() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1, 2))
            ((first, run_id),) = life.ear.notices
            await life.do(BeginToNotify(run_id))
            await life.sync(success(1, 2))
            assert len(life.ear.notices) == 1, "not again in this life"
        for _ in range(2):
            async with world.life() as life:
                assert life.ear.notices == [(replace(first, is_in_doubt=True), run_id)]
        async with world.life() as life:
            await life.do(MarkNotified(run_id))
        async with world.life() as life:
            assert life.ear.notices == []

    run(lives())


def test_a_run_of_which_nothing_is_to_be_said_waits_for_nobody(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1))
            await life.sync(success(1))
            assert [one.id for one in life.store.runs.unnotified()] == [1]

    run(story())


def test_a_cancelled_run_between_two_failures_does_not_make_the_second_the_first(world: World) -> None:
    from fossatray.core.commands import Cancel

    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            await life.add_account()
            await life.sync(failing(PortalTimeout()))
            await life.begin([{"wait": str(gate.path)}])
            await gate.reached()
            await life.do(Cancel())
            await life.sync(failing(PortalTimeout()))
            assert [notice.kind for notice, _ in life.ear.notices] == ["failure"]

    run(story())


def test_a_held_back_loss_is_no_news(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(*range(20)))
            await life.sync(success(1))
            assert len(life.ear.notices) == 1
            await life.sync(success(1))
            assert life.ear.notices[1][0].body == "19 no longer in your open list"

    run(story())
