"""The floor below the floor: load Playwright, launch the browser, open a page, and end. It reads nothing.

Called by `benchmarks/sync.py` as a process of its own. Prints 0, the number of orders it read.
"""

from __future__ import annotations

import os
import sys

from playwright.sync_api import sync_playwright


def main() -> int:
    """Start once; arguments: origin and user name, which it does not need, and browser."""
    browser_path = sys.argv[3]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
        browser.new_page(locale="en-US", viewport={"width": 1600, "height": 1000})
        print(0)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
