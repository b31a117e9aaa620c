"""installers/requirements.lock: complete, by hash, without addresses, able to satisfy pyproject.toml; its renewal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

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


UV = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
output = pathlib.Path(words[words.index("--output-file") + 1]) if "--output-file" in words else None
known = output.read_text() if output is not None and output.exists() else None
heard = dict(words=words, input=sys.stdin.read(), folder=str(pathlib.Path.cwd()), known=known, output=str(output))
pathlib.Path({heard!r}).write_text(json.dumps(heard))
if {status}:
    sys.exit("uv: nothing fits")
output.write_text("new==2 --hash=sha256:00\\n")
"""
"""A stand-in that writes down how it was called, and makes a lock of one package or fails."""


def renew(folder: Path, *options: str, status: int = 0) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Run a copy of lock.py beside a stand-in for uv; returns how it ended and what uv was told."""
    (folder / "installers").mkdir()
    shutil.copy(ROOT / "installers" / "lock.py", folder / "installers")
    (folder / "installers" / "requirements.lock").write_text("old==1\n", "utf-8")
    (folder / "pyproject.toml").write_text('[build-system]\nrequires = ["backend>=7", "helper"]\n', "utf-8")
    (folder / "programs").mkdir()
    uv = folder / "programs" / "uv"
    uv.write_text(UV.format(python=sys.executable, heard=str(folder / "heard.json"), status=status), "utf-8")
    uv.chmod(0o700)
    command = [sys.executable, str(folder / "installers" / "lock.py"), *options]
    environment = {**os.environ, "PATH": str(uv.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done, json.loads((folder / "heard.json").read_text("utf-8"))


def test_one_command_renews_it_and_keeps_what_is_locked(tmp_path: Path) -> None:
    done, heard = renew(tmp_path)
    assert done.returncode == 0, done.stderr
    assert heard["known"] == "old==1\n"  # uv keeps the versions of its output file, as far as they fit
    assert "--upgrade" not in heard["words"]
    assert "--constraint" not in heard["words"]  # which would refuse a raised lower bound
    lock = (tmp_path / "installers" / "requirements.lock").read_text("utf-8")
    assert lock.splitlines() == [TEXT.splitlines()[0], "new==2 --hash=sha256:00"]
    assert "1 packages" in done.stdout
    assert not Path(heard["output"]).exists()


def test_with_upgrade_it_takes_the_newest(tmp_path: Path) -> None:
    done, heard = renew(tmp_path, "--upgrade")
    assert done.returncode == 0, done.stderr
    assert heard["words"].count("--upgrade") == 1


def test_uv_is_asked_for_all_platforms_by_hash_and_without_addresses(tmp_path: Path) -> None:
    words = renew(tmp_path)[1]["words"]
    assert words[:2] == ["pip", "compile"]
    assert {"--universal", "--generate-hashes", "--no-emit-index-url", "--no-header"} <= set(words)
    assert words[words.index("--python-version") + 1] == PROJECT["project"]["requires-python"].removeprefix(">=")
    assert words[words.index("--only-binary") + 1] == ":all:"


def test_the_program_its_tools_and_the_build_back_end_are_locked(tmp_path: Path) -> None:
    heard = renew(tmp_path)[1]
    assert heard["words"][-4:] == ["--group", "dev", "pyproject.toml", "-"]
    assert heard["input"].split() == ["backend>=7", "helper"]
    assert Path(heard["folder"]) == tmp_path


def test_a_failure_leaves_the_lock_as_it_was(tmp_path: Path) -> None:
    done, _ = renew(tmp_path, status=1)
    assert done.returncode == 1
    assert "could not resolve" in done.stdout
    assert "nothing fits" in done.stderr
    assert (tmp_path / "installers" / "requirements.lock").read_text("utf-8") == "old==1\n"
