"""Installing a browser: Playwright's real installer, at a download server of the test's own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fossatray.core.commands import CancelInstall, InstallBrowser, SaveSettings, SyncNow
from fossatray.core.errors import BrowserInstallCancelled, BrowserInstallFailed, BrowserMissing, PortalUnreachable
from fossatray.core.runs import Outcome, Trigger
from fossatray.core.status import BrowserInstall
from fossatray.engine.browser_install import LINES_LOGGED, ROLE, failure
from fossatray.system.processes import child_command
from tests.harness.downloads import STAND_IN, DownloadServer, archive
from tests.unit.engine.world import Life, World, failing, run, success

Lives = Callable[..., AbstractAsyncContextManager[Life]]

QUIT_S = 5.0


@pytest.fixture
def lives(world: World, monkeypatch: pytest.MonkeyPatch) -> Lives:
    """Makes lives of an engine whose installer is the real one, and asks this server."""

    def command(role: str) -> list[str]:
        return child_command(role) if role == ROLE else world._command(role)

    def life(origin: str, **changes: object) -> AbstractAsyncContextManager[Life]:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", origin)
        return world.life(child_command=command, **changes)

    return life


def installed(home: Path) -> list[Path]:
    return list((home / ".cache" / "ms-playwright").glob("chromium_headless_shell-*/*/chrome-headless-shell"))


def test_it_downloads_the_headless_shell_to_where_the_scrape_looks(
    world: World, lives: Lives, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with DownloadServer(archive(STAND_IN)).open() as server, lives(server.origin) as life:
            await life.do(SaveSettings({"browser_last": "/gone/browser"}))
            with caplog.at_level(logging.INFO):
                assert await life.do(InstallBrowser()) == []
            assert "chrome-headless-shell" in server.asked[0]
            (shell,) = installed(world.home)
            assert shell.read_text() == STAND_IN
            assert shell.stat().st_mode & 0o111
            assert life.store.settings.get("browser_last") == ""
            told = [state.browser_install.percentage for state in life.ear.states if state.browser_install is not None]
            assert told == sorted(told)
            assert (told[0], told[-1]) == (0, 100)
            assert life.state.browser_install is None
            assert world.left() == []

    run(story())
    assert "installer: Downloading Chrome Headless Shell" in caplog.text


def test_what_failed_for_want_of_a_browser_is_synced_again_and_nothing_else(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer(archive(STAND_IN)).open() as server, lives(server.origin) as life:
            waiting = await life.add_account("Waiting")
            assert (await life.sync(failing(BrowserMissing()))).error is not None
            await life.add_account("Offline")
            world.scripts += [failing(BrowserMissing()), failing(PortalUnreachable())]
            for run_id in await life.do(SyncNow()):
                await life.ended(run_id)
            world.scripts.append(success(1, 2))
            (again,) = await life.do(InstallBrowser())
            ended = await life.ended(again)
            assert (ended.account_id, ended.outcome, ended.trigger) == (waiting.id, Outcome.SUCCEEDED, Trigger.MANUAL)
            assert await life.do(InstallBrowser()) == []

    run(story())


def test_on_the_command_line_nothing_is_synced(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer(archive(STAND_IN)).open() as server, lives(server.origin) as life:
            await life.add_account()
            await life.sync(failing(BrowserMissing()))
            assert await life.do(InstallBrowser(sync_again=False)) == []

    run(story())


async def refused(life: Life) -> BrowserInstallFailed:
    with pytest.raises(BrowserInstallFailed) as caught:
        await life.do(InstallBrowser())
    assert life.state.browser_install == BrowserInstall(error=caught.value.info())
    return caught.value


def test_a_server_without_the_browser_is_told(world: World, lives: Lives) -> None:
    async def story() -> None:
        server = DownloadServer(archive(STAND_IN), status="404 Not Found")
        async with server.open(), lives(server.origin) as life:
            error = await refused(life)
            assert error.message == "The download server answered with HTTP status 404."
            assert "your system's own packages" in error.what_to_do
            assert server.asked
            assert installed(world.home) == []
            assert world.left() == []

    run(story())


def test_no_network_is_told_and_a_sync_later_forgets_it(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer().open() as gone:
            origin = gone.origin
        async with lives(origin) as life:
            error = await refused(life)
            assert error.message == "The download server could not be reached."
            assert error.what_to_do.startswith("Check your internet connection")
            await life.add_account()
            await life.sync(success(1))
            assert life.state.browser_install is None

    run(story())


def test_a_damaged_download_is_told(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer(lambda name: b"no archive").open() as server, lives(server.origin) as life:
            error = await refused(life)
            assert error.message == "The download broke off."

    run(story())


def test_it_does_not_take_for_ever(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer().open() as server:
            limits = replace(world.limits, install_s=1.0)
            async with lives(server.origin, limits=limits) as life:
                error = await refused(life)
                assert "took longer than" in error.message
                assert world.left() == []

    run(story())


def test_a_second_request_joins_the_first(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer(archive(STAND_IN)).open() as server, lives(server.origin) as life:
            first, second = await asyncio.gather(life.do(InstallBrowser()), life.do(InstallBrowser()))
            assert (first, second) == ([], [])
            assert len([path for path in server.asked if "chrome-headless-shell" in path]) == 1

    run(story())


def test_quitting_ends_the_installer_with_all_its_processes(world: World, lives: Lives) -> None:
    async def story() -> None:
        async with DownloadServer().open() as server, lives(server.origin) as life:
            asked = asyncio.create_task(life.do(InstallBrowser()))
            await server.reached()
            assert life.state.browser_install == BrowserInstall()
            processes = psutil.Process().children(recursive=True)
            assert len(processes) >= 3  # Python, the driver, and its download
            began = time.monotonic()
            await life.conductor.close()
            assert time.monotonic() - began < QUIT_S
            assert not [process for process in processes if is_alive(process)]
            assert world.left() == []
            with pytest.raises(asyncio.CancelledError):
                await asked

    run(story())


def test_cancelling_ends_the_installer_and_the_next_one_installs(world: World, lives: Lives) -> None:
    async def story() -> None:
        server = DownloadServer()
        async with server.open(), lives(server.origin) as life:
            assert await life.do(CancelInstall()) == 0
            asked, joined = (asyncio.create_task(life.do(InstallBrowser())) for _ in range(2))
            await server.reached()
            processes = psutil.Process().children(recursive=True)
            began = time.monotonic()
            assert await life.do(CancelInstall()) == 1
            assert time.monotonic() - began < QUIT_S
            assert not [process for process in processes if is_alive(process)]
            for waiting in (asked, joined):
                with pytest.raises(BrowserInstallCancelled):
                    await waiting
            assert life.state.browser_install is None
            assert installed(world.home) == []
            assert world.left() == []
            server.pack = archive(STAND_IN)
            assert await life.do(InstallBrowser()) == []
            assert len(installed(world.home)) == 1

    run(story())


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_installer_that_cannot_be_started_is_told(world: World) -> None:
    async def story() -> None:
        async with world.life(child_command=lambda role: [str(world.home / "no-such-program")]) as life:
            error = await refused(life)
            assert "could not be started" in error.message
            assert world.left() == []

    run(story())


def test_endless_output_is_neither_kept_nor_logged_without_end(world: World, caplog: pytest.LogCaptureFixture) -> None:
    noise = f"i=0; while [ $i -lt {4 * LINES_LOGGED} ]; do echo line $i; i=$((i+1)); done; exit 3"

    async def story() -> None:
        async with world.life(child_command=lambda role: ["/bin/sh", "-c", noise]) as life:
            error = await refused(life)
            assert error.message == "The installer ended with exit status 3."

    with caplog.at_level(logging.INFO):
        run(story())
    assert caplog.text.count("installer: line") == LINES_LOGGED


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Error: getaddrinfo ENOTFOUND download.example", "The download server could not be reached."),
        ("Error: ENOSPC: no space left on device, write", "The disk is full."),
        ("Error: EACCES: permission denied, mkdir", "The folder that browsers are kept in cannot be written to."),
        ("  code: 'SELF_SIGNED_CERT_IN_CHAIN',", "The download server's certificate is not valid."),
        ("Error: Request to https://x timed out after 30000ms", "The download broke off."),
        ("ERROR: Playwright does not support chromium on x", "Playwright has no browser for this system."),
        ("║ An active lockfile is found at: ║", "Another program is installing a browser just now."),
        ("Error: something new", "The installer ended with exit status 1."),
    ],
)
def test_each_reason_has_its_words(said: str, message: str) -> None:
    error = failure(1, ["Downloading", said, "    at somewhere (file.js:1:2)", "Failed to install browsers"])
    assert error is not None
    assert error.message == message
    assert error.what_to_do


def test_the_newest_reason_counts() -> None:
    error = failure(1, ["code: 'ECONNREFUSED'", "Error: ENOSPC: no space left on device", "Failed"])
    assert error is not None
    assert error.message == "The disk is full."


def test_what_comes_after_the_browser_is_no_matter() -> None:
    shell = "Chrome Headless Shell 159.0 (playwright chromium-headless-shell v1255) downloaded to /x"
    film = [
        "Downloading FFmpeg from /y",
        "Error: Download failed: server returned code 404 body ''.",
        "Failed to install",
    ]
    assert failure(1, [shell, *film]) is None
    assert failure(1, film) is not None


def test_a_browser_that_lacks_libraries_is_no_success() -> None:
    assert failure(0, ["Downloading", "downloaded to /x"]) is None
    error = failure(0, ["║ Host system is missing dependencies to run browsers. ║"])
    assert error is not None
    assert "lacks libraries" in error.message
