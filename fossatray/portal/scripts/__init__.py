"""The scripts that run inside the portal's pages, as texts. Each is one function; what they return is not trusted."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """Return the text of a script by its name: "sign_in_form", "after_post", "settle", "rows", "equipment", …."""
    return (files(__package__) / f"{name}.js").read_text(encoding="utf-8")
