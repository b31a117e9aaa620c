"""The scrape process as a process: its browser, its sandbox, its manners with the engine, and its end."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from fossatray.core.evidence import Evidence
from fossatray.core.messages import BrowserChosen, LogLine, Message, PageProgress, SigningIn
from fossatray.core.runs import Phase
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.system import child
from fossatray.system.processes import child_environment
from tests.harness.mishap_rows import PATIENCE_S
from tests.harness.scrape_driver import Heard, ScrapeDriver, a_request, is_root, scrape
from tests.private_desktop.tools import wait_until

pytestmark = pytest.mark.browser

NOBODY = 65534
FORBIDDEN = ("--no-sandbox", "--remote-debugging-port", "--ignore-certificate-errors", "--disable-web-security")


@pytest.fixture
def hanging() -> Iterator[PracticePortal]:
    """A portal whose list never arrives: a run stays in the middle."""
    with PracticePortal(orders=60, mishaps=[Mishap.HANGING]) as portal:
        yield portal


def descendants_of(process: int, are_meant: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """Those processes below a scrape process that are meant, and still there."""
    found = []
    for descendant in psutil.Process(process).children(recursive=True):
        with suppress(psutil.Error):
            if are_meant(descendant):
                found.append(descendant)
    return found


def is_node(process: psutil.Process) -> bool:
    return Path(process.exe()).stem == "node"


def is_browsers(process: psutil.Process) -> bool:
    command = " ".join(process.cmdline())
    return "--user-data-dir=" in command or "--type=" in command


def browsers_of(process: int) -> list[psutil.Process]:
    """The browser's processes below a scrape process."""
    return descendants_of(process, is_browsers)


async def until_gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    return await asyncio.to_thread(lambda: psutil.wait_procs(processes, timeout=seconds)[1])


async def in_the_middle(driver: ScrapeDriver) -> None:
    """Go on until the list is being read."""
    while not any(progress.phase is Phase.SCRAPING for progress in driver.heard.progress):
        await driver.listen(until=PageProgress)


def test_the_driver_of_the_browser_keeps_little_rubbish(
    hanging: PracticePortal, tmp_path: Path, browser_path: Path
) -> None:
    async def story() -> list[str]:
        request = a_request(hanging.origin, hanging.username, tmp_path, browser_path, page_limit=60.0)
        async with ScrapeDriver(request, hanging.password) as driver:
            await in_the_middle(driver)
            return [one.environ()["NODE_OPTIONS"] for one in descendants_of(driver.process.pid, is_node)]

    assert asyncio.run(story()) == ["--max-semi-space-size=8"]


def test_closing_its_input_ends_the_process_and_its_browser(
    hanging: PracticePortal, tmp_path: Path, browser_path: Path
) -> None:
    async def story() -> None:
        request = a_request(hanging.origin, hanging.username, tmp_path, browser_path, page_limit=60.0)
        async with ScrapeDriver(request, hanging.password) as driver:
            await in_the_middle(driver)
            browsers = browsers_of(driver.process.pid)
            assert browsers
            driver.close_input()
            heard = await asyncio.wait_for(driver.listen(), 5)
            assert heard.status == 2
            assert await until_gone(browsers, 10) == []

    asyncio.run(story())
    assert list(tmp_path.iterdir()) == []


def test_closing_its_input_ends_it_at_once_even_with_a_stopped_browser(
    hanging: PracticePortal, tmp_path: Path, browser_path: Path
) -> None:
    async def story() -> None:
        request = a_request(hanging.origin, hanging.username, tmp_path, browser_path, page_limit=60.0)
        async with ScrapeDriver(request, hanging.password) as driver:
            await in_the_middle(driver)
            browsers = browsers_of(driver.process.pid)
            for browser in browsers:
                browser.send_signal(signal.SIGSTOP)
            driver.close_input()
            try:
                ended = partial(lambda process: process.returncode is not None, driver.process)
                await asyncio.to_thread(wait_until, ended, 10, "the end of the process")
                assert driver.process.returncode == 2  # its `wait` would wait for the driver's end, too
            finally:
                for browser in browsers:
                    if browser.is_running():
                        browser.kill()
                await until_gone(browsers, 3)

    asyncio.run(story())


