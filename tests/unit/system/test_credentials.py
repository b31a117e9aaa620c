"""The vault over back-ends of our own: what counts as a keyring, what its errors become, and that nothing leaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fossatray.core.errors import (
    CredentialsError,
    FossaError,
    KeyringAbsent,
    KeyringDenied,
    KeyringLocked,
    KeyringTimeout,
    PasswordMissing,
)
from fossatray.core.secret import Secret
from fossatray.system.credentials import KeyringVault, as_ours, service_name, with_deadline
from fossatray.system.credentials_lock import KeyringState

ORIGIN, ACCOUNT, PASSWORD = "https://portal.example", "a1", "canary-Päss'word"


class DictBackend:
    """A keyring that keeps passwords in a dictionary."""

    def __init__(self, *, forgets: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.forgets = forgets

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class PasswordDeleteError(Exception):
    """Named like the keyring library's."""


class PromptDismissedException(Exception):
    """Named like the Secret Service library's."""


class InitError(Exception):
    """Named like the keyring library's."""


def test_a_password_is_kept_under_origin_and_account() -> None:
    backend = DictBackend()
    vault = KeyringVault(lambda: backend)
    vault.write(ORIGIN, ACCOUNT, Secret(PASSWORD))
    assert backend.kept == {("FossaTray https://portal.example", "a1"): PASSWORD}
    assert vault.read(ORIGIN, ACCOUNT, may_prompt=False) == Secret(PASSWORD)
    with pytest.raises(PasswordMissing):
        vault.read("https://other.example", ACCOUNT, may_prompt=False)
    vault.delete(ORIGIN, ACCOUNT)
    vault.delete(ORIGIN, ACCOUNT)
    with pytest.raises(PasswordMissing):
        vault.read(ORIGIN, ACCOUNT, may_prompt=False)


def test_a_backend_that_forgets_is_found_out() -> None:
    with pytest.raises(KeyringAbsent, match="did not keep"):
        KeyringVault(lambda: DictBackend(forgets=True)).write(ORIGIN, ACCOUNT, Secret(PASSWORD))


def test_a_backend_that_keeps_something_else_is_found_out() -> None:
    backend = DictBackend(forgets=True)
    backend.kept[service_name(ORIGIN), ACCOUNT] = "older"
    with pytest.raises(KeyringAbsent):
        KeyringVault(lambda: backend).write(ORIGIN, ACCOUNT, Secret(PASSWORD))


@pytest.fixture
def chosen_keyring() -> Iterator[None]:
    import keyring

    former = keyring.get_keyring()
    yield
    keyring.set_keyring(former)


@pytest.mark.usefixtures("chosen_keyring")
@pytest.mark.parametrize("name", ["null", "fail"])
def test_a_backend_that_is_no_keyring_counts_as_absent(name: str) -> None:
    import keyring
    from keyring.backends import fail, null

    backends: dict[str, Any] = {"null": null.Keyring, "fail": fail.Keyring}
    keyring.set_keyring(backends[name]())
    vault = KeyringVault()
    assert vault.state() is KeyringState.ABSENT
    with pytest.raises(KeyringAbsent):
        vault.write(ORIGIN, ACCOUNT, Secret(PASSWORD))
    with pytest.raises(KeyringAbsent):
        vault.read(ORIGIN, ACCOUNT, may_prompt=True)


@pytest.mark.usefixtures("chosen_keyring")
def test_a_secret_service_without_a_session_bus_counts_as_absent() -> None:
    import keyring
    from keyring.backends import SecretService

    backend: Any = SecretService.Keyring
    keyring.set_keyring(backend())
    assert KeyringVault().state() is KeyringState.ABSENT


@pytest.mark.parametrize(("may_prompt", "deadline_s"), [(False, 10.0), (True, 120.0)])
def test_a_planned_run_waits_ten_seconds_and_a_person_two_minutes(
    monkeypatch: pytest.MonkeyPatch, may_prompt: bool, deadline_s: float
) -> None:
    limits: list[float] = []

    def noting(work: Callable[[], Any], limit: float) -> Any:
        limits.append(limit)
        return with_deadline(work, limit)

    monkeypatch.setattr("fossatray.system.credentials.with_deadline", noting)
    vault = KeyringVault(DictBackend)
    with pytest.raises(PasswordMissing):
        vault.read(ORIGIN, ACCOUNT, may_prompt=may_prompt)
    vault.delete(ORIGIN, ACCOUNT, may_prompt=may_prompt)
    assert limits == [deadline_s, deadline_s]


def test_a_call_that_hangs_ends_at_its_deadline() -> None:
    release = threading.Event()
    try:
        with pytest.raises(KeyringTimeout):
            with_deadline(lambda: release.wait(60), 0.05)
    finally:
        release.set()


def fail_with(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (PromptDismissedException(PASSWORD), KeyringDenied),
        (InitError(PASSWORD), KeyringAbsent),
        (TimeoutError(PASSWORD), KeyringTimeout),
        (RuntimeError(PASSWORD), CredentialsError),
        (KeyringLocked(), KeyringLocked),
    ],
)
def test_foreign_errors_become_ours_without_their_text(foreign: Exception, ours: type[FossaError]) -> None:
    with pytest.raises(FossaError) as caught:
        with_deadline(lambda: fail_with(foreign), 5)
    assert type(caught.value) is ours
    assert PASSWORD not in f"{caught.value!r} {caught.value.message} {caught.value.__cause__!r}"
    assert caught.value.__cause__ is None


def test_the_cause_of_a_foreign_error_tells_more_than_itself() -> None:
    error = InitError()
    error.__cause__ = PromptDismissedException()
    assert type(as_ours(error)) is KeyringDenied


class DBusErrorResponse(Exception):
    """Named like jeepney's."""

    name = "org.freedesktop.DBus.Error.AccessDenied"


def test_a_dbus_error_is_told_by_its_name() -> None:
    assert type(as_ours(DBusErrorResponse())) is KeyringDenied
