"""The helper process that stores, checks and deletes a password, so that the tray process never touches the keyring.

One JSON request on standard input, one JSON answer on what was standard output:
``{"action": "store"|"check"|"delete"|"forget_session"|"state", "origin": …, "account_id": …, "password": …,
"may_prompt": …}`` gives ``{"state": …}`` or ``{"error": {"kind": …, "message": …}}``. The password comes in with
"store" and never goes out. "store", "delete" and "forget_session" delete the key of the session that is kept.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

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
from fossatray.system.core_dumps import forbid_core_dumps
from fossatray.system.credentials import KeyringVault
from fossatray.system.processes import redirect_protocol_stdout

_MOST_BYTES = 65536
_STATES: dict[type[FossaError], str] = {
    PasswordMissing: "missing",
    KeyringLocked: "locked",
    KeyringDenied: "denied",
    KeyringAbsent: "absent",
    KeyringTimeout: "timeout",
}


def answer(request: bytes, vault: KeyringVault) -> dict[str, Any]:
    """Carry a request out and return the answer, which holds no password; foreign texts are not repeated either."""
    try:
        fields = json.loads(request)
    except ValueError:
        return _failed(CredentialsError("The request could not be read."))
    if not isinstance(fields, dict):
        return _failed(CredentialsError("The request could not be read."))
    password = Secret(str(fields.pop("password", "")))
    try:
        return {"state": _carry_out(fields, password, vault)}
    except FossaError as error:
        return _failed(error)


def _failed(error: FossaError) -> dict[str, Any]:
    return {"error": {"kind": error.kind, "message": error.message}}


def _carry_out(fields: dict[str, Any], password: Secret, vault: KeyringVault) -> str:
    action = fields.get("action")
    origin, account_id = str(fields.get("origin", "")), str(fields.get("account_id", ""))
    may_prompt = fields.get("may_prompt") is True
    if action == "state":
        return str(vault.state())
    if action in ("store", "check", "delete", "forget_session") and not (origin and account_id):
        raise CredentialsError("The request names no account.")
    if action == "check":
        return _check(vault, origin, account_id, may_prompt=may_prompt)
    if action == "store":
        if not password:
            raise CredentialsError("The request holds no password.")
        vault.write(origin, account_id, password, may_prompt=may_prompt)
    elif action == "delete":
        vault.delete(origin, account_id, may_prompt=may_prompt)
    elif action != "forget_session":
        raise CredentialsError("The request names no known action.")
    _forget_session_key(vault, origin, account_id, may_prompt=may_prompt, must=action == "forget_session")
    return "done"


def _forget_session_key(vault: KeyringVault, origin: str, account_id: str, *, may_prompt: bool, must: bool) -> None:
    """Delete the key of what was sealed under the former password; a key that stays opens nothing that is kept."""
    try:
        vault.for_sessions().delete(origin, account_id, may_prompt=may_prompt)
    except CredentialsError:
        if must:
            raise


def _check(vault: KeyringVault, origin: str, account_id: str, *, may_prompt: bool) -> str:
    try:
        vault.read(origin, account_id, may_prompt=may_prompt)
    except FossaError as error:
        if type(error) in _STATES:
            return _STATES[type(error)]
        raise
    return "present"


def _report_bug(kind: type[BaseException], error: BaseException, _trace: object) -> None:
    """Print where it happened but not what was said: the text of a foreign error may hold the password."""
    frames = traceback.extract_tb(error.__traceback__)
    places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    sys.stderr.write(f"{kind.__name__} at {places}\n")


def main() -> int:
    """Answer the one request and end."""
    sys.excepthook = _report_bug
    forbid_core_dumps()
    protocol = redirect_protocol_stdout()
    reply = answer(sys.stdin.buffer.read(_MOST_BYTES), KeyringVault())
    protocol.write(json.dumps(reply).encode() + b"\n")
    protocol.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
