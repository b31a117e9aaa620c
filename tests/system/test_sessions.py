"""Sessions kept between runs, with a real browser, the real keyring and the practice portal that counts sign-ins."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fossatray.core.accounts import Account
from fossatray.core.commands import CredentialsChanged, ForgetSession, SaveAccount, SaveSettings, SyncNow, TestSignIn
from fossatray.core.runs import Outcome, Run, Trigger
from fossatray.core.secret import Secret
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.system.credentials_client import KeyringCredentialStore, MemoryCredentialStore, SessionOverlay
from fossatray.system.paths import app_paths
from tests.private_desktop.bus import Place
from tests.private_desktop.secrets import SECRETS, lock_all_keyrings
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until
from tests.system.program import ACCOUNT, Program
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

WRITE_KEY = """
import sys
from fossatray.core.secret import Secret
from fossatray.system.credentials import session_vault
session_vault().write(sys.argv[1], sys.argv[2], Secret(sys.argv[3]), may_prompt=False)
"""
ORDERS = 12


@pytest.fixture(scope="module")
def keyring_desktop() -> Iterator[DesktopSession]:
    with DesktopSession(panel="none", notifications=False) as session:
        yield session


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(orders=ORDERS) as practice:
        yield practice


@pytest.fixture
def real(
    keyring_desktop: DesktopSession,
    portal: PracticePortal,
    own_home: Path,
    browser_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> RealWorld:
    """An engine whose children live on the private desktop, with its keyring."""
    return a_world(keyring_desktop, portal, own_home, browser_path, monkeypatch)


def a_world(
    desktop: DesktopSession, portal: PracticePortal, home: Path, browser: Path, monkeypatch: pytest.MonkeyPatch
) -> RealWorld:
    for name, value in desktop.env().items():
        monkeypatch.setenv(name, value)
    made = RealWorld(home, portal, browser)
    made.world.credentials = SessionOverlay(KeyringCredentialStore())
    return made


def keys_of(desktop: DesktopSession, account: Account) -> int:
    """How many keys of sessions the keyring holds of an account."""
    attributes = {"service": f"FossaTray session {account.origin}", "username": account.id}
    service = Place(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
    unlocked, locked = desktop.bus.call(service, "SearchItems", "a{ss}", attributes)
    return len(unlocked) + len(locked)


def kept(life: Life, account: Account) -> str | None:
    return life.store.sessions.get(account.id, account.origin)


async def synced(life: Life) -> Run:
    """Sync to a success."""
    ended = await life.sync()
    assert (ended.outcome, ended.error) == (Outcome.SUCCEEDED, None)
    assert ended.counts.found == ORDERS
    return ended


def test_the_second_sync_posts_no_sign_in_nor_does_one_after_a_restart(real: RealWorld, portal: PracticePortal) -> None:
    async def story() -> None:
        async with real.life() as life:
            account = await real.add_account(life)
            await synced(life)
            first = kept(life, account)
            await synced(life)
            assert len(portal.sign_ins) == 1
            assert first != kept(life, account)  # sealed anew, with another nonce
        async with real.life() as life:
            await synced(life)
            assert len(portal.sign_ins) == 1
            assert [request for request in portal.requests if request == "/"] == ["/"]  # the form was asked for once
            job = await life.do(SyncNow(job="dispensers", force=True))
            assert (await life.conductor.run_ended(job[0])).outcome is Outcome.SUCCEEDED
            assert len(portal.sign_ins) == 1

    run(story())


def test_a_session_that_the_portal_dropped_costs_one_sign_in(real: RealWorld, portal: PracticePortal) -> None:
    async def story() -> None:
        async with real.life() as life:
            await real.add_account(life)
            await synced(life)
            portal.expire_sessions()
            ended = await synced(life)
            assert (len(portal.sign_ins), ended.attempts) == (2, 1)
            await synced(life)
            assert len(portal.sign_ins) == 2
            portal.expire_sessions()
            (job,) = await life.do(SyncNow(job="dispensers", force=True))
            assert (await life.conductor.run_ended(job)).outcome is Outcome.SUCCEEDED
            assert len(portal.sign_ins) == 3

    run(story())


def test_a_session_that_ends_in_mid_run_is_renewed_once(
    keyring_desktop: DesktopSession, own_home: Path, browser_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PracticePortal(orders=110) as portal:
        real = a_world(keyring_desktop, portal, own_home, browser_path, monkeypatch)

        async def story() -> None:
            async with real.life(impatient=True) as life:
                account = await real.add_account(life)
                await life.sync()
                portal.mishaps.add(Mishap.EXPIRED_SESSION)
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                assert len(portal.sign_ins) == 2
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                assert len(portal.sign_ins) == 2
                portal.expire_sessions()
                portal.mishaps = {Mishap.EXPIRED_SESSION}
                assert (await life.sync()).outcome is Outcome.SUCCEEDED  # dropped at page 1, renewed at page 2
                assert len(portal.sign_ins) == 4
                portal.mishaps = {Mishap.SESSION_NEVER_LASTS}
                assert (await life.sync()).outcome is Outcome.FAILED
                assert kept(life, account) is None

        run(story())


def tampered(life: Life, account: Account, other: Account) -> None:
    raw = bytearray(base64.b64decode(kept(life, account) or ""))
    raw[-1] ^= 1
    life.store.sessions.keep(account.id, account.origin, base64.b64encode(raw).decode(), life.world.clock())


def cut_off(life: Life, account: Account, other: Account) -> None:
    life.store.sessions.keep(account.id, account.origin, (kept(life, account) or "")[:24], life.world.clock())


def of_another_account(life: Life, account: Account, other: Account) -> None:
    life.store.sessions.keep(account.id, account.origin, kept(life, other) or "", life.world.clock())


def with_a_wrong_key(life: Life, account: Account, other: Account) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    subprocess.run([sys.executable, "-c", WRITE_KEY, account.origin, account.id, key], check=True, timeout=60)


def with_a_broken_key(life: Life, account: Account, other: Account) -> None:
    subprocess.run([sys.executable, "-c", WRITE_KEY, account.origin, account.id, "no key"], check=True, timeout=60)


@pytest.mark.parametrize("spoil", [tampered, cut_off, of_another_account, with_a_wrong_key, with_a_broken_key])
def test_what_cannot_be_opened_is_dropped_and_the_run_signs_in(
    spoil: Callable[[Life, Account, Account], None], real: RealWorld, portal: PracticePortal
) -> None:
    async def story() -> None:
        async with real.life() as life:
            account = await real.add_account(life)
            saving = SaveAccount("Other", portal.origin, portal.username, password=Secret(portal.password))
            other = await life.do(saving)
            for one in (account, other):
                (asked,) = await life.do(SyncNow(one.id))
                await life.conductor.run_ended(asked)
            assert len(portal.sign_ins) == 2
            spoil(life, account, other)
            for sign_ins in (3, 3):
                (asked,) = await life.do(SyncNow(account.id))
                assert (await life.conductor.run_ended(asked)).outcome is Outcome.SUCCEEDED
                assert len(portal.sign_ins) == sign_ins

    run(story())


def test_a_page_that_names_another_user_is_not_believed(real: RealWorld, portal: PracticePortal) -> None:
    async def story() -> None:
        async with real.life() as life:
            await real.add_account(life)
            await synced(life)
            portal.show_user("somebody.else@practice.example")
            await synced(life)
            assert len(portal.sign_ins) == 2

    run(story())


def test_changed_credentials_drop_the_session_and_its_key(
    real: RealWorld, portal: PracticePortal, keyring_desktop: DesktopSession
) -> None:
    async def story() -> None:
        async with real.life() as life:
            account = await real.add_account(life)
            changes: list[Callable[[], object]] = [
                lambda: SaveAccount(
                    "Practice", portal.origin, portal.username, account.id, password=Secret(portal.password)
                ),
                lambda: CredentialsChanged(account.id),
                lambda: ForgetSession(account.id),
                lambda: SaveSettings({"keep_session": "off"}),
            ]
            for number, change in enumerate(changes, start=1):
                await synced(life)
                assert len(portal.sign_ins) == number
                assert (kept(life, account) is None, keys_of(keyring_desktop, account)) == (False, 1)
                await life.do(change())
                assert (kept(life, account), keys_of(keyring_desktop, account)) == (None, 0)
            await synced(life)  # switched off: nothing is kept
            assert (kept(life, account), keys_of(keyring_desktop, account)) == (None, 0)
            await life.do(SaveSettings({"keep_session": "on"}))
            await synced(life)
            await life.do(SaveAccount("Practice", portal.origin, "another@practice.example", account.id))
            assert (kept(life, account), keys_of(keyring_desktop, account)) == (None, 0)

    run(story())


def test_a_test_of_the_sign_in_neither_uses_nor_keeps_a_session(real: RealWorld, portal: PracticePortal) -> None:
    async def story() -> None:
        async with real.life() as life:
            account = await real.add_account(life)
            await life.do(TestSignIn(account.id))
            assert kept(life, account) is None
            await synced(life)
            before = kept(life, account)
            await life.do(TestSignIn(account.id))
            assert (len(portal.sign_ins), kept(life, account)) == (3, before)

    run(story())


def test_a_password_of_the_session_only_keeps_nothing(real: RealWorld, keyring_desktop: DesktopSession) -> None:
    real.world.credentials = MemoryCredentialStore()

    async def story() -> None:
        async with real.life() as life:
            account = await real.add_account(life)
            for sign_ins in (1, 2):
                await synced(life)
                assert len(real.portal.sign_ins) == sign_ins
            assert (kept(life, account), keys_of(keyring_desktop, account)) == (None, 0)

    run(story())


def test_without_a_keyring_nothing_is_kept_and_what_was_kept_goes(
    real: RealWorld, portal: PracticePortal, own_home: Path, browser_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def with_a_keyring() -> Account:
        async with real.life() as life:
            account = await real.add_account(life)
            await synced(life)
            assert kept(life, account) is not None
            return account

    account = run(with_a_keyring())
    with DesktopSession(panel="none", notifications=False, keyring="none") as desktop:
        for name, value in desktop.env().items():
            monkeypatch.setenv(name, value)

        async def without() -> None:
            async with real.life() as life:
                ended = await life.sync()
                assert ended.error is not None
                assert ended.error.kind == "keyring_absent"
                assert kept(life, account) is None

        run(without())
    assert len(portal.sign_ins) == 1


def test_a_locked_keyring_is_not_asked_for_the_session(
    portal: PracticePortal, own_home: Path, browser_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DesktopSession(panel="none", notifications=False) as desktop:
        real = a_world(desktop, portal, own_home, browser_path, monkeypatch)

        async def story() -> None:
            async with real.life() as life:
                account = await real.add_account(life)
                await synced(life)
                before = kept(life, account)
                lock_all_keyrings(desktop.bus)
                (run_id,) = await life.do(SyncNow(account.id, trigger=Trigger.SCHEDULED))
                ended = await life.conductor.run_ended(run_id)
                assert ended.error is not None
                assert ended.error.kind == "keyring_locked"
                assert kept(life, account) == before  # it may be opened again later
                assert desktop.windows() == []

        run(story())
    assert len(portal.sign_ins) == 1


def test_the_command_forgets_it_with_and_without_a_running_program(program: Program, portal: PracticePortal) -> None:
    program.add_account(portal)
    for sign_ins in (1, 1):
        program.cli("sync", "--wait")
        assert len(portal.sign_ins) == sign_ins
    assert "forgotten" in program.cli("accounts", "forget-session")
    program.start()
    wait_until(app_paths(program.data).token.exists, 30, "the program to listen")
    for sign_ins in (2, 2):
        program.cli("sync", "--wait")
        assert len(portal.sign_ins) == sign_ins
    assert "forgotten" in program.cli("accounts", "forget-session", "--name", ACCOUNT)
    program.cli("sync", "--wait")
    assert len(portal.sign_ins) == 3


def test_what_is_in_the_database_tells_nothing_of_the_cookie(real: RealWorld, portal: PracticePortal) -> None:
    drawn: list[str] = []

    def draw() -> str:
        drawn.append("kanari" + os.urandom(24).hex())
        return drawn[-1]

    portal.draw_session_ids(draw)

    async def story() -> None:
        async with real.life() as life:
            await real.add_account(life)
            await synced(life)
            await synced(life)

    run(story())
    assert len(portal.sign_ins) == 1
    written = b"".join(path.read_bytes() for path in real.world.home.rglob("*") if path.is_file())
    assert len(written) > 10_000
    assert [value for value in drawn if value.encode() in written] == []
