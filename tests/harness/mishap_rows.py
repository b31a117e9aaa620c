"""The rows of docs/mishaps.md, for the tests that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fossatray.demo.mishaps import Mishap

TABLE = Path(__file__).parents[2] / "docs" / "mishaps.md"
MASKED_PAGE = "page (masked)"
PATIENCE_S = 30.0
"""What evidence may take in a test of whether there is any: a loaded machine shall not make the difference."""


@dataclass(frozen=True)
class Row:
    """One row of the table, its code marks taken away, and the heading that it stands below."""

    section: str
    mishap: str
    name: str
    kind: str
    words: str
    advice: str
    again: str
    evidence: str
    data: str
    test: str


def rows() -> list[Row]:
    """Read the table."""
    found, section = [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith("| Mishap |"):
            found.append(Row(section, *(cell.strip().strip("`") for cell in line.strip("|").split("|"))))
    return found


ROWS = rows()


def leaves_evidence(mishap: Mishap) -> bool:
    """Tell what the table says of a mishap of the practice portal."""
    (row,) = (row for row in ROWS if row.name == mishap.value)
    return row.evidence == MASKED_PAGE
