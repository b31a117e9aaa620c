"""The password is read while the browser starts, where that needs no person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fossatray.core.errors import CredentialsError, KeyringLocked
from fossatray.core.messages import ScrapeRequest
from fossatray.core.secret import Secret
from fossatray.portal.password import StoredPassword


class Keyring:
    """A keyring that opens only by a prompt, if it is locked; it remembers which prompts were allowed."""

    def __init__(self, *, locked: bool = False) -> None:
        self.asked: list[bool] = []
        self._locked = locked

    def read(self, origin: str, account_id: str, *, may_prompt: bool) -> Secret:
        assert (origin, account_id) == ("https://portal.example", "a")
        self.asked.append(may_prompt)
        if self._locked and not may_prompt:
            raise KeyringLocked
        return Secret("pw")


def stored(keyring: Keyring, **request: Any) -> StoredPassword:
    asked = {"session": None, "password_from": "keyring", "may_prompt": True, **request}
    return StoredPassword(
        ScrapeRequest("work_orders", "a", "https://portal.example", "jo", "/no", **asked), keyring.read
    )


def read(keyring: Keyring, before: Callable[[StoredPassword], None], **request: Any) -> Secret:
    async def run() -> Secret:
        password = stored(keyring, **request)
        before(password)
        return await password.read()

    return asyncio.run(run())


def test_it_is_read_once_and_early() -> None:
    keyring = Keyring()
    assert read(keyring, StoredPassword.begin) == Secret("pw")
    assert keyring.asked == [False]


def test_what_was_not_begun_is_read_when_it_is_needed() -> None:
    keyring = Keyring()
    assert read(keyring, lambda _: None) == Secret("pw")
    assert keyring.asked == [True]


def test_the_early_reading_never_prompts_and_the_later_one_does_where_it_may() -> None:
    keyring = Keyring(locked=True)
    assert read(keyring, StoredPassword.begin) == Secret("pw")
    assert keyring.asked == [False, True]


def test_where_no_prompt_is_allowed_a_locked_keyring_is_said() -> None:
    keyring = Keyring(locked=True)
    with pytest.raises(CredentialsError) as failed:
        read(keyring, StoredPassword.begin, may_prompt=False)
    assert failed.type is KeyringLocked
    assert keyring.asked == [False]


@pytest.mark.parametrize("request_", [{"session": "sealed"}, {"password_from": "engine"}])
def test_nothing_is_read_early_that_is_not_likely_to_be_needed(request_: dict[str, Any]) -> None:
    keyring = Keyring()

    async def run() -> None:
        stored(keyring, **request_).begin()

    asyncio.run(run())
    assert keyring.asked == []
