"""The judgement of a sign-in, on a page that answers from a script; the engine is asked before each attempt."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any, cast

import pytest

from fossatray.core.errors import (
    FossaError,
    PasswordMissing,
    PortalTimeout,
    SignInFormUnsafe,
    SignInLimit,
    SignInLocked,
    SignInRefused,
    SignInUnclear,
)
from fossatray.core.messages import ScrapeRequest, SignInAnswer
from fossatray.core.secret import Secret
from fossatray.core.wire import encode_answer
from fossatray.portal.link import EngineLink
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import load_profile
from fossatray.portal.sign_in import SignIn

PASSWORD = "pw"
REQUEST = ScrapeRequest("work_orders", "a", "https://portal.example", "jo", "/nowhere", password_from="engine")


class ScriptedPage:
    """Stands for PortalPage: gives the outcomes one after the other."""

    def __init__(self, outcomes: list[dict[str, Any]], form: str = "ready") -> None:
        self.before: list[Any] = []
        self.shown: Any = ["Maintenance on Sunday"]
        self._outcomes = list(outcomes)
        self._form = form
        self.status: int | None = None
        self.came_from_post = self.led_elsewhere = False
        self.path_after_post = ""
        self.document_failed = asyncio.Event()
        self.passwords: list[str | None] = []

    async def open(self, path: str) -> None:
        assert path == "/"

    def reset(self) -> None:
        self.came_from_post = False

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        if name == "shown_errors":
            return self.shown
        assert name == "sign_in_form"
        self.passwords.append(argument["password"])
        return self._form if argument["password"] is None else "sent"

    async def watch(self, name: str, argument: dict[str, Any], limit: float) -> Any:
        assert (name, limit) == ("after_post", 12.0)
        self.before.append(argument["before"])
        outcome = self._outcomes.pop(0)
        self.status = outcome.get("status")
        self.came_from_post = outcome.get("redirected", False)
        self.path_after_post = outcome.get("path", "")
        return {key: value for key, value in outcome.items() if key in ("sign", "text", "shown", "again")}

    def raise_for_status(self, status: int | None) -> None:
        raise FossaError(f"status {status}")


def sign_in(
    *outcomes: dict[str, Any], allowed: bool = True, password: str | None = PASSWORD, form: str = "ready"
) -> tuple[ScriptedPage, list[str]]:
    """Sign in with these outcomes of the posts; returns the page and what was told ("signing_in", results)."""
    told = io.BytesIO()
    page = ScriptedPage(list(outcomes), form)
    error: FossaError | None = None

    async def run() -> None:
        link = EngineLink(told)
        answer = encode_answer(SignInAnswer(allowed, None if password is None else Secret(password)))
        for _ in outcomes or (1,):
            link._lines.put_nowait(answer)
        await SignIn(cast("PortalPage", page), load_profile(), REQUEST, link).run()

    try:
        asyncio.run(run())
    except FossaError as raised:
        error = raised
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    words = [line.get("result", line["t"]) for line in lines]
    if error is not None:
        error.words = words  # type: ignore[attr-defined]
        raise error
    return page, words


LOCKED = "Too many login attempts. Please try again in 60 seconds."
FORM_AGAIN = {"sign": "form", "text": "", "again": True}


def test_a_page_behind_the_sign_in_is_success() -> None:
    page, words = sign_in({"sign": "inside"})
    assert words == ["signing_in", "accepted"]
    assert page.passwords == [None, PASSWORD]  # the form was looked at first, without the password
    assert page.before == [["Maintenance on Sunday"]]


@pytest.mark.parametrize(
    "outcome",
    [
        {"sign": "form", "text": "These credentials do not match our records.", "again": True},
        {"sign": "form", "text": "No", "again": False},
        {**FORM_AGAIN, "redirected": True},
    ],
)
def test_the_form_again_with_a_text_or_by_the_redirect_back_is_a_refusal(outcome: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused) as caught:
        sign_in(outcome)
    assert caught.value.words == ["signing_in", "refused"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("outcome", [FORM_AGAIN, {"sign": "nothing", "text": "Check your phone"}, {}])
def test_anything_else_is_unclear_and_tried_once_more(outcome: dict[str, Any]) -> None:
    with pytest.raises(SignInUnclear) as caught:
        sign_in(outcome, outcome)
    assert caught.value.words == ["signing_in", "unclear"] * 2  # type: ignore[attr-defined]
    assert sign_in(outcome, {"sign": "inside"})[1][-1] == "accepted"


@pytest.mark.parametrize(
    "outcome",
    [
        {"sign": "form", "text": LOCKED, "shown": LOCKED, "again": True},
        {"sign": "form", "text": "", "shown": LOCKED, "again": True, "redirected": True},  # it was there before, too
        {"sign": "nothing", "status": 429},
    ],
)
def test_too_many_attempts_is_a_lock_and_not_a_refusal(outcome: dict[str, Any]) -> None:
    with pytest.raises(SignInLocked):
        sign_in(outcome)


def test_a_portal_that_took_the_sign_in_and_shows_no_page_is_slow() -> None:
    hanging = {"sign": "nothing", "path": "/app/dashboard"}
    with pytest.raises(PortalTimeout):
        sign_in(hanging, hanging)


def test_a_portal_that_fails_twice_after_the_post_has_a_problem() -> None:
    failing = {"sign": "nothing", "status": 500}
    with pytest.raises(FossaError, match="status 500"):
        sign_in(failing, failing)


def test_what_the_engine_does_not_allow_is_not_sent() -> None:
    with pytest.raises(SignInLimit):
        sign_in(allowed=False)
    with pytest.raises(PasswordMissing):
        sign_in(password=None)
    with pytest.raises(PasswordMissing):
        sign_in(password="")


def test_an_unsafe_form_is_found_before_the_engine_is_asked() -> None:
    with pytest.raises(SignInFormUnsafe, match="another address") as caught:
        sign_in(form="unsafe: action")
    assert caught.value.words == []  # type: ignore[attr-defined]
