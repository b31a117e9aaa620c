"""Text from the portal is data: made storable, made visible, made harmless where it leaves the program."""

from __future__ import annotations

import re
import unicodedata

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def storable(text: str) -> tuple[str, int]:
    """Return the text with NUL and lone surrogates replaced by U+FFFD, and how many there were.

    SQLite refuses lone surrogates, and LIKE and length stop at NUL.
    """
    return _UNSTORABLE.subn("\ufffd", text)


def visible(text: str, *, keep_newlines: bool = False) -> str:
    r"""Return the text with control and bidirectional characters shown as \\uXXXX, for terminals and logs."""
    return "".join(c if _shown(c, keep_newlines) else f"\\u{ord(c):04x}" for c in text)


def _shown(char: str, keep_newlines: bool) -> bool:
    if char == "\n":
        return keep_newlines
    return char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")


def shape(text: str) -> str:
    """Return the text with every letter and digit as its kind: "W-100001 Pump" is "X-999999 Xxxx"; the rest stays."""
    return "".join(_kind(char) for char in text)


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Lu":
        return "X"
    if category.startswith("L"):
        return "x"
    return "9" if category.startswith("N") else char


def notice_body(text: str) -> str:
    """Return the text escaped for a notification's body, which some daemons render as markup unasked."""
    from html import escape  # late: it brings a table of 2,000 names, and notices are rare

    return escape(visible(text, keep_newlines=True), quote=False)


def one_line(text: str, limit: int) -> str:
    """Return the text on one line of at most `limit` characters, cut with an ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def capital(text: str) -> str:
    """Return a text that begins a line: with a capital letter."""
    return text[:1].upper() + text[1:]
