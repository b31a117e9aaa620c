"""A canary password and cookie through every failure mode at debug level: nothing written or said holds them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from fossatray.core import commands
from fossatray.core.accounts import Account
from fossatray.core.errors import FossaError
from fossatray.core.messages import SigningIn
from fossatray.core.notices import Notice
from fossatray.core.runs import Outcome, Run
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.system.credentials_client import MemoryCredentialStore
from fossatray.system.processes import child_command, child_environment
from tests.harness.canary import Canary, Watch, forms
from tests.harness.canary_engine import REACH_SECONDS, Scene, add_account, cancelled_when, synced
from tests.harness.canary_mishaps import a_portal
from tests.harness.scrape_driver import ScrapeDriver, a_request
from tests.private_desktop.tools import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sys.platform == "win32", reason="records the child's output with sh and tee"),
]


# --- the search itself ------------------------------------------------------------------------------------------------

BY_HAND = {
    "plain in utf-8": 'pä&"#+ b'.encode(),
    "plain in utf-16-le": b'p\0\xe4\0&\0"\0#\0+\0 \0b\0',
    "plain in latin-1": b'p\xe4&"#+ b',
    "URL in utf-8": b"p%C3%A4%26%22%23%2B%20b",
    "URL, lower case in utf-8": b"p%c3%a4%26%22%23%2b%20b",
    "form in utf-8": b"p%C3%A4%26%22%23%2B+b",
    "JSON in utf-8": 'pä&\\"#+ b'.encode(),
    "JSON, ASCII in utf-8": b'p\\u00e4&\\"#+ b',
    "HTML in utf-8": "pä&amp;&quot;#+ b".encode(),
    "HTML, ASCII in utf-8": b"p&#228;&amp;&quot;#+ b",
    "repr of bytes in utf-8": b'p\\xc3\\xa4&"#+ b',
    "hexadecimal of utf-8": b"70c3a42622232b2062",
    "hexadecimal of utf-8, upper case": b"70C3A42622232B2062",
    "base64 of utf-8, shifted by 0": b"cMOkJiIjKyBi",
    "base64 of utf-8, shifted by 1": b"DDpCYiIysgY",  # in eHDDpCYiIysgYnk=, an x before and a y behind
    "base64 of utf-8, shifted by 2": b"ww6QmIiMrIG",  # in eHlww6QmIiMrIGJ5eg==, an xy before and a yz behind
}


def test_the_forms_are_those_made_by_hand() -> None:
    made = forms('pä&"#+ b')
    assert {name: made[name] for name in BY_HAND} == BY_HAND


def test_the_search_finds_a_file_in_every_form(canary: Canary, tmp_path: Path) -> None:
    made = forms(canary.password)
    for number, data in enumerate(made.values()):
        (tmp_path / f"{number}").write_bytes(os.urandom(1000) + data + os.urandom(1000))
    half = canary.password[: len(canary.password) - 16]
    (tmp_path / "cut off").write_text(half)
    (tmp_path / "a cookie").write_text(f"x={canary.new_cookie()};")
    (tmp_path / f"named {canary.password[-32:]}").touch()
    (tmp_path / "link").symlink_to(canary.password.replace("/", "-"))
    found, files = canary.in_folder(tmp_path)
    assert files == len(made) + 3
    assert {line.partition(": ")[0] for line in found} == {str(path) for path in tmp_path.iterdir()}


def test_the_search_finds_nothing_where_nothing_is(canary: Canary, tmp_path: Path) -> None:
    (tmp_path / "another").write_text(Canary().password)
    assert canary.in_folder(tmp_path) == ([], 1)


def test_the_watch_finds_an_argument_and_an_environment(canary: Canary, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "input()"]
    with Watch(canary, [tmp_path], pause_s=0.01) as watch, ExitStack() as ends:
        for arguments, environment in (([*command, canary.password], {}), (command, {"X": canary.password})):
            child = subprocess.Popen(arguments, env={**os.environ, **environment}, stdin=subprocess.PIPE)
            ends.callback(child.wait)
            assert child.stdin is not None
            ends.callback(child.stdin.close)
        (tmp_path / "file").write_text(canary.password)
        wait_until(lambda: len({line.partition(" ")[0] for line in watch.found}) == 3, 10, "all three to be found")
    assert {line.partition(" ")[0] for line in watch.found} == {"argument", "environment", f"{tmp_path}/file:"}


# --- one sync ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mishap", [None, Mishap.WRONG_PASSWORD])
def test_the_command_line_gives_it_away_nowhere(mishap: Mishap | None, scene: Scene, canary: Canary) -> None:
    """A password on standard input, for one run without a tray program and without a keyring."""
    command = [sys.executable, "-P", "-m", "fossatray.cli"]
    with a_portal(canary, *([mishap] if mishap else [])) as portal, Watch(canary, [scene.home]) as watch:
        account = ["--name", "Work", "--portal", portal.origin, "--username", portal.username]
        said = [cli(scene, [*command, "accounts", "add", *account])]
        said += [cli(scene, [*command, "sync", "--wait", "--json", "--password-stdin"], canary.password)]
        said += [cli(scene, [*command, verb, "--json"]) for verb in ("status", "history", "orders")]
        assert len(portal.sign_ins) == 1
    assert ("sign_in_refused" in said[1]) == (mishap is Mishap.WRONG_PASSWORD)
    assert [form for text in said for form in canary.in_text(text)] == []
    assert sorted(watch.found) == []
    assert scene.findings() == []


def cli(scene: Scene, command: list[str], password: str = "") -> str:
    """What a command prints, on standard output and error."""
    words = [*command, "--data-dir", str(scene.paths.data)]
    done = subprocess.run(words, input=password, capture_output=True, text=True, timeout=100, check=False)
    return done.stdout + done.stderr


PLAYWRIGHT_TALKS = {"DEBUG": "pw:protocol"}


def test_a_leak_would_be_found(scene: Scene, canary: Canary) -> None:
    """The same run with Playwright's protocol printed, which our children's environment does not allow."""

    def talking(extra: Mapping[str, str] | None = None, *, run_folder: Path | None = None) -> dict[str, str]:
        return child_environment({**(extra or {}), **PLAYWRIGHT_TALKS}, run_folder=run_folder)

    async def story(portal: PracticePortal) -> None:
        conductor = Conductor(scene.parts(MemoryCredentialStore(), environment=talking), scene.ear)
        await conductor.open()
        try:
            await synced(conductor, await add_account(conductor, portal, "Work"))
        finally:
            await conductor.close()

    with a_portal(canary) as portal:
        asyncio.run(story(portal))
    findings = scene.findings()
    assert str(scene.raw / "stderr") in places_of(findings)
    assert [line for line in findings if "cookie, text" in line] != []


def test_every_place_is_searched(scene: Scene, canary: Canary) -> None:
    said = canary.password
    logging.getLogger("fossatray.engine").debug("%s", {"said": said})
    scene.ear.told.append(Notice("1", "title", said, "failure", "history"))
    scene.ear.crashes.append(f"Traceback: {said}")
    scene.errors.append(FossaError("Something", advice=said))
    places = places_of(scene.findings())
    log = str(scene.paths.logs / "fossatray.log")
    assert places == {log, "raw log", "told by the engine", "crashes", "errors"}


def places_of(findings: list[str]) -> set[str]:
    return {line.partition(": ")[0] for line in findings}


# --- runs that are cut off --------------------------------------------------------------------------------------------


def test_a_run_that_is_cut_off_in_mid_sign_in_leaves_nothing(scene: Scene, canary: Canary) -> None:
    """Cancelled, killed, and quit, each with the password just posted."""
    profile: list[tuple[list[str], int]] = []

    async def story(portal: PracticePortal) -> list[Outcome | None]:
        conductor = Conductor(scene.parts(MemoryCredentialStore()), scene.ear)
        await conductor.open()
        try:
            account = await add_account(conductor, portal, "Work")
            posted = len(portal.sign_ins)
            cancelled = await cancelled_when(conductor, account, lambda: len(portal.sign_ins) > posted)
            posted = len(portal.sign_ins)
            killed = await ended_by_a_kill(conductor, account, lambda: len(portal.sign_ins) > posted)
            posted = len(portal.sign_ins)
            await conductor.execute(commands.SyncNow(account.id))
            await asyncio.to_thread(wait_until, lambda: len(portal.sign_ins) > posted, REACH_SECONDS, "the sign-in")
            profile.append(canary.in_folder(scene.paths.runs))
        finally:
            await conductor.close()
        return [cancelled.outcome, killed.outcome, *(run.outcome for run in scene.ear.ended[2:])]

    with a_portal(canary, Mishap.HANGING_SIGN_IN) as portal, Watch(canary, [scene.home]) as watch:
        outcomes = asyncio.run(story(portal), debug=True)
        findings = scene.findings([portal])
    assert outcomes == [Outcome.CANCELLED, Outcome.FAILED, Outcome.CANCELLED]
    ((in_profile, files),) = profile
    assert (in_profile, files > 20) == ([], True)  # the browser's data, with the password just posted
    assert sorted(watch.found) == []
    assert findings == []
    assert scene.ear.crashes == []


async def ended_by_a_kill(conductor: Conductor, account: Account, reached: Callable[[], object]) -> Run:
    """Start a sync, kill its scrape process when it has come so far, and return the ended run."""
    (run,) = await conductor.execute(commands.SyncNow(account.id))
    await asyncio.to_thread(wait_until, reached, REACH_SECONDS, "the sign-in")
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # a helper may end of itself meanwhile
            if process.name().startswith("python"):
                process.kill()
    return await conductor.run_ended(run)


DUMPING = ("sh", "-c", 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', "sh")
"""Begins a command whose process may leave a core dump, as far as this machine lets it."""


@pytest.mark.parametrize("victim", ["python", "node", "browser"])
def test_a_crash_in_mid_sign_in_leaves_no_dump(
    victim: str, scene: Scene, canary: Canary, tmp_path: Path, browser_path: Path
) -> None:
    """What dies of a segmentation fault, and could write its memory down, writes nothing that holds the password."""

    async def story(portal: PracticePortal) -> int:
        request = a_request(portal.origin, portal.username, tmp_path, browser_path, page_limit=8.0)
        command = [*DUMPING, *child_command("scrape")]
        async with ScrapeDriver(request, portal.password, command=command) as driver:
            await driver.listen(until=SigningIn)
            await asyncio.to_thread(wait_until, lambda: portal.sign_ins, REACH_SECONDS, "the sign-in")
            scrape = psutil.Process(driver.process.pid)
            victims = [process for process in (scrape, *scrape.children(recursive=True)) if is_a(victim, process)]
            for process in victims:
                process.send_signal(signal.SIGSEGV)
            await asyncio.wait_for(driver.listen(), 30)
            scene.log.texts += [repr(driver.heard)]
            return len(victims)

    with a_portal(canary, Mishap.HANGING_SIGN_IN) as portal:
        assert asyncio.run(story(portal)) > 0
    assert canary.in_folder(tmp_path)[0] == []
    assert scene.findings() == []


def test_a_crash_of_the_command_line_leaves_no_dump(scene: Scene, canary: Canary) -> None:
    """It holds a password given on standard input, and the key for SIGQUIT would have it write its memory down."""
    command = [*DUMPING, sys.executable, "-P", "-m", "fossatray.cli"]
    with a_portal(canary, Mishap.HANGING_SIGN_IN) as portal:
        cli(
            scene,
            [
                *command[len(DUMPING) :],
                "accounts",
                "add",
                "--name",
                "W",
                "--portal",
                portal.origin,
                "--username",
                "u@p.example",
            ],
        )
        words = [*command, "sync", "--wait", "--password-stdin", "--data-dir", str(scene.paths.data)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, cwd=scene.work) as program:
            assert program.stdin is not None
            program.stdin.write(canary.password.encode())
            program.stdin.close()
            wait_until(lambda: portal.sign_ins, REACH_SECONDS, "the sign-in")
            family = psutil.Process(program.pid).children(recursive=True)
            program.send_signal(signal.SIGQUIT)
        _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    assert program.returncode == -signal.SIGQUIT
    assert scene.findings() == []


def is_a(kind: str, process: psutil.Process) -> bool:
    if kind == "browser":
        return any(argument.startswith(("--user-data-dir=", "--type=")) for argument in process.cmdline())
    return Path(process.cmdline()[0]).name.startswith(kind)


CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")


@pytest.mark.skipif(
    not CORE_PATTERN.exists()
    or "/" in CORE_PATTERN.read_text()
    or resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY,
    reason="this machine writes no core dumps into the current folder",
)
def test_a_dump_would_be_found(canary: Canary, tmp_path: Path) -> None:
    """The crash of the test above in a process that has not forbidden core dumps."""
    code = "import os, resource as r, sys; r.setrlimit(r.RLIMIT_CORE, (r.getrlimit(r.RLIMIT_CORE)[1],) * 2); "
    code += "held = sys.stdin.read(); os.abort()"
    subprocess.run([sys.executable, "-c", code], input=canary.password, text=True, cwd=tmp_path, check=False)
    assert canary.in_folder(tmp_path)[0] != []
