"""The set-up's own logic: naming packages, knowing what is unchanged, telling failures apart."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fossatray.portal import browser_find
from installers.linux import packages
from installers.linux.packages import Need
from installers.linux.session import desktop, xauthority_entry
from installers.setup import browsers, commands
from installers.setup.environment import Environment, pip_trouble
from installers.setup.steps import SetupError, clean_environment, run, step
from tests.unit.house.sources import ROOT

LACKING = Need("library libnone.so.9", lambda: False, {"apt-get": "libnone9", "dnf": "none-libs"})
MET = Need("a shell", lambda: True, {"apt-get": "dash"})


@pytest.fixture
def project(tmp_path: Path) -> Environment:
    """A project folder with what an environment depends on, and no environment."""
    (tmp_path / "installers").mkdir()
    (tmp_path / "installers" / "requirements.lock").write_text("", "utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    return Environment(tmp_path)


@pytest.fixture
def finished(project: Environment) -> Environment:
    """The same, with an environment that looks complete."""
    project.python.parent.mkdir(parents=True)
    project.python.touch()
    project.stamp.write_text(project.fingerprint(), "ascii")
    assert project.is_ready()
    return project


def test_options_and_what_goes_on_to_the_program() -> None:
    options, rest = commands.parse(["demo", "--once", "--", "--orders", "5"])
    assert (options.command, options.once, rest) == ("demo", True, ["--orders", "5"])
    options, rest = commands.parse(["test", "-k", "lock", "--", "-x"])
    assert (options.command, rest) == ("test", ["-k", "lock", "-x"])


@pytest.mark.parametrize("arguments", [[], ["sing"], ["demo", "--never"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        commands.parse(arguments)
    assert ended.value.code == 2
    assert "usage: bootstrap.py" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\n', False),
        ("ID=ubuntu\nID_LIKE=debian\n", True),
        ('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ("# ID=ubuntu\nID='fedora'\n", False),
        ("", False),
    ],
)
def test_ubuntu_is_told_from_os_release(text: str, expected: bool) -> None:
    assert browsers.is_ubuntu(text) is expected


@pytest.mark.parametrize(
    ("manager", "as_root", "command"),
    [
        ("apt-get", True, "apt-get install -y a b"),
        ("apt-get", False, "sudo apt-get install -y a b"),
        ("dnf", False, "sudo dnf install -y a b"),
        ("pacman", False, "sudo pacman -S --needed --noconfirm a b"),
        ("zypper", False, "sudo zypper --non-interactive install a b"),
    ],
)
def test_the_command_is_exact(manager: str, as_root: bool, command: str) -> None:
    assert packages.install_command(["a", "b"], manager, as_root=as_root) == command


@pytest.mark.parametrize("manager", packages.MANAGERS)
def test_every_qt_library_has_a_package_everywhere(manager: str) -> None:
    names, unknown = packages.package_names([*packages.QT, *packages.VIRTUAL_SCREEN, *packages.SESSION_BUS], manager)
    assert unknown == []
    assert len(names) > 10


@pytest.mark.skipif(shutil.which("apt-cache") is None, reason="no Debian")
def test_debian_has_every_package_named() -> None:
    names, unknown = packages.package_names(
        [*packages.QT, *packages.DESKTOP, packages.python_venv(), browsers.system_need()], "apt-get"
    )
    assert unknown == []
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    known = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True).stdout.split()
    assert set(names) - set(known) <= {version}  # a Python of one's own has no package


def test_a_person_is_told_what_is_missing_and_the_command() -> None:
    with pytest.raises(SetupError) as caught:
        packages.provide([MET, LACKING], as_root=False, manager="apt-get")
    assert "libnone.so.9" in caught.value.what
    assert caught.value.advice.splitlines()[0] == "sudo apt-get install -y libnone9"


def test_what_has_no_known_package_is_named() -> None:
    with pytest.raises(SetupError, match=r"Install by hand: library libnone\.so\.9"):
        packages.provide([LACKING], as_root=False, manager="zypper")
    with pytest.raises(SetupError, match=r"libnone\.so\.9.*\n.*your system's package manager"):
        packages.provide([LACKING], as_root=True, manager=None)


def test_root_without_apt_is_told_the_command_without_sudo() -> None:
    with pytest.raises(SetupError) as caught:
        packages.provide([LACKING], as_root=True, manager="dnf")
    assert caught.value.advice.startswith("dnf install -y none-libs")


def test_nothing_is_done_when_nothing_is_missing() -> None:
    assert packages.provide([MET], as_root=True, manager="apt-get") == "ok, nothing missing"


def test_a_library_is_found_or_not() -> None:
    assert packages.has_library("libc.so.6")
    assert not packages.has_library("libnone.so.9")


def test_a_file_is_found_or_not(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    assert not packages.has_file(f"{tmp_path}/*/x.t?f")
    (tmp_path / "sub" / "x.ttf").touch()
    assert packages.has_file(f"{tmp_path}/*/x.t?f")


def test_a_browser_of_playwrights_own_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chromium-1" / "INSTALLATION_COMPLETE").mkdir(parents=True)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    assert browsers.has_browser()
    shutil.rmtree(tmp_path / "chromium-1")
    assert not browsers.has_browser()


def program_names() -> list[str]:
    """Every name by which the program looks for a browser on the PATH."""
    asked: list[str] = []
    browser_find.candidates(None, None, "", which=asked.append)
    return asked


@pytest.mark.parametrize("name", program_names())
def test_each_browser_that_the_program_can_drive_counts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    browser = tmp_path / name
    browser.touch(mode=0o600)
    assert browser not in browsers.installed_browsers()
    browser.chmod(0o700)
    assert browser in browsers.installed_browsers()


def test_the_set_up_and_the_program_find_the_same_browsers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One list for both, with the places outside the PATH and those of Windows and macOS (see test_browser_find)."""
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    found = [Path(candidate.path) for candidate in browser_find.candidates(None, None, "")]
    there = [path for path in found if path.is_file() and os.access(path, os.X_OK)]
    assert list(browsers.installed_browsers()) == there
    assert vars(browsers)["candidates"] is browser_find.candidates


