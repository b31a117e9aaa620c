"""What the command line prints: tables and sentences with portal text made visible, JSON, errors with advice."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from fossatray.core.errors import FossaError
from fossatray.core.text import one_line, visible

if TYPE_CHECKING:
    from fossatray.core.words import Words

CELL_LIMIT = 40


class OutputFailed(FossaError):
    """What the command line printed could not be written, for a full disk, say; the message says why."""

    kind = "output_failed"
    title = "The output could not be written"
    advice = "Free some space, or send the output elsewhere."


def words(zone: tzinfo | None = None) -> Words:
    """Return the words of the command line: untranslated, in the system's zone and habits of writing times and days."""
    from fossatray.core.words import Words  # late, as its own parts are: a sync tells nothing before it is done
    from fossatray.system.clock import clock_of, local_habit, local_zone

    habit = local_habit()
    return Words(zone or local_zone, clock=clock_of(habit), day_first=not habit.month_first)


def say(text: str) -> None:
    """Print a sentence of ours. Raises OutputFailed, as all that prints here, or BrokenPipeError."""
    with output():
        print(text)


def say_json(data: Any) -> None:
    """Print JSON, control characters and all else escaped."""
    with output():
        print(json.dumps(data, ensure_ascii=True, indent=2))


def complain(error: FossaError) -> None:
    """Print an error and what to do, to standard error; where that cannot be written, the exit status speaks alone."""
    with contextlib.suppress(OSError):
        print(f"fossatray: {visible(error.message)}", file=sys.stderr)
        if error.what_to_do and error.what_to_do != error.message:
            print(f"  {visible(error.what_to_do)}", file=sys.stderr)


def flush() -> None:
    """Write out what is still held back: a full disk is noticed here, not when the interpreter ends."""
    with output():
        if sys.stdout is not None:  # as it is for a program without a console
            sys.stdout.flush()


def discard() -> None:
    """Give up standard output: what could not be written shall not be tried again when the interpreter ends."""
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextlib.contextmanager
def output() -> Iterator[None]:
    """Turn what hinders the printing into OutputFailed; a reader that has gone stays a BrokenPipeError.

    Closed from the start (`>&-`) it is None, as it is on Windows for every program without a console.
    """
    if sys.stdout is None and sys.platform != "win32":
        raise OutputFailed("The output could not be written: it is closed.")
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(f"The output could not be written: {error.strerror or error}.") from error


def table(heads: Sequence[str], rows: Sequence[Sequence[str | None]], limit: int = CELL_LIMIT) -> None:
    """Print rows under their heads, each cell on one line of at most `limit` columns, portal text made visible."""
    shown = [[one_line(visible(cell or "", keep_newlines=True), limit) for cell in row] for row in rows]
    widths = [max(_width(line[i]) for line in [list(heads), *shown]) for i in range(len(heads))]
    for line in [list(heads), *shown]:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        say("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
