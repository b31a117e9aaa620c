"""Installing a browser: Playwright's own installer in a child process of its own, its output in the log.

The child's temporary folder is a run folder, so that a half download goes with it, and whatever a killed FossaTray left
is swept at the next start like what a run leaves. When it is cancelled, and on quit, the installer ends with its whole
process tree. Playwright marks a browser as installed at the very end, and portal.browser_find believes no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from fossatray.core.commands import CancelInstall, InstallBrowser
from fossatray.core.errors import BrowserInstallCancelled, BrowserInstallFailed, BrowserMissing, FossaError
from fossatray.core.runs import Trigger
from fossatray.core.status import BrowserInstall
from fossatray.core.text import visible
from fossatray.engine.parts import EngineParts
from fossatray.engine.runner import Runner
from fossatray.engine.scrape_process import end_everything, make_run_folder, new_run_folder, uninterrupted
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.browser_install")

ROLE = "browser_installer"
LINES_KEPT = 400
LINES_LOGGED = 400
LINE_LIMIT = 4096

_PASSED_ON = (
    "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_EXTRA_CA_CERTS",
    "PLAYWRIGHT_DOWNLOAD_HOST", "PLAYWRIGHT_CHROMIUM_DOWNLOAD_HOST",
)  # fmt: skip
"""What says how this computer reaches the internet. The scrape gets none of it: it reaches the portal alone."""

_PROGRESS = re.compile(r"\|\s+(\d{1,3})% of ")
_STATUS = re.compile(r"server returned code (\d{3})")
_IS_THERE = re.compile(r"Headless Shell .* downloaded to ")
_LACKS_LIBRARIES = "Host system is missing dependencies"
_BY_HAND = "Install Google Chrome, Microsoft Edge or Chromium from your system's own packages, then sync again."

_REASONS: tuple[tuple[re.Pattern[str], str, str | None], ...] = (
    (
        re.compile(r"ENOSPC|EDQUOT"),
        "The disk is full.",
        "Free about 500 MB, then install the browser again.",
    ),
    (
        re.compile(r"EACCES|EPERM|EROFS|EEXIST|ENOTDIR"),
        "The folder that browsers are kept in cannot be written to.",
        None,
    ),
    (
        re.compile(r"SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|CERT_|ERR_TLS"),
        "The download server's certificate is not valid.",
        "Check this computer's clock and its network, or " + _BY_HAND[0].lower() + _BY_HAND[1:],
    ),
    (
        re.compile(r"ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ECONNRESET|ETIMEDOUT|EPIPE"),
        "The download server could not be reached.",
        "Check your internet connection, then install the browser again.",
    ),
    (
        re.compile(r"server closed connection|timed out|size mismatch|socket hang up|central directory|aborted"),
        "The download broke off.",
        "Check your internet connection, then install the browser again.",
    ),
    (re.compile(r"does not support"), "Playwright has no browser for this system.", _BY_HAND),
    (
        re.compile(r"active lockfile"),
        "Another program is installing a browser just now.",
        "Wait some minutes, then install the browser again.",
    ),
)


class BrowserInstaller:
    """Installs a browser, once at a time. Used in the engine's loop alone."""

    def __init__(
        self, parts: EngineParts, store: Store, runner: Runner, tell: Callable[[BrowserInstall | None], None]
    ) -> None:
        self._parts = parts
        self._store = store
        self._runner = runner
        self._tell = tell
        self._work: asyncio.Task[None] | None = None
        self._percentage = 0
        self._is_unwanted = False

    async def install_browser(self, command: InstallBrowser) -> list[int]:
        """Install a browser, or wait for the installation under way; then sync what failed for want of one.

        Raises BrowserInstallFailed with the reason, BrowserInstallCancelled if the person cancelled it,
        StoreUnsuitable if there is no room for a folder.
        """
        if self._work is None:
            self._is_unwanted = False
            self._work = asyncio.create_task(self._install(), name="browser install")
            self._work.add_done_callback(self._done)
        await asyncio.shield(self._work)
        if not command.sync_again:
            return []
        return [
            self._runner.start(account, Trigger.MANUAL).id
            for account in self._store.accounts.all()
            if self._lacked_browser(account.id)
        ]

    async def cancel(self, command: CancelInstall) -> int:
        """Cancel an installation under way, as the person wishes; returns how many were: 0 or 1."""
        if self._work is None:
            return 0
        self._is_unwanted = True
        await self.stop()
        return 1

    async def stop(self) -> None:
        """End an installation under way with every process of it; takes less than 5 s."""
        work = self._work
        if work is not None:
            log.info("the installation of a browser is cancelled")
            work.cancel()
            await asyncio.wait({work})

    def _done(self, work: asyncio.Task[None]) -> None:
        self._work = None
        if not work.cancelled():
            work.exception()  # whoever asked has it; nobody may be left to ask

    def _lacked_browser(self, account_id: str) -> bool:
        last = self._store.runs.last_judged(account_id)
        return last is not None and last.error is not None and last.error.kind == BrowserMissing.kind

    async def _install(self) -> None:
        self._percentage = 0
        self._tell(BrowserInstall())
        try:
            await self._run_installer()
            self._store.settings.set("browser_last", "")  # the next run takes the new one, not one that is broken
        except FossaError as error:
            log.warning("no browser was installed: %s", error.message)
            self._tell(BrowserInstall(error=error.info()))
            raise
        except asyncio.CancelledError:
            self._tell(None)
            if self._is_unwanted:
                raise BrowserInstallCancelled from None
            raise
        except BaseException:
            self._tell(None)
            raise
        log.info("a browser was installed")
        self._tell(None)

    async def _run_installer(self) -> None:
        """Run the installer to its end. Raises BrowserInstallFailed."""
        folder = new_run_folder(self._parts.runs_folder)
        process: asyncio.subprocess.Process | None = None
        try:
            make_run_folder(folder)
            process = await self._start(folder)
            async with asyncio.timeout(self._parts.limits.install_s):
                said = await self._listen(process)
                status = await process.wait()
        except TimeoutError:
            minutes = round(self._parts.limits.install_s / 60)
            raise BrowserInstallFailed(
                f"The installation took longer than {minutes} minutes.",
                advice="Check your internet connection, then install the browser again.",
            ) from None
        finally:
            await uninterrupted(self._end(process, folder))
        if (error := failure(status, said)) is not None:
            raise error

    async def _start(self, folder: Path) -> asyncio.subprocess.Process:
        extra = {name: value for name, value in os.environ.items() if name.upper() in _PASSED_ON}
        log.info("installing a browser")
        try:
            return await asyncio.create_subprocess_exec(
                *self._parts.child_command(ROLE),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self._parts.child_environment(extra, run_folder=folder),
                cwd=self._parts.folder,
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            raise BrowserInstallFailed(f"The installer could not be started: {error.strerror}.") from error

    async def _listen(self, process: asyncio.subprocess.Process) -> list[str]:
        """Log what the installer says, up to a limit, tell how far it has come, and return its last lines."""
        assert process.stdout is not None
        said: deque[str] = deque(maxlen=LINES_KEPT)
        left, rest = LINES_LOGGED, b""
        while chunk := await process.stdout.read(4096):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-LINE_LIMIT:]
            for line in lines:
                left -= self._hear(line, said, is_logged=left > 0)
        self._hear(rest, said, is_logged=left > 0)
        return list(said)

    def _hear(self, line: bytes, said: deque[str], *, is_logged: bool) -> bool:
        """Take one line of the installer; tells whether there was something in it."""
        text = visible(line[:LINE_LIMIT].decode("utf-8", "replace").rstrip())
        if not text:
            return False
        said.append(text)
        if is_logged:
            log.info("installer: %s", text)
        if (progress := _PROGRESS.search(text)) is not None:
            self._percentage = max(self._percentage, min(100, int(progress[1])))  # a small second download follows
            self._tell(BrowserInstall(self._percentage))
        return True

    async def _end(self, process: asyncio.subprocess.Process | None, folder: Path) -> None:
        """End every process of the installer, and remove its folder."""
        pid = process.pid if process is not None and process.returncode is None else None
        await end_everything(pid, folder, self._parts.runs_folder, self._parts.limits.end_s)
        if process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await process.wait()
            process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio offers no other way


def failure(status: int, said: Iterable[str]) -> BrowserInstallFailed | None:
    """Return what went wrong, by the installer's exit status and its last lines; None if it installed a browser.

    What it downloads after the browser (for films of pages) is not needed, and its failure no matter.
    """
    lines = list(said)
    if status == 0 or any(_IS_THERE.search(line) for line in lines):
        if any(_LACKS_LIBRARIES in line for line in lines):
            return BrowserInstallFailed(
                "A browser was downloaded, but this system lacks libraries that it needs.", advice=_BY_HAND
            )
        return None
    for line in reversed(lines):
        if (answer := _STATUS.search(line)) is not None:
            return BrowserInstallFailed(f"The download server answered with HTTP status {answer[1]}.", advice=_BY_HAND)
        for sign, message, advice in _REASONS:
            if sign.search(line):
                return BrowserInstallFailed(message, advice=advice)
    return BrowserInstallFailed(f"The installer ended with exit status {status}.")
