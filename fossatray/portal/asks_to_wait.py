"""How long the portal is left alone when it asks for that, and when a site it asks to wait at is given up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from fossatray.core.errors import AskedTooOften, LocationBusy
from fossatray.portal.profile import EquipmentSigns

_SHORTEST_WAIT_S = 1.0
_TOO_LONG_SITES = 3


class AsksToWait:
    """What the portal asked for while sites are read, in all pages of one run.

    Where other sites are answered in between it is about one site, which is given up alone; where none is, it is about
    the portal: then `over` is why the sites that are left are not asked for either.
    """

    def __init__(self, signs: EquipmentSigns, ends: float, log: Callable[[str, str], None]) -> None:
        """`ends` is the moment on the loop's clock at which the run must be over."""
        self._signs = signs
        self._ends = ends
        self._log = log
        self._not_before = 0.0
        self._answers = 0
        self._answers_before: dict[str, int] = {}
        self._in_vain: Counter[str] = Counter()
        self._too_long: set[str] = set()
        self.over: AskedTooOften | None = None

    async def waited(self) -> bool:
        """Wait for as long as the portal asked for; tell whether there was something to wait for."""
        waited = False
        while (left := self._not_before - asyncio.get_running_loop().time()) > 0:
            waited = True
            await asyncio.sleep(left)
        return waited

    def note_answer(self) -> None:
        """The portal answered at a site: what it asked for before was not about all of them."""
        self._answers += 1
        self._in_vain.clear()
        self._too_long.clear()
        self.over = None

    def note(self, url: str, seconds: float | None) -> None:
        """The portal asked to wait at this site, for `seconds` where it says that; the site is to be asked for later.

        Raises LocationBusy where it is given up alone: after `asked_again` times with no answer at any site, if the
        portal names no time or answered at another one since it first asked for that here; else when the waits, which
        get longer from then on, are at their longest; and where it asks for longer than the run may last. Raises
        AskedTooOften, and keeps it as `over`, where all of them are: at the third site in a row that asks for so long,
        and after `asked_again` times `give_up` times without a time.
        """
        signs, now = self._signs, asyncio.get_running_loop().time()
        self._in_vain[url] += 1
        in_vain, before = self._in_vain[url], self._answers_before.setdefault(url, self._answers)
        wait = max(_SHORTEST_WAIT_S, signs.retry_after if seconds is None else seconds)
        own = _SHORTEST_WAIT_S * 2.0 ** (in_vain - signs.asked_again) if in_vain > signs.asked_again else 0.0
        if now + max(wait, own) >= self._ends:
            self._note_too_long(url, wait, now)
        if in_vain >= signs.asked_again and (seconds is None or self._answers > before):
            raise LocationBusy
        if seconds is None and self._in_vain.total() >= signs.asked_again * signs.give_up:
            self.over = AskedTooOften()
            raise self.over
        if own > signs.longest_wait:
            raise LocationBusy
        wait = max(wait, own)
        self._not_before = max(self._not_before, now + wait)
        self._log("INFO", f"the portal asks to wait {wait:.0f} s")

    def _note_too_long(self, url: str, wait: float, now: float) -> None:
        """Raise what a wait is that the run may not last for; the other pages are held up until they heard the same."""
        words = f"The portal asks to wait {wait:.0f} seconds, longer than this sync may take."
        self._too_long.add(url)
        if len(self._too_long) >= _TOO_LONG_SITES:
            self.over = AskedTooOften(words)
            raise self.over
        self._not_before = max(self._not_before, min(now + _SHORTEST_WAIT_S, self._ends))
        raise LocationBusy(words)
