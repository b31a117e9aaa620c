"""The program that drives the browser: of all that a scrape starts it takes longest, so it is begun before all else."""

from __future__ import annotations

import asyncio
import os

from playwright.async_api import Playwright, async_playwright

_OPTIONS = "--max-semi-space-size=8"
"""For Node, which runs the driver: its rubbish takes less room, 20 MiB at 10,000 orders.

A smaller room still makes a sync slower (4 MiB: by a tenth at 1,000 orders).
"""
_UNDER_WAY_S = 0.002
_NOT_STARTED = "The program that drives the browser could not be started."
_ADVICE = "Run the set-up again: it names system libraries that are missing. The log says more."


class Driver:
    """Playwright's driver, a process of its own. It ends, with its browser, when this process does."""

    def __init__(self) -> None:
        self._starting: asyncio.Future[Playwright] | None = None

    async def begin(self) -> None:
        """Start its process, and return while it loads what it needs."""
        os.environ["NODE_OPTIONS"] = _OPTIONS  # of this process, which does nothing else
        self._starting = asyncio.ensure_future(async_playwright().start())
        self._starting.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({self._starting}, timeout=_UNDER_WAY_S)

    async def up(self) -> Playwright:
        """Return it once it answers. Raises BrowserError if it cannot run, as without a system library."""
        from fossatray.core.errors import BrowserError

        if self._starting is None:
            await self.begin()
        assert self._starting is not None
        try:
            return await self._starting
        except OSError as error:
            raise BrowserError(_NOT_STARTED, advice=_ADVICE) from error
        except Exception as error:
            if type(error) is not Exception:  # Playwright tells a driver that ended at once by a bare Exception
                raise
            raise BrowserError(_NOT_STARTED, advice=_ADVICE) from error
