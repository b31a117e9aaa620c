"""A canary password and cookie, every form they could be written in, and the search in files, processes and objects."""

from __future__ import annotations

import base64
import html
import itertools
import json
import os
import re
import secrets
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, quote_plus

import psutil

_PIECE = 8 * 1024 * 1024
_TURNS_A_FOLDER = 8
_WRAPPERS = ("sh", "dash", "bash", "tee")
_TEXT_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def new_password() -> str:
    """A password whose characters are written differently by URLs, JSON, HTML and Python, and a random last word."""
    return f'Kanari&Ä"#%+<ß {secrets.token_hex(16)}'


def forms(password: str) -> dict[str, bytes]:
    """The forms in which a password could be written down, by name."""
    texts = {
        "plain": password,
        "URL": quote(password, safe=""),
        "URL, lower case": _lower_hex(quote(password, safe="")),
        "form": quote_plus(password),
        "form, lower case": _lower_hex(quote_plus(password)),
        "JSON, ASCII": json.dumps(password)[1:-1],
        "JSON": json.dumps(password, ensure_ascii=False)[1:-1],
        "HTML": html.escape(password),
        "HTML, quotes left": html.escape(password, quote=False),
        "HTML, ASCII": html.escape(password).encode("ascii", "xmlcharrefreplace").decode(),
        "repr": repr(password)[1:-1],
        "repr of bytes": repr(password.encode())[2:-1],
        "ascii": ascii(password)[1:-1],
    }
    found = {f"{name} in {code}": text.encode(code) for name, text in texts.items() for code in _TEXT_ENCODINGS}
    return found | {"plain in latin-1": password.encode("latin-1")} | _packed(password)


def _packed(text: str) -> dict[str, bytes]:
    """Hexadecimal and base64, the latter at each of the three places that a text can have in longer data."""
    found = {}
    for code in _TEXT_ENCODINGS:
        raw = text.encode(code)
        found[f"hexadecimal of {code}"] = raw.hex().encode()
        found[f"hexadecimal of {code}, upper case"] = raw.hex().upper().encode()
        for shift in range(3):
            found[f"base64 of {code}, shifted by {shift}"] = _base64(raw, shift)
    return found


def _lower_hex(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text)


def _base64(raw: bytes, shift: int) -> bytes:
    """What of the base64 of any data with `raw` at a place of this remainder by 3 depends on `raw` alone."""
    text = base64.b64encode(bytes(shift) + raw)
    return text[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]


