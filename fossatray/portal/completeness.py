"""Is the list that was read the whole list? Pure: pages in, a proof or a doubt out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from fossatray.core.orders import WorkOrder


@dataclass(slots=True)
class ListRead:
    """One reading of the list: its orders' numbers as listed, and the total that each page showed (None: not shown).

    `rows` counts the rows that were there, `page_size` those of the first page; `proved_end` says how the last page
    was known for the last, `says_last` whether it showed itself that no page comes after it.
    """

    numbers: list[str] = field(default_factory=list)
    totals: list[int | None] = field(default_factory=list)
    rows: int = 0
    page_size: int = 0
    proved_end: str = ""
    says_last: bool = False
    _seen: set[str] = field(default_factory=set)

    def take(self, orders: Iterable[WorkOrder]) -> list[WorkOrder]:
        """Note one more page's orders; returns those among them that were not listed before."""
        new: list[WorkOrder] = []
        for order in orders:
            self.numbers.append(order.number)
            if order.number not in self._seen:
                self._seen.add(order.number)
                new.append(order)
        return new

    @property
    def pages(self) -> int:
        """How many pages were read."""
        return len(self.totals)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`proof` says how completeness was proved; else `doubt` says why it was not."""

    proof: str | None = None
    doubt: str | None = None


def judge(read: ListRead, earlier: ListRead | None = None, *, page_sizes: Collection[int]) -> Judgement:
    """Judge a reading to the end. Without a total, all but a single page need an `earlier` one that agrees.

    A total proves several pages only if none of them changed meanwhile: whoever read them looks at them once more.
    `page_sizes` are the numbers of orders that a full page may have.
    """
    twice = [number for number, count in Counter(read.numbers).items() if count > 1]
    if twice:
        return Judgement(doubt=f"{len(twice)} work orders were listed twice")
    if len(read.numbers) != read.rows:
        return Judgement(doubt=f"{len(read.numbers)} of {read.rows} rows were read")
    shown = {total for total in read.totals if total is not None}
    if len(shown) > 1:
        return Judgement(doubt="the number of matches changed while the list was read")
    if shown:
        total = shown.pop()
        if total != len(read.numbers):
            return Judgement(doubt=f"the portal counts {total} matches, {len(read.numbers)} were listed")
        return Judgement(proof=f"{total} matches")
    if read.pages == 1 and not read.says_last and read.rows in page_sizes:
        return Judgement(doubt="a page is full, and the portal shows neither a total nor whether it is the last")
    if (read.pages == 1 and read.says_last) or (earlier is not None and earlier.numbers == read.numbers):
        return Judgement(proof=f"{read.proved_end}, {read.pages} pages, no total shown")
    return Judgement(doubt="the portal shows no total, so that the list is read twice")


def as_kept(read: ListRead, known: Iterable[str]) -> bool:
    """Tell whether a reading with a proof holds just the `known` orders: those of the list that the last sync read.

    Then that was the first look at each of them, and this is the second: what was there both times was there at the
    moment at which this reading began, and since the portal counted no others then, that was the list. As with a look
    back, an order of that moment can only be missed if it came, and had left again before its page was read.
    """
    return None not in read.totals and frozenset(read.numbers) == frozenset(known)
