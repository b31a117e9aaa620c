"""What pre-commit and CI run, run by the tests: lint, format, types, and the rule of the rooms."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.unit.house.sources import ROOT, tool

CHECKS = {
    "ruff-check": ["ruff", "check", "."],
    "ruff-format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "lint-imports": ["lint-imports", "--no-cache"],
}


@pytest.mark.timeout(600)  # a type check from nothing takes a while on a slow machine
@pytest.mark.parametrize("name", CHECKS)
def test_check_passes(name: str) -> None:
    program, *arguments = CHECKS[name]
    done = subprocess.run([tool(program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pre_commit_runs_what_these_tests_run() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    hooks = re.findall(r"- id: (\S+)\n +name: .+\n +entry: python3 installers/run\.py (.+)\n", text)
    assert {name: entry.split() for name, entry in hooks} == CHECKS
    assert text.count("- id:") == len(CHECKS)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "python3 installers/bootstrap.py test"
    assert command in (ROOT / "README.md").read_text("utf-8")
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert f'exec {command} "$@"' in script
    assert "set -euo pipefail" in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
