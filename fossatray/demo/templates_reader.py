"""Reads the recorded markup, styles and scripts in templates/ and fills their blanks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template


@cache
def resource(name: str) -> str:
    """The text of a file in templates/."""
    return files("fossatray.demo").joinpath("templates", name).read_text(encoding="utf-8")


def fill(name: str, values: Mapping[str, str]) -> str:
    """A template with its `${names}` replaced."""
    return Template(resource(name)).substitute(values)
