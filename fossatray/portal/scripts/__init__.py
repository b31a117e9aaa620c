"""The scripts that run inside the portal's pages, as texts. Each is one function; what they return is not trusted."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """Return the text of a script: "sign_in_form", "shown_errors", "after_post", "sign_out", "settle", "rows"."""
    return (files(__package__) / f"{name}.js").read_text(encoding="utf-8")
