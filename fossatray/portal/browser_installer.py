"""Gets a browser: the main program of the child that runs Playwright's own installer for the headless shell.

It ends with the installer's exit status. What it prints is the installer's; engine.browser_install reads it.
"""

from __future__ import annotations

import sys

from playwright.__main__ import main

BROWSER = "chromium-headless-shell"
"""The smallest that reads the portal; portal.browser_find looks for it first."""


def install() -> None:
    """Run Playwright's installer and end with its exit status (SystemExit)."""
    sys.argv = ["playwright", "install", BROWSER]
    main()


if __name__ == "__main__":
    install()
