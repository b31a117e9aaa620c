"""The floor of reading with a browser: launch, sign in, read each page by one evaluation, and nothing else.

No checks, no proof of completeness, no store, no origin lock. Called by `benchmarks/sync.py` as a process of its
own; the password comes on standard input. Prints how many orders it read.
"""

from __future__ import annotations

import os
import sys

from playwright.sync_api import Page, sync_playwright

QUERY = (
    "work_visit_completion=none%7C%7CNo%20visits%20completed%7C%7CWork%20Visits%20Completed&order_direction=asc"  # seen
)
READY = """() => document.querySelector('.work-list-item')
  && [...document.querySelectorAll('.loader-line')].every((line) => getComputedStyle(line).display === 'none')"""
CHANGED = """(before) => { const row = document.querySelector('.work-list-item'); return row && row.className !== before
  && [...document.querySelectorAll('.loader-line')].every((line) => getComputedStyle(line).display === 'none'); }"""
READ = """() => [...document.querySelectorAll('.work-list-item')].map((row) => ({
  number: row.querySelector(".ks-checkbox-label-wrapper a").textContent.trim(),
  status: row.querySelector('.work-status-badge').textContent.trim(),
  site: [...row.querySelectorAll('.address .mb-1')].map((line) => line.textContent.trim()),
  address: [...row.querySelectorAll('.address-info > div > div')].map((line) => line.textContent.trim()),
  services: [...row.querySelectorAll('.med-7 > .text-xs.mb-2')].map((group) => group.textContent.trim()),
  visit: (row.querySelector("a[title='Next Visit']") || row).textContent.trim(),
  instructions: (row.querySelector('.pre-wrap') || row).textContent.trim() }))"""
FIRST = "() => document.querySelector('.work-list-item').className"
NUMBER_OF_PAGES = (
    "() => Math.max(1, ...[...document.querySelectorAll('.page-link')].map((link) => Number(link.textContent)))"
)


def read(page: Page, origin: str) -> int:
    """Read the list from the signed-in page; returns how many orders it held."""
    page.goto(f"{origin}/app/work/list?{QUERY}", wait_until="domcontentloaded")
    page.wait_for_function(READY, polling=15)
    shown = page.locator("input[name=limit]").locator("xpath=ancestor::*[contains(@class,'ks-select')][1]")
    first = page.evaluate(FIRST)
    if "Show 100" not in shown.locator(".ks-select-selection").inner_text():
        shown.locator(".ks-select-selection").click()
        shown.locator("li", has_text="Show 100").click()
        page.wait_for_function(READY, polling=15)
    found = len(page.evaluate(READ))
    for _ in range(page.evaluate(NUMBER_OF_PAGES) - 1):
        first = page.evaluate(FIRST)
        page.evaluate("() => document.querySelector('.paginator-wrapper a.next-page').click()")
        page.wait_for_function(CHANGED, arg=first, polling=15)
        found += len(page.evaluate(READ))
    return found


def main() -> int:
    """Read once; arguments: origin, user name, browser."""
    origin, username, browser_path = sys.argv[1:4]
    password = sys.stdin.readline().rstrip("\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        page = browser.new_page(locale="en-US", viewport={"width": 1600, "height": 1000})
        page.goto(f"{origin}/", wait_until="domcontentloaded")
        page.fill("input[name=email]", username)
        page.fill("input[name=password]", password)
        page.click("input[type=submit]")
        page.wait_for_url("**/app/**", wait_until="domcontentloaded")
        print(read(page, origin))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
