"""What every step of the set-up shares: its line on the screen, its trouble, the running of other programs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
"""The project's folder."""

OUTPUT_LINES_SHOWN = 12


class SetupError(Exception):
    """The set-up cannot go on: what happened, and the one step that helps."""

    def __init__(self, what: str, advice: str, *, detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.detail = detail

    def __str__(self) -> str:
        """The text for the person in front of the terminal."""
        lines = [*self.detail.splitlines()[-OUTPUT_LINES_SHOWN:], self.what, f"What helps: {self.advice}"]
        return "\n".join(lines)


class Step:
    """The outcome of one step; the code in the step may say more than "ok"."""

    def __init__(self) -> None:
        self.outcome = "ok"


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show a step: its title when it begins, its outcome and time when it ends."""
    print(f"  {title:.<38} ", end="", flush=True)
    started = time.monotonic()
    this = Step()
    try:
        yield this
    except BaseException as error:
        outcome = "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
        print(f"{outcome} ({time.monotonic() - started:.1f} s)", flush=True)
        raise
    print(f"{this.outcome} ({time.monotonic() - started:.1f} s)", flush=True)


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without what would bend Python or pip, and with ``more``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name
        not in {
            "PYTHONPATH",
            "PYTHONHOME",
            "PYTHONSTARTUP",
            "VIRTUAL_ENV",
            "__PYVENV_LAUNCHER__",
            "PIP_TARGET",
            "PIP_PREFIX",
        }
    }
    return {**kept, **more}


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program to its end and give its exit status and its output, both streams together.

    Raises:
        SetupError: the program cannot be started.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env=dict(environment) if environment is not None else clean_environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetupError(
            f"{words[0]} cannot be started: {error.strerror}.", f"Run this by hand to see why: {shlex.join(words)}"
        ) from error
    return done.returncode, done.stdout


def is_root() -> bool:
    """Whether system packages may be installed without asking (never so on Windows)."""
    return sys.platform != "win32" and os.geteuid() == 0
