"""Sealing a signed-in session: which cookies it is, and AES-GCM with a fresh nonce, bound to account and origin.

What is sealed can be read with the account's key alone, which lies in the keyring. No error carries a cookie's value.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from fossatray.core.secret import Secret

Cookie = dict[str, Any]
"""A cookie as Playwright gives and takes it."""

KEY_BYTES = 32
MOST_BYTES = 64 * 1024
"""Of the cookies as JSON."""

_VERSION = 1
_NONCE_BYTES = 12
_KINDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "value": (str,),
    "domain": (str,),
    "path": (str,),
    "expires": (int, float),
    "httpOnly": (bool,),
    "secure": (bool,),
    "sameSite": (str,),
}
_SAME_SITE = ("Strict", "Lax", "None")
_ENDS_WITH_BROWSER = -1


class NotUsable(Exception):
    """A sealed session, or its key, cannot be used; `why` says it without a word of what is in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def new_key() -> Secret:
    """Return a new random key, as the text that the keyring keeps."""
    return Secret(base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii"))


def key_bytes(key: Secret) -> bytes:
    """Return the key that a text of the keyring is. Raises NotUsable."""
    try:
        raw = base64.b64decode(key.reveal(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise NotUsable("its key is broken")
    return raw


def seal(key: bytes, account_id: str, origin: str, username: str, cookies: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the cookies of the portal sealed as base64; None where there are none, or too many."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    kept = [cookie for cookie in map(_plain, cookies) if _is_ours(cookie, origin)]
    text = json.dumps({"username": username, "cookies": kept}).encode("ascii")
    if not kept or len(text) > MOST_BYTES:
        return None
    nonce = os.urandom(_NONCE_BYTES)
    locked = AESGCM(key).encrypt(nonce, text, _bound_to(account_id, origin))
    return base64.b64encode(bytes([_VERSION]) + nonce + locked).decode("ascii")


def unseal(
    key: bytes, account_id: str, origin: str, username: str, sealed: str, clock: Callable[[], float] = time.time
) -> list[Cookie]:
    """Return the cookies that are still good, at least one. Raises NotUsable for anything that is not as it was sealed.

    `clock` gives seconds since 1970.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        raise NotUsable("it is broken") from None
    if len(raw) <= 1 + _NONCE_BYTES or raw[0] != _VERSION:
        raise NotUsable("it is broken")
    nonce, locked = raw[1 : 1 + _NONCE_BYTES], raw[1 + _NONCE_BYTES :]
    try:
        told = json.loads(AESGCM(key).decrypt(nonce, locked, _bound_to(account_id, origin)))
    except (InvalidTag, ValueError):
        raise NotUsable("it cannot be opened") from None
    if not isinstance(told, dict) or told.get("username") != username:
        raise NotUsable("it is of another user name")
    cookies = told.get("cookies")
    if not isinstance(cookies, list) or not all(_is_ours(cookie, origin) for cookie in cookies):
        raise NotUsable("it is broken")
    good = [cookie for cookie in cookies if not _has_ended(cookie, clock())]
    if not good:
        raise NotUsable("it has ended")
    return good


def _bound_to(account_id: str, origin: str) -> bytes:
    return f"{_VERSION}|{account_id}|{origin}".encode()


def _plain(cookie: Mapping[str, Any]) -> Cookie:
    return {name: cookie.get(name) for name in _KINDS}


def _is_ours(cookie: object, origin: str) -> bool:
    """Whether it is a cookie as expected, and of the portal's own host."""
    if not isinstance(cookie, dict) or set(cookie) != set(_KINDS):
        return False
    if not all(isinstance(cookie[name], kinds) for name, kinds in _KINDS.items()):
        return False
    host, domain = urlsplit(origin).hostname or "", str(cookie["domain"]).lstrip(".").lower()
    return bool(domain) and (host == domain or host.endswith("." + domain)) and cookie["sameSite"] in _SAME_SITE


def _has_ended(cookie: Cookie, now: float) -> bool:
    return cookie["expires"] != _ENDS_WITH_BROWSER and bool(cookie["expires"] <= now)
