"""Proof and doubt: when is a list the whole list?"""

from __future__ import annotations

import pytest

from fossatray.core.orders import WorkOrder
from fossatray.portal.completeness import Judgement, ListRead, as_kept
from fossatray.portal.completeness import judge as judge_with


def a_read(*numbers: str, totals: list[int | None], rows: int | None = None, says_last: bool = True) -> ListRead:
    return ListRead(
        list(numbers),
        totals,
        len(numbers) if rows is None else rows,
        proved_end="no next page" if says_last else "the rows no longer changed",
        says_last=says_last,
    )


def judge(read: ListRead, earlier: ListRead | None = None) -> Judgement:
    return judge_with(read, earlier, page_sizes=(25, 50, 100))


def test_a_total_that_agrees_is_a_proof() -> None:
    assert judge(a_read("1", "2", "3", totals=[3, 3])).proof == "3 matches"


def test_an_order_listed_twice_is_a_doubt_even_when_the_total_agrees() -> None:
    assert "twice" in (judge(a_read("1", "2", "2", totals=[3])).doubt or "")


def test_a_total_that_changed_is_a_doubt_even_when_the_last_agrees() -> None:
    assert "changed" in (judge(a_read("1", "2", totals=[3, 2])).doubt or "")


def test_too_few_and_too_many_are_doubts() -> None:
    assert "counts 3" in (judge(a_read("1", "2", totals=[3])).doubt or "")
    assert "counts 1" in (judge(a_read("1", "2", totals=[1])).doubt or "")


def test_rows_that_were_not_read_are_a_doubt() -> None:
    assert "2 of 3 rows" in (judge(a_read("1", "2", totals=[None], rows=3)).doubt or "")


def test_one_page_that_is_shown_as_the_last_needs_no_total() -> None:
    assert judge(a_read("1", "2", totals=[None])).proof is not None


def test_one_page_that_is_not_shown_as_the_last_is_read_twice() -> None:
    first = a_read("1", "2", totals=[None], says_last=False)
    assert "read twice" in (judge(first).doubt or "")
    assert judge(a_read("1", "2", totals=[None], says_last=False), first).proof is not None
    assert judge(a_read("1", totals=[None], says_last=False), first).proof is None


def test_several_pages_without_a_total_are_read_twice() -> None:
    first = a_read("1", "2", totals=[None, None])
    assert judge(first).proof is None
    assert judge(a_read("1", "2", totals=[None, None]), first).proof is not None
    assert judge(a_read("1", "3", totals=[None, None]), first).proof is None


def test_a_list_of_just_the_orders_kept_is_as_kept() -> None:
    assert as_kept(a_read("1", "2", "3", totals=[3, 3]), ("3", "1", "2"))


def test_a_list_with_another_order_or_one_less_or_without_its_total_is_not_as_kept() -> None:
    assert not as_kept(a_read("1", "2", "4", totals=[3, 3]), ("1", "2", "3"))
    assert not as_kept(a_read("1", "2", totals=[2, 2]), ("1", "2", "3"))
    assert not as_kept(a_read("1", "2", "3", totals=[3, 3]), ("1", "2"))
    assert not as_kept(a_read("1", "2", "3", totals=[3, None]), ("1", "2", "3"))
    assert not as_kept(a_read("1", totals=[1]), ())


def test_an_order_listed_twice_is_noted_twice_and_given_back_once() -> None:
    read = ListRead()
    assert read.take([WorkOrder("1"), WorkOrder("2")]) == [WorkOrder("1"), WorkOrder("2")]
    assert read.take([WorkOrder("2"), WorkOrder("3"), WorkOrder("3")]) == [WorkOrder("3")]
    assert read.numbers == ["1", "2", "2", "3", "3"]


@pytest.mark.parametrize("rows", [25, 50, 100])
def test_a_full_page_without_any_sign_of_the_end_is_never_a_whole_list(rows: int) -> None:
    numbers = [str(number) for number in range(rows)]
    first, second = (a_read(*numbers, totals=[None], says_last=False) for _ in range(2))
    assert "full" in (judge(second, first).doubt or "")
    assert judge(a_read(*numbers, totals=[None])).proof is not None  # shown as the last page
