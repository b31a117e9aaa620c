"""The engine with the real scrape, a real browser, the practice portal and the real clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fossatray.core.accounts import Account
from fossatray.core.commands import RemoveSchedule, SaveAccount, SaveSettings
from fossatray.core.secret import Secret
from fossatray.demo.portal import PracticePortal
from fossatray.engine.parts import Limits
from fossatray.system.clock import utc_now
from fossatray.system.processes import child_command
from tests.harness.short_waits import write_short_waits
from tests.unit.engine.world import Life, World


class RealWorld:
    """A data folder, over several lives of the engine, at a practice portal."""

    def __init__(self, home: Path, portal: PracticePortal, browser: Path) -> None:
        self.world = World(home)
        self.portal = portal
        self.browser = browser

    def impatient_profile(self, **waits: float) -> str:
        """Write the profile with short waits, so that the failure modes that wait for something end soon.

        Each scrape reads it: it may be written anew between two syncs.
        """
        return write_short_waits(self.world.home / "profile.toml", **waits)

    @asynccontextmanager
    async def life(
        self,
        *,
        impatient: bool = False,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        **changed: Any,
    ) -> AsyncIterator[Life]:
        """One life of the engine; `changed` are other limits, `sleep` waits before a run is tried again."""
        limits = Limits(run_s=90.0, page_s=5.0 if impatient else 30.0, retry_pauses_s=())
        limits = replace(limits, **changed)
        profile = self.impatient_profile() if impatient else None
        async with self.world.life(
            clock=clock,
            sleep=sleep,
            child_command=child_command,
            limits=limits,
            profile_path=profile,
            log_level="DEBUG",
        ) as life:
            await life.do(SaveSettings({"browser_path": str(self.browser)}))
            yield life

    async def add_account(self, life: Life) -> Account:
        """Add the account of the practice portal's made-up sign-in, with no schedule.

        It comes with an hourly one: by the real clock, a run of a test's would not be tried again shortly before it.
        """
        portal = self.portal
        saving = SaveAccount("Practice", portal.origin, portal.username, password=Secret(portal.password))
        account = await life.do(saving)
        assert isinstance(account, Account)
        for schedule in life.store.schedules.of_account(account.id):
            await life.do(RemoveSchedule(schedule.id))
        return account
