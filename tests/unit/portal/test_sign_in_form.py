"""The sign-in form's check and the judgement after the post, on pages of our own in a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.async_api import Page, async_playwright

from fossatray.portal.profile import load_profile
from fossatray.portal.scripts import script

pytestmark = pytest.mark.browser

CANARY = "planted-canary-password"
SAFE = (
    '<form name="login" method="post" action="/login"><input type="email" name="email">'
    '<input type="password" name="password"><input type="submit" value="Log In"></form>'
)


class Site(BaseHTTPRequestHandler):
    """Answers every path with the page of the test; remembers what was posted."""

    page: ClassVar[str] = ""
    posted: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        body = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    Site.posted.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def argument(origin: str, password: str | None, username: str = "jo") -> dict[str, Any]:
    signs = asdict(load_profile().sign_in)
    return {"signs": signs, "origin": origin, "signed_in_path": "/app/", "username": username, "password": password}


async def with_page(browser_path: Path, work: Any) -> Any:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        try:
            return await work(await browser.new_page())
        finally:
            await browser.close()


async def told(page: Page, origin: str, markup: str, password: str | None, wanted: str | None = None) -> str:
    """Show a page at `origin` and ask for its form; `wanted` is the account's origin, if another."""
    Site.page = f"<body>{markup}</body>"
    await page.goto(origin + "/")
    answer = json.loads(await page.evaluate(script("sign_in_form"), argument(wanted or origin, password)))
    if answer == "sent":
        await page.wait_for_url("**/login")
    else:  # nothing of the password may be in the page
        assert CANARY not in await page.evaluate(
            "JSON.stringify([...document.querySelectorAll('input')].map((input) => input.value))"
        )
    return str(answer)


UNSAFE = [
    ('action="/login"', 'action="http://127.0.0.1:9/login"', "unsafe: action"),
    ('action="/login"', 'action="//127.0.0.1:9/login"', "unsafe: action"),
    ('action="/login"', 'action="javascript:alert(1)"', "unsafe: action"),
    ('method="post"', 'method="get"', "unsafe: method"),
    ('method="post"', "", "unsafe: method"),
    ('method="post"', 'method="post" target="_blank"', "unsafe: target"),
    ('type="submit"', 'type="submit" formaction="http://127.0.0.1:9/"', "unsafe: action"),
    ('type="submit"', 'type="submit" formmethod="get"', "unsafe: method"),
    ('type="submit"', 'type="submit" formtarget="x"', "unsafe: target"),
    ('type="password" ', 'type="text" ', "unsafe: fields"),
    ('type="email" name="email"', 'type="email" name="other"', "unsafe: fields"),
    ("<form ", '<base href="http://127.0.0.1:9/"><form ', "unsafe: action"),
    ('name="login"', 'name="other"', "missing"),
]


def test_an_unsafe_form_gets_nothing(origin: str, browser_path: Path) -> None:
    async def work(page: Page) -> None:
        for old, new, answer in UNSAFE:
            assert old in SAFE
            assert await told(page, origin, SAFE.replace(old, new), CANARY) == answer, new
        assert await told(page, origin, SAFE, CANARY, wanted="http://127.0.0.1:9") == "unsafe: origin"

    asyncio.run(with_page(browser_path, work))
    assert Site.posted == []


def test_a_safe_form_is_checked_without_a_password_and_sent_with_one(origin: str, browser_path: Path) -> None:
    named_like_methods = SAFE.replace(
        "</form>", '<input type="hidden" name="submit"><input type="hidden" name="method"></form>'
    )

    async def work(page: Page) -> None:
        assert await told(page, origin, SAFE, None) == "ready"
        assert Site.posted == []
        assert await told(page, origin, SAFE, CANARY) == "sent"
        assert Site.posted == [f"email=jo&password={CANARY}"]
        assert await told(page, origin, named_like_methods, CANARY) == "sent"

    asyncio.run(with_page(browser_path, work))


# The page after the post, whether it still carries the mark of the page that posted, and what it is taken for.
AFTER = [
    (SAFE, False, "form", ""),
    (SAFE.replace("<form ", '<div class="alert-danger"> No  match </div><form '), False, "form", "No match"),
    (SAFE.replace("<form ", '<div class="error-msg"><span>No</span></div><form '), True, "form", "No"),
    (SAFE, True, "nothing", ""),
    (SAFE.replace("<form ", '<div class="alert-danger">Closed  on Sunday</div><form '), True, "nothing", ""),
    (SAFE.replace("<form ", '<div class="alert-danger">Closed on Sunday</div><form '), False, "form", ""),
    (SAFE.replace("<form ", '<div class="alert-danger" style="display: none">No</div><form '), False, "form", ""),
    (SAFE.replace("<form ", '<div style="visibility: hidden"><p role="alert">No</p></div><form '), True, "nothing", ""),
    ("<p>Check your phone</p>", False, "nothing", "Check your phone"),
    ('<div id="sidebar" class="side-nav"></div>', False, "nothing", ""),
]


def test_what_the_page_after_the_post_is_taken_for(origin: str, browser_path: Path) -> None:
    async def work(page: Page) -> None:
        for markup, posted, sign, text in AFTER:
            Site.page = f"<body>{markup}</body>"
            await page.goto(origin + "/")
            if posted:
                await page.evaluate("document.documentElement.setAttribute('data-posted', '')")
            found = json.loads(
                await page.evaluate(
                    script("after_post"), {**argument(origin, None), "before": ["Closed on Sunday"], "limit": 200}
                )
            )
            assert (found["sign"], found["text"] if sign == "form" or text else "") == (sign, text), markup

    asyncio.run(with_page(browser_path, work))


def test_being_inside_needs_path_and_sidebar(origin: str, browser_path: Path) -> None:
    Site.page = '<body><div id="sidebar" class="side-nav"></div></body>'

    async def work(page: Page) -> Any:
        await page.goto(origin + "/app/dashboard")
        return json.loads(
            await page.evaluate(
                script("after_post"), {**argument(origin, None), "before": ["Closed on Sunday"], "limit": 200}
            )
        )

    assert asyncio.run(with_page(browser_path, work)) == {"sign": "inside"}


def test_error_banners_before_the_post_are_those_to_be_seen(origin: str, browser_path: Path) -> None:
    Site.page = (
        '<body><div class="alert-danger"> Closed  on Sunday </div><p role="alert"></p>'
        '<div class="error-msg" style="display: none">No</div></body>'
    )

    async def work(page: Page) -> Any:
        await page.goto(origin + "/")
        return json.loads(await page.evaluate(script("shown_errors"), {"errors": load_profile().sign_in.errors}))

    assert asyncio.run(with_page(browser_path, work)) == ["Closed on Sunday"]
