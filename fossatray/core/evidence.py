"""Evidence of a failure: the step, and what the portal's page looked like, every word of it as its shape (Xxxx 99)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path

from fossatray.core.json_checks import Json

HTML_LIMIT = 512 * 1024
"""Characters of a page."""
PICTURE_LIMIT = 1536 * 1024
"""Characters of a picture's base64."""

_NAME = re.compile(r"[a-z_]{1,40}")
_PATH_LIMIT = 500
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a failed step left, masked. `path` is the page's, without its query; `png` the picture as base64.

    `step` is "sign_in", "list", "completed" or "locations"; `error` the error's kind. Sent at most once a scrape.
    """

    step: str
    error: str
    path: str
    html: str
    png: str | None = None

    @property
    def picture(self) -> bytes | None:
        """The picture's bytes."""
        return None if self.png is None else base64.b64decode(self.png)


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """The evidence kept of one run: its folder and the names of the files in it, in order."""

    folder: Path
    files: tuple[str, ...]


def evidence_from(data: Json) -> Evidence:
    """Read evidence that the scrape process sent. Raises ValueError, KeyError or TypeError for anything else."""
    step, error, path, html, png = (data[name] for name in ("step", "error", "path", "html", "png"))
    if not (_NAME.fullmatch(step) and _NAME.fullmatch(error)):
        raise ValueError("the name of a step was expected")
    if not isinstance(path, str) or len(path) > _PATH_LIMIT or not path.isprintable():
        raise ValueError("a path was expected")
    if not isinstance(html, str) or len(html) > HTML_LIMIT:
        raise ValueError("a page was expected")
    if png is not None and not is_picture(png):
        raise ValueError("a picture was expected")
    return Evidence(step, error, path, html, png)


def is_picture(text: object) -> bool:
    """Tell whether a text is the base64 of a PNG that is not too large."""
    if not isinstance(text, str) or len(text) > PICTURE_LIMIT:
        return False
    try:
        return base64.b64decode(text, validate=True).startswith(_PNG)
    except binascii.Error:
        return False