def test_a_killed_browser_is_a_crash(hanging: PracticePortal, tmp_path: Path, browser_path: Path) -> None:
    async def story() -> Heard:
        request = a_request(hanging.origin, hanging.username, tmp_path, browser_path, page_limit=60.0)
        async with ScrapeDriver(request, hanging.password) as driver:
            await in_the_middle(driver)
            for browser in browsers_of(driver.process.pid):
                browser.kill()
            return await asyncio.wait_for(driver.listen(), 10)

    assert asyncio.run(story()).error.kind == "browser_crashed"


def test_a_killed_driver_is_a_crash_and_leaves_no_browser(
    hanging: PracticePortal, tmp_path: Path, browser_path: Path
) -> None:
    async def story() -> Heard:
        request = a_request(hanging.origin, hanging.username, tmp_path, browser_path, page_limit=60.0)
        async with ScrapeDriver(request, hanging.password) as driver:
            await in_the_middle(driver)
            browsers = browsers_of(driver.process.pid)
            (node,) = psutil.Process(driver.process.pid).children()
            node.kill()
            heard = await asyncio.wait_for(driver.listen(), 10)
            assert await until_gone(browsers, 5) == []
            return heard

    heard = asyncio.run(story())
    assert heard.error.kind == "browser_crashed", heard.stderr


def test_the_password_is_asked_for_after_the_form_is_there_and_stays_secret(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.EXPIRED_TOKEN]) as portal:
        posted: list[int] = []

        def note(message: Message) -> None:
            if isinstance(message, SigningIn):
                posted.append(len(portal.sign_ins))

        request = a_request(portal.origin, portal.username, tmp_path, browser_path)
        heard = asyncio.run(scrape(request, portal.password, on_message=note))
        assert posted == [0, 1]  # asked before each attempt, never after
        assert portal.password not in repr(heard.messages)
        assert portal.password.encode() not in heard.stderr


def test_nothing_is_sent_when_the_engine_does_not_allow_it(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path)
        heard = asyncio.run(scrape(request, portal.password, allowed=False))
        assert portal.sign_ins == []
    assert heard.error.kind == "sign_in_limit"


def test_without_a_keyring_the_password_cannot_be_read(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        changes = {"password_from": "keyring", "evidence": PATIENCE_S}
        request = a_request(portal.origin, portal.username, tmp_path, browser_path, **changes)
        heard = asyncio.run(scrape(request, None))
        assert portal.sign_ins == []
    assert heard.error.kind == "keyring_absent"
    assert heard.all(Evidence) == []


def test_a_test_of_the_sign_in_signs_in_and_out_and_reads_nothing(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path, job="test_sign_in")
        heard = asyncio.run(scrape(request, portal.password))
        assert (heard.finished.count, heard.sign_ins) == (0, ["accepted"])
        asked = [path.partition("?")[0] for path in portal.requests]
    assert "/logout" in asked
    assert not any(path.startswith("/app/work") for path in asked)


def test_an_unknown_job_is_refused_before_a_browser_starts(tmp_path: Path) -> None:
    request = a_request("http://127.0.0.1:9", "u", tmp_path, None, job="else")
    heard = asyncio.run(scrape(request, "p"))
    assert heard.error.kind == "invalid_input"
    assert heard.all(BrowserChosen) == []


def test_what_does_not_start_is_passed_over_with_its_reason(tmp_path: Path, browser_path: Path) -> None:
    broken = tmp_path / "broken-browser"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    with PracticePortal(orders=5) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, tmp_path / "not-there", browser_last=str(broken))
        heard = asyncio.run(scrape(request, portal.password))
    assert heard.finished.count == 5
    passed = dict(heard.browser.passed_over)
    assert passed[str(tmp_path / "not-there")].endswith("not there")
    assert "did not start" in passed[str(broken)]
    assert str(broken) in heard.log


def without_browsers(folder: Path) -> dict[str, str]:
    """An environment in which no browser is found."""
    return {**child_environment(run_folder=folder), "PATH": str(folder)}


def test_no_browser_at_all_is_told(tmp_path: Path) -> None:
    request = a_request("http://127.0.0.1:9", "u", tmp_path, None)
    heard = asyncio.run(scrape(request, "p", environment=without_browsers(tmp_path)))
    assert heard.error.kind == "browser_missing"
    assert "Install" in heard.error.what_to_do


