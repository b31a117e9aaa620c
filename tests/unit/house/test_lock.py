"""installers/requirements.lock: complete, by hash, without addresses, and able to satisfy pyproject.toml."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.unit.house.sources import ROOT

TEXT = (ROOT / "installers" / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ENTRY = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def locked() -> dict[str, Version]:
    """Every locked package and its version."""
    return {match["name"]: Version(match["version"]) for match in ENTRY.finditer(TEXT)}


def test_it_is_nothing_but_packages_with_hashes() -> None:
    assert re.sub(r"^#[^\n]*\n", "", ENTRY.sub("", TEXT), flags=re.MULTILINE).strip() == ""


def test_it_holds_no_address() -> None:
    assert "://" not in TEXT
    assert "--index" not in TEXT
    assert "@" not in TEXT


@pytest.mark.parametrize(
    "wanted",
    [
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
    ],
)
def test_it_satisfies_the_project_file(wanted: str) -> None:
    requirement = Requirement(wanted)
    assert locked()[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize(
    ("name", "system"), [("pywin32-ctypes", "win32"), ("secretstorage", "linux"), ("tzdata", "win32")]
)
def test_it_is_for_every_platform(name: str, system: str) -> None:
    assert re.search(rf"^{name}==\S+ ; sys_platform == '{system}'", TEXT, re.MULTILINE)
