"""A real browser for the practice portal's pages, and the portal itself."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from fossatray.demo.portal import PracticePortal

TODAY = date(2026, 3, 4)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, for a module: starting it takes longer than starting the browser."""
    with sync_playwright() as running:
        yield running


@pytest.fixture
def browser(playwright: Playwright, browser_path: Path) -> Iterator[Browser]:
    """A browser of the test's own; its sandbox is off only for root, where none works."""
    sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
    running = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=sandbox)
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with cookies of its own; a script error in it fails the test."""
    context = browser.new_context()
    context.set_default_timeout(15_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    """60 orders around a fixed day."""
    with PracticePortal(today=TODAY) as running:
        yield running