def test_the_set_up_needs_the_standard_library_alone() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); import installers.setup.commands; "
        "print({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names - {'__main__'})"
    )
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"'([^']+)'", done.stdout)) == {"fossatray", "installers"}


def test_a_session_bus_is_known_by_address_or_socket(tmp_path: Path) -> None:
    assert packages.has_session_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"})
    assert not packages.has_session_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert not packages.has_session_bus({})


@pytest.mark.parametrize("changed", ["lock", "pyproject", "stamp", "mark", "python"])
def test_any_change_makes_the_environment_unready(changed: str, finished: Environment) -> None:
    if changed == "lock":
        finished.lock.write_text("x==1", "utf-8")
    elif changed == "pyproject":
        (finished.root / "pyproject.toml").write_text("", "utf-8")
    elif changed == "stamp":
        finished.stamp.write_bytes(b"\xff")
    elif changed == "mark":
        finished.mark.touch()
    else:
        finished.python.unlink()
    assert not finished.is_ready()


def test_a_moved_project_is_unready(finished: Environment, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(finished.root, moved, ignore=shutil.ignore_patterns("elsewhere"))
    assert not Environment(moved).is_ready()


def test_a_half_made_environment_is_remade(project: Environment) -> None:
    project.folder.mkdir()
    project.mark.touch()
    (project.folder / "rubbish").touch()
    with pytest.raises(SetupError):  # the empty lock gives no build back-end, so the last step fails
        project.prepare()
    assert not (project.folder / "rubbish").exists()
    assert project.python.exists()
    assert project.mark.exists()
    assert not project.is_ready()


def test_a_package_with_another_hash_is_refused(
    project: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with zipfile.ZipFile(shelf / "small-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("small.py", "")
        wheel.writestr("small-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1\n")
        wheel.writestr("small-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("small-1.dist-info/RECORD", "")
    project.lock.write_text(f"small==1 --hash=sha256:{'0' * 64}\n", "utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    with pytest.raises(SetupError, match="is not the one this project was made with") as caught:
        project.prepare()
    assert "Expected sha256 0000" in caught.value.detail
    assert not project.is_ready()


def test_without_a_network_that_is_said(project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    project.lock.write_text(f"small==1 --hash=sha256:{'0' * 64}\n", "utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(SetupError, match=r"The package index cannot be reached\.\nWhat helps: Check the network"):
        project.prepare()


@pytest.mark.parametrize(
    ("output", "what", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full", "Free about"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "is not the one",
            "Run this again",
        ),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "Permission was denied", "folder yours"),
        ("Temporary failure in name resolution\nERROR: No matching distribution found for x", "be reached", "network"),
        ("ERROR: No matching distribution found for x==1", "was not found", "Check the network; if that"),
        ("Segmentation fault", "It failed.", "lines above"),
    ],
)
def test_each_failure_of_pip_has_its_own_words(output: str, what: str, advice: str) -> None:
    trouble = pip_trouble(output, "It failed.")
    assert what in trouble.what
    assert advice in trouble.advice
    assert str(trouble).startswith(output.splitlines()[0])


@pytest.mark.parametrize(
    ("output", "what"),
    [
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "disk is full"),
        ("E: Unable to locate package libnone9", "do not have all packages"),
        ("Err:1 Temporary failure resolving 'x'\nE: Failed to fetch y", "could not be downloaded"),
        ("dpkg was interrupted", "could not be installed"),
    ],
)
def test_each_failure_of_apt_has_its_own_words(output: str, what: str) -> None:
    assert what in packages.apt_trouble(output, "apt-get install -y libnone9").what


def test_a_program_that_cannot_be_started_is_named() -> None:
    with pytest.raises(SetupError, match="no-such-program cannot be started"):
        run(["no-such-program"])


def test_the_environment_is_rid_of_what_bends_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/x")
    monkeypatch.setenv("PIP_TARGET", "/y")
    cleaned = clean_environment(LANG="C")
    assert {"PYTHONPATH", "PIP_TARGET"}.isdisjoint(cleaned)
    assert cleaned["LANG"] == "C"
    assert "PATH" in cleaned


def test_a_step_shows_outcome_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    with step("Boil water") as this:
        this.outcome = "ok, hot"
    with pytest.raises(ValueError, match="dry"), step("Make tea"):
        raise ValueError("dry")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("  Boil water....")
    assert first.endswith("ok, hot (0.0 s)")
    assert second.endswith("failed (0.0 s)")


def test_the_cookie_file_has_the_field_order_of_xau() -> None:
    assert (
        xauthority_entry(b"k" * 16)
        == b"\xff\xff" + b"\0\0" + b"\0\0" + b"\0\x12MIT-MAGIC-COOKIE-1" + b"\0\x10" + b"k" * 16
    )


@pytest.mark.skipif(sys.platform != "linux", reason="X11 and D-Bus are Linux's")
def test_the_virtual_screen_opens_to_its_cookie_alone() -> None:
    with desktop(screen=True, bus=True) as variables:
        assert packages.has_session_bus(variables)
        base = clean_environment(**variables)
        assert run(["xprop", "-root", "_NET_SUPPORTED"], base)[0] == 0
        status, output = run(["xprop", "-root"], {**base, "XAUTHORITY": "/nonexistent"})
        assert status != 0, output
        folder = Path(variables["XAUTHORITY"]).parent
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_old_pythons_are_told_what_is_needed() -> None:
    """The entry file must be read by them: no syntax newer than Python 3.6, the version looked at before any import."""
    compile((ROOT / "installers" / "bootstrap.py").read_text("utf-8"), "bootstrap.py", "exec", dont_inherit=True)
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (main)'; "
        "runpy.run_path('installers/bootstrap.py', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "FossaTray needs Python 3.11 or newer, and this is 3.9.2" in done.stderr
    assert "python3.11 installers/bootstrap.py" in done.stderr
