"""A sample that fails can be repeated: its seed is printed, and one command takes it again."""

from __future__ import annotations

import pytest

from tests.harness.seeds import VARIABLE, sample_seed


def test_the_seed_is_another_one_each_time_and_printed_with_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = {sample_seed("tests/a.py::test_b", {}) for _ in range(20)}
    assert len(seeds) > 1
    seed = sample_seed("tests/a.py::test_b", {})
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == f"seed {seed}; again: {VARIABLE}={seed} .venv/bin/python -m pytest 'tests/a.py::test_b'"


def test_the_seed_that_is_asked_for_is_taken() -> None:
    assert sample_seed("tests/a.py::test_b", {VARIABLE: "42"}) == 42
