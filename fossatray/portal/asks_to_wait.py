"""How long the portal is left alone when it asks for that, and when a site it asks to wait at is given up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from fossatray.core.errors import AskedTooOften
from fossatray.portal.profile import EquipmentSigns

_SHORTEST_WAIT_S = 1.0
_LONGEST_OWN_WAIT_S = 60.0


class AsksToWait:
    """What the portal asked for while sites are read, in all pages of one run.

    Where sites are read in between it is about one site, which is given up alone; where none is, it is about the
    portal: then `over` is why the sites that are left are not asked for either.
    """

    def __init__(self, signs: EquipmentSigns, ends: float, log: Callable[[str, str], None]) -> None:
        """`ends` is the moment on the loop's clock at which the run must be over."""
        self._signs = signs
        self._ends = ends
        self._log = log
        self._not_before = 0.0
        self._sites_read = 0
        self._read_before: dict[str, int] = {}
        self._in_vain: Counter[str] = Counter()
        self._too_long = False
        self.over: AskedTooOften | None = None

    async def waited(self) -> bool:
        """Wait for as long as the portal asked for; tell whether there was something to wait for."""
        waited = False
        while (left := self._not_before - asyncio.get_running_loop().time()) > 0:
            waited = True
            await asyncio.sleep(left)
        return waited

    def note_read(self) -> None:
        """A site was read: what was asked for before was not about the portal."""
        self._sites_read += 1
        self._in_vain.clear()
        self._too_long = False

    def note(self, url: str, seconds: float | None) -> None:
        """The portal asked to wait at this site, for `seconds` where it says that; the site is to be asked for later.

        Raises AskedTooOften where it is not: the wait is longer than the run may last, or was in vain too often. If it
        names no time, that is `asked_again` times since a site was read; if it does, only where others were read since
        the site was asked for first, else it is asked for until the run is over.
        """
        signs = self._signs
        self._in_vain[url] += 1
        in_vain, read_before = self._in_vain[url], self._read_before.setdefault(url, self._sites_read)
        wait = max(_SHORTEST_WAIT_S, signs.retry_after if seconds is None else seconds)
        if seconds is not None and in_vain > signs.asked_again:
            wait = max(wait, min(_LONGEST_OWN_WAIT_S, 2.0 ** (in_vain - signs.asked_again)))
        until = asyncio.get_running_loop().time() + wait
        if until >= self._ends:
            error = AskedTooOften(f"The portal asks to wait {wait:.0f} seconds, longer than this sync may take.")
            if self._too_long:
                self.over = error
            self._too_long = True
            raise error
        if in_vain >= signs.asked_again and (seconds is None or self._sites_read > read_before):
            raise AskedTooOften
        if seconds is None and self._in_vain.total() >= signs.asked_again * signs.give_up:
            self.over = AskedTooOften()
            raise self.over
        self._not_before = max(self._not_before, until)
        self._log("INFO", f"the portal asks to wait {wait:.0f} s")
