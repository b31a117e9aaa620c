"""What the command line prints: tables and sentences with portal text made visible, JSON, errors with advice."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from fossatray.core.errors import FossaError
from fossatray.core.text import one_line, visible
from fossatray.core.words import Words
from fossatray.system.clock import clock_words, local_zone

CELL_LIMIT = 40


def words(zone: tzinfo | None = None) -> Words:
    """Return the words of the command line: untranslated, in the system's zone and clock habit."""
    return Words(zone or local_zone(), clock=clock_words)


def say(text: str) -> None:
    """Print a sentence of ours."""
    print(text)


def say_json(data: Any) -> None:
    """Print JSON, control characters and all else escaped."""
    print(json.dumps(data, ensure_ascii=True, indent=2))


def complain(error: FossaError) -> None:
    """Print an error and what to do, to standard error."""
    print(f"fossatray: {visible(error.message)}", file=sys.stderr)
    if error.what_to_do and error.what_to_do != error.message:
        print(f"  {visible(error.what_to_do)}", file=sys.stderr)


def table(heads: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """Print rows under their heads, each cell on one line of at most 40 columns, portal text made visible."""
    shown = [[one_line(visible(cell or "", keep_newlines=True), CELL_LIMIT) for cell in row] for row in rows]
    widths = [max(_width(line[i]) for line in [list(heads), *shown]) for i in range(len(heads))]
    for line in [list(heads), *shown]:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        print("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
