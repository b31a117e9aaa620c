"""How two FossaTrays of one person speak: JSON lines over a local socket, each side proving that it can read the token.

1. The server says its version and a random nonce.
2. The client answers with its own nonce and HMAC-SHA256(token, "client", both nonces).
3. The server answers with HMAC-SHA256(token, "server", both nonces); only then does the client send its one request.
4. The server sends one answer, {"ok": …} or {"error": …}, and closes.

The token is a file in the data folder that only its owner can read (mode 0600). No password ever crosses the socket.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from fossatray.core.errors import ErrorInfo, FossaError, StoreUnsuitable, error_from_info, error_kinds
from fossatray.system.paths import Paths

VERSION = 1
REQUEST_LIMIT = 64 * 1024
ANSWER_LIMIT = 8 * 1024 * 1024
HANDSHAKE_SECONDS = 5.0

Json = dict[str, Any]


class ProtocolError(Exception):
    """The other side said something that is not of this protocol, or could not prove itself."""


def socket_address(paths: Paths) -> str:
    """Return the socket's full path (Windows: the pipe's name), short enough for the system's limit of 107 bytes."""
    name = "fossatray-" + hashlib.sha256(os.fsencode(paths.data)).hexdigest()[:12]
    return name if sys.platform == "win32" else str(paths.runtime / f"{name}.sock")


def make_token(file: Path, address: str) -> str:
    """Write a new token and the socket's address, closed to others, in one step. Raises StoreUnsuitable if it cannot.

    The address lies in the session's runtime folder, which a command of cron or another login does not know.
    """
    token = secrets.token_hex(32)
    fresh = file.with_name(file.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{token}\n{address}\n")
        fresh.replace(file)
    except OSError as error:
        raise StoreUnsuitable("The data folder cannot be written.") from error
    return token


def read_token(file: Path) -> tuple[str, str] | None:
    """Return the running instance's token and its socket's address, or None where there is none."""
    try:
        token, address = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    return (token, address) if token and address else None


def new_nonce() -> str:
    """Return a nonce of 32 hexadecimal digits."""
    return secrets.token_hex(16)


def proof(token: str, role: str, first: str, second: str) -> str:
    """Return the proof that a side ("client" or "server") can read the token, bound to both nonces."""
    text = "|".join(("fossatray", str(VERSION), role, first, second))
    return hmac.new(token.encode("ascii"), text.encode("ascii"), hashlib.sha256).hexdigest()


def proved(given: object, token: str, role: str, first: str, second: str) -> bool:
    """Tell whether a proof is right, in constant time."""
    return isinstance(given, str) and hmac.compare_digest(
        given.encode("utf-8", "replace"), proof(token, role, first, second).encode("ascii")
    )


def encode(data: Json) -> bytes:
    """Return one line."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes, limit: int = REQUEST_LIMIT) -> Json:
    """Read one line. Raises ProtocolError for anything but a JSON object of at most `limit` bytes."""
    if len(line) > limit:
        raise ProtocolError("the line is too long")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ProtocolError("the line is not JSON") from None
    if not isinstance(data, dict):
        raise ProtocolError("the line is not an object")
    return data


def nonce_of(data: Json) -> str:
    """Return a greeting's nonce. Raises ProtocolError for another version or a malformed nonce."""
    nonce = data.get("nonce")
    if data.get("v") != VERSION:
        raise ProtocolError("the other FossaTray has another version")
    if not isinstance(nonce, str) or not 16 <= len(nonce) <= 64 or not nonce.isascii() or not nonce.isalnum():
        raise ProtocolError("the greeting has no nonce")
    return nonce


def error_json(error: FossaError) -> Json:
    """Return the answer that carries an error."""
    info = error.info()
    return {"error": {"kind": info.kind, "message": info.message, "advice": info.advice}}


def result_of(answer: Json) -> Any:
    """Return what an answer carries; raises the FossaError that it tells of, or ProtocolError."""
    if "ok" in answer:
        return answer["ok"]
    told = answer.get("error")
    if not isinstance(told, dict):
        raise ProtocolError("the answer is neither a result nor an error")
    known = error_kinds().get(str(told.get("kind")), FossaError)
    info = ErrorInfo(known.kind, known.title, str(told.get("message", ""))[:2000], str(told.get("advice", ""))[:2000])
    raise error_from_info(info)
