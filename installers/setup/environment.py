"""The project's virtual environment: made and filled from the lock by hash, reused when unchanged."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from installers.setup.steps import ROOT, SetupError, clean_environment, run, step

VERSION = "1"
"""Part of the stamp: raise it when the set-up itself changes."""

DISK_NEEDED_MIB = 900
"""Room for the environment (about 700 MiB) and for one download at a time."""


class Environment:
    """The virtual environment in a project's folder.

    A stamp holds what it was made from; while that is unchanged nothing is done and nothing is fetched. A mark says
    that a set-up has begun; if it is found at the next start, that one was interrupted and the environment is remade.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.stamp = self.folder / "setup-complete"
        self.mark = self.folder / "setup-unfinished"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def lock(self) -> Path:
        """The list of everything that is installed, with hashes."""
        return self.root / "installers" / "requirements.lock"

    def fingerprint(self) -> str:
        """What the environment depends on, as one hash: lock, project file, Python, place, and the set-up itself."""
        base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        parts = [
            self.lock.read_bytes(),
            (self.root / "pyproject.toml").read_bytes(),
            f"{sys.version}\n{base}\n{self.folder}\n{VERSION}".encode(),
        ]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def is_ready(self) -> bool:
        """Whether it was set up to the end from just what is there now."""
        try:
            return (
                self.stamp.read_text("ascii") == self.fingerprint() and self.python.exists() and not self.mark.exists()
            )
        except (OSError, UnicodeDecodeError):
            return False

    def prepare(self) -> None:
        """Bring it up to the lock, from whatever state it is in.

        Raises:
            SetupError: it cannot be made or filled; the next call starts over.
        """
        with step("Python environment") as this:
            if self.is_ready():
                this.outcome = "ok, unchanged"
                return
            self._check_place()
            this.outcome = "ok, made in .venv" if self._make() else "ok, there already"
        with step("Packages, by their hashes") as this:
            self.mark.touch()
            self.stamp.unlink(missing_ok=True)
            self._fill()
        with step("FossaTray itself"):
            self._install_project()
            self._unpack_support_files()
            self.stamp.write_text(self.fingerprint(), "ascii")
            self.mark.unlink()

    def _check_place(self) -> None:
        """There must be leave to write, and room.

        Raises:
            SetupError: there is not.
        """
        probe = self.folder if self.folder.exists() else self.root
        try:
            trial = probe / ".write-trial"
            trial.touch()
            trial.unlink()
        except OSError as error:
            raise SetupError(
                f"{probe} cannot be written to ({error.strerror}).",
                "Copy the project into your home folder, or run this as the user it belongs to.",
            ) from error
        free = shutil.disk_usage(probe).free // 2**20
        if free < DISK_NEEDED_MIB and not self.python.exists():
            raise SetupError(
                f"Only {free} MiB are free on the disk of {probe}; {DISK_NEEDED_MIB} MiB are needed.",
                "Free some space.",
            )

    def _make(self) -> bool:
        """Make the environment unless a whole one is there; returns whether it was made."""
        if self.folder.exists() and not self.mark.exists() and self._works():
            return False
        if Path(sys.prefix).resolve() == self.folder.resolve():
            raise SetupError(
                "The environment must be remade and cannot do that itself.", "Run this with the system's python3."
            )
        if self.folder.is_symlink():
            raise SetupError(f"{self.folder} is a link.", "Remove it, then run this again.")
        shutil.rmtree(self.folder, ignore_errors=True)
        base = getattr(sys, "_base_executable", sys.executable)
        status, output = run((base, "-I", "-m", "venv", self.folder))
        if status != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise pip_trouble(output, "Python could not make a virtual environment.")
        self.mark.touch()
        return True

    def _works(self) -> bool:
        """Whether pip runs in it, with this very Python."""
        if not self.python.exists():
            return False
        status, output = run((self.python, "-I", "-c", "import pip, sys; print(sys.version)"))
        return status == 0 and output.strip() == sys.version.strip()

    def _pip(self, *arguments: str | Path, failed: str) -> None:
        environment = clean_environment(PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0")
        status, output = run((self.python, "-I", "-m", "pip", "install", *arguments), environment)
        if status != 0:
            raise pip_trouble(output, failed)

    def _fill(self) -> None:
        """Install what the lock lists: wheels only, each file checked against its hash."""
        for stale in self._support_folders():
            shutil.rmtree(stale, ignore_errors=True)  # unpacked files of another version would break the import
        self._pip(
            "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", self.lock,
            failed="The packages could not be installed.",
        )  # fmt: skip

    def _install_project(self) -> None:
        """Install FossaTray so that it runs from its sources; its build back-end came by the lock."""
        self._pip(
            "--no-build-isolation", "--no-deps", "--no-index", "-e", self.root,
            failed="FossaTray itself could not be installed.",
        )  # fmt: skip

    def _support_folders(self) -> list[Path]:
        return list(self.folder.glob("[Ll]ib*/**/site-packages/shiboken6/files.dir"))

    def _unpack_support_files(self) -> None:
        """Let PySide6 unpack its support files once, so that Python caches them compiled: it starts a tenth faster.

        A comfort only: where it does not work PySide6 reads them from its own archive, as it does by default.
        """
        run((self.python, "-I", "-c", "import PySide6.QtCore"), clean_environment(SBK_EMBED="0"))
        status, _ = run((self.python, "-I", "-c", "import PySide6.QtCore"))
        if status != 0:
            for broken in self._support_folders():
                shutil.rmtree(broken, ignore_errors=True)


def pip_trouble(output: str, failed: str) -> SetupError:
    """A failure of pip or venv, as what happened and what helps."""
    again = "then run this again."
    if "No space left on device" in output or "Errno 28" in output:
        return SetupError("The disk is full.", f"Free about {DISK_NEEDED_MIB} MiB, {again}", detail=output)
    if "DO NOT MATCH THE HASHES" in output:
        return SetupError(
            "A downloaded package is not the one this project was made with, so it was not installed.",
            "Run this again; if it stays so, the package index in use is broken or tampered with: use another.",
            detail=output,
        )
    if "Permission denied" in output or "Errno 13" in output:
        return SetupError(
            f"{failed} Permission was denied.", f"Make the project's folder yours, {again}", detail=output
        )
    if any(sign in output for sign in NETWORK_SIGNS):
        return SetupError(
            f"{failed} The package index cannot be reached.",
            f"Check the network (or pip's proxy), {again}",
            detail=output,
        )
    if "No matching distribution found" in output:
        return SetupError(
            f"{failed} A ready-made package for this system was not found.",
            f"Check the network; if that is well, use a 64-bit Python 3.11 to 3.13; {again}",
            detail=output,
        )
    return SetupError(failed, f"Read the lines above, {again}", detail=output)


NETWORK_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "nodename nor servname",
    "getaddrinfo failed",
    "Network is unreachable",
    "Connection refused",
    "Connection reset",
    "ConnectTimeoutError",
    "NewConnectionError",
    "ReadTimeoutError",
    "ProxyError",
    "SSLError",
)
"""What pip prints when a connection fails."""
