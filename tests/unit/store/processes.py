"""Real second processes for the tests: see `child`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def second_process(what: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the child until it is ready; it ends when its input closes."""
    command = [sys.executable, str(Path(__file__).with_name("child.py")), what, str(folder)]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "ready\n"
        yield child
        if child.poll() is None:
            child.stdin.close()
