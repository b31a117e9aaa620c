"""A canary password and cookie through the failure modes at debug level: nothing written or said holds them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from contextlib import ExitStack

import pytest

from fossatray.core import commands
from fossatray.core.errors import FossaError
from fossatray.core.runs import Outcome, Run
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.system.credentials_client import MemoryCredentialStore
from tests.harness.canary import Canary, Watch
from tests.harness.canary_engine import Scene, add_account, synced

HALVES = tuple(Mishap)[::2], tuple(Mishap)[1::2]
"""All failure modes, for two files of tests: a file is what one of the processes that test at once takes."""

SECOND_PAGE = {Mishap.EXPIRED_SESSION, Mishap.SESSION_NEVER_LASTS, Mishap.SHIFTING, Mishap.SHIFTING_ONCE}
"""What happens on the second page needs more than 100 orders."""

NEVER_SENT = {
    *(Mishap.MAINTENANCE, Mishap.HOSTILE_SIGN_IN, Mishap.SINGLE_SIGN_ON),
    *(Mishap.HTTP_SIGN_IN, Mishap.CAPTIVE_PAGE),
}
"""Where there is no safe form, no password is sent."""

TESTED = {Mishap.LOCK_OUT, Mishap.MAINTENANCE, Mishap.WRONG_PASSWORD}
"""With these the sign-in is tested by itself, too."""


def a_portal(canary: Canary, *mishaps: Mishap) -> PracticePortal:
    orders = 110 if SECOND_PAGE & set(mishaps) else 10
    portal = PracticePortal(orders=orders, mishaps=mishaps, password=canary.password)
    portal.slow_seconds = 0.5
    portal.most_memory = 100 * 1024**2
    portal.draw_session_ids(canary.new_cookie)
    return portal


def assert_none_gives_it_away(mishaps: Iterable[Mishap], scene: Scene) -> None:
    """Sync an account without a mishap and one at a portal with each, and search for the canary all the while."""
    canary = scene.canary
    stories: dict[str, set[Mishap]] = {"none": set(), **{mishap.value: {mishap} for mishap in mishaps}}

    async def story(portals: dict[str, PracticePortal]) -> list[Run]:
        conductor = Conductor(scene.parts(MemoryCredentialStore()), scene.ear)
        await conductor.open()
        try:
            accounts = {name: await add_account(conductor, portal, name) for name, portal in portals.items()}
            runs = await synced(conductor)
            for mishap in accounts.keys() & TESTED:
                with pytest.raises(FossaError) as raised:
                    await conductor.execute(commands.TestSignIn(accounts[mishap].id))
                scene.errors.append(raised.value)
            return runs
        finally:
            await conductor.close()

    with ExitStack() as portals_on:
        portals = {name: portals_on.enter_context(a_portal(canary, *mishaps)) for name, mishaps in stories.items()}
        with Watch(canary, [scene.home]) as watch:
            runs = asyncio.run(story(portals), debug=True)
        sent = {name for name, portal in portals.items() if portal.sign_ins}
    assert [run.outcome for run in runs if run.outcome not in (Outcome.SUCCEEDED, Outcome.FAILED)] == []
    assert len(runs) == len(stories)
    assert sent == {name for name, mishaps in stories.items() if not mishaps & NEVER_SENT}
    assert sorted(watch.found) == []
    assert scene.findings(portals.values()) == []
    assert scene.ear.crashes == []
    assert_something_was_searched(scene, watch)
    assert list(scene.paths.data.glob("evidence/*/page.html"))  # and at what is kept of failures


def assert_something_was_searched(scene: Scene, watch: Watch) -> None:
    """The searches above looked at a browser at work, at its profile, at a debug log and at a full database."""
    programs = {name.rstrip("0123456789.") for name in watch.processes}
    assert {"python", "node"} < programs
    assert any("chrom" in name or "headless" in name for name in programs), programs
    assert watch.files > 1000
    assert (scene.raw / "stdout").stat().st_size > 100_000
    assert any(text.startswith("fossatray.scrape") for text in scene.log.texts)
    assert (scene.paths.logs / "fossatray.log").stat().st_size > 1000
    assert scene.paths.database.stat().st_size > 10_000
    if sys.platform == "linux":
        assert {"node", "python"} <= {name.rstrip("0123456789.") for name in watch.core_limits}
        assert {name: limit for name, limit in watch.core_limits.items() if limit > 1} == {}
