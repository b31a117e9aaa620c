"""The operating system's keyring, as the short-lived child processes use it. The only module that imports keyring.

Only a Secret Service, KWallet, the macOS keychain and the Windows vault are accepted; any other back-end counts as
absent. Every call has a deadline, because a keyring may wait for a person for ever. No error carries a foreign text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

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
from fossatray.system.credentials_lock import (
    Held,
    KeyringState,
    secret_service_holds,
    secret_service_state,
)

T = TypeVar("T")

UNATTENDED_DEADLINE_S = 10.0
"""How long a keyring may take when nobody waits in front of the screen."""

ATTENDED_DEADLINE_S = 120.0
"""How long it may take when a person may be answering its prompt."""

_SECRETS = "keyring.backends.SecretService.Keyring"
_ACCEPTED = frozenset({_SECRETS, "keyring.backends.macOS.Keyring", "keyring.backends.Windows.WinVaultKeyring"})
"""KWallet is reached as a Secret Service, which it offers; its own back-end needs a library that is not installed."""
_CHAINER = "keyring.backends.chainer.ChainerBackend"

_FOREIGN: dict[str, type[CredentialsError]] = {
    "PromptDismissedException": KeyringDenied,
    "KeychainDenied": KeyringDenied,
    "SecureAuthFailure": KeyringDenied,
    "LockedException": KeyringLocked,
    "KeyringLocked": KeyringLocked,
    "TimeoutError": KeyringTimeout,
    "SecretServiceNotAvailableException": KeyringAbsent,
    "NoKeyringError": KeyringAbsent,
    "InitError": KeyringAbsent,
}
"""Foreign errors by the name of their class (their modules exist on some platforms only), the more telling first."""

_FOREIGN_DBUS: dict[str, type[CredentialsError]] = {
    "org.freedesktop.DBus.Error.AccessDenied": KeyringDenied,
    "org.freedesktop.Secret.Error.IsLocked": KeyringLocked,
    "org.freedesktop.DBus.Error.NoReply": KeyringTimeout,
    "org.freedesktop.DBus.Error.Timeout": KeyringTimeout,
    "org.freedesktop.DBus.Error.ServiceUnknown": KeyringAbsent,
}


class Backend(Protocol):
    """What is used of a keyring back-end."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""

    def delete_password(self, service: str, username: str) -> None:
        """Delete a password."""


def service_name(origin: str) -> str:
    """Return the keyring's service for a portal: a changed portal address finds no password and asks again."""
    return f"FossaTray {origin}"


def session_service_name(origin: str) -> str:
    """Return the keyring's service for the key of the session that is kept of a portal."""
    return f"FossaTray session {origin}"


