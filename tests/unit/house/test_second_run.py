"""The set-up for real: a second run against the finished environment, offline and quick, and its end by a signal."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from installers.setup.environment import Environment
from tests.unit.house.sources import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the set-up is tested on Linux")

PROGRAM = """
import os, sys, time
try:
    print("started", sys.argv[1:], bool(os.environ.get("DISPLAY")), flush=True)
    if "--wait" in sys.argv:
        sys.stdin.read()
except KeyboardInterrupt:
    print("orderly end", flush=True)
    sys.exit(7)
sys.exit(3)
"""
SECONDS_BEFORE_THE_PROGRAM = 10.0


def make_project(folder: Path) -> Path:
    """A copy of the set-up whose environment looks finished, and whose program is a small one."""
    shutil.copytree(ROOT / "installers", folder / "installers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "fossatray" / "portal", folder / "fossatray" / "portal")  # the set-up uses its browser list
    shutil.copy(ROOT / "fossatray" / "__init__.py", folder / "fossatray")
    (folder / "fossatray").chmod(0o755)  # whatever the umask
    (folder / "fossatray" / "cli.py").write_text(PROGRAM, "utf-8")
    environment = Environment(folder)
    environment.python.parent.mkdir(parents=True)
    # Not an environment, just this Python, with -P taken away so that it finds the copy's program.
    environment.python.write_text(f'#!/bin/sh\nshift\ncd "{folder}"\nexec "{sys.executable}" "$@"\n', "utf-8")
    environment.python.chmod(0o755)
    environment.stamp.write_text(environment.fingerprint(), "ascii")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The copy, in the test's own folder."""
    return make_project(tmp_path)


@pytest.fixture
def waiting(project: Path) -> Iterator[subprocess.Popen[str]]:
    """The set-up with a program that waits, started like a terminal would: in a process group of its own."""
    command = [sys.executable, "installers/bootstrap.py", "demo", "--", "--wait"]
    with subprocess.Popen(
        command,
        cwd=project,
        env=offline(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("started"):
                break
        yield process
        if process.poll() is None:
            process.kill()


def offline() -> dict[str, str]:
    """An environment in which every try to fetch something fails at once."""
    dead = "http://127.0.0.1:9"
    return {**os.environ, "http_proxy": dead, "https_proxy": dead, "PIP_INDEX_URL": dead}


def test_a_second_run_fetches_nothing_and_is_quick(project: Path) -> None:
    command = [sys.executable, "installers/bootstrap.py", "demo", "--once", "--", "--orders", "5"]
    started = time.monotonic()
    done = subprocess.run(command, cwd=project, env=offline(), capture_output=True, text=True, check=False)
    whole = time.monotonic() - started
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Python environment.................... ok, unchanged" in done.stdout
    assert "started ['demo', '--once', '--orders', '5'] True" in done.stdout
    ready = re.search(r"Ready after (\d+\.\d) s", done.stdout)
    assert ready is not None
    assert float(ready.group(1)) < SECONDS_BEFORE_THE_PROGRAM
    assert whole < 2 * SECONDS_BEFORE_THE_PROGRAM


def test_it_works_from_any_folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    command = [sys.executable, str(project / "installers" / "bootstrap.py"), "demo"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(command, cwd=elsewhere, env=offline(), capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 7), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_program_and_its_screen(
    waiting: subprocess.Popen[str], number: signal.Signals, status: int
) -> None:
    started = psutil.Process(waiting.pid).children(recursive=True)
    assert {"Xvfb", "dbus-daemon"} <= {child.name() for child in started}
    if number is signal.SIGINT:
        os.killpg(waiting.pid, number)  # as Ctrl+C does: to the whole group
    else:
        waiting.send_signal(number)
    output, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == status, output
    assert ("orderly end" in output) == (number is signal.SIGINT)
    _, alive = psutil.wait_procs(started, timeout=30)
    assert alive == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_of_somebody_elses_is_said() -> None:
    as_nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/usr/bin/python3"]
    with tempfile.TemporaryDirectory() as name:
        folder = make_project(Path(name))
        folder.chmod(0o755)  # to be read, not written
        Environment(folder).stamp.unlink()
        command = [*as_nobody, str(folder / "installers" / "bootstrap.py"), "demo"]
        done = subprocess.run(command, env=offline(), cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "cannot be written to (Permission denied)" in done.stderr
    assert "What helps: Copy the project into your home folder" in done.stderr
