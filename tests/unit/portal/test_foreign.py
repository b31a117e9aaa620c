"""Playwright's errors become ours, and nothing of their texts leaves the process unredacted."""

from __future__ import annotations

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from fossatray.core.errors import FossaError, SignInRefused
from fossatray.portal.foreign import portal_errors, redacted, was_replaced


def kind_of(error: BaseException, lines: list[str] | None = None) -> str:
    with pytest.raises(FossaError) as caught, portal_errors(lambda level, text: (lines or []).append(text)):
        raise error
    assert caught.value.__cause__ is None
    return caught.value.kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at https://portal.example/", "portal_unreachable"),
        ("Page.goto: net::ERR_CONNECTION_REFUSED at https://portal.example/", "portal_unreachable"),
        ("Page.goto: net::ERR_INTERNET_DISCONNECTED at https://portal.example/", "portal_unreachable"),
        ("Page.goto: net::ERR_CONNECTION_TIMED_OUT at https://portal.example/", "portal_timeout"),
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://portal.example/", "certificate_invalid"),
        ("Page.goto: net::ERR_SSL_PROTOCOL_ERROR at https://portal.example/", "certificate_invalid"),
        ("Page.goto: net::ERR_PROXY_CONNECTION_FAILED at https://evil.example/", "led_elsewhere"),
        ("Page.goto: net::ERR_UNSAFE_PORT at https://portal.example/", "led_elsewhere"),
        ("Page.goto: Download is starting", "layout_changed"),
        ("Page.goto: net::ERR_TOO_MANY_REDIRECTS at https://portal.example/", "portal_answer_broken"),
        ("Page.goto: net::ERR_INVALID_HTTP_RESPONSE at https://portal.example/", "portal_answer_broken"),
        ("Page.evaluate: Target page, context or browser has been closed", "browser_crashed"),
        ("Page.goto: Page crashed", "browser_crashed"),
        ("Page.evaluate: TypeError: x is not a function", "portal"),
    ],
)
def test_foreign_errors_become_ours(message: str, kind: str) -> None:
    assert kind_of(PlaywrightError(message)) == kind


def test_time_outs_become_ours() -> None:
    assert kind_of(PlaywrightTimeout("Timeout 30000ms exceeded.")) == "portal_timeout"
    assert kind_of(TimeoutError()) == "portal_timeout"


def test_our_own_errors_and_bugs_go_through() -> None:
    with pytest.raises(SignInRefused), portal_errors(lambda *_: None):
        raise SignInRefused
    with pytest.raises(ZeroDivisionError), portal_errors(lambda *_: None):
        raise ZeroDivisionError


def test_call_logs_values_and_queries_are_not_logged() -> None:
    error = PlaywrightError(
        "Page.fill: Timeout\n  value \"hunter2\" at https://portal.example/login?token=abc#x and 's3cret'\n"
        'Call log:\n  - fill("hunter3")'
    )
    line = redacted(error)
    for secret in ("hunter2", "hunter3", "abc", "s3cret", "\n"):
        assert secret not in line
    assert line.startswith("Error: Page.fill: Timeout")


def test_a_replaced_document_is_told_from_other_errors() -> None:
    assert was_replaced(
        PlaywrightError("Page.evaluate: Execution context was destroyed, most likely because of a navigation")
    )
    assert not was_replaced(PlaywrightError("Page.evaluate: Target page, context or browser has been closed"))