class KeyringVault:
    """Passwords in the operating system's keyring, by portal origin and account id (the user in the keyring).

    `service` names the keyring's service for an origin: other secrets than passwords have another one.

    Calls wait, up to 10 s or, where a prompt is allowed, 120 s. They raise PasswordMissing, KeyringLocked,
    KeyringDenied, KeyringAbsent, KeyringTimeout, or CredentialsError for what is none of these.
    """

    def __init__(
        self,
        find_backend: Callable[[], Backend] | None = None,
        *,
        deadline_s: float | None = None,
        service: Callable[[str], str] = service_name,
    ) -> None:
        self._find_backend = find_backend or _accepted_backend
        self._deadline_s = deadline_s
        self._service = service

    def for_sessions(self) -> KeyringVault:
        """Return the vault of the sessions' keys in the same keyring."""
        return KeyringVault(self._find_backend, deadline_s=self._deadline_s, service=session_service_name)

    def state(self) -> KeyringState:
        """Return whether the keyring is there and open, without a prompt."""
        try:
            return self._guarded(lambda: _lock_state(self._find_backend()), may_prompt=False)
        except KeyringAbsent:
            return KeyringState.ABSENT

    def read(self, origin: str, account_id: str, *, may_prompt: bool) -> Secret:
        """Return the stored password."""
        return self._guarded(lambda: self._read(origin, account_id, may_prompt), may_prompt=may_prompt)

    def write(self, origin: str, account_id: str, password: Secret, *, may_prompt: bool = True) -> None:
        """Keep a password; it is read back and compared, because some back-ends forget it in silence."""
        self._guarded(lambda: self._write(origin, account_id, password, may_prompt), may_prompt=may_prompt)

    def delete(self, origin: str, account_id: str, *, may_prompt: bool = True) -> None:
        """Delete a password; that there was none is no error."""
        self._guarded(lambda: self._delete(origin, account_id, may_prompt), may_prompt=may_prompt)

    def _guarded(self, work: Callable[[], T], *, may_prompt: bool) -> T:
        limit = self._deadline_s or (ATTENDED_DEADLINE_S if may_prompt else UNATTENDED_DEADLINE_S)
        return with_deadline(work, limit)

    def _read(self, origin: str, account_id: str, may_prompt: bool) -> Secret:
        backend = self._open_backend(may_prompt)
        service = self._service(origin)
        if _class_name(backend) == _SECRETS and not may_prompt:
            _require_unasked(service, account_id)
        text = backend.get_password(service, account_id)
        if text is None:
            raise PasswordMissing
        return Secret(text)

    def _write(self, origin: str, account_id: str, password: Secret, may_prompt: bool) -> None:
        backend = self._open_backend(may_prompt)
        service = self._service(origin)
        backend.set_password(service, account_id, password.reveal())
        kept = backend.get_password(service, account_id)
        if kept is None or Secret(kept) != password:
            raise KeyringAbsent("The keyring did not keep the password.")

    def _delete(self, origin: str, account_id: str, may_prompt: bool) -> None:
        backend = self._open_backend(may_prompt)
        service = self._service(origin)
        if _class_name(backend) == _SECRETS and _holds(service, account_id) is Held.NO:
            return
        try:
            backend.delete_password(service, account_id)
        except Exception as error:
            if type(error).__name__ != "PasswordDeleteError" or backend.get_password(service, account_id) is not None:
                raise

    def _open_backend(self, may_prompt: bool) -> Backend:
        backend = self._find_backend()
        state = _lock_state(backend)
        if state is KeyringState.ABSENT:
            raise KeyringAbsent
        if state is KeyringState.LOCKED and not may_prompt:
            raise KeyringLocked
        return backend


def session_vault() -> KeyringVault:
    """Return the keys of the sessions that are kept sealed, by portal origin and account id."""
    return KeyringVault().for_sessions()


def with_deadline(work: Callable[[], T], seconds: float) -> T:
    """Return what `work` returns; raise KeyringTimeout after `seconds`, and foreign errors as ours.

    A call that hangs is left behind in a daemon thread: it ends with this short-lived process.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again below, as one of ours
            errors.append(error)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise KeyringTimeout
    if errors:
        raise as_ours(errors[0]) from None
    return results[0]


def as_ours(error: BaseException) -> FossaError:
    """Return the error of our family for a foreign one, without any of its text."""
    if isinstance(error, FossaError):
        return error
    seen: BaseException | None = error
    while seen is not None:
        names = [kind.__name__ for kind in type(seen).__mro__]
        if "DBusErrorResponse" in names and (found := _FOREIGN_DBUS.get(str(getattr(seen, "name", "")))):
            return found()
        seen = seen.__cause__ or seen.__context__
    chain = _chain_names(error)
    for name, ours in _FOREIGN.items():
        if name in chain:
            return ours()
    return CredentialsError(f"The keyring failed ({type(error).__name__}).")


def _chain_names(error: BaseException) -> set[str]:
    names: set[str] = set()
    seen: BaseException | None = error
    while seen is not None:
        names |= {kind.__name__ for kind in type(seen).__mro__}
        seen = seen.__cause__ or seen.__context__
    return names


def _class_name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _accepted_backend() -> Backend:
    """The keyring library's choice, which the person may have configured, if it is one that keeps passwords safely."""
    import keyring

    chosen = keyring.get_keyring()
    candidates = getattr(chosen, "backends", ()) if _class_name(chosen) == _CHAINER else (chosen,)
    for candidate in candidates:
        if _class_name(candidate) in _ACCEPTED:
            backend: Backend = candidate
            return backend
    raise KeyringAbsent


def _lock_state(backend: Backend) -> KeyringState:
    """The state of a back-end; those of macOS and Windows open with the login and cannot be asked."""
    if _class_name(backend) == _SECRETS:
        return secret_service_state()
    return KeyringState.OK


def _holds(service: str, account_id: str) -> Held:
    return secret_service_holds({"service": service, "username": account_id})


def _require_unasked(service: str, account_id: str) -> None:
    """Raise PasswordMissing or KeyringLocked unless the Secret Service hands the password out without a prompt."""
    held = _holds(service, account_id)
    if held is Held.NO:
        raise PasswordMissing
    if held is Held.LOCKED:
        raise KeyringLocked
