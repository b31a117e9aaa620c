"""No browser at all, one is installed, and the sync that failed is done again: with Playwright's real installer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from fossatray.core.commands import InstallBrowser, SaveSettings
from fossatray.core.errors import BrowserMissing
from fossatray.core.runs import Outcome
from fossatray.demo.portal import PracticePortal
from fossatray.system.clock import utc_now
from fossatray.system.processes import child_command, child_environment
from tests.harness.downloads import DownloadServer, archive
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import run

pytestmark = pytest.mark.browser


def test_a_machine_without_a_browser_gets_one_and_syncs(
    own_home: Path, browser_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = own_home / "no-programs"
    empty.mkdir()

    def no_browser_on_the_path(
        extra: Mapping[str, str] | None = None, *, run_folder: Path | None = None
    ) -> dict[str, str]:
        return {**child_environment(extra, run_folder=run_folder), "PATH": str(empty)}

    with PracticePortal(orders=5) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            # What is downloaded is a script that starts the browser of this machine.
            async with DownloadServer(archive(f'#!/bin/sh\nexec {browser_path} "$@"\n')).open() as server:
                monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
                async with real.world.life(
                    clock=utc_now, child_command=child_command, child_environment=no_browser_on_the_path
                ) as life:
                    await life.do(SaveSettings({"browser_last": str(own_home / "gone")}))
                    await real.add_account(life)
                    failed = await life.sync()
                    assert failed.error is not None
                    assert failed.error.kind == BrowserMissing.kind
                    (again,) = await life.do(InstallBrowser())
                    ended = await life.ended(again)
                    assert ended.error is None
                    assert ended.outcome is Outcome.SUCCEEDED
                    assert ended.counts.found == 5
                    assert ".cache/ms-playwright" in life.store.settings.get("browser_last")

        run(story())
        assert real.world.left() == []
