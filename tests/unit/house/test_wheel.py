"""The wheel, built offline and installed into an empty environment: it starts and finds its icons and its profile."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from fossatray import __version__
from tests.unit.house.sources import ROOT

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the back-end of this environment without any network."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-build-isolation",
            "--no-deps",
            "--no-index",
            "-w",
            str(folder),
            str(ROOT),
        ]
    )
    (found,) = folder.glob("fossatray-*.whl")
    return found


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of an environment that holds the wheel alone, and is led to its dependencies."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    _run([sys.executable, "-I", "-m", "venv", "--without-pip", str(folder)])
    names = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", names))
    programs = Path(sysconfig.get_path("scripts", "venv", names))
    python = programs / Path(sys.executable).name
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    _run([*pip, "install", "--no-deps", "--no-index", str(wheel)])
    # A plain line in a .pth adds the folder but runs none of its own .pth files: the checkout stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return programs


def test_it_holds_the_resources_the_profile_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert f"fossatray-{__version__}.dist-info/licenses/LICENSE" in names
    assert any(name.startswith("fossatray/resources/icons/") and name.endswith(".svg") for name in names)
    assert any(name.startswith("fossatray/portal/profiles/") and name.endswith(".toml") for name in names)
    tops = {name.split("/", 1)[0] for name in names}
    assert tops == {"fossatray", f"fossatray-{__version__}.dist-info"}


def test_it_has_a_program_with_and_one_without_a_console(wheel: Path) -> None:
    entries = zipfile.ZipFile(wheel).read(f"fossatray-{__version__}.dist-info/entry_points.txt").decode()
    assert "[console_scripts]\nfossatray = fossatray.cli:main" in entries
    assert "[gui_scripts]\nfossatrayw = fossatray.cli:main" in entries


def test_it_starts(scripts: Path, tmp_path: Path) -> None:
    assert __version__ in _run([str(scripts / "fossatray"), "--version"], tmp_path)


def test_it_finds_its_icons(scripts: Path, tmp_path: Path) -> None:
    code = "from fossatray.system.paths import resource; print(resource('icons'), *sorted(resource('icons').iterdir()))"
    folder, *icons = _run([str(scripts / "python"), "-P", "-c", code], tmp_path).split()
    assert Path(folder).is_relative_to(scripts.parent)
    assert {path.name for path in (ROOT / "resources" / "icons").iterdir()} == {Path(icon).name for icon in icons}


def test_it_finds_its_portal_profile(scripts: Path, tmp_path: Path) -> None:
    code = "from fossatray.portal import profile; print(profile.__file__); print(repr(profile.load_profile()))"
    place, shown = _run([str(scripts / "python"), "-P", "-c", code], tmp_path).splitlines()
    assert Path(place).is_relative_to(scripts.parent)
    assert shown.startswith("Profile(")


def _run(command: list[str], folder: Path = ROOT) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PIP_CONFIG_FILE"}}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
