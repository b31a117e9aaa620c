"""Starting at login: written as the platforms want it, and read from them."""

from __future__ import annotations

import os
import plistlib
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fossatray.system.autostart import (
    AutostartFailed,
    InertAutostart,
    LaunchAgentAutostart,
    XdgAutostart,
    background_command,
    desktop_quote,
    platform_autostart,
)

NASTY = ['/opt/My Apps/50% "off" $HOME `x` back\\slash/fossatray', "--background"]


def test_the_entry_is_written_read_and_removed(own_home: Path) -> None:
    autostart = XdgAutostart(command=["fossatray", "--background"])
    entry = own_home / ".config" / "autostart" / "fossatray.desktop"
    assert not autostart.is_enabled()
    autostart.enable()
    autostart.enable()
    assert autostart.is_enabled()
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert 'Exec="fossatray" "--background"\n' in entry.read_text()
    assert [path.name for path in entry.parent.iterdir()] == ["fossatray.desktop"]
    autostart.disable()
    autostart.disable()
    assert not autostart.is_enabled()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(line: str, tmp_path: Path) -> None:
    autostart = XdgAutostart(tmp_path)
    autostart.enable()
    entry = tmp_path / "fossatray.desktop"
    entry.write_text(entry.read_text().replace("X-GNOME-Autostart-enabled=true", line))
    assert not autostart.is_enabled()


def read_exec(value: str) -> list[str]:
    """Read an Exec line as the Desktop Entry Specification says: string escapes, then quoting, then field codes."""
    value = value.replace("\\\\", "\0").replace("\\s", " ").replace("\0", "\\")
    words, rest = [], value
    while rest:
        assert rest[0] == '"'
        word, at = "", 1
        while rest[at] != '"':
            at += rest[at] == "\\"
            word += rest[at]
            at += 1
        words.append(word.replace("%%", "%"))
        rest = rest[at + 1 :].lstrip()
    return words


def test_the_command_survives_quoting() -> None:
    assert read_exec(" ".join(map(desktop_quote, NASTY))) == NASTY


def test_the_entry_passes_the_desktops_own_validator(tmp_path: Path) -> None:
    XdgAutostart(tmp_path, NASTY).enable()
    tool = shutil.which("desktop-file-validate")
    if tool is not None:
        result = subprocess.run(
            [tool, str(tmp_path / "fossatray.desktop")], capture_output=True, text=True, check=False
        )
        assert result.stdout == ""
    text = (tmp_path / "fossatray.desktop").read_text()
    assert read_exec(next(line for line in text.splitlines() if line.startswith("Exec="))[5:]) == NASTY


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AutostartFailed):
        XdgAutostart(tmp_path / "file").enable()
    with pytest.raises(AutostartFailed):
        XdgAutostart(tmp_path / "file").disable()


def test_a_launch_agent(tmp_path: Path) -> None:
    agent = LaunchAgentAutostart(tmp_path, NASTY)
    assert not agent.is_enabled()
    agent.enable()
    assert agent.is_enabled()
    (file,) = tmp_path.iterdir()
    content = plistlib.loads(file.read_bytes())
    assert content["ProgramArguments"] == NASTY
    file.write_bytes(plistlib.dumps(content | {"Disabled": True}))
    assert not agent.is_enabled()
    file.write_bytes(b"broken")
    assert not agent.is_enabled()
    agent.disable()
    assert list(tmp_path.iterdir()) == []


def test_the_inert_one_is_off() -> None:
    inert = InertAutostart()
    assert not inert.is_enabled()
    inert.disable()
    with pytest.raises(AutostartFailed):
        inert.enable()


def test_the_command_starts_this_program_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    assert background_command()[-1] == "--background"
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", os.devnull)
    assert background_command() == ["/nowhere/python", "-P", "-m", "fossatray.cli", "--background"]


@pytest.mark.skipif(sys.platform != "linux", reason="each platform has its own")
def test_linux_has_the_entry() -> None:
    assert isinstance(platform_autostart(), XdgAutostart)
