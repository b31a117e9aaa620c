"""What a complete list is taken to mean, and the guard before a great loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from fossatray.core.changes import Kind
from fossatray.core.errors import PortalTimeout
from fossatray.core.messages import CompletedRead
from fossatray.core.orders import Visit, WorkOrder
from fossatray.core.runs import Counts
from fossatray.engine.ledger import Verdict, judge
from fossatray.store.reader import Reader
from tests.unit.engine.world import World, failing, order, run, success


def many(numbers: range) -> dict[str, WorkOrder]:
    return {str(number): order(number) for number in numbers}


def verdict(kept: range, read: range, held: frozenset[str] | None = None, *, confirmed: bool = False) -> Verdict:
    return judge(many(kept), {}, list(many(read).values()), first=False, held_before=held, confirmed=confirmed)


def numbers(span: range) -> frozenset[str]:
    return frozenset(str(number) for number in span)


def test_the_first_list_is_new_without_changes() -> None:
    first = judge({}, {}, [order(1), order(2)], first=True, held_before=None)
    assert (first.diff.changes, first.counts) == ((), Counts(found=2, new=2))


def test_a_small_loss_is_archived_at_once() -> None:
    small = verdict(range(20), range(10, 22))
    assert set(small.diff.gone) == numbers(range(10))
    assert small.reason is None
    assert small.counts == Counts(found=12, new=2, changed=0, archived=10)


def test_a_great_loss_is_held_back_and_the_rest_is_kept() -> None:
    great = verdict(range(20), range(15, 22))
    assert great.held_back == numbers(range(15))
    assert great.diff.gone == ()
    assert {change.kind for change in great.diff.changes} == {Kind.NEW}
    assert great.reason == "held back: 15 orders missing, waiting for a second read"
    assert great.counts == Counts(found=7, new=2)


def test_nothing_is_called_replaced_while_it_is_held_back() -> None:
    kept = many(range(20))
    successor = order(99, location_url=kept["0"].location_url, visit=kept["0"].visit)
    held = judge(kept, {}, [successor], first=False, held_before=None)
    assert [(change.number, change.kind) for change in held.diff.changes] == [("99", Kind.NEW)]


def test_orders_that_others_took_the_place_of_are_no_loss() -> None:
    kept = many(range(20))
    read = [order(100 + number, location_url=kept[str(number)].location_url) for number in range(15)]
    told = judge(kept, {}, [*read, *(kept[str(number)] for number in range(15, 20))], first=False, held_before=None)
    assert [change.kind for change in told.diff.changes] == [Kind.REPLACED] * 15
    assert told.held_back == frozenset()
    assert told.counts == Counts(found=20, new=15, archived=15)


def test_an_order_that_is_changed_in_two_ways_counts_once() -> None:
    kept = many(range(2))
    moved = Visit("9", None, date(2026, 12, 24), "anytime", None)
    told = judge(kept, {}, [replace(kept["0"], visit=moved, status="other"), kept["1"]], first=False, held_before=None)
    assert [change.kind for change in told.diff.changes] == [Kind.RESCHEDULED, Kind.UPDATED]
    assert told.counts == Counts(found=2, changed=1)


def test_a_second_read_that_agrees_archives() -> None:
    second = verdict(range(20), range(15, 20), numbers(range(15)))
    assert set(second.diff.gone) == numbers(range(15))
    assert second.held_back == frozenset()


def test_a_second_read_may_miss_a_few_more() -> None:
    second = verdict(range(20), range(18, 20), numbers(range(15)))
    assert set(second.diff.gone) == numbers(range(18))


def test_after_a_false_alarm_a_small_loss_is_archived_and_the_hold_forgotten() -> None:
    second = verdict(range(20), range(1, 20), numbers(range(15)))
    assert set(second.diff.gone) == {"0"}
    assert second.held_back == frozenset()


def test_reads_that_agree_in_nothing_archive_nothing() -> None:
    second = verdict(range(20), range(9), numbers(range(9)))
    assert second.diff.gone == ()
    assert second.held_back == numbers(range(9, 20))


def test_a_small_loss_that_the_first_read_did_not_have_waits_for_a_second_read_too() -> None:
    second = verdict(range(20), range(19), numbers(range(11)))
    assert second.diff.gone == ()
    assert second.held_back == {"19"}
    third = verdict(range(20), range(19), second.held_back)
    assert set(third.diff.gone) == {"19"}


def test_of_reads_that_agree_in_part_only_that_part_is_archived() -> None:
    second = verdict(range(40), range(5), numbers(range(12)))
    assert set(second.diff.gone) == numbers(range(5, 12))
    assert second.held_back == numbers(range(12, 40))
    assert second.counts.archived == 7


def test_a_loss_that_is_too_great_waits_again_even_with_one_order_agreed() -> None:
    second = verdict(range(22), range(1, 4), numbers(range(1)))
    assert set(second.diff.gone) == {"0"}
    assert second.held_back == numbers(range(4, 22))


def test_fewer_than_ten_orders_are_not_guarded() -> None:
    assert verdict(range(9), range(0)).held_back == frozenset()
    assert verdict(range(10), range(0)).held_back == numbers(range(10))


def test_what_is_completed_is_archived_and_counted_as_nothing_else() -> None:
    one = judge(
        many(range(3)),
        {},
        [order(0)],
        first=False,
        held_before=None,
        completed=CompletedRead(("1",), whole=True),
    )
    assert {change.number: change.kind for change in one.diff.changes} == {"1": Kind.COMPLETED, "2": Kind.REMOVED}
    assert one.counts == Counts(found=1, archived=2)


def test_completed_orders_are_no_loss_that_needs_a_second_read() -> None:
    done = CompletedRead(tuple(sorted(numbers(range(15)))), whole=False)
    believed = judge(many(range(20)), {}, [], first=False, held_before=None, completed=done)
    assert believed.held_back == frozenset()
    some = CompletedRead(("0", "1"), whole=True)
    doubted = judge(many(range(20)), {}, [], first=False, held_before=None, completed=some)
    assert doubted.held_back == numbers(range(2, 20))
    assert {change.number: change.kind for change in doubted.diff.changes} == dict.fromkeys(("0", "1"), Kind.COMPLETED)


def test_a_swap_counts_both_orders() -> None:
    first, second = order(1), order(2)
    assert first.visit is not None
    later = replace(first.visit, date=first.visit.date and first.visit.date + timedelta(days=3))
    kept = {"1": first, "2": replace(second, visit=later)}
    swapped = judge(kept, {}, [replace(first, visit=later), second], first=False, held_before=None)
    assert [change.kind for change in swapped.diff.changes] == [Kind.SWAPPED]
    assert swapped.counts == Counts(found=2, changed=2)


def test_a_person_s_word_archives_at_once() -> None:
    assert set(verdict(range(20), range(0), confirmed=True).diff.gone) == numbers(range(20))


def test_what_comes_after_an_empty_first_list_is_told_as_new(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            failed = await life.sync(failing(PortalTimeout()))
            empty = await life.sync(success())
            ended = await life.sync(success(1, 2))
            assert (failed.counts, empty.counts, ended.counts) == (Counts(), Counts(), Counts(found=2, new=2))
            reader = Reader(world.database())
            told = sorted((one.change.number, one.change.kind.value) for one in reader.changes(run_id=ended.id))
            reader.close()
            assert told == [("1", "new"), ("2", "new")]

    run(story())
