"""The program that drives the browser: of all that a scrape starts it takes longest, so it is begun before all else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Self

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

_OPTIONS = "--max-semi-space-size=8"
"""For Node, which runs the driver: its rubbish takes less room, 20 MiB at 10,000 orders.

A smaller room still makes a sync slower (4 MiB: by a tenth at 1,000 orders).
"""
_UNDER_WAY_S = 0.002


class Driver:
    """Playwright's driver, a process of its own. It ends, with its browser, when this process does."""

    def __init__(self, starting: asyncio.Future[Playwright]) -> None:
        self._starting = starting

    @classmethod
    async def begin(cls) -> Self:
        """Start its process, and return while it loads what it needs. That it cannot run is told by `up`."""
        os.environ["NODE_OPTIONS"] = _OPTIONS  # of this process, which does nothing else
        starting = asyncio.ensure_future(async_playwright().start())
        starting.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({starting}, timeout=_UNDER_WAY_S)
        return cls(starting)

    async def up(self, log: Callable[[str, str], None]) -> Playwright:
        """Return it once it answers.

        Raises BrowserUndriven if it cannot run, as without a system library; why, goes redacted to `log(level, text)`.
        """
        from fossatray.core.errors import BrowserUndriven
        from fossatray.portal.foreign import redacted

        try:
            return await self._starting
        except Exception as error:
            # Playwright tells a driver that ended at once by a bare Exception
            if not isinstance(error, OSError | PlaywrightError) and type(error) is not Exception:
                raise
            log("ERROR", redacted(error))
            raise BrowserUndriven from None
