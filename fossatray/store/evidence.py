"""The evidence of failed runs: a folder for each, beside the database. So many runs and bytes at most, the oldest go.

It lies in files, not in the database, so that a person can look at it and send it to whoever helps.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from fossatray.core.evidence import Evidence, KeptEvidence
from fossatray.store.errors import folder_errors

RUNS_KEPT = 20
BYTES_KEPT = 50 * 1024 * 1024
ABOUT, PAGE, PICTURE = "about.json", "page.html", "page.png"
_NEW = "new"


def evidence_beside(file: Path) -> EvidenceShelf:
    """Return the shelf that belongs to a database file."""
    return EvidenceShelf(file.with_name("evidence"))


class EvidenceShelf:
    """What is kept in one folder, which is the user's alone. Failures of the disk are StoreFull or StoreUnsuitable.

    It is written and deleted in one thread of one program: what is half-written while something is deleted was cut off.
    """

    def __init__(self, folder: Path, *, runs: int = RUNS_KEPT, size: int = BYTES_KEPT) -> None:
        self._folder = folder
        self._runs = runs
        self._size = size

    def keep(self, run_id: int, evidence: Evidence) -> None:
        """Keep a run's evidence instead of what it has, and delete the oldest that is too much."""
        with folder_errors("The evidence of the sync cannot be kept"):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._folder / _NEW
            _remove(new)
            new.mkdir(mode=0o700)
            try:
                for name, content in _files(evidence):
                    _write(new / name, content)
                _remove(self._folder / str(run_id))
                new.rename(self._folder / str(run_id))
            except OSError:
                _remove(new)
                raise
            self._trim()

    def of_runs(self) -> dict[int, KeptEvidence]:
        """Return what is kept, by the run's id, the oldest first; what cannot be looked at is not there."""
        try:
            return {run: _kept(self._folder / str(run)) for run in self._all()}
        except OSError:
            return {}

    def delete(self, run_id: int | None = None) -> int:
        """Delete the evidence of one run, or all, and what was cut off; returns of how many runs there was some."""
        with folder_errors("The evidence cannot be deleted"):
            _remove(self._folder / _NEW)
            chosen = [run for run in self._all() if run_id in (None, run)]
            for run in chosen:
                _remove(self._folder / str(run))
        return len(chosen)

    def keep_only(self, wanted: Callable[[int], bool]) -> None:
        """Delete the evidence of every run that is not wanted, and what was cut off."""
        with folder_errors("The evidence cannot be deleted"):
            _remove(self._folder / _NEW)
            for run in self._all():
                if not wanted(run):
                    _remove(self._folder / str(run))

    def _all(self) -> list[int]:
        try:
            names = [entry.name for entry in self._folder.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def _trim(self) -> None:
        """Keep the newest: so many, and of them as many as are not too large together; always the last one."""
        left, size = self._runs, self._size
        for place, run in enumerate(reversed(self._all())):
            folder = self._folder / str(run)
            left, size = left - 1, size - sum(file.lstat().st_size for file in folder.iterdir())
            if place and (left < 0 or size < 0):
                _remove(folder)


def _files(evidence: Evidence) -> list[tuple[str, bytes]]:
    about = {"step": evidence.step, "error": evidence.error, "path": evidence.path}
    files = [
        (ABOUT, (json.dumps(about, indent=2) + "\n").encode("ascii")),
        (PAGE, evidence.html.encode("utf-8", "replace")),
    ]
    return files if evidence.picture is None else [*files, (PICTURE, evidence.picture)]


def _kept(folder: Path) -> KeptEvidence:
    return KeptEvidence(folder, tuple(name for name in (ABOUT, PAGE, PICTURE) if (folder / name).is_file()))


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)


def _remove(folder: Path) -> None:
    """Remove a folder if it is there. A link in its place is removed, never followed."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
