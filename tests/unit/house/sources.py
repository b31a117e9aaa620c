"""The project's own files, for the tests of the project itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PYTHON_FOLDERS = ("fossatray", "tests", "installers", "benchmarks")


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file()))


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """The Python files of these folders (of all, if none is named)."""
    tops = folders or PYTHON_FOLDERS
    return tuple(path for path in project_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in tops)


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where something is, for a message."""
    line = f":{node.lineno}" if isinstance(node, (ast.stmt, ast.expr, ast.excepthandler)) else ""
    return f"{path.relative_to(ROOT)}{line}"


def tool(name: str) -> str:
    """A program of the environment the tests run in."""
    suffix = ".exe" if sys.platform == "win32" else ""
    return str(Path(sys.executable).with_name(name + suffix))
