"""What FossaTray needs from a Linux system, how to tell that it is there, and what its packages are called."""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from installers.setup.steps import SetupError, clean_environment, run

MANAGERS: Mapping[str, tuple[str, ...]] = {
    "apt-get": ("apt-get", "install", "-y"),
    "dnf": ("dnf", "install", "-y"),
    "pacman": ("pacman", "-S", "--needed", "--noconfirm"),
    "zypper": ("zypper", "--non-interactive", "install"),
}


@dataclass(frozen=True)
class Need:
    """One thing the system must have; ``packages`` names it for each package manager that is known to have it."""

    what: str
    present: Callable[[], bool]
    packages: Mapping[str, str]


def library(name: str, apt: str, dnf: str = "", pacman: str = "", zypper: str = "") -> Need:
    """A shared library, by its file name."""
    return Need(f"library {name}", lambda: has_library(name), _named(apt, dnf, pacman, zypper))


def program(name: str, apt: str, dnf: str = "", pacman: str = "", zypper: str = "") -> Need:
    """A program on the PATH."""
    return Need(f"program {name}", lambda: shutil.which(name) is not None, _named(apt, dnf, pacman, zypper))


def files(what: str, patterns: Sequence[str], apt: str, dnf: str = "", pacman: str = "", zypper: str = "") -> Need:
    """Files below the root, by patterns of which one must match."""
    return Need(what, lambda: any(has_file(pattern) for pattern in patterns), _named(apt, dnf, pacman, zypper))


