"""Sealed sessions: what comes back, for whom, and what of a browser's cookies is sealed at all."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.secret import Secret
from fossatray.core.sessions import SEALED_LIMIT
from fossatray.portal.session_seal import KEY_BYTES, MOST_BYTES, NotUsable, key_bytes, new_key, seal, unseal

KEY = bytes(range(KEY_BYTES))
ACCOUNT, ORIGIN, USER = "a1", "https://portal.example", "t@example.com"
NOW = 1_800_000_000.0


def cookie(**changes: Any) -> dict[str, Any]:
    return {
        "name": "session",
        "value": "canary",
        "domain": "portal.example",
        "path": "/",
        "expires": NOW + 60,
        "httpOnly": True,
        "secure": True,
        "sameSite": "Lax",
    } | changes


def sealed_of(*cookies: dict[str, Any]) -> str:
    sealed = seal(KEY, ACCOUNT, ORIGIN, USER, cookies)
    assert sealed is not None
    return sealed


def opened(text: str, **changes: Any) -> list[dict[str, Any]]:
    all_of_it = {"key": KEY, "account_id": ACCOUNT, "origin": ORIGIN, "username": USER, "sealed": text} | changes
    return unseal(**all_of_it, clock=lambda: NOW)


def test_what_was_sealed_comes_back() -> None:
    both = [cookie(), cookie(name="XSRF-TOKEN", value="ä", expires=-1, domain=".example", httpOnly=False)]
    assert opened(sealed_of(*both)) == both


def test_nothing_but_the_known_properties_is_sealed() -> None:
    assert opened(sealed_of(cookie(partitionKey="x", storage="y"))) == [cookie()]


def test_each_seal_is_another_one_and_hides_the_value() -> None:
    first, second = sealed_of(cookie()), sealed_of(cookie())
    assert first != second
    raw = base64.b64decode(first)
    assert raw[1:13] != base64.b64decode(second)[1:13]
    assert b"canary" not in raw
    assert USER.encode() not in raw


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"key": os.urandom(KEY_BYTES)}, "cannot be opened"),
        ({"account_id": "a2"}, "cannot be opened"),
        ({"origin": "https://other.example"}, "cannot be opened"),
        ({"username": "another@example.com"}, "another user name"),
        ({"sealed": ""}, "broken"),
        ({"sealed": "ÄÖ"}, "broken"),
        ({"sealed": "AAAA"}, "broken"),
        ({"sealed": base64.b64encode(b"\x02" + bytes(60)).decode()}, "broken"),
    ],
)
def test_anything_else_is_of_no_use(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotUsable, match=why) as raised:
        opened(sealed_of(cookie()), **changes)
    assert "canary" not in repr(raised.value) + raised.value.why


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_bit_is_noticed(place: int, change: int) -> None:
    raw = bytearray(base64.b64decode(sealed_of(cookie())))
    raw[place % len(raw)] ^= change
    with pytest.raises(NotUsable):
        opened(base64.b64encode(raw).decode())


def test_what_has_ended_is_left_out() -> None:
    over, good = cookie(name="old", expires=NOW), cookie(expires=NOW + 1)
    assert opened(sealed_of(over, good)) == [good]
    with pytest.raises(NotUsable, match="ended"):
        opened(sealed_of(over))


@pytest.mark.parametrize(
    "other",
    [
        cookie(domain="evil.example"),
        cookie(domain="notportal.example"),
        cookie(domain="portal.example.evil"),
        cookie(domain=""),
        cookie(domain="."),
        cookie(value=None),
        cookie(expires="never"),
        cookie(sameSite="Whatever"),
    ],
)
def test_only_whole_cookies_of_the_portal_are_sealed(other: dict[str, Any]) -> None:
    assert opened(sealed_of(cookie(), other)) == [cookie()]
    assert seal(KEY, ACCOUNT, ORIGIN, USER, [other]) is None


def test_too_much_is_not_kept_and_what_is_kept_can_be_sent() -> None:
    assert seal(KEY, ACCOUNT, ORIGIN, USER, [cookie(value="x" * MOST_BYTES)]) is None
    assert seal(KEY, ACCOUNT, ORIGIN, USER, []) is None
    assert len(sealed_of(cookie(value="x" * (MOST_BYTES - 400)))) < SEALED_LIMIT


def test_a_key_is_32_random_bytes_and_nothing_else_is_one() -> None:
    first, second = key_bytes(new_key()), key_bytes(new_key())
    assert (len(first), first != second) == (KEY_BYTES, True)
    for broken in ("", "canary", "ÄÖ", base64.b64encode(bytes(31)).decode()):
        with pytest.raises(NotUsable) as raised:
            key_bytes(Secret(broken))
        assert "canary" not in raised.value.why
