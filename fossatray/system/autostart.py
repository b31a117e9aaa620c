"""Starting at login, the way each platform does it. What is reported is read from the system, never remembered."""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from pathlib import Path
from typing import Protocol

from fossatray.core.errors import FossaError
from fossatray.system.paths import APP_NAME

_FILE_NAME = "fossatray.desktop"
_AGENT = "org.fossatray.FossaTray"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class AutostartFailed(FossaError):
    """Starting at login could not be switched."""

    kind = "autostart"
    title = "Starting at login could not be changed"
    advice = "Add FossaTray to the programs started at login in your system's settings."


class Autostart(Protocol):
    """Starting at login. Switching raises AutostartFailed."""

    def is_enabled(self) -> bool:
        """Tell whether the system will start FossaTray at login."""

    def enable(self) -> None:
        """Have FossaTray started at login."""

    def disable(self) -> None:
        """Have it no longer started."""


class InertAutostart:
    """Where nothing can be started at login, and in throw-away instances: always off."""

    def is_enabled(self) -> bool:
        """Return False."""
        return False

    def enable(self) -> None:
        """Raise AutostartFailed."""
        raise AutostartFailed

    def disable(self) -> None:
        """Do nothing: it is off."""


def background_command(data_dir: Path | None = None) -> list[str]:
    """Return the command that starts FossaTray in the background, with the data folder if it is one of choice."""
    return _program() + ([f"--data-dir={data_dir}"] if data_dir is not None else [])


def _program() -> list[str]:
    """Return the installed program, else this Python with the module."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--background"]
    name = "fossatrayw.exe" if sys.platform == "win32" else "fossatray"
    beside = Path(sys.executable).with_name(name)
    program = str(beside) if beside.exists() else shutil.which(name)
    if program is not None:
        return [program, "--background"]
    return [sys.executable, "-P", "-m", "fossatray.cli", "--background"]


def desktop_quote(argument: str) -> str:
    """Return an argument quoted for a desktop entry's Exec line."""
    escaped = "".join("\\" + c if c in '"`$\\' else c for c in argument).replace("%", "%%")
    return f'"{escaped}"'.replace("\\", "\\\\")


class XdgAutostart:
    """An autostart entry, as freedesktop.org describes it."""

    def __init__(self, folder: Path | None = None, command: list[str] | None = None) -> None:
        config = os.environ.get("XDG_CONFIG_HOME") or ""
        base = Path(config) if config and Path(config).is_absolute() else Path.home() / ".config"
        self._file = (folder or base / "autostart") / _FILE_NAME
        self._command = command

    def is_enabled(self) -> bool:
        """Tell whether the entry is there and neither hidden nor switched off by the desktop."""
        try:
            lines = {line.strip().lower() for line in self._file.read_text("utf-8", "replace").splitlines()}
        except OSError:
            return False
        return not lines & {"hidden=true", "x-gnome-autostart-enabled=false"}

    def enable(self) -> None:
        """Write the entry."""
        command = " ".join(desktop_quote(argument) for argument in self._command or background_command())
        text = (
            "[Desktop Entry]\nType=Application\nVersion=1.0\n"
            f"Name={APP_NAME}\nComment=Keeps your work orders in sync\nExec={command}\n"
            "Icon=fossatray\nTerminal=false\nCategories=Office;\nX-GNOME-Autostart-enabled=true\n"
        )
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_private(self._file, text.encode())
        except OSError as error:
            raise AutostartFailed(f"The entry could not be written: {error.strerror}.") from error

    def disable(self) -> None:
        """Remove the entry."""
        _remove(self._file)


class LaunchAgentAutostart:
    """A launch agent of macOS."""

    def __init__(self, folder: Path | None = None, command: list[str] | None = None) -> None:
        self._file = (folder or Path.home() / "Library" / "LaunchAgents") / f"{_AGENT}.plist"
        self._command = command

    def is_enabled(self) -> bool:
        """Tell whether the agent is there and starts at login."""
        try:
            content = plistlib.loads(self._file.read_bytes())
        except (OSError, plistlib.InvalidFileException, ValueError):
            return False
        return isinstance(content, dict) and content.get("RunAtLoad") is True and content.get("Disabled") is not True

    def enable(self) -> None:
        """Write the agent; it takes effect at the next login."""
        content = {
            "Label": _AGENT,
            "ProgramArguments": self._command or background_command(),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            _write_private(self._file, plistlib.dumps(content))
        except OSError as error:
            raise AutostartFailed(f"The launch agent could not be written: {error.strerror}.") from error

    def disable(self) -> None:
        """Remove the agent."""
        _remove(self._file)


class WindowsAutostart:
    """A value of the Run key of the registry's current user."""

    def __init__(self, command: list[str] | None = None) -> None:
        self._command = command

    def is_enabled(self) -> bool:
        """Tell whether the value is there."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                    winreg.QueryValueEx(key, APP_NAME)
                return True
            except OSError:
                return False
        return False

    def enable(self) -> None:
        """Write the value."""
        if sys.platform == "win32":
            import winreg

            command = " ".join(f'"{argument}"' for argument in self._command or background_command())
            try:
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                    winreg.SetValueEx(key, APP_NAME, 0, winreg.REG_SZ, command)
            except OSError as error:
                raise AutostartFailed(f"The registry could not be written: {error.strerror}.") from error
        else:
            raise AutostartFailed

    def disable(self) -> None:
        """Remove the value."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY, 0, winreg.KEY_SET_VALUE) as key:
                    winreg.DeleteValue(key, APP_NAME)
            except FileNotFoundError:
                return
            except OSError as error:
                raise AutostartFailed(f"The registry could not be written: {error.strerror}.") from error


def platform_autostart(data_dir: Path | None = None) -> Autostart:
    """Return this platform's way to start FossaTray at login, on a data folder of choice if one is given."""
    command = background_command(data_dir)
    if sys.platform == "win32":
        return WindowsAutostart(command)
    if sys.platform == "darwin":
        return LaunchAgentAutostart(command=command)
    return XdgAutostart(command=command)


def _write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    beside.replace(path)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise AutostartFailed(f"The entry could not be removed: {error.strerror}.") from error
