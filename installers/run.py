"""Runs a program of the project's environment: ``python3 installers/run.py ruff check .`` (pre-commit does)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run it in the project's folder; returns its exit status."""
    folder = ROOT / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    name, *arguments = sys.argv[1:]
    program = folder / (f"{name}.exe" if sys.platform == "win32" else name)
    if not program.exists():
        print(f"{name} is not in .venv: run 'python3 installers/bootstrap.py test' once.", file=sys.stderr)
        return 1
    return subprocess.run([str(program), *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
