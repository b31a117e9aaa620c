"""Reading as the predecessor did: cell by cell, one round trip each, with fixed sleeps after every step.

The sleeps are those that the portal facts name of it: 1 s after the page-size control opened, 3 s after it was chosen,
2 s and 1 s after a page came (§2), and 500 ms between rows (§7). The five seconds it waited for a table that never
came (§2) are left out. Called by `benchmarks/sync.py`; the password comes on standard input. Prints how many it read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.reading.bare_script import NUMBER_OF_PAGES, QUERY, READY

CELLS = (
    ".ks-checkbox-label-wrapper a",
    ".work-status-badge > div",
    ".address .mb-1",
    ".address-info > div > div",
    ".med-7 > .text-xs.mb-2",
    ".work-creator",
    "a[title='Next Visit']",
    ".pre-wrap",
)


def cells(row: Locator) -> list[str]:
    """Read the cells of one row, each by a round trip of its own."""
    return [one.text_content() or "" for one in (row.locator(cell).first for cell in CELLS) if one.count()]


def read(page: Page, origin: str, between_rows_ms: int) -> int:
    """Read the list from the signed-in page; returns how many orders it held."""
    page.goto(f"{origin}/app/work/list?{QUERY}", wait_until="networkidle")
    page.wait_for_timeout(2000)
    shown = page.locator("input[name=limit]").locator("xpath=ancestor::*[contains(@class,'ks-select')][1]")
    shown.locator(".ks-select-selection").click()
    page.wait_for_timeout(1000)
    shown.locator("li", has_text="Show 100").click()
    page.wait_for_timeout(3000)
    found = 0
    pages = page.evaluate(NUMBER_OF_PAGES)
    for number in range(pages):
        for row in page.locator(".work-list-item").all():
            found += bool(cells(row))
            if between_rows_ms:
                page.wait_for_timeout(between_rows_ms)
        if number + 1 < pages:
            page.click(".paginator-wrapper a.next-page")
            page.wait_for_timeout(2000)
            page.wait_for_function(READY)
            page.wait_for_timeout(1000)
    return found


def main() -> int:
    """Read once; arguments: origin, user name, browser, milliseconds between rows."""
    origin, username, browser_path, between_rows_ms = sys.argv[1:5]
    password = sys.stdin.readline().rstrip("\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(locale="en-US", viewport={"width": 1920, "height": 1080})
        page.goto(f"{origin}/", wait_until="networkidle")
        page.fill("input[name=email]", username)
        page.fill("input[name=password]", password)
        page.click("input[type=submit]")
        page.wait_for_url("**/app/**", wait_until="networkidle")
        page.wait_for_timeout(2000)
        print(read(page, origin, int(between_rows_ms)))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
