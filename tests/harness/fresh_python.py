"""A Python of its own, for tests that look at what a program imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_python(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that nobody measures: `coverage` follows into child processes, and imports much itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
