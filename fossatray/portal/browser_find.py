"""Which browsers may be on this machine, in the order in which they are tried."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Which = Callable[[str], str | None]

_WHOLE = "INSTALLATION_COMPLETE"
"""What Playwright's installer writes into a browser's folder at the very end: without it the browser is half there."""

_SHELLS = ("chromium-headless-shell", "chrome-headless-shell", "headless_shell")
_CHROMES = ("google-chrome", "google-chrome-stable")
_EDGES = ("microsoft-edge", "microsoft-edge-stable")
_CHROMIUMS = ("chromium", "chromium-browser")

_MAC = {
    "Google Chrome": "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge": "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium": "/Applications/Chromium.app/Contents/MacOS/Chromium",
}
_WINDOWS = {
    "Google Chrome": r"Google\Chrome\Application\chrome.exe",
    "Microsoft Edge": r"Microsoft\Edge\Application\msedge.exe",
    "Chromium": r"Chromium\Application\chrome.exe",
}
_OPT = {"Google Chrome": "/opt/google/chrome/chrome", "Microsoft Edge": "/opt/microsoft/msedge/msedge"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A browser that may be there: its name for a person, and the program's path."""

    name: str
    path: str


def candidates(
    chosen: str | None,
    last: str | None,
    own_chromium: str,
    *,
    which: Which = shutil.which,
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> list[Candidate]:
    """Return the browsers to try, each path once: the person's choice, the one that worked last, then by kind.

    `own_chromium` is where Playwright would keep its own Chromium; its headless shell lies beside it.
    """
    found: dict[str, Candidate] = {}
    for candidate in _all(chosen, last, own_chromium, which, environment, platform):
        found.setdefault(candidate.path, candidate)
    return list(found.values())


def _all(
    chosen: str | None, last: str | None, own_chromium: str, which: Which, environment: Mapping[str, str], platform: str
) -> Iterator[Candidate]:
    if chosen:
        yield Candidate("the browser chosen in Settings", chosen)
    if last:
        yield Candidate("the browser used last", last)
    shell = _own_shell(own_chromium)
    if shell is not None:
        yield Candidate("Playwright's headless shell", shell)
    yield from _on_path("Chromium headless shell", _SHELLS, which)
    for name, programs in (("Google Chrome", _CHROMES), ("Microsoft Edge", _EDGES), ("Chromium", _CHROMIUMS)):
        yield from _on_path(name, programs, which)
        yield from _installed(name, environment, platform)
    yield Candidate("Playwright's Chromium", own_chromium)


def _on_path(name: str, programs: tuple[str, ...], which: Which) -> Iterator[Candidate]:
    for program in programs:
        path = which(program)
        if path is not None:
            yield Candidate(name, path)


def _installed(name: str, environment: Mapping[str, str], platform: str) -> Iterator[Candidate]:
    """The places where the platform's installers put a browser, whether it is there or not."""
    if platform == "darwin":
        yield Candidate(name, _MAC[name])
    elif platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            folder = environment.get(variable)
            if folder:
                yield Candidate(name, f"{folder}\\{_WINDOWS[name]}")
    elif name in _OPT:
        yield Candidate(name, _OPT[name])


def _own_shell(own_chromium: str) -> str | None:
    """The newest headless shell that is whole, in the folder where Playwright keeps its browsers."""
    parts = Path(own_chromium).parts
    for index, part in enumerate(parts):
        if re.fullmatch(r"chromium-\d+", part):
            folder = Path(*parts[:index])
            break
    else:
        return None
    names = {"headless_shell", "chrome-headless-shell", "headless_shell.exe", "chrome-headless-shell.exe"}
    shells = [file for file in folder.glob("chromium_headless_shell-*/*/*") if file.name in names]
    whole = [shell for shell in shells if (shell.parent.parent / _WHOLE).exists()]
    return str(max(whole, key=_revision)) if whole else None


def _revision(shell: Path) -> int:
    return int(shell.parent.parent.name.rpartition("-")[2])