def test_a_browser_without_a_usable_sandbox_is_an_error_of_its_own(tmp_path: Path) -> None:
    broken = tmp_path / "no-sandbox"
    broken.write_text("#!/bin/sh\necho '[1:1:FATAL:zygote_host_impl_linux.cc(132)] No usable sandbox!' >&2\nexit 1\n")
    broken.chmod(0o755)
    request = a_request("http://127.0.0.1:9", "u", tmp_path, broken)
    heard = asyncio.run(scrape(request, "p", environment=without_browsers(tmp_path)))
    assert heard.error.kind == "browser_sandbox"
    assert "no usable sandbox" in heard.log


def test_a_portal_without_tls_is_refused_unless_on_loopback(tmp_path: Path) -> None:
    heard = asyncio.run(scrape(a_request("http://portal.example", "u", tmp_path, None), "p"))
    assert heard.error.kind == "invalid_input"


def test_root_is_warned_that_the_sandbox_is_off(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5) as portal:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path)
        heard = asyncio.run(scrape(request, portal.password))
    warned = any(line.level == "WARNING" and "sandbox" in line.text for line in heard.all(LogLine))
    assert warned == is_root()
    assert heard.browser.sandbox is not is_root()


@pytest.fixture
def unprivileged_folder() -> Iterator[Path]:
    """A run's folder that an unprivileged user may write to."""
    folder = Path(tempfile.mkdtemp(prefix="ft-run-", dir="/tmp"))
    if is_root():
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def unprivileged_command() -> list[str]:
    """The scrape's command as a user who is not root, in a Python which that user may run."""
    if not is_root():
        return [sys.executable, "-P", "-X", "utf8", str(child.__file__), "scrape"]
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    packages = sysconfig.get_path("purelib")
    start = f"import sys; sys.path.append({packages!r}); import playwright, psutil, greenlet"
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([*become, python, "-P", "-c", start], check=False, capture_output=True).returncode == 0:
            run = f"{start}, runpy; sys.argv[1:] = ['scrape']; runpy.run_path({child.__file__!r}, run_name='__main__')"
            return [*become, python, "-P", "-X", "utf8", "-c", run]
    pytest.fail("no Python that an unprivileged user may run; on Debian: apt-get install python3", pytrace=False)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", ["chromium-headless-shell", "chromium"])
def test_the_sandbox_is_on_for_everybody_but_root(name: str, unprivileged_folder: Path) -> None:
    arguments: list[str] = []

    async def story(portal: PracticePortal) -> Heard:
        path = shutil.which(name)
        assert path is not None, f"no browser; on Debian: apt-get install {name}"
        request = a_request(portal.origin, portal.username, unprivileged_folder, path)
        environment = child_environment({"HOME": str(unprivileged_folder)}, run_folder=unprivileged_folder)
        environment = {k: v for k, v in environment.items() if not k.startswith(("XDG_", "COVERAGE_"))}
        driver = ScrapeDriver(request, portal.password, command=unprivileged_command(), environment=environment)
        async with driver:
            await driver.listen(until=SigningIn)
            for process in browsers_of(driver.process.pid):
                assert is_root() is False or process.uids().real == NOBODY
                arguments.extend(process.cmdline())
            return await driver.listen()

    with PracticePortal(orders=5) as portal:
        heard = asyncio.run(story(portal))
    assert heard.browser.sandbox is True
    assert heard.finished.count == 5
    assert any(argument.startswith("--proxy-bypass-list=<-loopback>;") for argument in arguments)
    assert "--remote-debugging-pipe" in arguments
    told = [argument for argument in arguments if argument.startswith(FORBIDDEN)]
    assert told == []


def open_to_others(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if not file.is_symlink()]
    assert files  # the browser's own data are here
    return [str(file) for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]


def test_what_is_left_in_the_runs_folder_is_for_the_user_alone(
    hanging: PracticePortal, tmp_path: Path, browser_path: Path
) -> None:
    async def story() -> list[str]:
        request = a_request(hanging.origin, hanging.username, tmp_path, browser_path, page_limit=60.0)
        async with ScrapeDriver(request, hanging.password) as driver:
            await in_the_middle(driver)
            return open_to_others(tmp_path)

    assert asyncio.run(story()) == []
