"""Keyrings that cannot run here, played by a program on a real bus: KWallet's Secret Service, an item that asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from fossatray.core.errors import KeyringTimeout
from fossatray.system.credentials_lock import (
    Held,
    KeyringState,
    secret_service_holds,
    secret_service_state,
)
from tests.private_desktop.session import DesktopSession

pytestmark = pytest.mark.system

PLAYER = """
import json, sys
from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
name, answers = sys.argv[1], json.loads(sys.argv[2])
with open_dbus_connection() as bus:
    bus.send_and_get_reply(message_bus.RequestName(name))
    print("ready", flush=True)
    while True:
        call = bus.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        fields = call.header.fields
        what = fields[HeaderFields.path] + ":" + fields[HeaderFields.member]
        if what not in answers:
            bus.send(new_error(call, "org.freedesktop.Secret.Error.NoSuchObject"))
            continue
        signature, values = answers[what]
        if signature is not None:
            bus.send(new_method_return(call, signature, tuple(tuple(v) if signature == "v" else v for v in values)))
"""
SECRETS = "org.freedesktop.secrets"
SERVICE = "/org/freedesktop/secrets"
COLLECTION = "/org/freedesktop/secrets/aliases/default"


@pytest.fixture(scope="module")
def desktop() -> Iterator[DesktopSession]:
    with DesktopSession(panel="none", notifications=False, keyring="none") as session:
        yield session


@pytest.fixture(autouse=True)
def on_this_bus(desktop: DesktopSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env()["DBUS_SESSION_BUS_ADDRESS"])


class Player:
    """Owns a bus name and gives fixed answers: {"path:member": (signature, values)}; None never answers."""

    def __init__(self, desktop: DesktopSession) -> None:
        self._desktop = desktop
        self._process: subprocess.Popen[str] | None = None

    def __call__(self, name: str, answers: dict[str, tuple[str | None, list[object]]]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PLAYER, name, json.dumps(answers)],
            env=self._desktop.env(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def end(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()


@pytest.fixture
def play(desktop: DesktopSession) -> Iterator[Player]:
    player = Player(desktop)
    yield player
    player.end()


@pytest.mark.parametrize(("locked", "held"), [(True, Held.LOCKED), (False, Held.YES)])
def test_an_item_that_would_ask_counts_as_locked(locked: bool, held: Held, play: Player) -> None:
    item = "/org/freedesktop/secrets/collection/a/1"
    play(SECRETS, {f"{COLLECTION}:SearchItems": ("ao", [[item]]), f"{item}:Get": ("v", [["b", locked]])})
    assert secret_service_holds({"service": "s", "username": "u"}) is held


def test_a_service_without_a_default_collection_is_open_and_holds_nothing(play: Player) -> None:
    play(SECRETS, {})
    assert secret_service_state() is KeyringState.OK
    assert secret_service_holds({"service": "s", "username": "u"}) is Held.NO


@pytest.mark.parametrize(("locked", "state"), [(True, KeyringState.LOCKED), (False, KeyringState.OK)])
def test_without_a_default_collection_the_others_are_asked(locked: bool, state: KeyringState, play: Player) -> None:
    wallet = "/org/freedesktop/secrets/collection/kdewallet"
    play(SECRETS, {f"{SERVICE}:Get": ("v", [["ao", [wallet]]]), f"{wallet}:Get": ("v", [["b", locked]])})
    assert secret_service_state() is state


def test_a_service_that_does_not_answer_is_a_timeout(play: Player) -> None:
    play(SECRETS, {f"{COLLECTION}:Get": (None, []), f"{COLLECTION}:SearchItems": (None, [])})
    with pytest.raises(KeyringTimeout):
        secret_service_state(timeout_s=0.1)
    with pytest.raises(KeyringTimeout):
        secret_service_holds({"service": "s"}, timeout_s=0.1)