class Canary:
    """A password and a session cookie to be searched for. What is found is told by place and form, never by the text.

    Both halves of the password's last word, and of what all the cookies begin with, are searched for, as text of one
    and two bytes a character, in hexadecimal and in base64: every form holds one of these (see the test), and so does a
    password that was cut off in the middle.
    """

    def __init__(self, password: str | None = None) -> None:
        self.password = password or new_password()
        self._cookie = secrets.token_hex(16)
        self._needles: dict[bytes, str] = {}
        for what, core in (("", self.password.rpartition(" ")[2]), ("cookie, ", self._cookie)):
            for half in (core[: len(core) // 2], core[len(core) // 2 :]):
                plain = {f"text in {code}": half.encode(code) for code in _TEXT_ENCODINGS}
                for name, data in (plain | _packed(half)).items():
                    self._needles.setdefault(data, what + name)
        self._overlap = max(map(len, self._needles))

    def new_cookie(self) -> str:
        """A session cookie's value, another one each time; for PracticePortal.draw_session_ids."""
        return self._cookie + secrets.token_hex(8)

    def in_data(self, data: bytes) -> list[str]:
        """The names of the forms that are in the data."""
        return sorted({name for needle, name in self._needles.items() if needle in data})

    def in_text(self, text: str) -> list[str]:
        """The names of the forms that are in the text."""
        return self.in_data(text.encode("utf-8", "surrogatepass"))

    def in_file(self, path: Path) -> list[str]:
        """The names of the forms that are in a regular file; one that is gone or closed to us holds nothing for us."""
        found: list[str] = []
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                return []  # opening a pipe would wait
            with path.open("rb") as stream:
                before = b""
                while piece := stream.read(_PIECE):
                    found += self.in_data(before + piece)
                    before = piece[-self._overlap :]
        except OSError:
            return found
        return list(dict.fromkeys(found))

    def in_folder(self, folder: Path) -> tuple[list[str], int]:
        """Where below a folder it is, in names, link targets and contents; and how many files were looked into."""
        found, files = [], 0
        for path in _below(folder):
            told = self.in_text(str(path.relative_to(folder)))
            try:
                mode = path.lstat().st_mode
                if stat.S_ISLNK(mode):
                    told += self.in_text(str(path.readlink()))
                elif stat.S_ISREG(mode):
                    files += 1
                    told += self.in_file(path)
            except OSError:
                continue  # it is gone
            found += [f"{path}: {form}" for form in told]
        return found, files

    def in_process(self, process: psutil.Process) -> list[str]:
        """Where in a process's arguments and environment it is."""
        found: list[str] = []
        try:
            arguments = process.cmdline()
            found += [f"argument of {arguments[:1]}: {form}" for text in arguments for form in self.in_text(text)]
            pairs = (f"{name}={value}" for name, value in process.environ().items())
            found += [f"environment of {arguments[:1]}: {form}" for text in pairs for form in self.in_text(text)]
        except psutil.Error:
            return found  # it has ended, or (a sandboxed browser process) its environment is closed to us
        return found


def _program(process: psutil.Process) -> str:
    """The name of the program that a process runs; the system's own name for it may be that of a thread."""
    return Path((process.cmdline() or [""])[0].partition(" ")[0]).name


def _below(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(top, name)


class Watch:
    """Looks, in a thread of its own, again and again, at all descendants of this process and at some folders.

    `found` is where the canary was; `processes` the names of the programs seen, `files` how many files were looked
    into; `core_limits` the highest limit for core dumps of each program that a child of ours started, and of a Python
    that has started one (Linux; bytes).
    """

    def __init__(self, canary: Canary, folders: Iterable[Path], *, pause_s: float = 0.1) -> None:
        self._canary = canary
        self._folders = tuple(folders)
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="canary watch")
        self._known: set[tuple[int, float, tuple[str, ...]]] = set()
        self.found: set[str] = set()
        self.processes: set[str] = set()
        self.core_limits: dict[str, int] = {}
        self._starting: set[int] = set()
        self.files = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        for turn in itertools.count():
            family = psutil.Process().children(recursive=True)
            for process in family:
                self._look_at(process)
            self._note_core_limits(family)
            for folder in self._folders if turn % _TURNS_A_FOLDER == 0 else ():
                found, files = self._canary.in_folder(folder)
                self.found.update(found)
                self.files += files
            if self._stop.wait(self._pause_s):
                return

    def _look_at(self, process: psutil.Process) -> None:
        try:
            name = _program(process)
            key = (process.pid, process.create_time(), tuple(process.cmdline()))
        except psutil.Error:
            return  # it has ended
        if key not in self._known:  # a program's arguments and environment are those of its start
            self._known.add(key)
            self.processes.add(name)
            self.found.update(self._canary.in_process(process))

    def _note_core_limits(self, family: list[psutil.Process]) -> None:
        if sys.platform != "linux":
            return
        for process in family:
            try:
                name = _program(process)
                if not name or name in _WRAPPERS or (name.startswith("python") and not process.children()):
                    continue  # it has not forbidden core dumps yet
                soft, _ = process.rlimit(psutil.RLIMIT_CORE)
            except psutil.Error:
                continue  # it has ended
            limit = sys.maxsize if soft < 0 else soft
            if limit > 1 and process.pid not in self._starting:
                self._starting.add(process.pid)  # it may be about to forbid them: the next look tells
                continue
            self.core_limits[name] = max(limit, self.core_limits.get(name, 0))