def has_library(name: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_file(pattern: str) -> bool:
    """Whether a pattern (from the root, or from the home with ~) matches a file."""
    path = Path(pattern).expanduser()
    anchor = Path(path.anchor)
    try:
        return next(anchor.glob(str(path.relative_to(anchor))), None) is not None
    except PermissionError:
        return False


def _named(apt: str, dnf: str, pacman: str, zypper: str) -> dict[str, str]:
    names = {"apt-get": apt, "dnf": dnf, "pacman": pacman, "zypper": zypper}
    return {manager: name for manager, name in names.items() if name}


def python_venv() -> Need:
    """Python's own means of making environments; Debian packs it apart, by Python's version."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return Need("Python's venv module", lambda: find_spec("ensurepip") is not None, {"apt-get": name})


FONTS = files(
    "a font",
    ["/usr/share/fonts/**/*.[to]tf", "/usr/local/share/fonts/**/*.[to]tf", "~/.local/share/fonts/**/*.[to]tf"],
    "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts",
)  # fmt: skip

QT = (
    library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd", "Mesa-libEGL1"),
    library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd", "Mesa-libGL1"),
    library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
    library("libfreetype.so.6", "libfreetype6", "freetype", "freetype2", "libfreetype6"),
    library("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    library(
        "libxcb-render-util.so.0",
        "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil", "libxcb-render-util0",
    ),
    library("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0"),
    library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    library("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb", "libxcb-shm0"),
    library("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1"),
    library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0"),
    library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1"),
    library(
        "libxkbcommon-x11.so.0",
        "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0",
    ),
    library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    FONTS,
)  # fmt: skip
"""What Qt's X11 platform loads."""

PLAYWRIGHT = (library("libatomic.so.1", "libatomic1", "libatomic", "gcc-libs", "libatomic1"),)
"""What Playwright's own node program loads."""

VIRTUAL_SCREEN = (program("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb"),)
SESSION_BUS = (program("dbus-daemon", "dbus-daemon", "dbus-daemon", "dbus", "dbus-1"),)

DESKTOP = (
    *VIRTUAL_SCREEN,
    *SESSION_BUS,
    program("chromium", "chromium", "chromium", "chromium", "chromium"),
    program("chromium-headless-shell", "chromium-headless-shell", "chromium-headless"),
    program("dunst", "dunst", "dunst", "dunst", "dunst"),
    program("gnome-keyring-daemon", "gnome-keyring", "gnome-keyring", "gnome-keyring", "gnome-keyring"),
    program("import", "imagemagick", "ImageMagick", "imagemagick", "ImageMagick"),
    program("openbox", "openbox", "openbox", "openbox", "openbox"),
    program("xdotool", "xdotool", "xdotool", "xdotool", "xdotool"),
    program("xfce4-panel", "xfce4-panel", "xfce4-panel", "xfce4-panel", "xfce4-panel"),
    program("xprop", "x11-utils", "xprop", "xorg-xprop", "xprop"),
    files(
        "a desktop icon theme",
        ["/usr/share/icons/Adwaita/index.theme"],
        "adwaita-icon-theme", "adwaita-icon-theme", "adwaita-icon-theme", "adwaita-icon-theme",
    ),
    files(
        "the fall-back icon theme",
        ["/usr/share/icons/hicolor/index.theme"],
        "hicolor-icon-theme", "hicolor-icon-theme", "hicolor-icon-theme", "hicolor-icon-theme",
    ),
    files(
        "the desktop's SVG loader",
        [
            "/usr/lib/*/gdk-pixbuf-2.0/*/loaders/libpixbufloader*svg.so",
            "/usr/lib*/gdk-pixbuf-2.0/*/loaders/libpixbufloader*svg.so",
        ],
        "librsvg2-common", "librsvg2", "librsvg", "gdk-pixbuf-loader-rsvg",
    ),
)  # fmt: skip
"""The real desktop of tests/system: tray host, notification daemon, keyring, and both kinds of browser."""


def find_manager() -> str | None:
    """The system's package manager, or None if it is none of those known here."""
    return next((name for name in MANAGERS if shutil.which(name) is not None), None)


def missing(needs: Iterable[Need]) -> list[Need]:
    """The needs that are not met, in their order."""
    return [need for need in needs if not need.present()]


def package_names(needs: Iterable[Need], manager: str) -> tuple[list[str], list[str]]:
    """The packages that meet the needs, and what no package is known for, each sorted and once."""
    needs = list(needs)
    names = {need.packages[manager] for need in needs if manager in need.packages}
    unknown = {need.what for need in needs if manager not in need.packages}
    return sorted(names), sorted(unknown)


def install_command(names: Sequence[str], manager: str, *, as_root: bool) -> str:
    """The command for a person to copy."""
    words = [*([] if as_root else ["sudo"]), *MANAGERS[manager], *names]
    return shlex.join(words)


def provide(needs: Iterable[Need], *, as_root: bool, manager: str | None) -> str:
    """See to it that the needs are met; returns the outcome for the step's line.

    Only root with apt-get installs by itself. Everybody else is told the exact command.

    Raises:
        SetupError: something is missing and was not or could not be installed.
    """
    lacking = missing(needs)
    if not lacking:
        return "ok, nothing missing"
    whats = ", ".join(need.what for need in lacking)
    if manager is None:
        raise SetupError(
            f"Missing on this system: {whats}.",
            "Install these with your system's package manager, then run this again.",
        )
    names, unknown = package_names(lacking, manager)
    if not names:
        raise SetupError(
            f"Missing on this system: {whats}.", f"Install by hand: {', '.join(unknown)}; then run this again."
        )
    command = install_command(names, manager, as_root=as_root)
    if not (as_root and manager == "apt-get"):
        by_hand = f" (and by hand: {', '.join(unknown)})" if unknown else ""
        raise SetupError(f"Missing on this system: {whats}.", f"{command}{by_hand}\nThen run this again.")
    apt_install(names)
    still = missing(lacking)
    if still:
        raise SetupError(
            f"Still missing after the installation: {', '.join(need.what for need in still)}.", f"Run: {command}"
        )
    return f"ok, installed {' '.join(names)}"


def apt_install(names: Sequence[str]) -> None:
    """Install Debian packages as root, after one look for newer lists.

    Raises:
        SetupError: apt-get failed; its last lines are in the detail.
    """
    environment = clean_environment(DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    waiting = ("-o", "DPkg::Lock::Timeout=120")
    _, updated = run(("apt-get", *waiting, "update", "-qq"), environment)
    status, output = run(("apt-get", *waiting, "install", "-y", "--no-install-recommends", *names), environment)
    if status != 0:
        text = updated + output
        raise apt_trouble(text, install_command(names, "apt-get", as_root=True))


def apt_trouble(output: str, command: str) -> SetupError:
    """apt-get's failure, as what happened and what helps."""
    if "No space left" in output or "You don't have enough free space" in output:
        return SetupError("The disk is full.", "Free some space, then run this again.", detail=output)
    if "Unable to locate package" in output or "has no installation candidate" in output:
        return SetupError("This system's package lists do not have all packages.", f"Look at: {command}", detail=output)
    if "Failed to fetch" in output or "Could not resolve" in output or "Temporary failure" in output:
        return SetupError(
            "System packages could not be downloaded.", "Check the network, then run this again.", detail=output
        )
    return SetupError("System packages could not be installed.", f"Run this to see why: {command}", detail=output)


def has_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a person's screen is there to show windows on."""
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def has_session_bus(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a D-Bus session bus is there (by its address, or in the user's runtime folder)."""
    if environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = environment.get("XDG_RUNTIME_DIR")
    try:
        return bool(runtime) and (Path(runtime or "") / "bus").is_socket()
    except PermissionError:
        return False  # another user's: sudo may keep the variable
