"""A canary password in a real gnome-keyring, and the cookie it gets: only the scrape process ever holds them."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from fossatray.core.errors import KeyringLocked
from fossatray.core.runs import Outcome, Run
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.system.credentials_client import KeyringCredentialStore
from fossatray.system.paths import app_paths
from tests.harness.canary import Canary, Watch
from tests.harness.canary_engine import TALKATIVE, Scene, add_account, synced
from tests.private_desktop.secrets import lock_all_keyrings
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import ACCOUNT, Program

MISHAPS = (
    Mishap.EXPIRED_TOKEN,
    Mishap.HANGING_SIGN_IN,
    Mishap.LOCK_OUT,
    Mishap.SERVER_ERROR,
    Mishap.UNCLEAR_SIGN_IN,
    Mishap.WRONG_PASSWORD,
)
"""The failures around the sign-in; the end-to-end test has them all."""

CHANGE = ("accounts", "add", "--name", ACCOUNT)
"""Asks the running program to save the account; the password goes past it."""


@pytest.fixture
def canary() -> Canary:
    return Canary()


@pytest.fixture
def scene(
    own_desktop: DesktopSession, own_home: Path, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    """An engine at debug level in this process, its children on the private desktop."""
    talkative = {name: value.format(home=own_home) for name, value in TALKATIVE.items()}
    for name, value in {**own_desktop.env(), **talkative}.items():
        monkeypatch.setenv(name, value)
    made = Scene(own_home, canary)
    with made.logging():
        yield made


@pytest.mark.timeout(240)
def test_no_failure_gives_the_keyrings_password_away(scene: Scene, canary: Canary, own_desktop: DesktopSession) -> None:
    stories: list[set[Mishap]] = [set(), *({mishap} for mishap in MISHAPS)]

    async def story(portals: list[PracticePortal]) -> list[Run]:
        conductor = Conductor(scene.parts(KeyringCredentialStore()), scene.ear)
        await conductor.open()
        try:
            accounts = [await add_account(conductor, portal, f"Account {n}") for n, portal in enumerate(portals)]
            runs = await synced(conductor)
            assert runs[0].outcome is Outcome.SUCCEEDED
            runs += await synced(conductor, accounts[0])  # with the session of the first
            assert len(portals[0].sign_ins) == 1
            lock_all_keyrings(own_desktop.bus)
            return runs + await synced(conductor, accounts[0])
        finally:
            await conductor.close()

    with ExitStack() as on:
        portals = [on.enter_context(PracticePortal(orders=5, mishaps=one, password=canary.password)) for one in stories]
        for practice in portals:
            practice.draw_session_ids(canary.new_cookie)
        with Watch(canary, [scene.home, own_desktop.home]) as watch:
            *runs, locked = asyncio.run(story(portals), debug=True)
        assert [len(portal.sign_ins) > 0 for portal in portals] == [True] * len(stories)
    assert len([run for run in runs if run.outcome is Outcome.SUCCEEDED]) == 3  # one twice, one with an old token
    assert locked.error is not None
    assert locked.error.kind == KeyringLocked.kind
    assert sorted(watch.found) == []
    assert "node" in watch.processes
    assert scene.findings(portals) == []
    assert canary.in_folder(own_desktop.home)[0] == []
    assert keyring_files(own_desktop.home)  # the search above looked at them
    assert scene.ear.crashes == []


def keyring_files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*.keyring") if path.stat().st_size > 0]


@pytest.fixture
def portal(canary: Canary) -> Iterator[PracticePortal]:
    with PracticePortal(orders=30, password=canary.password) as practice:
        practice.draw_session_ids(canary.new_cookie)
        yield practice


@pytest.mark.timeout(180)
def test_the_tray_program_never_holds_the_keyrings_password(
    own_program: Program, own_desktop: DesktopSession, portal: PracticePortal, canary: Canary
) -> None:
    with Watch(canary, [own_desktop.home]) as watch:
        own_program.add_account(portal)
        own_program.start()
        wait_until(app_paths(own_program.data).token.exists, 30, "the program to listen")
        own_program.cli(*CHANGE, "--username", portal.username, "--password-stdin", stdin=portal.password)
        own_program.cli("sync", "--wait")
        own_program.cli("sync", "--wait")
        assert len(portal.sign_ins) == 1  # the second one used the session of the first
        tray = own_program.family()[0]
        assert forms_in_memory(tray, canary) == []
        portal.mishaps.add(Mishap.HANGING_SIGN_IN)
        portal.expire_sessions()
        posted = len(portal.sign_ins)
        own_program.cli("sync")
        wait_until(lambda: len(portal.sign_ins) > posted, 40, "the sign-in")
        family = own_program.family()
        assert forms_in_memory(tray, canary) == []
        assert any(forms_in_memory(process, canary) for process in family if is_scrape(process))  # so it can be found
        assert [found for process in family for found in listening(process)] == []
        own_program.cli("cancel")
        assert own_program.wait_for_rest()["outcome"] == "cancelled"
        assert forms_in_memory(tray, canary) == []
    assert sorted(watch.found) == []
    assert canary.in_folder(own_desktop.home)[0] == []


def is_scrape(process: psutil.Process) -> bool:
    return process.cmdline()[-1:] == ["scrape"]


def listening(process: psutil.Process) -> list[str]:
    """The internet sockets at which a process waits for connections or datagrams; none of a sandboxed one can be."""
    try:
        sockets = process.net_connections("inet")
    except psutil.AccessDenied:
        return []
    waiting = [one for one in sockets if one.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)]
    return [f"{process.name()} at {one.laddr}" for one in waiting]


def forms_in_memory(process: psutil.Process, canary: Canary) -> list[str]:
    """The forms in which the password is in a process's writable memory."""
    found: set[str] = set()
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
        for start, end in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw", maps, re.MULTILINE):
            try:
                memory.seek(int(start, 16))
                found.update(canary.in_data(memory.read(int(end, 16) - int(start, 16))))
            except (OSError, OverflowError):
                continue  # the kernel's own pages
    return sorted(found)


def test_a_password_in_memory_would_be_found(canary: Canary) -> None:
    held = canary.password.encode("utf-16-le")
    assert "text in utf-16-le" in forms_in_memory(psutil.Process(os.getpid()), canary)
    assert held
