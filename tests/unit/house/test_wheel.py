"""The wheel, built offline and installed into an empty environment: it runs there, with every file it reads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import closing
from http.client import HTTPConnection
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
    assert "practice-portal" in _run([str(scripts / "fossatray"), "--help"], tmp_path)


def test_its_command_line_answers(scripts: Path, tmp_path: Path) -> None:
    told = _run([str(scripts / "fossatray"), "status", "--json", "--data-dir", str(tmp_path / "data")], tmp_path)
    assert json.loads(told)["status"] == "idle"
    assert json.loads(told)["accounts"] == []


@pytest.mark.skipif(sys.platform == "win32", reason="it is ended by a signal")
def test_its_practice_portal_serves_its_pages(scripts: Path, tmp_path: Path) -> None:
    command = [str(scripts / "fossatray"), "practice-portal", "--port", "0", "--orders", "3"]
    with subprocess.Popen(command, cwd=tmp_path, env=_environment(), stdout=subprocess.PIPE, text=True) as portal:
        try:
            assert portal.stdout is not None
            origin = portal.stdout.readline().removeprefix("Practice portal:").strip()
            with closing(HTTPConnection(origin.removeprefix("http://"), timeout=30)) as connection:
                connection.request("GET", "/")
                answer = connection.getresponse()
                assert answer.status == 200
                assert "<input" in answer.read().decode()
        finally:
            portal.send_signal(signal.SIGTERM)
        assert portal.wait(30) == 0


LOADERS = {
    "portal/scripts": "from fossatray.portal.scripts import script; load = lambda name: script(name[:-len('.js')])",
    "demo/templates": "from fossatray.demo.templates_reader import resource as load",
    "resources/icons": "from fossatray.system.paths import resource as r; load = lambda n: r('icons/' + n).read_text()",
}
"""How the program itself reads the files of each folder."""


@pytest.mark.parametrize("folder", LOADERS)
def test_each_file_it_reads_comes_out_of_it_as_it_is_here(scripts: Path, tmp_path: Path, folder: str) -> None:
    place = ROOT / folder if folder.startswith("resources") else ROOT / "fossatray" / folder
    texts = {path.name: path.read_text("utf-8") for path in place.iterdir() if path.suffix not in {"", ".py"}}
    code = f"import json, sys; {LOADERS[folder]}; print(json.dumps({{name: load(name) for name in sys.argv[1:]}}))"
    told = _run([str(scripts / "python"), "-P", "-c", code, *texts], tmp_path)
    assert texts
    assert json.loads(told) == texts


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


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PIP_CONFIG_FILE"}}


def _run(command: list[str], folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
