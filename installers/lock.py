"""Renews installers/requirements.lock: ``python3 installers/lock.py [--upgrade]``.

One lock serves every platform: the program's own dependencies, the development group and the build back-end, each
with the hashes of all its files and without any address. Needs uv, which the project's environment holds.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "installers" / "requirements.lock"
HEADER = "# One lock for all platforms, made by installers/lock.py. Every file is known by its hash.\n"


def find_uv() -> Path | None:
    """uv of the project's environment, else of the PATH, else None."""
    for folder in ("bin", "Scripts"):
        for name in ("uv", "uv.exe"):
            candidate = ROOT / ".venv" / folder / name
            if candidate.exists():
                return candidate
    found = shutil.which("uv")
    return Path(found) if found else None


def compile_lock(uv: Path, *, upgrade: bool) -> str:
    """Resolve pyproject.toml for every platform; returns the lock's text.

    uv keeps the versions it finds in its output file as far as they still fit: that file is a copy of the lock.

    Raises:
        subprocess.CalledProcessError: uv could not resolve; its own message is already on the screen.
    """
    build_requires: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    command = [str(uv), "pip", "compile", "--universal", "--generate-hashes", "--python-version", "3.11", "--quiet"]
    command += [
        "--no-emit-index-url",
        "--no-annotate",
        "--no-header",
        "--only-binary",
        ":all:",
        "--no-emit-package",
        "pip",
    ]
    command += ["--upgrade"] if upgrade else []
    with tempfile.TemporaryDirectory(prefix="fossatray-lock-") as folder:
        output = Path(folder) / LOCK.name
        if LOCK.exists():
            shutil.copyfile(LOCK, output)
        command += ["--output-file", str(output), "--group", "dev", "pyproject.toml", "-"]
        text = "\n".join(build_requires) + "\n"
        done = subprocess.run(command, cwd=ROOT, input=text, stdout=subprocess.DEVNULL, text=True, check=False)
        done.check_returncode()
        return HEADER + output.read_text("utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write the lock; returns the exit status."""
    parser = argparse.ArgumentParser(description="Renew installers/requirements.lock.")
    parser.add_argument(
        "--upgrade", action="store_true", help="take the newest versions, not those of the present lock"
    )
    options = parser.parse_args(arguments)
    uv = find_uv()
    if uv is None:
        print("uv is needed: run 'python3 installers/bootstrap.py test' once, which sets up .venv with it.")
        return 1
    try:
        text = compile_lock(uv, upgrade=options.upgrade)
    except subprocess.CalledProcessError as error:
        print(f"uv could not resolve the dependencies (exit status {error.returncode}); see above.")
        return 1
    LOCK.write_text(text, encoding="utf-8")
    print(f"{LOCK.relative_to(ROOT)}: {sum(1 for line in text.splitlines() if '==' in line)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
