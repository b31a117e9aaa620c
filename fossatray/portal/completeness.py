"""Is the list that was read the whole list? Pure: pages in, a proof or a doubt out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from fossatray.core.orders import WorkOrder


@dataclass(slots=True)
class ListRead:
    """One reading of the list: its orders' numbers as they were read, and the total of each page (None: not shown).

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


def as_kept(read: ListRead, listed_before: Iterable[str]) -> bool:
    """Tell whether a reading with a proof holds just the orders that the last sync saw in the list (`listed_before`).

    Then no second look is needed: the last sync's was the first look at each order, and this is the second. An order
    that was there at both was there at the moment at which this reading began, too, which lies between them. The portal
    counted just as many orders at that moment, so that the reading is the list of that moment: no order of it is
    missed. Other ways to come to the same orders change nothing of that: one that vanished after its page was read, and
    one that came behind the reader's back, left and came after that moment, and the next sync finds both. (A look back
    tells the list of the moment at which the last page was read: that is later by the time that the reading took.)

    The only hole: an order that left since the last sync and came back between the beginning of this reading and the
    reading of its page hides one that was there at the beginning and slipped to a page already read. Even then nothing
    is archived, since nothing is missing, and the hidden one is found by the next sync: to it the lists differ. That is
    why orders that the last sync missed, and holds back, must not be among `listed_before`: they have left and come
    back.
    """
    return None not in read.totals and frozenset(read.numbers) == frozenset(listed_before)
