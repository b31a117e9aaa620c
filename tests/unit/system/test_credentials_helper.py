"""The helper's protocol: one request, one answer, and the password never in it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from fossatray.core.errors import CredentialsError, FossaError, KeyringAbsent, KeyringDenied, KeyringLocked
from fossatray.core.secret import Secret
from fossatray.system.credentials import KeyringVault
from fossatray.system.credentials_helper import answer
from fossatray.system.processes import child_command, child_environment
from tests.unit.system.test_credentials import ACCOUNT, ORIGIN, PASSWORD, DictBackend


def ask(vault: KeyringVault, action: str, **fields: Any) -> dict[str, Any]:
    return answer(json.dumps({"action": action, "origin": ORIGIN, "account_id": ACCOUNT} | fields).encode(), vault)


def test_store_check_delete() -> None:
    backend = DictBackend()
    vault = KeyringVault(lambda: backend)
    assert ask(vault, "state") == {"state": "ok"}
    assert ask(vault, "check") == {"state": "missing"}
    assert ask(vault, "store", password=PASSWORD) == {"state": "done"}
    assert list(backend.kept.values()) == [PASSWORD]
    assert ask(vault, "check") == {"state": "present"}
    assert ask(vault, "delete") == {"state": "done"}
    assert ask(vault, "check") == {"state": "missing"}


@pytest.mark.parametrize("action", ["store", "delete", "forget_session"])
def test_the_key_of_the_session_goes_with_the_password_and_alone(action: str) -> None:
    backend = DictBackend()
    vault = KeyringVault(lambda: backend)
    vault.write(ORIGIN, ACCOUNT, Secret("former"))
    for account in (ACCOUNT, "another"):
        vault.for_sessions().write(ORIGIN, account, Secret("key"))
    assert ask(vault, "check") == {"state": "present"}
    assert len(backend.kept) == 3
    assert ask(vault, action, password=PASSWORD) == {"state": "done"}
    sessions = {user for service, user in backend.kept if service == f"FossaTray session {ORIGIN}"}
    passwords = [text for (service, _), text in backend.kept.items() if service == f"FossaTray {ORIGIN}"]
    assert sessions == {"another"}
    assert passwords == {"store": [PASSWORD], "delete": [], "forget_session": ["former"]}[action]


@pytest.mark.parametrize("error", [KeyringLocked, KeyringDenied, KeyringAbsent])
def test_what_cannot_be_checked_says_why(error: type[FossaError]) -> None:
    def refuse() -> DictBackend:
        raise error

    state = error.kind.removeprefix("keyring_")
    assert ask(KeyringVault(refuse), "check") == {"state": state}
    assert ask(KeyringVault(refuse), "store", password=PASSWORD)["error"]["kind"] == error.kind


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"[1]",
        b'{"password": "canary", nonsense',
        b'{"action": "check"}',
        b'{"action": "store", "origin": "o", "account_id": "a"}',
        b'{"action": "party", "origin": "o", "account_id": "a", "password": "canary"}',
    ],
)
def test_nonsense_is_refused_without_repeating_it(request_bytes: bytes) -> None:
    reply = answer(request_bytes, KeyringVault(DictBackend))
    assert reply["error"]["kind"] == CredentialsError.kind
    assert "canary" not in json.dumps(reply)


def test_a_failure_while_storing_tells_no_password() -> None:
    class Talkative(DictBackend):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RuntimeError(f"cannot store {password}")

    reply = ask(KeyringVault(Talkative), "store", password=PASSWORD)
    assert reply["error"]["kind"] == CredentialsError.kind
    assert PASSWORD not in json.dumps(reply, ensure_ascii=False)


def test_the_real_process_says_absent_without_a_session_bus() -> None:
    request = {"action": "store", "origin": ORIGIN, "account_id": ACCOUNT, "password": PASSWORD, "may_prompt": True}
    result = subprocess.run(
        child_command("credentials"),
        input=json.dumps(request).encode(),
        capture_output=True,
        env=child_environment(),
        check=True,
    )
    assert json.loads(result.stdout)["error"]["kind"] == "keyring_absent"
    assert result.stderr == b""


def test_a_secret_is_not_equal_to_its_text() -> None:
    assert Secret("x") != "x"
