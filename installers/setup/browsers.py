"""Which browser FossaTray can drive on this machine, and how to get one where none is."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from fossatray.portal.browser_find import candidates  # needs the standard library alone, as the set-up does
from installers.linux import packages
from installers.setup.environment import Environment
from installers.setup.steps import SetupError, run

PLAYWRIGHT_BROWSER = "chromium-headless-shell"
NO_CHROMIUM = ""
"""Where Playwright would keep its Chromium only Playwright knows, which may not be installed yet."""


def installed_browsers() -> Iterator[Path]:
    """Browsers that are there: those that the program looks for, by its own list, then Playwright's own."""
    for candidate in candidates(None, None, NO_CHROMIUM):
        if os.access(candidate.path, os.X_OK) and Path(candidate.path).is_file():
            yield Path(candidate.path)
    try:
        yield from list(playwright_folder().glob("chromium*/INSTALLATION_COMPLETE"))
    except PermissionError:
        return  # another user's folder (sudo may keep HOME): what is in it cannot be started either


def playwright_folder() -> Path:
    """Where Playwright keeps its own browsers."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local")).expanduser() / "ms-playwright"
    if sys.platform == "darwin":
        return Path("~/Library/Caches/ms-playwright").expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "ms-playwright"


def system_need() -> packages.Need:
    """A browser as one of Linux's system packages.

    Ubuntu is left out: its chromium is no package but a snap, and it has no headless shell.
    """
    names = {
        "apt-get": "chromium-headless-shell",
        "dnf": "chromium-headless",
        "pacman": "chromium",
        "zypper": "chromium",
    }
    if is_ubuntu():
        names = {}
    return packages.Need("a browser (Chromium, Google Chrome or Microsoft Edge)", has_browser, names)


def has_browser() -> bool:
    """Whether there is any browser to drive."""
    return next(installed_browsers(), None) is not None


def is_ubuntu(text: str | None = None) -> bool:
    """Whether the system (by the text of its os-release file) is Ubuntu or derived from it."""
    fields = os_release(text)
    return "ubuntu" in (fields.get("ID", ""), *fields.get("ID_LIKE", "").split())


def os_release(text: str | None = None) -> dict[str, str]:
    """The fields of /etc/os-release (or of the given text), unquoted; empty where there is none."""
    if text is None:
        source = Path("/etc/os-release")
        text = source.read_text("utf-8") if source.is_file() else ""
    fields = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            fields[name] = " ".join(shlex.split(value))
    return fields


def offer_playwright_browser(environment: Environment, *, interactive: bool) -> str:
    """Install Playwright's own headless browser, where a person agrees; returns the outcome for the step's line.

    Raises:
        SetupError: nobody is there to agree, the person does not, or the download fails.
    """
    if has_browser():
        return "ok"
    words = (str(environment.python), "-m", "playwright", "install", PLAYWRIGHT_BROWSER)
    advice = f"Install Google Chrome or Microsoft Edge, or run: {shlex.join(words)}"
    if not interactive:
        raise SetupError("There is no browser that FossaTray can use.", advice)
    answer = input("no browser found. Download Playwright's own (about 100 MB)? [Y/n] ")
    if answer.strip().lower() not in {"", "y", "yes"}:
        raise SetupError("There is no browser that FossaTray can use.", advice)
    status, output = run(words)
    if status != 0:
        raise SetupError("Playwright's browser could not be downloaded.", advice, detail=output)
    return "ok, Playwright's own installed"
