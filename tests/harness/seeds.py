"""The seeds of samples: another one in each run, printed with the command that repeats it."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping

VARIABLE = "SAMPLE_SEED"
"""The environment variable that gives the seed of a run to be repeated."""


def sample_seed(test: str, environment: Mapping[str, str] = os.environ) -> int:
    """Return the seed of a test (its node id): the one that is asked for, or any; pytest shows it where it fails."""
    asked = environment.get(VARIABLE)
    seed = int(asked) if asked else random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}; again: {VARIABLE}={seed} .venv/bin/python -m pytest '{test}'\n")
    return seed
